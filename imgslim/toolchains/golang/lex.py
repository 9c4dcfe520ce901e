"""The tokens of Go source text (Go specification, "Lexical elements"), in one linear pass."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = regex(
    r"""
    (?P<comment>//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z))
  | (?P<string>`[^`]*(?:`|\Z)|"(?:[^"\\\n]|\\.)*(?:"|(?=\n)|\Z))
  | (?P<rune>'(?:\\.[^'\n]*|[^'\\\n])'?)
  | (?P<word>[^\W\d]\w*)
  | (?P<number>\d[\w.]*)
  | (?P<op>:=|[^\s\w])
    """,
    re.VERBOSE,
)
_ESCAPE = regex(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)", re.DOTALL)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_LAST_CODE_POINT = 0x10FFFF


@dataclass(slots=True)  # not frozen: a file has thousands of them
class Token:
    """One token."""

    #: comment, string, rune, word, number or op.
    kind: str
    text: str
    offset: int


def tokens(text: str, start: int = 0) -> Iterator[Token]:
    """Yield the tokens of ``text`` from ``start``; text that is no Go at all gives tokens too, never an error."""
    for match in _TOKEN.finditer(text, start):
        yield Token(match.lastgroup or "op", match.group(), match.start())


def unquote(text: str) -> str:
    """The value of a string literal (Go specification, "String literals")."""
    if text.startswith("`"):
        return text[1:].removesuffix("`").replace("\r", "")
    body = text[1:-1] if len(text) > 1 and text.endswith('"') else text[1:]
    return _ESCAPE.sub(_unescape, body) if "\\" in body else body


def _unescape(match: re.Match[str]) -> str:
    body = match[1]
    if body[0] in "xuU" and len(body) > 1:
        code = int(body[1:], 16)
        return chr(code) if code <= _LAST_CODE_POINT else ""
    if body.isdigit():
        return chr(int(body, 8))
    return _SIMPLE.get(body, body)
