"""Edits of a text, and how they are applied: a leaf that knows no rule and no Dockerfile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass, numerous
from imgslim.text import encode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imgslim.text import Span


@numerous
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
    import difflib  # noqa: PLC0415  (most callers only apply edits)

    if before == after:
        return ""
    lines = list(difflib.unified_diff(_lines(before), _lines(after)))
    lines[:2] = f"--- {_header(f'a/{name}')}\n", f"+++ {_header(f'b/{name}')}\n"
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _header(name: str) -> str:
    """A file name as git's diffs write it: quoted as in C where it holds more than printable characters.

    A name with blanks ends in a tab: else ``patch`` takes what follows the blank for a date (GNU diffutils,
    "Unusual Characters in File Names").
    """
    if not name.isprintable() or '"' in name or "\\" in name:
        octal = "".join(
            chr(byte) if " " <= chr(byte) <= "~" and chr(byte) not in '"\\' else f"\\{byte:03o}"
            for byte in encode(name)
        )
        return f'"{octal}"'
    return f"{name}\t" if " " in name else name


def _lines(text: str) -> list[str]:
    """Split at LF only: a form feed or a lone CR is not a line end for git."""
    lines = text.split("\n")
    last = lines.pop()
    return [line + "\n" for line in lines] + ([last] if last else [])
