"""In place: the last stage with another image under it, where that is all it takes.

Where nothing of the stage is needed but what its COPY instructions bring, and those can stay, the stage itself stays:
its FROM names the target, what only changed the old image goes, and what the old image configured is stated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.trace import Copy, Run
from imgslim.model import InPlace, Line
from imgslim.planner.again import by_name, compiles, elsewhere, own_steps, untouched
from imgslim.syntax.instructions import from_parts

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from imgslim.model import Project, Stages
    from imgslim.planner.build import Build
    from imgslim.syntax.nodes import Instruction

#: What stands before all other instructions of a stage, so that they see it.
_FIRST = ("ARG", "ENV", "WORKDIR")
#: What each instruction adds to the image's configuration: of these every one has to stay as it is.
_STATED = ("ENV", "EXPOSE", "LABEL", "MAINTAINER", "VOLUME")


def in_place(
    project: Project, build: Build, lines: Sequence[Line], restated: Collection[str], stage: str
) -> InPlace | None:
    """The stage with as little changed as it takes for its image to be what ``lines`` make; None where that can't be.

    Args:
        project: its last stage is meant.
        build: what was recognised.
        restated: those of the lines that stand for a COPY of the stage.
        lines: the runtime stage as it would be with the original's last stage to copy from.
        stage: the name that the original's last stage would have then.
    """
    stages = project.stages
    steps = [project.trace.steps[n] for n in own_steps(project)]
    if stages is None:
        return None
    if not alias(project) and (stages.below or compiles(project, build) or not untouched(project, build)):
        return None
    if any(isinstance(s, Copy) and by_name(s) for s in steps) or any(s.node.keyword == "SHELL" for s in steps):
        return None
    nodes = project.dockerfile.instructions
    own = range(stages.first + 1, len(nodes))
    text = project.dockerfile.text
    stand = {nodes[n].span.of(text): n for n in own}
    said = {line.text for line in lines}
    if any(nodes[n].keyword in _STATED and nodes[n].span.of(text) not in said for n in own):
        return None  # it means another thing on another image
    entry = {k: _last(project, stages, k) for k in ("ENTRYPOINT", "CMD")}
    moves = any(s.node.keyword == "WORKDIR" for s in steps)
    copies = [
        (s.node, elsewhere(project, s, n))
        for n, s in zip(own_steps(project), steps, strict=True)
        if isinstance(s, Copy)
    ]
    if any(text is None for _, text in copies):
        return None
    replaced = {nodes.index(node): text for node, text in copies if text}
    head, tail = [], []
    for line in lines:
        keyword = line.text.split(None, 1)[0].upper()
        if line.text in stand or line.text in restated or (keyword == "WORKDIR" and moves):
            continue
        if keyword in ("COPY", "ADD"):
            if alias(project):
                head.append(line)
            elif f"--from={stage} " in line.text:
                return None
        elif keyword in ("RUN", "SHELL"):
            return None
        elif (at := entry.get(keyword)) is not None:
            replaced[at] = line.text
        elif keyword in _FIRST or alias(project):
            head.append(line)
        else:
            tail.append(line)
    removed = {n for n in own if nodes[n].keyword == "RUN"}
    keywords = {line.text.split(None, 1)[0].upper() for line in lines}
    removed |= {n for n in own if nodes[n].keyword in entry and nodes[n].keyword not in keywords}
    return InPlace(tuple(head), tuple(sorted(replaced.items())), tuple(tail), frozenset(removed))


def alias(project: Project) -> str:
    """The stage that the last one only configures anew, by its name: there is all that is copied; "" for any other."""
    stages = project.stages
    if stages is None or any(isinstance(project.trace.steps[n], Copy | Run) for n in own_steps(project)):
        return ""
    return from_parts(project.trace.node).image if stages.below else ""


def _last(project: Project, stages: Stages, keyword: str) -> int | None:
    nodes: tuple[Instruction, ...] = project.dockerfile.instructions
    return next((n for n in reversed(range(stages.first, len(nodes))) if nodes[n].keyword == keyword), None)
