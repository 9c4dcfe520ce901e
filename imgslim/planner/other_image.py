"""Other images: programs that COPY takes from an image which is none of the file's own stages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.search import searched
from imgslim.meaning.trace import Copy
from imgslim.model import NeedKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.meaning.effects import Placement
    from imgslim.model import Project
    from imgslim.planner.build import Build


def is_from_another(project: Project, placed: Placement) -> bool:
    """Tell whether a COPY --from put it there."""
    step = project.trace.steps[placed.point.step]
    return isinstance(step, Copy) and step.origin is not None


def program_of(project: Project, word: str) -> tuple[str, str]:
    """The path of the program that a word means, and the image that COPY takes it from; "" where none is known to.

    What a later step may do to it is not asked: where it is started, it is there.
    """
    # What the last of several stages copies, the runtime stage copies again (planner/again).
    if word in ("", "*") or project.stages is not None:
        return "", ""
    brought = {p.path: p.point.step for p in project.files.placed() if is_from_another(project, p)}
    for place in searched(project.trace.final, word, project.trace.final.workdir) if brought else ():
        if place in brought:
            step = project.trace.steps[brought[place]]
            return place, str(step.origin) if isinstance(step, Copy) else ""
        if project.files.exists(place):
            break
    return "", ""


def programs_of(project: Project, build: Build) -> Iterator[str]:
    """The paths of those that are started."""
    for need in build.needing(NeedKind.COMMAND):
        path, _ = program_of(project, need.value)
        if path:
            yield path
