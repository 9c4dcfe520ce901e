"""Follows a project's commands in order: compilers, make, cmake, autotools, meson."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from imgslim.meaning.trace import Run
from imgslim.model import Declined, Findings
from imgslim.toolchains.c import direct
from imgslim.toolchains.c.names import MAKES, SHELLS, SYSTEMS, TOOLS, UNREAD, builds, name_of
from imgslim.toolchains.c.session import Session, site_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from imgslim.meaning.trace import Command
    from imgslim.model import Project
    from imgslim.toolchains.c.session import Site

#: They move units, and are the planner's to follow otherwise.
_FILE_TOOLS = frozenset({"cp", "mv", "ln", "install"})


@lru_cache(maxsize=4096)
def _handler(name: str) -> Callable[[Session, Site], None] | None:
    """What follows a command of this name, imported when it is needed; None where it is not ours."""
    if name in MAKES:
        from imgslim.toolchains.c.makeflow import follow  # noqa: PLC0415
    elif name in SYSTEMS:
        from imgslim.toolchains.c.systemflow import follow  # noqa: PLC0415
    elif name.endswith(".sh") or name in SHELLS:
        from imgslim.toolchains.c.scriptflow import follow  # noqa: PLC0415
    elif name in UNREAD:
        return _not_followed
    else:
        return direct.follow if builds(name) else None
    return follow


def _not_followed(session: Session, site: Site) -> None:
    session.claim(site)
    name = site.argv[0].rsplit("/", 1)[-1]
    session.give_up(
        site, f"What {name} builds is not read: it is not a build system that is known here.", "build-system-unknown"
    )


def find(project: Project) -> Findings:
    """Follow every command of the trace that is ours."""
    session = Session.of(project)
    for step, run in enumerate(project.trace.steps):
        for index, command in enumerate(run.commands) if isinstance(run, Run) else ():
            _follow(session, command, step, index, json=run.node.exec_form is not None)
    return Findings(tuple(session.products), frozenset(session.build_commands), tuple(session.declined))


def _follow(session: Session, command: Command, step: int, index: int, *, json: bool) -> None:
    name = name_of(command)
    if name is None:
        return
    follow = _handler(name)
    if follow is None and name not in TOOLS and (name not in _FILE_TOOLS or not session.shop.units):
        return
    site = site_of(command, step, index, json=json)
    if site is None and (name.endswith(".sh") or name in SHELLS):
        return
    if site is None:
        _unsettled(session, command, step, index, name, ours=follow is not None)
        return
    session.tree.look(session.project.files.before(step, index))
    if follow is not None:
        follow(session, site)
        return
    if name in TOOLS:
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
