"""meson.build as statements: the calls and assignments that name targets (Meson syntax page)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.records import dataclass, field
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = regex(
    r"""
    (?P<note>   \#[^\n]* )
  | (?P<string> f?'''(?P<long>.*?)''' | f?'(?P<body>[^'\\\n]*(?:\\.[^'\\\n]*)*)' )
  | (?P<word>   [A-Za-z_]\w* )
  | (?P<number> \d\w* )
  | (?P<op>     \+=|==|!=|<=|>=|[-+*/%=<>:,.()\[\]{}?] )
  | (?P<line>   \n )
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One token; strings without their quotes."""

    kind: str
    text: str


@dataclass(slots=True)
class Call:
    """A call with its arguments."""

    name: str
    #: The object of a method call, "" for a function.
    owner: str = ""
    positional: list[object] = field(default_factory=list)
    keyword: dict[str, object] = field(default_factory=dict)


def statements(text: str) -> Iterator[list[Token]]:
    """The tokens of each statement: line ends inside brackets do not count."""
    depth = 0
    current: list[Token] = []
    for match in _TOKEN.finditer(text.replace("\r\n", "\n").replace("\\\n", " ")):
        kind = match.lastgroup or ""
        if kind == "note":
            continue
        if kind == "line":
            if depth == 0 and current:
                yield current
                current = []
            continue
        if kind == "string":
            body = match["long"] if match["long"] is not None else match["body"]
            current.append(Token("string", (body or "").replace("\\'", "'")))
            continue
        depth += (match[0] in "([{") - (match[0] in ")]}") if kind == "op" else 0
        depth = max(depth, 0)
        current.append(Token(kind, match[0]))
    if current:
        yield current
