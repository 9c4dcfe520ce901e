"""Spans and positions in a text: the only coordinates the rest of the package uses."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import Literal

from imgslim.records import dataclass, numerous

Encoding = Literal["utf-8", "utf-16", "utf-32"]


@numerous
@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range ``[start, end)`` of code points in one text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters of ``text`` that this span covers."""
        return text[self.start : self.end]

    def head(self, text: str) -> str:
        """The beginning of that, for a message: its first line, at most 60 characters of it."""
        return self.of(text).split("\n", 1)[0][:60]

    def holds(self, other: Span) -> bool:
        """Tell whether ``other`` lies inside this span."""
        return self.start <= other.start and other.end <= self.end


@numerous
@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a text: zero-based line and zero-based column, as the Language Server Protocol counts."""

    line: int
    column: int


class LineIndex:
    """Maps offsets of one text to positions and back; a line ends at LF (CR LF counts as one end), as in BuildKit."""

    __slots__ = ("_starts", "text")

    def __init__(self, text: str) -> None:
        """Index ``text`` in one pass."""
        self.text = text
        *lines, _ = text.split("\n")
        self._starts = [0, *accumulate([len(line) + 1 for line in lines])]

    def __len__(self) -> int:
        """The number of lines; a final line end opens one more, empty line."""
        return len(self._starts)

    def line_span(self, line: int) -> Span:
        """The span of a line without its line end."""
        start = self._starts[line]
        end = self._starts[line + 1] - 1 if line + 1 < len(self._starts) else len(self.text)
        if end > start and self.text[end - 1] == "\r":
            end -= 1
        return Span(start, end)

    def line(self, offset: int) -> int:
        """The number of the line that holds ``offset``, from 0."""
        return bisect_right(self._starts, offset) - 1

    def position(self, offset: int, encoding: Encoding = "utf-32") -> Position:
        """The position of ``offset``; the column is counted in code units of ``encoding``."""
        line = self.line(offset)
        start = self._starts[line]
        return Position(line, _units(self.text[start:offset], encoding))

    def offset(self, position: Position, encoding: Encoding = "utf-32") -> int:
        """The offset of ``position``, held inside the text as the Language Server Protocol asks."""
        if position.line >= len(self._starts):
            return len(self.text)
        span = self.line_span(position.line)
        if encoding == "utf-32":
            return min(span.start + position.column, span.end)
        left = position.column
        for at in range(span.start, span.end):
            left -= _units(self.text[at], encoding)
            if left < 0:
                return at
        return span.end


def position(text: str, offset: int) -> Position:
    """As :meth:`LineIndex.position`, where a text is asked for one offset: counting to it is less than an index."""
    return Position(text.count("\n", 0, offset), offset - text.rfind("\n", 0, offset) - 1)


def _units(text: str, encoding: Encoding) -> int:
    """The length of ``text`` in code units of ``encoding``."""
    match encoding:
        case "utf-32":
            return len(text)
        case "utf-16":
            return len(text) + (0 if text.isascii() else sum(ch > "\uffff" for ch in text))
        case "utf-8":
            return len(text.encode("utf-8", "surrogateescape"))


def decode(data: bytes) -> str:
    """Decode a file without loss: bytes that are not UTF-8 become lone surrogates (PEP 383), line ends stay."""
    return data.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """Undo :func:`decode`."""
    return text.encode("utf-8", "surrogateescape")
