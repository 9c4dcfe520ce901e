"""Comments: what stands above an instruction that leaves the build stage goes with it; a loss is stated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import replace
from imgslim.rewriting import attached_comments, moved_comments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imgslim.model import Line, Project
    from imgslim.syntax.nodes import Comment, Instruction


def comment_of(project: Project, node: Instruction) -> str:
    """The comment lines that belong to an instruction, to move with it."""
    return _text(project, attached_comments(project.dockerfile, node), node)


def with_comments(
    project: Project, removed: frozenset[int], lines: tuple[Line, ...]
) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """The runtime lines with the comments and blank lines that they had, and a note for each comment lost."""
    if not removed:
        return lines, ()
    found, notes = list(lines), list[str]()
    keywords = [line.text.split(None, 1)[0].upper() for line in lines]
    #: What each line stands for, by number of the instruction.
    stands: dict[int, int] = {}
    for number in sorted(removed):
        node = project.dockerfile.instructions[number]
        at = _line_of(project, node, found, keywords)
        if at is not None:
            stands[at] = number
        if not project.dockerfile.comments:
            continue
        comment = _text(project, moved_comments(project.dockerfile, removed, number), node)
        if not comment or any(comment in line.comment for line in found):
            continue
        if at is None:
            notes.append(f"The comment above {node.keyword} ends with it: {comment.splitlines()[0]}")
            continue
        rest = found[at].comment.removeprefix(comment_of(project, node)).lstrip("\n")
        found[at] = replace(found[at], comment="\n".join(filter(None, (comment, rest))))
    for at, number in stands.items():
        if stands.get(at - 1) == number - 1 and _parted(project, number):
            found[at] = replace(found[at], blank=True)
    return tuple(found), tuple(notes)


def _line_of(project: Project, node: Instruction, lines: Sequence[Line], keywords: Sequence[str]) -> int | None:
    """The line that stands for an instruction: as it was written, else the last one of its keyword."""
    places = [n for n, keyword in enumerate(keywords) if keyword == node.keyword]
    text = node.span.of(project.dockerfile.text) if places else ""
    return next((n for n in places if lines[n].text == text), places[-1] if places else None)


def _parted(project: Project, number: int) -> bool:
    """Tell whether a blank line stands right below the instruction above this one."""
    text, (above, node) = project.dockerfile.text, project.dockerfile.instructions[number - 1 : number + 1]
    lines = text[above.span.end : node.span.start].split("\n")
    return len(lines) > 2 and not lines[1].strip()  # noqa: PLR2004  (the ends of two lines, and one between)


def _text(project: Project, comments: Sequence[Comment], node: Instruction) -> str:
    """What stands from the first comment down to the instruction, without indentation."""
    if not comments:
        return ""
    above = project.dockerfile.text[comments[0].span.start : node.span.start].rstrip(" \t")
    return "\n".join(line.strip() for line in above.splitlines())
