"""A place in a file, as a terminal shows it: name, line, column, the line itself and a caret below it."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from imgslim.text import LineIndex

if TYPE_CHECKING:
    from imgslim.text import Span

#: Columns of a line that are shown at most, and those kept in front of the caret.
_WIDTH = 160
_LEAD = 100
_CUT = "…"


def printable(text: str) -> str:
    """Escape control characters of file names and file text, so that they can't steer the terminal."""
    return "".join(c if c.isprintable() else _escaped(c) for c in text)


def _escaped(char: str) -> str:
    return " " if char == "\t" else char.encode("unicode_escape", "surrogatepass").decode()


def columns(text: str) -> int:
    """The terminal columns of printable text: wide characters take two, combining ones none (Unicode TR 11)."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def located(text: str, span: Span | None, path: str, what: str, hint: str = "") -> str:
    """``file:line:column: what`` with the line, a caret below it, and what to do; columns count code points from 1."""
    first, *rest = what.split("\n")
    lines = [printable(first), *(f"  | {printable(line)}" for line in rest)]
    if span is None:
        lines[0] = f"{printable(path)}: {lines[0]}"
    else:
        index = LineIndex(text)
        at = index.position(min(span.start, len(text)))
        lines[0] = f"{printable(path)}:{at.line + 1}:{at.column + 1}: {lines[0]}"
        lines += _excerpt(index, at.line, span)
    if hint:
        lines.append(f"  help: {printable(hint)}")
    return "\n".join(lines)


def _excerpt(index: LineIndex, number: int, span: Span) -> tuple[str, str]:
    """The line and the caret line; a long line is cut around the caret."""
    line = index.line_span(number)
    start = min(span.start, line.end)
    before = printable(index.text[line.start : start])
    marked = printable(index.text[start : max(start, min(span.end, line.end))])
    after = printable(index.text[start + (min(span.end, line.end) - start if span.end > start else 0) : line.end])
    if len(before) > _LEAD:
        before = _CUT + before[-_LEAD:]
    if len(before + marked + after) > _WIDTH:
        marked = marked[: _WIDTH - len(before)]
        after = after[: max(0, _WIDTH - len(before + marked))] + _CUT
    margin = " " * len(str(number + 1))
    caret = " " * columns(before) + "^" * max(1, columns(marked))
    return f"  {number + 1} | {before}{marked}{after}", f"  {margin} | {caret}"
