"""The arguments of a call in a language that parts them with commas and nests brackets: Go, Rust."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Tokens that one argument list is read for at most: a function written inside a call is no literal.
ARGUMENTS_LIMIT = 64


class _Token(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def text(self) -> str: ...


_T = TypeVar("_T", bound=_Token)


def argument_tokens(parts: Sequence[_T], at: int) -> Iterator[list[_T] | None]:
    """The tokens of each argument of the call whose first token is ``parts[at]``.

    None stands for the last one where it was not read to its end.
    """
    depth = 0
    current: list[_T] = []
    for token in parts[at : at + ARGUMENTS_LIMIT]:
        if depth == 0 and token.text in (",", ")"):
            if current:
                yield current
            current = []
            if token.text == ")":
                return
            continue
        if token.kind == "op" and token.text in "([{":
            depth += 1
        elif token.kind == "op" and token.text in ")]}":
            depth -= 1
        current.append(token)
    if current:
        yield None
