"""Folders that the build made or gave to a user: laid out with owner and mode, which a COPY of them would lose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.paths import inside
from imgslim.meaning.trace import Copy, Run
from imgslim.model import NeedKind
from imgslim.planner.assemble import STAGING, Staged, quote
from imgslim.planner.commands import Folders, Owner, Placed, Users
from imgslim.records import dataclass
from imgslim.syntax.instructions import words
from imgslim.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Project
    from imgslim.planner.build import Build

_NOT_HERE = ("/dev", "/proc", "/sys", "/tmp", "/var/lib/apt", "/var/cache")  # noqa: S108


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder on its way to the runtime stage."""

    path: str
    staged: Staged


def folders(project: Project, build: Build, data: list[str]) -> Iterator[Folder]:
    """The folders that the running program may count on, with the reason for each."""
    owners: dict[str, str] = {}
    for ran in build.ran:
        if isinstance(ran.effect, Owner):
            owners |= dict.fromkeys(ran.effect.paths, ran.effect.owner)
    made = dict.fromkeys(p for r in build.ran if isinstance(r.effect, Folders) for p in r.effect.paths)
    homes = dict.fromkeys(h for r in build.ran if isinstance(r.effect, Users) for h in r.effect.homes)
    volumes = dict.fromkeys(v for v in _volumes(project) if _filled(project, build, v))
    working = _working(project, build)
    seen: list[str] = []
    for path in dict.fromkeys([*homes, *volumes, *owners, *made]):
        if path == "/" or path in data or path.startswith(_NOT_HERE) or _inside(path, seen):
            continue
        built = _holds_build(project, build, path, working)
        if built and path in owners:
            shell = f"mkdir -p {STAGING}{quote(path)}; chown {quote(owners[path])} {STAGING}{quote(path)}"
            yield Folder(path, Staged(shell, f"{path} belongs to {owners[path]}"))
        elif not built and (path not in made or path in owners or path in volumes or _counted_on(build, path, working)):
            # Without --parents: with -a, coreutils 9.1 takes an absolute path's parents for relative ones.
            above = STAGING + path.rpartition("/")[0]
            made_above = f"mkdir -p {quote(above)}; " if above != STAGING else ""
            copied = f"{made_above}cp -a {quote(path)} {quote(above)}/"
            yield Folder(path, Staged(copied, f"{path} with its owner and mode"))
            seen.append(path)


def _volumes(project: Project) -> Iterator[str]:
    for step in project.trace.steps:
        if step.node.keyword == "VOLUME":
            yield from (w.text.rstrip("/") for w in words(step.node) if w.text.startswith("/") and "$" not in w.text)


def _filled(project: Project, build: Build, path: str) -> bool:
    """A volume keeps what the image holds below it when it is first mounted (Dockerfile reference, VOLUME)."""
    placed = (p for r in build.ran if isinstance(r.effect, Placed | Folders) for p in r.effect.paths)
    return any(_inside(p, [path]) for p in placed) or any(True for _ in project.files.walk_context(path))


def _working(project: Project, build: Build) -> set[str]:
    """Where the build works: folders that hold sources and intermediate files."""
    found = {str(r.command.cwd) for r in build.ran if r.build and not isinstance(r.command.cwd, Unknown)}
    for step in project.trace.steps:
        if isinstance(step, Copy | Run) and isinstance(step.scope.workdir, str):
            found.add(step.scope.workdir)
    return found - {"/"}


def _holds_build(project: Project, build: Build, path: str, working: set[str]) -> bool:
    """Tell whether sources, intermediate files or products lie in the folder: then it is not taken as a whole."""
    return (
        any(_inside(w, [path]) for w in working)
        or any(_inside(u.path, [path]) for u in build.used)
        or any(context in build.consumed for _, context in project.files.walk_context(path))
    )


def _counted_on(build: Build, path: str, working: set[str]) -> bool:
    """A folder made inside the build's own is the build's, unless the program names something in it."""
    return not _inside(path, list(working)) or any(_inside(n.value, [path]) for n in build.needing(NeedKind.FILE))


def _inside(path: str, above: list[str]) -> bool:
    return any(inside(path, a) for a in above)
