"""What a Ruby file says: calls with their literal arguments, names in use, the commands of backticks."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.toolchains.ruby.arguments import CLOSE, OPEN, Argument, argument
from imgslim.toolchains.ruby.lex import lex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.toolchains.ruby.lex import Token

#: Tokens that one argument list is read for at most: a block written inside a call is no literal.
_LIMIT = 80
#: Words that end a call without parentheses.
_ENDS = frozenset("if unless while until do and or then rescue".split())
_KEYWORDS = frozenset(
    """
    alias and begin break case class def defined? do else elsif end ensure false for if in module next nil not or redo
    rescue retry return self super then true undef unless until when while yield
    """.split()
)


@dataclass(frozen=True, slots=True)
class Call:
    """One call."""

    #: ``File``, ``Net::HTTP``; "" for a bare call, "." for a method of something else.
    receiver: str
    name: str
    arguments: tuple[Argument, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Script:
    """A Ruby file as it was read."""

    #: Where it lies in the image.
    path: str
    calls: tuple[Call, ...]
    #: Constants by their whole names as written, with the line of the first use.
    constants: dict[str, int]
    #: Texts that are written in it.
    literals: tuple[tuple[str, int], ...]
    #: Shell texts in backticks; False: code is put into them, and a shell's variable stands for it.
    commands: tuple[tuple[str, bool, int], ...]


def read_script(path: str, text: str) -> Script:
    """Read the file at an absolute path."""
    ends = [m.start() for m in re.finditer("\n", text)]
    calls: list[Call] = []
    constants: dict[str, int] = {}
    literals: list[tuple[str, int]] = []
    commands: list[tuple[str, bool, int]] = []
    for tokens in lex(text).parts:
        for at, token in enumerate(tokens):
            line = bisect_right(ends, token.offset) + 1
            if token.kind == "command":
                commands.append((token.whole or token.text, not token.computed, line))
            elif token.kind == "string" and token.text and not token.computed:
                literals.append((token.text, line))
            elif token.kind == "list":
                literals += [(word, line) for word in token.text.split()]
            elif token.kind == "word":
                name, receiver = _chain(tokens, at)
                if token.text[0].isupper() and not _goes_on(tokens, at):
                    constants.setdefault(name if receiver in ("", ".") else f"{receiver}::{name}", line)
                if token.text == "alias" and not receiver:
                    calls.append(Call("", "alias_method", tuple(_aliased(tokens, at + 1)), line))
                elif _is_call(tokens, at):
                    calls.append(Call(receiver, token.text, tuple(_arguments(tokens, at + 1, path)), line))
    return Script(path, tuple(calls), constants, tuple(literals), tuple(commands))


def _aliased(tokens: tuple[Token, ...], at: int) -> Iterator[Argument]:
    """The two names behind the keyword, with or without colons (Ruby documentation, "Aliasing")."""
    for token in tokens[at : at + 2]:
        if token.kind in ("word", "symbol"):
            yield Argument(f":{token.text.lstrip(':')}", literal=not token.computed)


def _chain(tokens: tuple[Token, ...], at: int) -> tuple[str, str]:
    """A name and what it is asked of: ``Net::HTTP`` for ``get`` in ``Net::HTTP.get``."""
    names: list[str] = []
    place = at
    while place > 1 and tokens[place - 1].text in (".", "&.", "::") and tokens[place - 1].kind == "op":
        before = tokens[place - 2]
        if before.kind != "word" or not before.text[0].isupper():
            return tokens[at].text, "."
        names.insert(0, before.text)
        place -= 2
    if place == 1 and tokens[0].text in (".", "&.") and tokens[0].kind == "op":
        return tokens[at].text, "."
    return tokens[at].text, "::".join(names)


def _goes_on(tokens: tuple[Token, ...], at: int) -> bool:
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    return after is not None and after.kind == "op" and after.text == "::"


def _is_call(tokens: tuple[Token, ...], at: int) -> bool:
    token = tokens[at]
    if token.text[0] in "@$" or token.text in _KEYWORDS:
        return False
    before = tokens[at - 1] if at else None
    if before is not None and before.kind == "word" and before.text in ("def", "class", "module", "alias", "undef"):
        return False
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if after is not None and after.kind == "op" and after.text == "=":
        return False
    if token.text[0].isupper():
        return after is not None and after.text == "(" and not after.spaced
    return True


def _opens(token: Token) -> bool:
    """Tell whether an argument without parentheses may begin with a token."""
    if token.kind == "op":
        return token.text in ("[", "*", "{", "::", "(", "-")
    return token.kind != "newline" and not (token.kind == "word" and token.text in _ENDS)


def _arguments(tokens: tuple[Token, ...], at: int, path: str) -> Iterator[Argument]:
    """The arguments of a call whose name stands right before ``tokens[at]``."""
    if at >= len(tokens):
        return
    first = tokens[at]
    closed = first.kind == "op" and first.text == "(" and not first.spaced
    if closed:
        at += 1
    elif not first.spaced or not _opens(first):
        return
    depth = 0
    current: list[Token] = []
    for place in range(at, min(at + _LIMIT, len(tokens))):
        token = tokens[place]
        if token.kind == "newline":
            if depth == 0 and not closed and not (current == [] and place > at):
                break
            continue
        if token.kind == "op":
            if depth == 0 and token.text == ",":
                yield argument(current, path)
                current = []
                continue
            if depth == 0 and (token.text in CLOSE or token.text == ";"):
                break
            depth += (token.text in OPEN) - (token.text in CLOSE)
        elif depth == 0 and not closed and token.kind == "word" and token.text in _ENDS:
            break
        current.append(token)
    if current:
        yield argument(current, path)
