"""Names that a text sets to one literal, without those that it binds to something else as well.

A scope is not followed: a parameter, a loop's or a closure's variable of the same name may be what a call is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class _Token(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def text(self) -> str: ...


def settled(pairs: Iterable[tuple[str, str]], bound: Iterable[str] = ()) -> dict[str, str]:
    """The names that have one value only, and none of ``bound``."""
    found: dict[str, str] = {}
    several = set(bound)
    for name, value in pairs:
        if found.setdefault(name, value) != value:
            several.add(name)
    return {name: value for name, value in found.items() if name not in several}


def bound_in_rust(parts: Sequence[_Token]) -> Iterator[str]:
    """What ``let`` sets to anything but a literal, parameters, what closures, loops and patterns bind, assignments."""
    for before, one, after, further in zip(parts, parts[1:], parts[2:], (*parts[3:], *parts[-1:]), strict=False):
        if one.kind != "word":
            continue
        sets = after.text == "=" and further.text != "="
        declares = before.text in ("let", "const", "static")
        if (
            (declares and before.text == "let" and not (sets and further.kind == "string") and after.text != ":")
            or (sets and not declares and before.text in (";", "{", "}", "mut"))
            or before.text in ("for", "ref", "mut", "|")
            or (after.text == "|" and before.text in ("|", ",", "(", "&"))
            or (after.text == ":" and before.text in ("(", ",", "mut", "|", "&"))
            or (before.text == "(" and after.text in (")", ",") and further.text in ("=", "=>", "in", "|", ",", ")"))
            or (before.text == "," and after.text == ")" and further.text in ("=", "=>", "in", "|"))
        ):
            yield one.text


def bound_in_go(parts: Sequence[_Token]) -> Iterator[str]:
    """What ``:=`` and ``var`` set, and parameters: names before a type."""
    for at in range(1, len(parts) - 1):
        before, one, after = parts[at - 1], parts[at], parts[at + 1]
        if one.kind != "word":
            continue
        typed = after.kind == "word" or after.text in ("*", "[", ".")
        if after.text == ":=" or before.text == "var" or (before.text in ("(", ",") and typed):
            yield one.text
            back = at
            while back > 2 and parts[back - 1].text == "," and parts[back - 2].kind == "word":  # noqa: PLR2004
                back -= 2
                yield parts[back].text
