"""The tokens of Rust source text (the Rust Reference, "Tokens", "Comments"), in one linear pass."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = regex(
    r"""
    (?P<comment>//[^\n]*)
  | (?P<block>/\*)
  | (?P<string>[bc]?r(?P<hashes>\#*)"(?s:.*?)(?:"(?P=hashes)|\Z)|[bc]?"(?:[^"\\]|\\(?s:.))*(?:"|\Z))
  | (?P<char>b?'(?:\\(?:u\{[^}]*\}|.)[^'\n]{0,2}|[^\\'\n])')
  | (?P<lifetime>'[^\W\d]\w*)
  | (?P<word>(?:r\#)?[^\W\d]\w*)
  | (?P<number>\d[\w]*(?:\.\d[\w]*)?)
  | (?P<op>::|=>|->|[^\s\w])
    """,
    re.VERBOSE,
)
_EDGE = regex(r"/\*|\*/")
_ESCAPE = regex(r"\\(?:x([0-7][0-9a-fA-F])|u\{([0-9a-fA-F_]+)\}|\r?\n\s*|(.))", re.DOTALL)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}
_LAST_CODE_POINT = 0x10FFFF


@dataclass(slots=True)  # not frozen: a file has thousands of them
class Token:
    """One token."""

    #: string, char, lifetime, word, number or op.
    kind: str
    text: str
    offset: int


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of ``text`` without comments; text that is no Rust at all gives tokens too, never an error."""
    at = 0
    while (match := _TOKEN.search(text, at)) is not None:
        at = match.end()
        kind = match.lastgroup or "op"
        if kind == "block":
            at = _behind_block(text, at)
        elif kind == "hashes":
            yield Token("string", match["string"], match.start())
        elif kind != "comment":
            yield Token(kind, match.group(), match.start())


def _behind_block(text: str, at: int) -> int:
    """The end of a block comment, which may hold others."""
    depth = 1
    while depth and (edge := _EDGE.search(text, at)) is not None:
        depth += 1 if edge[0] == "/*" else -1
        at = edge.end()
    return at if not depth else len(text)


def unquote(text: str) -> str:
    """The value of a string literal (the Rust Reference, "String literals", "Raw string literals")."""
    body = text.lstrip("bc") if not text.startswith('"') else text
    if body.startswith("r"):
        hashes = len(body) - 1 - len(body[1:].lstrip("#"))
        return body[2 + hashes :].removesuffix('"' + "#" * hashes)
    body = body[1:].removesuffix('"')
    return _ESCAPE.sub(_unescape, body) if "\\" in body else body


def _unescape(match: re.Match[str]) -> str:
    if code := match[1] or match[2]:
        number = int(code.replace("_", ""), 16)
        return chr(number) if number <= _LAST_CODE_POINT else ""
    return _SIMPLE.get(match[3], match[3]) if match[3] else ""
