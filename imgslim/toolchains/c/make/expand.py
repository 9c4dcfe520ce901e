"""Expansion of variables and functions (GNU make manual, "Functions for Transforming Text")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from imgslim.toolchains.c.driver import HOLE
from imgslim.toolchains.c.make import functions

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Expansions inside each other at most; make itself stops at a variable that refers to itself.
DEPTH = 60
#: Characters that one expansion gives at most.
LENGTH = 1_000_000


class Scope(Protocol):
    """Where variables are looked up."""

    def lookup(self, name: str) -> tuple[str, bool] | None:
        """A variable's text and whether it is expanded at each use; None where it is not set."""
        ...

    def call(self, function: str, arguments: list[str], depth: int, local: Mapping[str, str]) -> str | None:
        """A function that asks the file system, the shell or the makefile; None where it is not one of these."""
        ...


def expand(text: str, scope: Scope, local: Mapping[str, str], depth: int = 0) -> str:
    """Expand ``$…`` in ``text``; ``local`` holds automatic variables and those of ``foreach`` and ``call``."""
    if "$" not in text:
        return text
    if depth > DEPTH:
        return HOLE
    out: list[str] = []
    size = at = 0
    while at < len(text):
        dollar = text.find("$", at)
        if dollar < 0:
            out.append(text[at:])
            break
        out.append(text[at:dollar])
        opening = text[dollar + 1 : dollar + 2]
        if opening in {"(", "{"} and opening:
            end = _closing(text, dollar + 1)
            out.append(_reference(text[dollar + 2 : end], scope, local, depth))
            at = end + 1
        else:
            out.append("$" if opening == "$" else _variable(opening, scope, local, depth))
            at = dollar + 2
        size += len(out[-1])
        if size > LENGTH:
            return HOLE
    return "".join(out)


def _closing(text: str, start: int) -> int:
    """The offset of the parenthesis that closes the one at ``start``; the text's end where none does."""
    opening = text[start]
    closing = ")" if opening == "(" else "}"
    depth = 0
    for match in re.compile(r"[(){}]").finditer(text, start):
        depth += (match[0] == opening) - (match[0] == closing)
        if depth == 0:
            return match.start()
    return len(text)


def _reference(body: str, scope: Scope, local: Mapping[str, str], depth: int) -> str:
    name, blank, rest = _head(body)
    if blank and (name in functions.PURE or name in functions.CONTEXT):
        return _function(name, rest, scope, local, depth)
    body = expand(body, scope, local, depth + 1)
    match = re.fullmatch(r"([^:=\s]+):([^=]*)=(.*)", body, re.DOTALL)
    if match:
        value = _variable(match[1], scope, local, depth)
        old, new = (m if "%" in match[2] else f"%{m}" for m in (match[2], match[3]))
        return functions.patsubst([old, new, value])
    return _variable(body, scope, local, depth)


def _head(body: str) -> tuple[str, str, str]:
    match = re.match(r"([a-z-]+)([ \t\n]+)", body)
    return (match[1], match[2], body[match.end() :]) if match else (body, "", "")


def arguments(text: str) -> list[str]:
    """Split at commas outside of parentheses."""
    parts, depth, start = list[str](), 0, 0
    for match in re.finditer(r"[(){},]", text):
        if match[0] == "," and depth == 0:
            parts.append(text[start : match.start()])
            start = match.end()
        else:
            depth += (match[0] in "({") - (match[0] in ")}")
    return [*parts, text[start:]]


def _function(name: str, rest: str, scope: Scope, local: Mapping[str, str], depth: int) -> str:
    raw = arguments(rest)
    limit = functions.PURE[name][0] if name in functions.PURE else functions.CONTEXT[name]
    if limit and len(raw) > limit:
        raw = [*raw[: limit - 1], ",".join(raw[limit - 1 :])]
    if name in functions.CONTEXT:
        return scope.call(name, raw, depth + 1, local) or ""
    return functions.PURE[name][1]([expand(a, scope, local, depth + 1) for a in raw])


def _variable(name: str, scope: Scope, local: Mapping[str, str], depth: int) -> str:
    if name in local:
        return local[name]
    found = scope.lookup(name)
    if found is None:
        return ""
    text, recursive = found
    return expand(text, scope, local, depth + 1) if recursive else text
