"""Layers: a program that no toolchain knows, where the built image shows which RUN put it there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.trace import Run
from imgslim.planner.build import Used
from imgslim.planner.supposed import unread

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.meaning.trace import Command
    from imgslim.model import Project

#: The toolchain of a program that was found in the image, whoever made it.
TOOLCHAIN = "image"


def in_layers(project: Project, places: Iterable[str]) -> Iterator[Used]:
    """The program at the first of ``places``, where a RUN of this file made it and no package holds it.

    What a program was made from no layer says: what it opens and starts is open until it is watched.
    """
    built = project.evidence.built
    for path in places if built is not None else ():
        real = built.resolve(path) if built is not None else None
        if built is None or real is None:
            continue
        elf, entry = built.elf.get(real), built.entries[real]
        if elf is None or not elf.is_program or built.is_from_base(real) or built.owner(real):
            return
        made = _maker(project, built.layers[entry.layer].instruction)
        if made is not None:
            text = made[2].span.head(project.dockerfile.text)
            why = f"{path} was made by the step of {text!r}"
            product = unread(project, made, path, why, toolchain=TOOLCHAIN)
            yield Used(product, path, path)
        return


def _maker(project: Project, instruction: int | None) -> tuple[int, int, Command] | None:
    """The last command of the RUN at an index of the file's instructions."""
    if instruction is None:
        return None
    node = project.dockerfile.instructions[instruction]
    for at, step in enumerate(project.trace.steps):
        if step.node is node and isinstance(step, Run) and step.commands:
            return at, len(step.commands) - 1, step.commands[-1]
    return None
