"""Makefile text as logical lines (GNU make manual, "Splitting Long Lines")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Line:
    """A logical line; a recipe line keeps its continuations for the shell."""

    text: str
    recipe: bool
    number: int


_COMMENT = regex(r"(?<!\\)#.*", re.DOTALL)
_CONTINUED = regex(r"[ \t]*\\\n[ \t]*")


def lines(text: str) -> Iterator[Line]:
    """The logical lines: comments dropped outside of recipes, continuations joined by one blank."""
    physical = text.replace("\r\n", "\n").split("\n")
    at = 0
    while at < len(physical):
        start = at
        parts = [physical[at]]
        while parts[-1].endswith("\\") and not parts[-1].endswith("\\\\") and at + 1 < len(physical):
            at += 1
            parts.append(physical[at])
        at += 1
        whole = "\n".join(parts)
        if whole.startswith("\t"):
            yield Line(whole[1:].replace("\n\t", "\n"), recipe=True, number=start + 1)
        else:
            joined = _CONTINUED.sub(" ", whole)
            yield Line(_COMMENT.sub("", joined).replace("\\#", "#").rstrip(), recipe=False, number=start + 1)


def split_assignment(text: str) -> tuple[str, str, str] | None:
    """Split ``NAME op value``; None where the line is no assignment. The operator stands outside of ``$(…)``."""
    depth = 0
    for at, char in enumerate(text):
        if char in "({":
            depth += 1
        elif char in ")}":
            depth -= 1
        elif depth == 0 and char == "=":
            start = at
            while start and text[start - 1] in ":?+!":
                start -= 1
            name = text[:start].strip()
            return (name, text[start : at + 1], text[at + 1 :].strip()) if name and ":" not in name else None
        elif depth == 0 and char == ":" and text[at + 1 : at + 2] not in {"=", ":"}:
            return None
    return None


def split_rule(text: str) -> tuple[str, str, bool] | None:
    """Split ``targets: rest`` (True for ``::``) at the first colon outside of ``$(…)``; None where there is none."""
    depth = 0
    for at, char in enumerate(text):
        depth += (char in "({") - (char in ")}")
        if char == ":" and depth == 0:
            double = text[at + 1 : at + 2] == ":"
            return text[:at], text[at + 1 + double :], double
    return None
