"""Beside: what the author's own steps made next to something that a run used.

A run that asked for one template, one account's folder or one catalogue says that the program has such: which of them
it takes another time depends on what it is asked.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.evidence import Access
from imgslim.meaning.paths import inside
from imgslim.planner.folders import SYSTEM, working
from imgslim.planner.leftovers import is_data, on_a_guess
from imgslim.planner.made import BUILD_FILE
from imgslim.planner.standing import stays

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.evidence import Contents, Entry
    from imgslim.model import Project
    from imgslim.planner.build import Build

#: More of one folder no person would list.
_MOST = 12


def beside(project: Project, build: Build, opened: Iterable[str]) -> Iterator[str]:
    """The paths that go along with those of ``opened`` that a run used; nothing where no run was watched.

    Packages' files are not looked at, they go by the package; nor is what the build needs or leaves in the folders
    that it works in.
    """
    built, run = project.evidence.built, project.evidence.run
    if built is None or run is None:
        return
    seen = [path for path, access in run.uses.items() if access & ~Access.MISSING]
    done = {"/"}
    for path in opened:
        real = built.resolve(path)
        folder = posixpath.dirname(path)
        if real is None or folder in done or built.resolve(folder) != posixpath.dirname(real):
            continue
        if not _is_authors(built, real, built.entries[real]) or not any(inside(one, path) for one in seen):
            continue
        done.add(folder)
        here = {
            p: e for p, e in built.below(posixpath.dirname(real)) if posixpath.dirname(p) == posixpath.dirname(real)
        }
        if folder in SYSTEM and not all(_is_authors(built, p, e) for p, e in here.items()):
            continue
        fit = [p for p, e in here.items() if _fits(project, build, built, p, e)]
        if len(fit) <= 1:
            continue
        own = not built.is_from_base(posixpath.dirname(real)) and not stays(project, build, folder)
        if len(fit) == len(here) and own:
            yield folder
        elif len(fit) <= _MOST:
            yield from (posixpath.join(folder, posixpath.basename(p)) for p in fit)


def _is_authors(built: Contents, path: str, entry: Entry) -> bool:
    """Tell whether an instruction of the file made it, and no package."""
    made = entry.layer >= built.base_layers and built.layers[entry.layer].instruction is not None
    return made and not built.owner(path) and not any(built.owner(p) for p, _ in built.below(path))


def _fits(project: Project, build: Build, built: Contents, path: str, entry: Entry) -> bool:
    if not _is_authors(built, path, entry) or not on_a_guess(path) or BUILD_FILE.fullmatch(path):
        return False
    context = [source for _, source in project.files.walk_context(path)]
    if any(source in build.consumed or not is_data(source) or not on_a_guess(source) for source in context):
        return False
    if any(inside(u.path, path) for u in build.used):
        return False
    if posixpath.dirname(path) not in working(project, build):
        return True
    # Where the build works, the context's files are its sources, and what its own commands make serves it.
    node = project.dockerfile.instructions[built.layers[entry.layer].instruction or 0]
    builds = any(r.build and project.trace.steps[r.step].node is node for r in build.ran)
    return not context and not builds
