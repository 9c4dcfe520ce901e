"""Functions of a file that hand a parameter on: ``const run = (line) => exec(line)`` and what they are called with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.toolchains.node.loading import is_at
from imgslim.toolchains.node.value import closes, group

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from imgslim.toolchains.node.lex import Token

#: Tokens between a parameter list and the body at most: TypeScript's type of the result stands there.
_TYPE = 40
#: Functions of one file that are followed at most: a file with more is made by a machine.
_MOST = 400
#: ``export default async function`` in front of a name.
_EXPORTED = 4
#: Words whose parentheses are no parameter list though a brace follows.
_CONDITIONS = frozenset(("if", "while", "for", "switch", "with"))


@dataclass(frozen=True, slots=True)
class Function:
    """One named function; offsets are those of tokens in the file's list."""

    name: str
    parameters: tuple[str, ...]
    #: Where its name stands, and its body's first and last token.
    at: int
    start: int
    end: int


def _functions(parts: Sequence[Token]) -> Iterator[Function]:
    """``function a(b) {…}``, ``c = (d) => …``, ``e = async f => …``, ``g = function (h) {…}``."""
    for at, token in enumerate(parts):
        if token.kind != "word":
            continue
        if token.text == "function" and is_at(parts, at + 2, "(") and parts[at + 1].kind == "word":
            opens, name = at + 2, at + 1
        elif is_at(parts, at + 1, "=") and not is_at(parts, at + 2, "=") and not (at and is_at(parts, at - 1, ".")):
            opens, name = _behind(parts, at + 2), at
        else:
            continue
        if opens >= len(parts):
            continue
        if parts[opens].kind == "word" and is_at(parts, opens + 1, "=>"):
            start, names = opens + 2, [parts[opens].text]
        elif is_at(parts, opens, "("):
            start = _body(parts, _closes(parts, opens) + 1)
            names = [one[0].text if one[0].kind == "word" else "" for one in group(parts, opens + 1)]
        else:
            continue
        if start:
            end = _closes(parts, start) if is_at(parts, start, "{") else _expression(parts, start)
            yield Function(parts[name].text, tuple(names), name, start, end)


@dataclass(frozen=True, slots=True)
class Functions:
    """The named functions of a file, and where its words stand."""

    parts: Sequence[Token]
    each: tuple[Function, ...]
    #: By word: the places of its tokens.
    words: Mapping[str, Sequence[int]]

    def around(self, at: int, name: str) -> Function | None:
        """The innermost function around ``at`` with a parameter ``name``."""
        found = [f for f in self.each if f.start <= at <= f.end and name in f.parameters]
        return max(found, key=lambda f: f.start, default=None)

    def calls(self, function: Function, name: str) -> list[int] | None:
        """Where a function is called: where the list of the arguments begins, each.

        None where that is not settled: its name is used otherwise, it is given to other files, or the parameter
        ``name`` is set anew.
        """
        if sum(f.name == function.name for f in self.each) > 1:
            return None
        if any(_sets(self.parts, n) for n in self.words[name] if function.start <= n <= function.end):
            return None
        if any(self.parts[n].text == "export" for n in range(max(0, function.at - _EXPORTED), function.at)):
            return None
        found: list[int] = []
        for n in self.words[function.name]:
            if n == function.at:
                continue
            if not is_at(self.parts, n + 1, "(") or (n and self.parts[n - 1].text in (".", "?.")):
                return None
            found.append(n + 2)
        return found


def functions_of(parts: Sequence[Token]) -> Functions:
    """Read a file's functions."""
    words: dict[str, list[int]] = {}
    for at, token in enumerate(parts):
        if token.kind == "word":
            words.setdefault(token.text, []).append(at)
    found = tuple(_functions(parts))
    return Functions(parts, found if len(found) <= _MOST else (), words)


def _sets(parts: Sequence[Token], at: int) -> bool:
    """Tell whether a name at ``at`` gets another value there, or is another parameter or variable of the same name."""
    if is_at(parts, at + 1, "=>") or (is_at(parts, at + 1, "=") and not is_at(parts, at + 2, "=")):
        return True
    if at and parts[at - 1].text in ("const", "let", "var", "function"):
        return True
    opens = _opens(parts, at)
    if opens is None:
        return False
    behind = _closes(parts, opens) + 1
    if is_at(parts, behind, "=>") or (is_at(parts, behind, "=") and not is_at(parts, behind + 1, "=")):
        return True
    before = parts[opens - 1].text if opens else ""
    return is_at(parts, opens, "(") and is_at(parts, behind, "{") and before not in _CONDITIONS


def _opens(parts: Sequence[Token], at: int) -> int | None:
    """The innermost bracket around ``at``."""
    depth = 0
    for index in range(at - 1, -1, -1):
        if parts[index].kind == "op":
            depth += (parts[index].text in (")", "]", "}")) - (parts[index].text in ("(", "[", "{"))
            if depth < 0:
                return index
    return None


def _behind(parts: Sequence[Token], at: int) -> int:
    """What stands behind ``async``, ``function`` and a function's own name."""
    if is_at(parts, at, "async"):
        at += 1
    if is_at(parts, at, "function"):
        at += 1 if is_at(parts, at + 1, "(") else 2
    return at


def _body(parts: Sequence[Token], at: int) -> int:
    """The first token of the body behind a parameter list; 0 where it is none of a function."""
    if is_at(parts, at, "{"):
        return at
    if is_at(parts, at, "=>"):
        return at + 1
    if not is_at(parts, at, ":"):
        return 0
    # of TypeScript's object types nothing is known: the first brace or arrow counts
    ends = (n for n in range(at, min(at + _TYPE, len(parts))) if parts[n].text in ("{", "=>"))
    found = next(ends, 0)
    return found + 1 if found and parts[found].text == "=>" else found


def _closes(parts: Sequence[Token], at: int) -> int:
    """The same as of a whole file: what is cut off ends with it."""
    end = closes(parts, at)
    return end if end >= 0 else len(parts) - 1


def _expression(parts: Sequence[Token], at: int) -> int:
    return at + max(0, len(next(group(parts, at, stops=";"), ())) - 1)
