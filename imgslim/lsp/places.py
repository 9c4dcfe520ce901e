"""Offsets of a text as positions of the protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from imgslim.text import LineIndex, Position, Span

if TYPE_CHECKING:
    from imgslim.text import Encoding


class Places:
    """The positions of one text.

    Lines end at LF, with or without CR in front. The protocol counts a lone CR as a line end as well; clients don't
    (VS Code, Zed and JetBrains leave none in a text, Neovim, Helix and Emacs take it for a character of the line).
    """

    def __init__(self, text: str, encoding: Encoding) -> None:
        """Index the text; columns are counted in code units of ``encoding``."""
        self._index = LineIndex(text)
        self._encoding: Encoding = encoding

    def offset(self, at: types.Position) -> int:
        """The offset of a position, held inside the text."""
        return self._index.offset(Position(at.line, at.character), self._encoding)

    def span(self, at: types.Range) -> Span:
        """The span of a range, held inside the text."""
        start, end = self.offset(at.start), self.offset(at.end)
        return Span(min(start, end), max(start, end))

    def position(self, offset: int) -> types.Position:
        """The position of an offset."""
        at = self._index.position(min(offset, len(self._index.text)), self._encoding)
        return types.Position(at.line, at.column)

    def range(self, span: Span) -> types.Range:
        """The range of a span."""
        return types.Range(self.position(span.start), self.position(span.end))

    def line(self, offset: int) -> Span:
        """The span of the line that holds an offset, without its end."""
        return self._index.line_span(self._index.line(offset))
