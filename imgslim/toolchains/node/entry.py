"""Entries that start a program by way of a package manager."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.model import Assumption, Declined, EntryWords, NeedKind
from imgslim.syntax.shell import SimpleCommand, simple_command
from imgslim.toolchains.node.application import read
from imgslim.toolchains.node.find import steps
from imgslim.toolchains.node.managers import MANAGERS, read_call
from imgslim.toolchains.node.needs import handles_stop, uses_manager
from imgslim.toolchains.node.packages import Packages
from imgslim.toolchains.node.scripts import Started, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Project
    from imgslim.toolchains.node.application import Reading

#: Node's own entry point only runs its arguments (nodejs/docker-node, docker-entrypoint.sh).
_ENTRY_POINT = "docker-entrypoint.sh"
_SHELLS = ("/bin/sh", "-c")
#: Where managers lay out packages' programs.
_BIN = "node_modules/.bin/"


def replaces_entry(argv: tuple[str, ...], project: Project) -> EntryWords | None:
    """What ``npm start`` and its like start, where they only start it; None for any other entry."""
    words = argv[1:] if argv[:1] == (_ENTRY_POINT,) else argv
    if words[:2] == _SHELLS and len(words) > 2:  # noqa: PLR2004 (sh -c text)
        simple = simple_command(words[2])
        words = simple.argv if isinstance(simple, SimpleCommand) else ()
    call = read_call(words) if words and words[0].rsplit("/", 1)[-1] in MANAGERS else None
    workdir = project.trace.final.workdir
    if call is None or call.verb not in ("run", "exec") or not isinstance(workdir, str):
        return None
    found = resolve(project.files, Packages(project.files), call, workdir)
    if not isinstance(found, Started) or found.package.folder != workdir:
        return None
    if found.argv[0].startswith(_BIN) and not _installed(project, found):
        return None
    reading = read(words, workdir, project)
    if isinstance(reading, Declined) or uses_manager(reading.graph):
        return None
    bins = {n.value for n in reading.needs.needs.values() if n.kind is NeedKind.COMMAND}
    if "*" in bins or bins & {*_programs(reading)}:
        # a program in node_modules/.bin is found because the manager puts that in front of PATH
        return None
    settings = tuple(f"{name}={value}" for name, value in found.settings)
    started = (*(("env", *settings) if settings else ()), *found.argv)
    script = f"The script {found.scripts[-1]!r}" if found.scripts else words[0]
    why = f"{script} only starts {found.argv[0]}: without {words[0]} in front it gets the signals itself."
    return EntryWords(started, why, (_changes(words[0], handled=handles_stop(reading.graph)),))


def _installed(project: Project, found: Started) -> bool:
    """Tell whether a step put a package's program there: what none did, npx fetches when it starts."""
    package, name = found.package, found.argv[0].removeprefix(_BIN)
    path = posixpath.join(package.folder, found.argv[0])
    if project.evidence.built is not None:
        return project.evidence.built.resolve(path) is not None
    if project.files.exists(path) is True:
        return True
    there = developed = False
    for one in steps(project):
        if one.call.is_global or one.folder not in (None, package.folder):
            continue
        if one.call.is_install:
            there, developed = True, not one.for_production
        elif one.call.verb == "prune" and one.for_production:
            developed = False
    return there and (developed or name not in package.manifest.development)


def _programs(reading: Reading) -> Iterator[str]:
    """Programs that lie in node_modules/.bin, as far as that is known."""
    lock = reading.packages.lock(reading.packages.root(reading.package).folder)
    yield from (lock.programs if lock is not None and lock.programs is not None else ())
    yield from reading.package.manifest.dependencies | reading.package.manifest.development


def _changes(manager: str, *, handled: bool) -> Assumption:
    end = (
        "a stop signal ends it with its own status"
        if handled
        else "as the first process it is not ended by a stop signal unless it, or a package, handles that"
    )
    return Assumption(
        "entry-without-manager",
        f"Started without {manager}, the program prints no line about its script, has no npm_ variables, and {end}.",
    )
