"""What a C or C++ source says without being compiled: calls, string literals, includes. One linear pass."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.regex import regex
from imgslim.toolchains.c.arguments import takes_none
from imgslim.toolchains.c.callsites import Call, Token, calls_in
from imgslim.toolchains.c.conditions import Conditions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

#: A backslash-newline joins lines before anything else is read (C17 5.1.1.2, phase 2); one character stands for it
#: so that lines can still be counted.
_SPLICE = "\x00"

_TOKEN = regex(
    r"""
    (?P<comment> //[^\n]* )
  | (?P<block>   /\* )
  | (?P<raw>     (?:u8|[uUL])?R"(?P<fence>[^()\\\s]{0,16})\( )
  | (?P<string>  (?:u8|[uUL])?"(?P<body>[^"\\\n]*(?:\\.[^"\\\n]*)*)"? )
  | (?P<char>    (?:u8|[uUL])?'[^'\\\n]*(?:\\.[^'\\\n]*)*'? )
  | (?P<number>  \.?[0-9](?:[eEpP][+-]|'?[\w.])* )
  | (?P<word>    [A-Za-z_]\w* )
  | (?P<punct>   ->|::|\#\#|[^\s\x00] )
  | (?P<line>    \n )
    """,
    re.VERBOSE | re.DOTALL,
)

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b"}
_ESCAPE = regex(r"\\(?:x([0-9A-Fa-f]{1,2})|([0-7]{1,3})|(.))|\x00", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Include:
    """An ``#include``."""

    name: str
    #: True for ``"name"``: looked for beside the file first.
    quoted: bool
    line: int


@dataclass(frozen=True, slots=True)
class Literal:
    """A string literal, adjacent ones and known macros joined."""

    text: str
    line: int
    #: False where a macro of unknown value stands beside it.
    whole: bool


@dataclass(frozen=True, slots=True)
class Scan:
    """The facts of one source file."""

    includes: tuple[Include, ...]
    calls: tuple[Call, ...]
    literals: tuple[Literal, ...]
    #: The macros that it defines as string literals.
    strings: Mapping[str, str]
    #: Whether it defines a ``main`` without parameters, and reads arguments nowhere; None: it does neither.
    takes_none: bool | None = None


def scan(text: str, names: Collection[str], macros: Mapping[str, str] | None = None) -> Scan:
    """Scan a source for uses of ``names``; ``macros`` are string-valued definitions from elsewhere."""
    given = macros or {}
    strings = dict(given)
    includes: list[Include] = []
    tokens: list[Token] = []
    conditions = Conditions()
    for line in _lines(text):
        if line and line[0].text == "#" and line[0].kind == "punct":
            if not conditions.directive([t.text for t in line[1:]]):
                continue
            _directive(line, includes, strings)
            if len(line) > 1 and line[1].text == "define":
                tokens += [Token("punct", ";", line[0].line), *line[3:], Token("punct", ";", line[0].line)]
        elif conditions.live:
            tokens += line
    literals, joined = _join(tokens, strings)
    own = {name: value for name, value in strings.items() if given.get(name) != value}
    return Scan(tuple(includes), tuple(calls_in(joined, names)), tuple(literals), own, takes_none(joined))


def _lines(text: str) -> Iterator[list[Token]]:
    """Tokens of one logical line each, comments dropped."""
    text = text.replace("\0", " ").replace("\r\n", "\n").replace("\\\n", _SPLICE)
    line, at, current = 1, 0, list[Token]()
    matcher, size = _TOKEN.search, len(text)
    while at < size and (match := matcher(text, at)) is not None:
        start, end, kind = match.start(), match.end(), match.lastgroup
        if start > at:
            line += text.count(_SPLICE, at, start)
        if kind == "word" or kind == "punct":  # noqa: PLR1714 (the hot path)
            current.append(Token(kind, match[0], line))
        elif kind == "line":
            line += 1
            if current:
                yield current
                current = []
        else:
            if kind == "block":
                close = text.find("*/", end)
                end = close + 2 if close >= 0 else size
            elif kind == "raw":
                close = text.find(f'){match["fence"]}"', end)
                current.append(Token("string", text[end : close if close >= 0 else size], line))
                end = close + len(match["fence"]) + 2 if close >= 0 else size
            elif kind == "string":
                current.append(Token("string", unescape(match["body"]), line))
            elif kind != "comment":
                current.append(Token("other", match[0], line))
            line += text.count("\n", start, end) + text.count(_SPLICE, start, end)
        at = end
    yield current


def unescape(body: str) -> str:
    """The characters of a literal's body (C17 6.4.4.4)."""
    return _ESCAPE.sub(_escaped, body) if "\\" in body or _SPLICE in body else body


def _escaped(match: re.Match[str]) -> str:
    if match[1]:
        return chr(int(match[1], 16))
    if match[2]:
        return chr(int(match[2], 8) & 0xFF)
    return _ESCAPES.get(match[3], match[3]) if match[3] else ""


def _directive(line: list[Token], includes: list[Include], strings: dict[str, str]) -> None:
    """Take an include, or a macro whose value is string literals (and such macros) alone."""
    word = line[1].text if len(line) > 1 else ""
    if word in {"include", "include_next", "import"} and len(line) > 2:  # noqa: PLR2004
        if line[2].kind == "string":
            includes.append(Include(line[2].text, quoted=True, line=line[2].line))
        elif line[2].text == "<":
            name = "".join(t.text for t in line[3:]).partition(">")[0]
            includes.append(Include(name, quoted=False, line=line[2].line))
    elif word == "define" and len(line) > 3:  # noqa: PLR2004
        values = [t.text if t.kind == "string" else strings.get(t.text) for t in line[3:] if t.text not in "()"]
        if values and all(v is not None for v in values):
            strings[line[2].text] = "".join(v for v in values if v is not None)


def _join(tokens: list[Token], strings: Mapping[str, str]) -> tuple[list[Literal], list[Token]]:
    """Join adjacent literals and string macros into one token each."""
    literals: list[Literal] = []
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        start = at
        parts: list[str] = []
        found = False
        while at < len(tokens):
            token = tokens[at]
            if token.kind == "string":
                parts.append(token.text)
                found = True
            elif token.kind == "word" and token.text in strings:
                parts.append(strings[token.text])
            else:
                break
            at += 1
        if not parts:
            out.append(tokens[at])
            at += 1
            continue
        whole = found and not (_macro(tokens, start - 1) or _macro(tokens, at))
        literals.append(Literal("".join(parts), tokens[start].line, whole=whole or not found))
        out.append(Token("string", "".join(parts), tokens[start].line))
    return literals, out


def _macro(tokens: list[Token], at: int) -> bool:
    """Tell whether an upper-case word stands there: a macro that expands to a literal, such as PRIu64."""
    return 0 <= at < len(tokens) and tokens[at].kind == "word" and tokens[at].text[:3].isupper()
