"""Standing: folders of the original that a program needs to be there, but not for what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.paths import absolute, inside
from imgslim.model import NeedKind
from imgslim.planner.assemble import STAGING, Staged, quote
from imgslim.planner.folders import SYSTEM
from imgslim.planner.home import home
from imgslim.planner.look import folder_of
from imgslim.values import known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.evidence import Contents
    from imgslim.model import Project, RuntimeTarget
    from imgslim.planner.build import Build

#: What mkdir gives a folder of root's.
_MODE = 0o755


def stays(project: Project, build: Build, path: str) -> bool:
    """Tell whether a folder holds the build's own files: it may have to be there, but never goes along as a whole."""
    built = project.evidence.built
    real = built.resolve(path) if built is not None else None
    entry = built.entries.get(real) if built is not None and real is not None else None
    if entry is None or entry.kind != "folder":
        return False
    workdir = project.trace.final.workdir
    return (
        real in SYSTEM
        or (isinstance(workdir, str) and inside(workdir, path))
        or any(inside(u.path, path) for u in build.used)
        or any(context in build.consumed for _, context in project.files.walk_context(path))
    )


def as_it_is(project: Project, path: str, why: str = "") -> Staged | None:
    """Lay out whole what has an owner or a mode that COPY does not give it; None for any other.

    COPY makes all that it brings root's, and folders anew (Dockerfile reference, COPY --chown). Of a link it takes what
    that leads to: one that leads to nothing before the image runs (``/proc/1/fd/1``) can't be copied.
    """
    built = project.evidence.built
    entry = built.entries.get(path) if built is not None else None
    if built is None or entry is None:
        return None
    above = quote(STAGING + path.rpartition("/")[0])
    if entry.kind == "link":
        lost = built.resolve(path) is None
        return Staged(f"mkdir -p {above}; cp -a {quote(path)} {above}/", f"{path}, a link") if lost else None
    here = [entry, *(e for _, e in built.below(path))] if entry.kind == "folder" else [entry]
    plain = (entry.kind != "folder" or entry.mode == _MODE) and all((e.uid, e.gid) == (0, 0) for e in here)
    if plain:
        return None
    return Staged(
        f"mkdir -p {above}; {_rights_above(built, path)}cp -a {quote(path)} {above}/",
        "\n".join(filter(None, (f"{path} with its owner and mode", why))),
    )


def _rights_above(built: Contents, path: str) -> str:
    """Commands that give folders on the way to a path the owner and mode that they have."""
    said = ""
    while (path := path.rpartition("/")[0]) and path not in SYSTEM:
        entry = built.entries.get(path)
        if entry is not None and entry.kind == "folder":
            there = quote(STAGING + path)
            owner = "" if (entry.uid, entry.gid) == (0, 0) else f"chown {entry.uid}:{entry.gid} {there}; "
            said = owner + ("" if entry.mode == _MODE else f"chmod {entry.mode:o} {there}; ") + said
    return said


def standing(
    project: Project, build: Build, target: RuntimeTarget, covered: list[str], laid: frozenset[str] = frozenset()
) -> Iterator[Staged]:
    """Make the folders that are needed and that nothing else brings, with the owner and mode that they have.

    A target of the builder's own family has the base image's folders itself.
    """
    built = project.evidence.built
    for need in (*build.needing(NeedKind.FILE), *home(project, build)) if built is not None else ():
        written = known(absolute(need.value, project.trace.final.workdir)) if need.value not in ("", "*") else None
        path = folder_of(project, written) if written is not None else ""
        entry = built.get(path) if built is not None else None
        if built is None or entry is None or entry.kind != "folder" or path in SYSTEM or path in laid:
            continue
        if any(inside(path, c) for c in covered) or (target.same_family and entry.layer < built.base_layers):
            continue
        if path == project.trace.final.workdir and (entry.uid, entry.mode) == (0, _MODE):
            continue
        there = f"{STAGING}{quote(path)}"
        mode = "" if entry.mode == _MODE else f"; chmod {entry.mode:o} {there}"
        owner = "" if (entry.uid, entry.gid) == (0, 0) else f"; chown {entry.uid}:{entry.gid} {there}"
        yield Staged(f"mkdir -p {there}{owner}{mode}", f"{path}: {need.why}")
