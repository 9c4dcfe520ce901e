"""Here-documents: their words in an instruction's line, their bodies below it (BuildKit, ``heredocsFromLine``)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.errors import InputError
from imgslim.records import dataclass
from imgslim.regex import regex
from imgslim.syntax.nodes import Heredoc
from imgslim.syntax.word_lexer import ExpansionError, Lexer
from imgslim.text import Span

if TYPE_CHECKING:
    from imgslim.syntax.logical import Lines

_WORD = regex(r"([0-9]*)<<(-?)[\t\n\f\r ]*([^<]*)")
_LEADING_TABS = regex(r"^\t+", re.MULTILINE)
#: Beyond it Go's ``ParseUint`` stays at the largest number.
_MAX_FD = 2**64 - 1


@dataclass(frozen=True, slots=True)
class HeredocWord:
    """``3<<-"EOF"``: what announces a here-document."""

    name: str
    chomp: bool
    expand: bool
    fd: int


def heredoc_words(line: str) -> tuple[HeredocWord, ...]:
    """The here-documents that a logical line announces; none where its quotes do not balance.

    The escape character is the backslash here, whatever the file says.
    """
    lexer = Lexer(line, _unset, "\\", raw_quotes=True, raw_escapes=True, keep_unset=True)
    try:
        words = lexer.words()
    except ExpansionError:
        return ()
    found = (heredoc_word(word) for word in words if "<<" in word)
    return tuple(word for word in found if word is not None)


def heredoc_word(word: str) -> HeredocWord | None:
    """The here-document that one word announces, or None.

    Its delimiter is quoted when quotes stand in the word that quote removal takes away.
    """
    match = _WORD.fullmatch(word)
    if match is None or not match[3]:
        return None
    try:
        plain = Lexer(match[3], _unset, "\\", keep_unset=True).words()
        raw = Lexer(match[3], _unset, "\\", raw_quotes=True, keep_unset=True).words()
    except ExpansionError:
        return None
    if len(plain) != 1 or len(raw) != 1:
        return None
    fd = min(int(match[1][:20] or "0"), _MAX_FD)
    return HeredocWord(plain[0], bool(match[2]), _quotes(plain[0]) == _quotes(raw[0]), fd)


def _quotes(word: str) -> int:
    return word.count("'") + word.count('"')


def _unset(_: str) -> None:
    return None


def read_heredocs(lines: Lines, words: tuple[HeredocWord, ...], announced: Span) -> tuple[Heredoc, ...]:
    """The bodies that follow, in order; each ends at the line that is exactly its name.

    Raises:
        InputError: ``heredoc-unterminated``.
    """
    return tuple(_read(lines, word, announced) for word in words)


def _read(lines: Lines, word: HeredocWord, announced: Span) -> Heredoc:
    text, start = lines.text, lines.at
    while (line := lines.take()) is not None:
        line_start, line_end = line
        shown = text[line_start:line_end]
        if (shown.lstrip("\t") if word.chomp else shown) == word.name:
            content = text[start:line_start]
            return Heredoc(
                name=word.name,
                chomp=word.chomp,
                expand=word.expand,
                fd=word.fd,
                body=Span(start, line_start),
                terminator=Span(line_start, line_end),
                content=_LEADING_TABS.sub("", content) if word.chomp else content,
            )
    raise InputError(
        "heredoc-unterminated",
        f"The here-document {word.name} is not closed: no line below is exactly its name.",
        announced,
        f"Add a line that holds {word.name} and nothing else{'' if word.chomp else ', not even blanks before it'}.",
    )
