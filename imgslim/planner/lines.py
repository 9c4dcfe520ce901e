"""Lines: files of the image that the words name with which a program starts another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.paths import absolute
from imgslim.meaning.starts import SHELLS, inside
from imgslim.model import Need, NeedKind
from imgslim.planner.asked import asked_by_line
from imgslim.planner.given import argument, names, of_system, whole_folder
from imgslim.planner.programs import asks_for_modules, tells_packages
from imgslim.values import Unknown

if TYPE_CHECKING:
    from imgslim.model import Project
    from imgslim.planner.started import Found


def read_line(project: Project, need: Need, found: Found) -> None:
    """Note what a program is given that sources start: like what the entry starts, it starts in WORKDIR."""
    before = found.cwd
    found.cwd = project.trace.final.workdir
    _words(project, need.argv, need.why, found)
    found.needs |= dict.fromkeys(asked_by_line(need.value, need.why))
    found.cwd = before


def _words(project: Project, argv: tuple[str, ...], by: str, found: Found) -> None:
    if not argv or not argv[0]:
        return
    if argv[0] == "cd":
        found.cwd = absolute(argv[1], found.cwd) if len(argv) > 1 and argv[1] else Unknown("cd goes to HOME")
        return
    within = inside(argv)
    if within is not None:
        names(project, within.paths, by, found)
        for words in within.commands:
            _words(project, words, by, found)
    if within is not None and argv[0].rsplit("/", 1)[-1] in SHELLS:
        return
    if tells_packages(argv) or asks_for_modules(argv):
        found.needs[Need(NeedKind.COMMAND, argv[0], by, argv)] = None
    for word in argv[1:]:
        argument(project, word, found, by)
    of_system(project, argv, by, found)
    if (folder := whole_folder(project, argv, found.cwd)) is not None:
        # Which of its files that reads nobody follows; a listing shows each of them.
        found.needs[Need(NeedKind.FILE, folder, f"{by}, on all of the folder {folder}")] = None
