"""Java, Kotlin and Scala sources as calls, literals and names; the three share all that matters here.

Comments and character literals are skipped, text blocks and strings are literals, and a call's first arguments are
kept where they are literals or constants that the same file sets once.
"""

from __future__ import annotations

import re
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Bytes of one file that are read.
_LARGEST = 2_000_000
_TOKEN = regex(
    r"(?P<skip>//[^\n]*|/\*.*?(?:\*/|\Z)|'(?:\\.[^']{0,6}|[^'\\\n])')"
    r"|(?P<block>\"\"\".*?(?:\"\"\"|\Z))"
    r"|(?P<string>[fs]?\"(?:\\.|[^\"\\\n])*\"?)"
    r"|(?P<name>[A-Za-z_$][\w$]*(?:\s{0,8}\.\s{0,8}[A-Za-z_$][\w$]*)*)"
    r"|(?P<sign>[(){},;=+!\[\]<>?:&|@.-])",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u+[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "s": " "}
#: What ends an argument or an element.
_ENDS = frozenset(",)]}")
#: What makes a list of its arguments.
_LISTS = ("List.of", "Arrays.asList", "listOf", "arrayOf")
#: Words before a name that are no type of it.
_NO_TYPES = frozenset("return new throw case else do in assert yield default".split())
#: Arguments that are looked at.
_MOST = 4


@dataclass(frozen=True, slots=True)
class Call:
    """A call, or the making of an object."""

    #: ``Paths.get``, ``File``, ``Runtime.getRuntime.exec``.
    name: str
    #: Literal arguments; None for any other.
    arguments: tuple[str | None, ...]
    line: int
    #: The like, of a first argument that is an array or a list: ``new String[] {"a", "b"}``.
    elements: tuple[str | None, ...] = ()
    #: The name that each argument begins with, "" where it does with none: ``StandardCharsets.UTF_8``, ``args``.
    heads: tuple[str, ...] = ()

    @property
    def last(self) -> str:
        """The method's or class's own name."""
        return self.name.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Literal:
    """A string."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Scan:
    """What one file says."""

    calls: tuple[Call, ...]
    literals: tuple[Literal, ...]
    #: Every dotted name in the text, with the line of its first use.
    names: dict[str, int]
    #: Of the file's ``package`` line; "" without.
    package: str = ""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    line: int


def scan(data: bytes) -> Scan:
    """Read one source file."""
    tokens = list(_tokens(data[:_LARGEST].decode("utf-8", "replace")))
    constants = _constants(tokens)
    calls: list[Call] = []
    names: dict[str, int] = {}
    for at, token in enumerate(tokens):
        if token.kind != "name":
            continue
        names.setdefault(token.text, token.line)
        if at + 1 < len(tokens) and tokens[at + 1].text == "(":
            before = _before(tokens, at)
            given = list(_arguments(tokens, at + 2))
            literals = tuple(_literal(one, constants) for one in given)
            elements = tuple(_literal(one, constants) for one in _elements(given[0])) if given else ()
            heads = tuple(one[0].text if one and one[0].kind == "name" else "" for one in given)
            calls.append(Call(before + token.text, literals, token.line, elements, heads))
        elif at > 2 and tokens[at - 1].text == tokens[at - 2].text == ":":  # noqa: PLR2004
            calls.append(Call(_referred(tokens, at), (None,), token.line))
    texts = tuple(Literal(t.text, t.line) for t in tokens if t.kind == "string")
    package = next((b.text for a, b in pairwise(tokens) if a.text == "package" and b.kind == "name"), "")
    return Scan(tuple(calls), texts, names, package)


def _tokens(text: str) -> Iterator[_Token]:
    line, last = 1, 0
    for match in _TOKEN.finditer(text):
        line += text.count("\n", last, match.start())
        last = match.start()
        kind, found = str(match.lastgroup), match[0]
        if kind == "string":
            yield _Token("string", _unescaped(found.lstrip("fs")[1:].removesuffix('"')), line)
        elif kind == "block":
            yield _Token("string", found[3:].removesuffix('"""').strip("\n"), line)
        elif kind == "name":
            # ``package a.b`` and the like stand without a sign between two names.
            yield _Token("name", re.sub(r"\s+", "", found), line)
        elif kind == "sign":
            yield _Token("sign", found, line)


def _unescaped(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        code = match[1]
        return chr(int(code[-4:], 16)) if code[0] == "u" and len(code) > 4 else _ESCAPED.get(code, code)  # noqa: PLR2004

    return _ESCAPE.sub(one, text) if "\\" in text else text


def _constants(tokens: list[_Token]) -> dict[str, str]:
    """Names that the file sets once, to a literal: ``static final String CONFIG = "config.yml";``, ``val x = "y"``."""
    found: dict[str, str] = {}
    several: set[str] = set()
    for at in range(len(tokens) - 2):
        name, sign, value = tokens[at : at + 3]
        if name.kind == "name" and _binds(tokens, at):
            several.add(name.text)
        if name.kind == "name" and sign.text == "=" and "." in name.text:
            several.add(name.text.rpartition(".")[2])  # ``this.path = path``: the field has that name here, too
        if name.kind == "name" and sign.text == "=" and tokens[at + 2].text != "=":
            plain = value.kind == "string" and (at + 3 >= len(tokens) or tokens[at + 3].text != "+")
            if name.text in found or not plain:
                several.add(name.text)
            else:
                found[name.text] = value.text
    return {name: text for name, text in found.items() if name not in several}


def _binds(tokens: list[_Token], at: int) -> bool:
    """Tell whether a name is a parameter, a loop variable, or grows: ``String p)``, ``p ->``, ``(p: T``, ``p +=``."""
    before = tokens[at - 1] if at else tokens[at]
    after, further = tokens[at + 1 : at + 3]
    if (after.text, further.text) in (("-", ">"), ("+", "=")):
        return True
    typed = (before.kind == "name" and before.text not in _NO_TYPES) or before.text in (">", "]", ".")
    return (typed and after.text in (",", ")", ":")) or (before.text in ("(", ",") and after.text == ":")


def _before(tokens: list[_Token], at: int) -> str:
    """``Runtime.getRuntime().exec(``: what a chain calls before this name, one call deep."""
    if at > 2 and tokens[at - 1].text == "." and tokens[at - 2].text == ")":  # noqa: PLR2004
        depth = 0
        for back in range(at - 2, max(-1, at - 64), -1):
            depth += (tokens[back].text == ")") - (tokens[back].text == "(")
            if depth == 0:
                return tokens[back - 1].text + "." if back and tokens[back - 1].kind == "name" else ""
    return ""


def _referred(tokens: list[_Token], at: int) -> str:
    """What ``File::new`` or ``Runtime.getRuntime()::exec`` calls when it is called, with arguments that nobody sees."""
    owner = tokens[at - 3]
    if owner.kind != "name":
        return _before([*tokens[: at - 2], _Token("sign", ".", 0), tokens[at]], at - 1) + tokens[at].text
    return owner.text if tokens[at].text == "new" else f"{owner.text}.{tokens[at].text}"


def _arguments(tokens: list[_Token], at: int) -> Iterator[list[_Token]]:
    """The first arguments of a call whose parenthesis opens before ``at``."""
    return islice(_parted(tokens[at : at + 400]), _MOST)


def _elements(given: list[_Token]) -> Iterator[list[_Token]]:
    """What an array or a list holds that is written where it is given: ``new String[] {``, ``List.of(``."""
    opens = next((n for n, t in enumerate(given) if t.kind == "sign" and t.text in "{("), None)
    if opens is None or given[-1].text not in ("}", ")"):
        return iter(())
    if given[opens].text == "(" and (not opens or not given[opens - 1].text.endswith(_LISTS)):
        return iter(())
    return _parted(given[opens + 1 :])


def _parted(tokens: Iterable[_Token]) -> Iterator[list[_Token]]:
    """What stands between the commas, up to the bracket that closes it all."""
    depth, part = 0, list[_Token]()
    for token in tokens:
        if token.kind == "sign":
            if depth == 0 and token.text in _ENDS:
                if part or token.text == ",":
                    yield part
                if token.text != ",":
                    return
                part = []
                continue
            depth += (token.text in "([{") - (token.text in ")]}")
        part.append(token)


def _literal(given: list[_Token], constants: dict[str, str]) -> str | None:
    if len(given) == 1 and given[0].kind == "string":
        return None if "${" in given[0].text else given[0].text
    if len(given) == 1 and given[0].kind == "name":
        return constants.get(given[0].text)
    if len(given) > 2 and len(given) % 2 and all(sign.text == "+" for sign in given[1::2]):  # noqa: PLR2004
        parts = [_literal([one], constants) for one in given[::2]]
        return "".join(part for part in parts if part is not None) if None not in parts else None
    return None
