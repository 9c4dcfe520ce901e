"""Follows a project's commands in order: compilers, make, cmake, autotools, meson."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.trace import Run
from imgslim.model import Declined, Findings
from imgslim.toolchains.c import direct, makeflow, scriptflow, systemflow, systems
from imgslim.toolchains.c.driver import compiler
from imgslim.toolchains.c.session import Session, site_of
from imgslim.toolchains.c.workshop import PREFIXES, strip_prefix

if TYPE_CHECKING:
    from collections.abc import Callable

    from imgslim.meaning.trace import Command
    from imgslim.model import Project
    from imgslim.toolchains.c.session import Site

#: Commands that only serve the build and leave nothing that runs.
_TOOLS = frozenset(
    [
        "strip",
        "ar",
        "ranlib",
        "ld",
        "nm",
        "objcopy",
        "objdump",
        "pkg-config",
        "as",
        "gcc-ar",
        "libtool",
        "libtoolize",
        "aclocal",
        "autoheader",
        "autopoint",
        "ldd",
    ]
)
#: They move units, and are the planner's to follow otherwise.
_FILE_TOOLS = frozenset({"cp", "mv", "ln", "install"})


def _name(command: Command) -> str | None:
    argv = tuple(w.value if isinstance(w.value, str) else "" for w in command.words)
    rest = strip_prefix(argv) if argv and argv[0].rsplit("/", 1)[-1] in PREFIXES else argv
    return rest[0].rsplit("/", 1)[-1] if rest else None


def handler(name: str) -> Callable[[Session, Site], None] | None:
    """What follows a command of this name; None where it is not ours."""
    if compiler(name) is not None:
        return direct.follow
    if name in {"make", "gmake"}:
        return makeflow.follow
    if name in systems.NAMES:
        return systemflow.follow
    if name.endswith(".sh") or name in {"sh", "bash", "source", "."}:
        return scriptflow.follow
    return _UNKNOWN.get(name)


def _not_followed(session: Session, site: Site) -> None:
    session.claim(site)
    name = site.argv[0].rsplit("/", 1)[-1]
    session.give_up(
        site, f"What {name} builds is not read: it is not a build system that is known here.", "build-system-unknown"
    )


_UNKNOWN = dict.fromkeys(
    ("bazel", "bazelisk", "vcpkg", "conan", "scons", "xmake", "b2", "bjam", "qmake", "waf"), _not_followed
)


def claims(command: Command) -> bool:
    """Tell whether a command may be this toolchain's."""
    name = _name(command)
    return name is not None and (handler(name) is not None or name in _TOOLS)


def find(project: Project) -> Findings:
    """Follow every command of the trace that is ours."""
    runs = [(i, s) for i, s in enumerate(project.trace.steps) if isinstance(s, Run)]
    if not any(claims(c) for _, run in runs for c in run.commands):
        return Findings((), frozenset())
    session = Session.of(project)
    for step, run in runs:
        for index, command in enumerate(run.commands):
            _follow(session, command, step, index, json=run.node.exec_form is not None)
    return Findings(tuple(session.products), frozenset(session.build_commands), tuple(session.declined))


def _follow(session: Session, command: Command, step: int, index: int, *, json: bool) -> None:
    name = _name(command)
    if name is None:
        return
    follow = handler(name)
    if follow is None and name not in _TOOLS and name not in _FILE_TOOLS:
        return
    site = site_of(command, step, index, json=json)
    if site is None and follow is scriptflow.follow:
        return
    if site is None:
        _unsettled(session, command, step, index, name, ours=follow is not None)
        return
    session.tree.look(session.project.files.before(step, index))
    if follow is not None:
        follow(session, site)
        return
    if name in _TOOLS:
        session.claim(site)
    direct.follow(session, site)


def _unsettled(session: Session, command: Command, step: int, index: int, name: str, *, ours: bool) -> None:
    """A build command in a folder, or of a name, that reading does not settle."""
    if name not in _FILE_TOOLS:
        session.build_commands.add((step, index))
    if ours:
        why = "" if isinstance(command.cwd, str) else f": {command.cwd.why}"
        message = f"Where {name} builds is not settled{why}."
        session.declined.append(Declined("build-not-followed", message, command.span))
