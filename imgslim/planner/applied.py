"""Applied: an application in the last stage of a file, whose files stages before it made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.images import ImageFacts
from imgslim.meaning.paths import inside, normal
from imgslim.meaning.trace import Copy
from imgslim.model import Application, Assumption, Tree
from imgslim.planner.again import own_steps
from imgslim.records import replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.images import UnknownImage
    from imgslim.model import Declined, Project

#: Families of images with the development kit.
_KITS = frozenset({"eclipse-temurin", "java", "openjdk", "maven", "gradle"})


def in_last_stage(project: Project, found: Application, here: Application | Declined | None = None) -> Application:
    """The application with those trees that the stage has; as it is in a file with one stage.

    What only a stage before has does not exist in this image, and is prepared there or not at all.

    Args:
        project: the planned stage.
        found: the application as all steps together make it.
        here: as the stage's own steps make it, where those are not all.
    """
    stages = project.stages
    copies = [step for n in own_steps(project) if isinstance(step := project.trace.steps[n], Copy)]
    if stages is None or not any(step.origin is not None for step in copies):
        return found
    inlined = stages.inlined.trace.steps if stages.inlined is not None else project.trace.steps
    moved = [step for step in copies if step.origin is not None and step in inlined]
    places = [normal(s.destination) for s in copies if isinstance(s.destination, str)]
    trees = [part for tree in found.trees for part in _parts(tree, places)]
    own = here if isinstance(here, Application) else None
    trees += own.trees if own is not None else ()
    # Another stage's files at another path: what they are and what they are linked with was not followed.
    known = {tree.path for tree in trees}
    strange = [p for s in moved if isinstance(s.destination, str) and (p := normal(s.destination)) not in known]
    trees += [Tree(path, "") for path in strange]
    unread = (
        Assumption("sources-unread", f"What {s.node.keyword} --from={s.origin} brings was not read.", s.node.span)
        for s in moved
    )
    return replace(
        found,
        trees=tuple(dict.fromkeys(trees)),
        native=found.native or bool(strange),
        preparations=own.preparations if own is not None else (),
        runtime=found.runtime if _has_jdk(project.base) else None,
        assumptions=(*found.assumptions, *unread),
    )


def _has_jdk(base: ImageFacts | UnknownImage) -> bool:
    """Tell whether the image brings Java's development kit: these do, where their tag does not say otherwise."""
    return isinstance(base, ImageFacts) and base.family in _KITS and "jre" not in (base.ref.tag or "")


def _parts(tree: Tree, places: list[str]) -> Iterator[Tree]:
    """What of a tree the stage's own COPY instructions bring."""
    if any(inside(tree.path, place) for place in places):
        yield tree
        return
    for place in places:
        if inside(place, tree.path):
            yield replace(tree, path=place, why="")
