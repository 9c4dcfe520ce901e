"""CMakeLists.txt as commands with arguments (cmake-language(7))."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = regex(
    r"""
    (?P<note>    \#(?!\[=*\[)[^\n]* )
  | (?P<bracket> \#?\[(?P<fence>=*)\[ )
  | (?P<quoted>  "(?P<body>[^"\\]*(?:\\.[^"\\]*)*)"? )
  | (?P<open>    \( )
  | (?P<close>   \) )
  | (?P<word>    (?:[^\s()\#"\\]|\\.)(?:[^\s()\#"\\]|\\.|"[^"\n]*")* )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = regex(r"\\(.)", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument as written, escapes resolved where no reference can be meant."""

    text: str
    quoted: bool
    #: ``[[…]]``: nothing in it is expanded.
    bracket: bool = False


@dataclass(frozen=True, slots=True)
class Invoke:
    """One command invocation."""

    #: Lower-cased: command names are case-insensitive.
    name: str
    arguments: tuple[Argument, ...]
    line: int


def invocations(text: str) -> Iterator[Invoke]:
    """The commands of a file, in order."""
    text = text.replace("\r\n", "\n")
    name, depth, line = "", 0, 1
    start = 1
    arguments: list[Argument] = []
    for kind, value in _tokens(text):
        if kind == "line":
            line += int(value)
        elif kind == "open":
            depth += 1
            if depth == 1:
                arguments, start = [], line
            else:
                arguments.append(Argument("(", quoted=False))
        elif kind == "close":
            depth -= 1
            if depth == 0 and name:
                yield Invoke(name.lower(), tuple(arguments), start)
                name = ""
            elif depth > 0:
                arguments.append(Argument(")", quoted=False))
            depth = max(depth, 0)
        elif depth == 0:
            name = value if kind == "word" else ""
        else:
            arguments.append(Argument(value, quoted=kind != "word", bracket=kind == "bracket"))


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while (match := _TOKEN.search(text, at)) is not None:
        end = match.end()
        if skipped := text.count("\n", at, match.start()):
            yield "line", str(skipped)
        if match["bracket"] is not None:
            close = text.find(f"]{match['fence']}]", end)
            body = text[end : close if close >= 0 else len(text)]
            if not match["bracket"].startswith("#"):
                yield "bracket", body.removeprefix("\n")
            end = close + 2 + len(match["fence"]) if close >= 0 else len(text)
        elif match["quoted"] is not None:
            yield "quoted", match["body"].replace("\\\n", "")
        elif match["note"] is None:
            yield match.lastgroup or "", match[0]
        if inside := text.count("\n", match.start(), end):
            yield "line", str(inside)
        at = end


def unescape(text: str) -> str:
    """Resolve escape sequences after expansion."""
    return _ESCAPE.sub(lambda m: _LETTERS.get(m[1], m[1]), text) if "\\" in text else text
