"""Comments: what stands above an instruction that leaves the build stage goes with it; a loss is stated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import replace
from imgslim.rewriting import attached_comments

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imgslim.model import Line, Project
    from imgslim.syntax.nodes import Instruction


def comment_of(project: Project, node: Instruction) -> str:
    """The comment lines that belong to an instruction, to move with it."""
    return "\n".join(c.span.of(project.dockerfile.text).strip() for c in attached_comments(project.dockerfile, node))


def with_comments(
    project: Project, removed: Iterable[int], lines: tuple[Line, ...]
) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """The runtime lines with the comments of the instructions that they stand for, and a note for each one lost."""
    found, notes = list(lines), list[str]()
    for number in sorted(removed):
        node = project.dockerfile.instructions[number]
        comment = comment_of(project, node)
        if not comment or any(comment in line.comment for line in found):
            continue
        at = next((n for n in reversed(range(len(found))) if _keyword(found[n]) == node.keyword), None)
        if at is None:
            notes.append(f"The comment above {node.keyword} ends with it: {comment.splitlines()[0]}")
        else:
            found[at] = replace(found[at], comment="\n".join(filter(None, (comment, found[at].comment))))
    return tuple(found), tuple(notes)


def _keyword(line: Line) -> str:
    return line.text.split(None, 1)[0].upper()
