"""Again: what the last stage of a file copies, its author chose; the runtime stage copies it the same way.

A stage that only puts together what others built is a list by hand of what the image needs. Its COPY instructions are
stated again as they are, where no later step changes what they brought: so no stage is needed to copy from but the one
that they name.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.effects import FromContext, MadeBy
from imgslim.meaning.paths import absolute, has_magic, inside, join, normal
from imgslim.meaning.trace import Copy, Run
from imgslim.model import Line
from imgslim.planner.commands import Folders, Nothing, Packages, Users
from imgslim.planner.comments import comment_of
from imgslim.planner.folders import SYSTEM
from imgslim.planner.named import image_paths
from imgslim.planner.trees import within
from imgslim.records import dataclass
from imgslim.syntax.instructions import words
from imgslim.values import Unknown, known

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from imgslim.model import Project
    from imgslim.planner.build import Build, Ran, Taken

#: Commands of no trace that can take away or change what a COPY brought, all the same.
_CHANGING = frozenset({"rm", "rmdir", "find", "xargs", "env", "time", "sort", "sync", "command", "ldconfig"})

#: Folders in which a base image has files of its own: what is copied into one stands beside those.
_SHARED = ("/bin", "/etc", "/lib", "/lib64", "/root", "/sbin", "/usr", "/var")


@dataclass(frozen=True, slots=True)
class Again:
    """A COPY of the last stage that the runtime stage has, too."""

    #: Its place in ``trace.steps``.
    step: int
    line: Line
    #: Its destination, and whether nothing but COPY and the base image put anything there.
    place: str
    alone: bool
    #: Files and folders that hold nothing but what it brings; not a folder of the system that it adds to.
    paths: tuple[str, ...]
    #: What it brings under a name that it says, though nobody knows what that is: certificates of another image.
    named: tuple[str, ...] = ()


def own_steps(project: Project) -> range:
    """The steps of the stage itself, without those of stages that it is built on; all of a file with one stage."""
    return range(project.stages.below if project.stages is not None else 0, len(project.trace.steps))


def compiles(project: Project, build: Build) -> bool:
    """Tell whether the stage itself makes a program in use: then what it copies may serve that."""
    steps = project.trace.steps
    return any(u.product.step < len(steps) and isinstance(steps[u.product.step], Run) for u in build.used)


def untouched(project: Project, build: Build, since: int = 0) -> bool:
    """Tell whether no RUN of the stage, from the step ``since`` on, changes what its COPY instructions brought."""
    return _harmless_all(project, build, [n for n in own_steps(project) if n >= since])


def _alone(project: Project, build: Build) -> bool:
    """Tell whether no RUN puts files beside what COPY instructions bring, those of stages below included."""
    return _harmless_all(project, build, range(len(project.trace.steps)))


def _harmless_all(project: Project, build: Build, own: Collection[int]) -> bool:
    steps = project.trace.steps
    if any(step.opaque for n in own if isinstance(step := steps[n], Run)):
        return False
    return all(not ran.build and _harmless(project, ran) for ran in build.ran if ran.step in own)


def _harmless(project: Project, ran: Ran) -> bool:
    name = ran.command.name
    if name not in _CHANGING:
        return isinstance(ran.effect, Nothing | Packages | Users | Folders)
    if name == "ldconfig":
        return True
    if name != "rm":
        return False
    copied = [p for p in _destinations(project) if p is not None]
    named = [w.raw for w in ran.command.words[1:] if not w.raw.startswith("-")]
    places = [known(absolute(raw.partition("*")[0].rstrip("/") or "/", ran.command.cwd)) for raw in named]
    return not any("$" in raw or "`" in raw for raw in named) and not any(
        place is None or inside(c, place) or inside(place, c) for place in places for c in copied
    )


def _destinations(project: Project) -> Iterator[str | None]:
    for n in own_steps(project):
        step = project.trace.steps[n]
        if isinstance(step, Copy):
            yield normal(step.destination) if isinstance(step.destination, str) else None


def again(project: Project, build: Build) -> tuple[Again, ...]:
    """The COPY instructions of the last stage that are stated again; none in a file with one stage."""
    if project.stages is None or compiles(project, build):
        return ()
    found, alone = [], _alone(project, build)
    for number in own_steps(project):
        step = project.trace.steps[number]
        if (
            isinstance(step, Copy)
            and (text := _text(project, step, number)) is not None
            and untouched(project, build, number)
        ):
            line, place = Line(text, comment_of(project, step.node)), normal(str(step.destination))
            found.append(
                Again(number, line, place, alone, tuple(_paths(project, step, number, whole=alone)), _named(step))
            )
    return tuple(found)


def apart(
    project: Project, build: Build, taken: tuple[Taken, ...], restated: tuple[Again, ...]
) -> tuple[tuple[Taken, ...], tuple[Again, ...]]:
    """What is taken from the stage that was the last, and what is copied as that did: each path by one of them."""
    if not restated:
        return taken, ()
    made = {u.path for u in build.used if u.product.step in {one.step for one in restated}}
    made |= {path for one in restated for path in one.named}
    paths = [path for one in restated for path in one.paths]
    whole = _alone(project, build)
    left = tuple(
        t for t in taken
        if t.source not in made and not within(t.source, paths) and not (whole and _filled(project, t.source, paths))
    )  # fmt: skip
    held = [t.source for t in left]
    return left, tuple(
        one for one in restated
        if not within(one.place, held) and not (one.paths and all(within(p, held) for p in one.paths))
    )  # fmt: skip


def _filled(project: Project, folder: str, paths: list[str]) -> bool:
    """Tell whether all that is known to lie in a folder is among ``paths``."""
    names = project.files.list_dir(folder)
    return bool(names) and all(within(f"{folder}/{name}", paths) for name in names)


def chosen(project: Project, build: Build, restated: Iterable[Again]) -> Iterator[tuple[str, Copy]]:
    """What the last stage copies from others and the runtime stage does not: its path in the stage, "" where open."""
    if project.stages is None or compiles(project, build):
        return
    done = {one.step for one in restated}
    for number in own_steps(project):
        step = project.trace.steps[number]
        if isinstance(step, Copy) and step.origin is not None and number not in done:
            paths = tuple(_paths(project, step, number, whole=True)) if isinstance(step.destination, str) else ()
            yield from ((path, step) for path in paths or ("",))


def _named(step: Copy) -> tuple[str, ...]:
    """Where the sources are that keep their names: in a folder that the destination says to be one, or as they were."""
    place = str(step.destination)
    if step.origin is None or any(flag.name in ("parents", "exclude") for flag in step.node.flags):
        return ()
    sources = [normal("/" + s.lstrip("/")) for s in step.sources if isinstance(s, str) and not has_magic(s)]
    kept = (join(normal(place), posixpath.basename(s)) if place.endswith("/") else normal(place) for s in sources)
    return tuple(path for path, source in zip(kept, sources, strict=True) if place.endswith("/") or path == source)


def by_name(step: Copy) -> bool:
    """Tell whether it asks the image for a user or a group, which the next one may not have (COPY --chown)."""
    owner = step.node.flag("chown")
    return owner is not None and not (owner.value or "").replace(":", "").isdecimal()


def _place(project: Project, step: Copy, number: int) -> str:
    """The destination as it reads on any image: a folder that stands here is said to be one, and links are followed.

    Without the slash COPY makes a file of that name where no such folder stands (Dockerfile reference, COPY).
    """
    before, place = project.files.before(number), str(step.destination)
    there = before.resolve(place)
    folder = place.endswith("/") or there == "/" or before.kind(there) == "folder"
    return there.rstrip("/") + "/" if folder else there


def elsewhere(project: Project, step: Copy, number: int) -> str | None:
    """A COPY that stays in its stage while the image under it changes: with another destination, where that takes one.

    "" where it reads the same; None where it can't be said. What WORKDIR and COPY made will be there again.
    """
    if isinstance(step.destination, Unknown):
        return ""
    place, origin = _place(project, step, number), project.files.before(number).origin(step.destination)
    stays = isinstance(origin, FromContext) or (isinstance(origin, MadeBy) and origin.command is None)
    linked = normal(place) != normal(step.destination)
    if not linked and (stays or place.endswith("/") == step.destination.endswith("/")):
        return ""
    return None if step.node.heredocs or step.node.exec_form is not None else _placed(project, step, place)


def _placed(project: Project, step: Copy, place: str) -> str:
    node, text, last = step.node, project.dockerfile.text, words(step.node)[-1]
    return text[node.span.start : last.span.start] + place + text[last.span.end : node.span.end]


def _text(project: Project, step: Copy, number: int) -> str | None:
    """The instruction with its variables' values and an absolute destination; None where it can't be said elsewhere."""
    node, text = step.node, project.dockerfile.text
    written = node.span.of(text)
    if node.heredocs or by_name(step) or isinstance(step.destination, Unknown):
        return None
    place = _place(project, step, number)
    if "$" in written:
        if any("$" in (flag.value or "") for flag in node.flags) or not all(isinstance(s, str) for s in step.sources):
            return None
        parts = [node.keyword, *(flag.span.of(text) for flag in node.flags), *map(str, step.sources), place]
        return None if any(" " in part for part in parts) else " ".join(parts)
    last = words(node)[-1]
    same = normal(last.text) == normal(place) and last.text.endswith("/") == place.endswith("/")
    if last.text.startswith("/") and same:
        return written
    return None if node.exec_form is not None else _placed(project, step, place)


def _paths(project: Project, step: Copy, number: int, *, whole: bool) -> Iterator[str]:
    """What is known to be at its place by this step; with ``whole`` a folder of its own counts with all it holds."""
    destination = normal(str(step.destination))
    if whole and not any(inside(destination, top) for top in _SHARED) and destination not in SYSTEM:
        yield destination
    sources = [s for s in step.sources if isinstance(s, str) and step.origin is None]
    for matched in project.context.sources(sources):
        for found in matched.paths:
            if whole or project.context.is_file(found):
                yield from (p for p in image_paths(project, step, found, matched.word) if p not in SYSTEM)
    for placed in project.files.placed():
        if placed.point.step == number and placed.sure and project.files.kind(placed.path) == "file":
            yield placed.path
