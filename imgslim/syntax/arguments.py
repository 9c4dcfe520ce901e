"""Split an instruction's arguments into words with spans, the two ways that BuildKit knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass, numerous
from imgslim.regex import regex
from imgslim.syntax.blanks import BLANKS, SPACES

if TYPE_CHECKING:
    from imgslim.syntax.nodes import Instruction, OffsetMap
    from imgslim.text import Span

_UNQUOTED = regex(f"[^{SPACES}]+")


@numerous
@dataclass(frozen=True, slots=True)
class Argument:
    """One word: its text as written and where it stands."""

    text: str
    span: Span
    #: Its offset in the instruction's value.
    start: int = 0


def split_blanks(value: str, where: OffsetMap, maxsplit: int = 0) -> tuple[Argument, ...]:
    """Words between runs of blanks; quotes have no meaning (BuildKit, ``parseStringsWhitespaceDelimited``)."""
    found: list[Argument] = []
    at = 0
    for blank in BLANKS.finditer(value):
        end = blank.start()
        found.append(Argument(value[at:end], where.span(at, end), at))
        at = blank.end()
        if len(found) == maxsplit:
            break
    if value:
        found.append(Argument(value[at:], where.span(at, len(value)), at))
    return tuple(found)


def split_words(node: Instruction, escape: str = "\\") -> tuple[Argument, ...]:
    """Words between white space outside of quotes; quotes and escapes stay (BuildKit, ``parser.parseWords``).

    Args:
        node: the instruction.
        escape: the file's escape character.
    """
    value, where = node.value, node.value_map
    if escape not in value and "'" not in value and '"' not in value:
        return tuple([Argument(m[0], where.span(*m.span()), m.start()) for m in _UNQUOTED.finditer(value)])
    found: list[Argument] = []
    at, size = 0, len(value)
    while at < size:
        if value[at] in SPACES:
            at += 1
            continue
        end = _word_end(value, at, escape)
        # An escape character that ends the value, and escapes nothing, is no part of the word.
        text = value[at:end] if end <= size else value[at : size - 1]
        if text:
            found.append(Argument(text, where.span(at, at + len(text)), at))
        at = end
    return tuple(found)


def _word_end(value: str, at: int, escape: str) -> int:
    """Where the word that begins at ``at`` ends; one past the end where an escape character ends the value."""
    quote = ""
    size = len(value)
    while at < size:
        char = value[at]
        if char == escape and quote != "'":
            at += 2
            continue
        if quote:
            quote = "" if char == quote else quote
        elif char in SPACES:
            return at
        elif char in "'\"":
            quote = char
        at += 1
    return at
