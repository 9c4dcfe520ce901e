"""Wanted: packages that the author installed beside an application, of whose modules nobody read what they start.

``pytesseract`` starts tesseract, ``fluent-ffmpeg`` ffmpeg, ``python-magic`` opens libmagic: no source of the author's
own says so, and no run shows it that was not asked for just that. That somebody installed them does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.images import RPM_MANAGERS
from imgslim.model import Declined, NeedKind
from imgslim.planner.commands import Packages
from imgslim.planner.installs import (
    Installed,
    adds_sources,
    can_install,
    has_package,
    is_named,
    options_for,
    takes,
)
from imgslim.planner.purposes import FOR_BUILDS, FOR_PEOPLE
from imgslim.regex import regex
from imgslim.values import known

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.model import Project, RuntimeTarget
    from imgslim.planner.build import Build, Ran

#: What an application says of itself whose modules were not read.
_UNREAD = frozenset({"sources-unread", "modules-unread"})
_GIT_IN_BUILDS = regex(r"\bgit\s+(clone|config|init|fetch)|\bgit\+|\.git\b")
#: Packages of programs that build Java's applications, and the program that a step then runs: nothing else needs them.
_DRIVERS = {"maven": "mvn", "gradle": "gradle", "ant": "ant", "sbt": "sbt"}
_REMOVES = frozenset({"remove", "purge", "autoremove", "del", "erase"})
_MANAGERS = frozenset({"apt-get", "apt", "apk", *RPM_MANAGERS})


def wanted(
    project: Project, build: Build, target: RuntimeTarget, again: Iterable[Installed]
) -> Installed | Declined | None:
    """What comes again to a target of the same family; a refusal of any other; None where there is nothing."""
    packages = [*left_to_run_with(project, build)]
    asked = [n.value.rsplit("/", 1)[-1] for n in build.needs if n.value]
    there = {p.split("=")[0] for i in again for p in i.packages}
    packages = [
        (ran, word) for ran, word in packages
        if (name := word.split("=")[0]) not in there
        and not has_package(target, name)
        and not any(program and is_named(name, program) for program in asked)
    ]  # fmt: skip
    if not packages:
        return None
    names = ", ".join(word for _, word in packages)
    ran = packages[0][0]
    why = f"{names}: what the program's modules start and open was not followed"
    effect, options = ran.effect, _options(target, (ran for ran, _ in packages))
    again_there = can_install(target) and not adds_sources(project) and not any("/" in w for _, w in packages)
    manager = target.facts.package_manager if target.facts is not None else None
    if (
        not (again_there and manager and isinstance(effect, Packages) and takes(target, effect.manager))
        or options is None
    ):
        return Declined(
            "needs-command",
            f"{why}, and {target.reference} gets no packages of the builder's.",
            ran.command.span,
            "Choose the slim image of the builder's own family, or leave out packages that nothing uses.",
        )
    words = tuple(dict.fromkeys(word for _, word in packages))
    began = "what the program's modules start was not followed"
    return Installed(manager, tuple(options), words, "", began, None)


def left_to_run_with(project: Project, build: Build) -> Iterator[tuple[Ran, str]]:
    """Packages, as written, that no build needs and no step took away again, of a build with unread modules.

    A program that opens a library which it looks for by name, or starts another one whose name or files nobody knows,
    is none that was read either.
    """
    unread = any(a.reason in _UNREAD for app in build.applications for a in app.assumptions)
    opens = bool(build.applications) and any(n.value == "*" for n in build.needing(NeedKind.PLUGIN))
    starts = any(n.value == "*" for n in build.needing(NeedKind.COMMAND))
    # What packages brought has its own texts and settings for that (planner/settings).
    if build.packaged or not (unread or opens or starts):
        return
    own = {p.split("=")[0] for app in build.applications for p in app.packages}
    removed = {*_removed(project)}
    programs = {*_programs(project)}
    fetches = _GIT_IN_BUILDS.search(project.dockerfile.text) is not None
    for ran in build.ran:
        if not isinstance(ran.effect, Packages):
            continue
        words = [w for w in map(known, ran.command.argv[1:]) if w is not None]
        if any(w in removed for w in words if w.startswith(".")):
            continue  # apk add --virtual .build-deps, taken away as one
        for word in words:
            name = word.split("=")[0]
            if name not in ran.effect.names or name in own or name in removed or (name == "git" and fetches):
                continue
            if _DRIVERS.get(name) in programs:
                continue
            if not FOR_BUILDS.fullmatch(name) and not FOR_PEOPLE.fullmatch(name):
                yield ran, word


def _options(target: RuntimeTarget, ran: Iterable[Ran]) -> dict[str, None] | None:
    """The options that they were installed with; None where one takes the next word."""
    found = options_for(target, [w for r in ran for w in map(known, r.command.argv[1:]) if w is not None])
    return None if found is None else dict.fromkeys(found)


def _programs(project: Project) -> Iterator[str]:
    """The names of the programs that steps run."""
    for _, _, command in project.trace.commands():
        if command.argv and (name := known(command.argv[0])) is not None:
            yield name.rsplit("/", 1)[-1]


def _removed(project: Project) -> Iterator[str]:
    for _, _, command in project.trace.commands():
        words = [w for w in map(known, command.argv) if w is not None]
        if words and words[0].rsplit("/", 1)[-1] in _MANAGERS and _REMOVES & {*words}:
            yield from words[1:]
