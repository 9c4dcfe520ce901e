"""Edits of a text, and how they are applied: a leaf that knows no rule and no Dockerfile."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from collections.abc import Iterable

    from imgslim.text import Span


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace the characters of ``span`` by ``new``; an empty span inserts."""

    span: Span
    new: str


class OverlapError(ValueError):
    """Two edits want the same characters: a fault of the code that made them."""


def apply(text: str, edits: Iterable[Edit]) -> str:
    """Apply all edits at once; insertions at one place keep the order they were given in.

    Raises:
        OverlapError: two edits replace the same characters.
    """
    parts: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda e: (e.span.start, e.span.end)):
        if edit.span.start < at:
            raise OverlapError(f"an edit at {edit.span.start} lies inside the one before it")
        parts += text[at : edit.span.start], edit.new
        at = edit.span.end
    return "".join([*parts, text[at:]])


def unified_diff(before: str, after: str, name: str) -> str:
    """The unified diff of two texts as ``git apply`` and ``patch -p1`` take it; empty where nothing changed."""
    if before == after:
        return ""
    lines: list[str] = []
    for line in difflib.unified_diff(_lines(before), _lines(after), f"a/{name}", f"b/{name}"):
        lines.append(line)
        if not line.endswith("\n"):
            lines.append("\n\\ No newline at end of file\n")
    return "".join(lines)


def _lines(text: str) -> list[str]:
    """Split at LF only: a form feed or a lone CR is not a line end for git."""
    lines = text.split("\n")
    last = lines.pop()
    return [line + "\n" for line in lines] + ([last] if last else [])
