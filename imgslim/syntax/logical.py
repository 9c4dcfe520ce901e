"""Physical lines joined to logical ones, with the way back (BuildKit, ``parser.Parse``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.errors import InputError
from imgslim.syntax.blanks import SPACES
from imgslim.syntax.nodes import OffsetMap
from imgslim.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

#: ``bufio.MaxScanTokenSize - 1``: a longer physical line is refused, its line end not counted.
MAX_LINE_BYTES = 65_535
#: A text of fewer characters can't hold such a line, whatever it encodes to.
_SAFE_LENGTH = MAX_LINE_BYTES // 4


#: What a line that goes on ends in, whatever the escape character is; nearly all lines end in something else.
MAY_CONTINUE = " \t\\`"


class Lines:
    """Hands out the physical lines of a text one after the other."""

    __slots__ = ("at", "last_end", "text")

    def __init__(self, text: str) -> None:
        """Start at the first line; a byte order mark belongs to none."""
        self.text = text
        self.at = 1 if text.startswith("\ufeff") else 0
        #: The end of the line handed out last.
        self.last_end = self.at

    def take(self) -> tuple[int, int] | None:
        """Start and end of the next line, its line end left out; a final line end opens no further line."""
        text, start = self.text, self.at
        size = len(text)
        if start >= size:
            return None
        newline = text.find("\n", start)
        end = size if newline < 0 else newline
        self.at = end + 1
        while end > start and text[end - 1] == "\r":
            end -= 1
        self.last_end = end
        return start, end

    def shown(self) -> Iterator[tuple[int, int]]:
        """Each line that holds more than blanks, from its first character that is none; one takes more in between."""
        text, size = self.text, len(self.text)
        while True:
            start = self.at
            # A line end is a blank too, so that this passes over whole lines.
            while start < size and text[start] in SPACES:
                start += 1
            if start >= size:
                return
            newline = text.find("\n", start)
            end = size if newline < 0 else newline
            self.at = end + 1
            while text[end - 1] == "\r":
                end -= 1
            self.last_end = end
            yield start, end


def check_line_lengths(text: str) -> None:
    """Refuse a physical line that BuildKit's scanner can't hold.

    Raises:
        InputError: ``line-too-long``.
    """
    if len(text) <= _SAFE_LENGTH:
        return
    start = 0
    while start < len(text):
        newline = text.find("\n", start)
        end = len(text) if newline < 0 else newline
        if end - start > _SAFE_LENGTH and len(text[start:end].encode("utf-8", "surrogateescape")) > MAX_LINE_BYTES:
            raise InputError(
                "line-too-long",
                f"This line is longer than {MAX_LINE_BYTES:,} bytes, the most that BuildKit reads.",
                Span(start, start + 1),
                "Break it with a continuation, or move the text into a file of the context.",
            )
        start = end + 1


def read_logical(lines: Lines, content_start: int, first_end: int, escape: str) -> tuple[str, OffsetMap, Span]:
    """The logical line whose first physical line has the given range; consumes every other one that belongs to it.

    Returns its text with continuations joined, and comment and empty lines in between left out; where that stands in
    the file; and the range from the first character that is no blank to the end of the last physical line.

    A line continues when its last character but blanks is ``escape``, unless that is preceded by another one. Comment
    lines and lines of white space never end a continuation.
    """
    text = lines.text
    cut = continuation(text, content_start, first_end, escape)
    if cut is None:
        return text[content_start:first_end], OffsetMap((0,), (content_start,)), Span(content_start, first_end)
    pieces, logical, physical = [text[content_start:cut]], [0], [content_start]
    length = cut - content_start
    while (line := lines.take()) is not None:
        start, end = line
        shown = text[start:end].lstrip(SPACES)
        if not shown or shown[0] == "#":
            continue
        further = continuation(text, start, end, escape) if shown[-1] in MAY_CONTINUE else None
        piece = text[start:end] if further is None else text[start:further]
        if piece:
            logical.append(length)
            physical.append(start)
            pieces.append(piece)
            length += len(piece)
        if further is None:
            break
    if cut == content_start and len(logical) > 1:
        del logical[0], physical[0]
    return "".join(pieces), OffsetMap(tuple(logical), tuple(physical)), Span(content_start, lines.last_end)


def continuation(text: str, start: int, end: int, escape: str) -> int | None:
    """Where a line's own text ends if it continues on the next one, else None."""
    while end > start and text[end - 1] in " \t":
        end -= 1
    if end == start or text[end - 1] != escape:
        return None
    return None if end - start > 1 and text[end - 2] == escape else end - 1
