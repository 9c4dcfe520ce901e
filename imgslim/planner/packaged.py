"""Packaged: a program that the author installed with a package manager, as the built image and a run of it show it.

No table names daemons. The package database says which package holds the program that the entry starts; the program's
own texts and its settings say what else it may open or start, where its sources can't be read.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.paths import inside
from imgslim.meaning.search import searched
from imgslim.meaning.wrappers import WRAPPERS
from imgslim.model import Application, Assumption, Declined, NeedKind, Tree
from imgslim.planner.brought import Brought, homebound, is_installed
from imgslim.planner.build import PACKAGED
from imgslim.planner.kept import kept_packages
from imgslim.planner.look import in_image
from imgslim.planner.settings import asked_for
from imgslim.planner.several import ONE_EACH, several_started
from imgslim.planner.whole import author_made, package_data, settings_folders, with_extensions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.evidence import Contents
    from imgslim.model import Project
    from imgslim.planner.started import Found

#: More names nobody would read in one command.
_MOST_NAMES = 4


def with_packaged(project: Project, found: Found) -> None:
    """Note the programs that packages brought, in the place of what was missing."""
    built = project.evidence.built
    if built is None or built.packages is None or not built.base_layers or several_started(found) is not None:
        return
    if (several := _several(project, built)) is not None:
        found.declined.append(several)
        return
    for brought in _brought(project, built, found):
        application = _application(project, brought)
        found.applications[application] = None
        for need in [n for n in found.needs if n.kind is NeedKind.COMMAND]:
            places = searched(project.trace.final, need.value, found.cwd)
            if brought.path in places or any(inside(p, t.path) for p in places for t in application.trees):
                del found.needs[need]


def _several(project: Project, built: Contents) -> Declined | None:
    """Refuse what runs daemons of several packages side by side.

    Workers of one program are one daemon, and what only starts another (an init such as tini) is none.
    """
    run, sources = project.evidence.run, built.packages.sources if built.packages is not None else {}
    lasting = sorted({built.resolve(path) or "" for path in run.lasting}) if run is not None else []
    lasting = [real for real in lasting if posixpath.basename(real) not in WRAPPERS]
    daemons = {sources.get(built.owner(real), ""): real for real in lasting if is_installed(built, real)}
    if len(daemons) < 2:  # noqa: PLR2004  (one daemon is what a small image is for)
        return None
    what = f"A run of the original keeps {' and '.join(daemons.values())} running."
    return Declined("several-programs", what, project.trace.node.span, ONE_EACH)


def _brought(project: Project, built: Contents, found: Found) -> Iterator[Brought]:
    """What the entry's words start, else what was running when all had been asked: ``service`` starts scripts."""
    seen: set[str] = set()
    for word, span in found.missing:
        path = in_image(project, word, found.cwd)
        real = built.resolve(path) or ""
        if is_installed(built, real) and real not in seen:
            seen.add(real)
            yield Brought(built, project.evidence.run, path, span, by_system=False)
    run = project.evidence.run
    for path in run.lasting if run is not None and not seen else ():
        if is_installed(built, built.resolve(path) or ""):
            yield Brought(built, run, path, project.trace.node.span, by_system=True)


def _application(project: Project, brought: Brought) -> Application:
    """The program with all that goes along with it, to any target or where it goes itself."""
    built, path, owner = brought.built, brought.path, brought.owner
    packages = with_extensions(built, brought.packages)
    choice = kept_packages(project, built, owner)
    reset = settings_folders(project, built, packages)
    made = (*reset, *(p for p in author_made(project, built) if not any(inside(p, r) for r in reset)))
    trees = tuple(_trees(built, made, "made or copied by steps of the file"))
    library = tuple(_trees(built, package_data(built, packages, made), f"what the packages of {brought.source} hold"))
    needs = tuple(asked_for(project, brought, packages, made, tuple(t.path for t in library)))
    unread = f"What {path}, of the package {owner}, opens and starts was not read."
    return Application(
        toolchain=PACKAGED,
        interpreter=path,
        why=f"{brought.starter} {brought.name}, of the package {owner}",
        trees=trees,
        library=library,
        natives=_natives(built, [t.path for t in (*trees, *library) if t.native]),
        needs=needs,
        packages=choice.packages,
        options=choice.options,
        dropped=choice.dropped,
        undone=tuple(dict.fromkeys((*choice.undone, *reset))) if choice.packages else (),
        homebound=homebound(brought, needs),
        assumptions=(Assumption("sources-unread", unread, brought.span),),
        span=brought.span,
    )


def _trees(built: Contents, paths: Iterable[str], why: str) -> Iterator[Tree]:
    """One comment stands above the first of them."""
    for number, path in enumerate(paths):
        yield Tree(path, "" if number else why, native=any(inside(elf, path) for elf in built.elf))


def _natives(built: Contents, trees: list[str]) -> tuple[str, ...]:
    """How programs and libraries in the trees are named; "*" where that would be a long list."""
    names = {posixpath.basename(p) for p in built.elf if any(inside(p, t) for t in trees)}
    others = tuple(sorted(name for name in names if ".so" not in name))
    return ("*.so*", *others) if len(others) <= _MOST_NAMES else ("*",)
