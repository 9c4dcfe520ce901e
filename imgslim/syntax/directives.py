"""Parser directives: ``# syntax=``, ``# escape=`` and ``# check=`` (BuildKit, ``parser.DirectiveParser``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.errors import InputError
from imgslim.regex import regex
from imgslim.syntax.blanks import SPACES
from imgslim.syntax.nodes import Directive
from imgslim.text import Span

if TYPE_CHECKING:
    from imgslim.syntax.logical import Lines

_NAME = regex(r"([a-zA-Z][a-zA-Z0-9]*)[\t\f\r ]*=")
_BLANKS = "\t\f\r "
_NAMES = frozenset({"syntax", "escape", "check"})


def read_directives(lines: Lines) -> tuple[Directive, ...]:
    """The directives at the beginning of a file; the first line that is none is the next one again.

    Raises:
        InputError: ``duplicate-directive``, ``bad-escape``.
    """
    text = lines.text
    found: list[Directive] = []
    at = lines.at
    while (line := lines.take()) is not None:
        start, end = line
        while start < end and text[start] in SPACES:
            start += 1
        directive = _directive(text, start, end, found)
        if directive is None:
            break
        found.append(directive)
        at = lines.at
    lines.at = at
    return tuple(found)


def _directive(text: str, start: int, end: int, seen: list[Directive]) -> Directive | None:
    """The directive on the line of which ``[start, end)`` is all but the blanks in front, or None."""
    if start >= end or text[start] != "#":
        return None
    line = text[start + 1 : end].lstrip(SPACES)
    match = _NAME.match(line)
    if match is None or match.end() == len(line) or match[1].lower() not in _NAMES:
        return None
    # Of nothing but blanks the last one is the value.
    value = line[match.end() :].strip(_BLANKS) or line[-1]
    found = Directive(match[1].lower(), value, Span(start, end))
    if any(directive.name == found.name for directive in seen):
        raise InputError(
            "duplicate-directive",
            f"The parser directive {found.name} stands here a second time.",
            found.span,
            "Each directive may be given once: remove one of them.",
        )
    if found.name == "escape" and found.value not in ("\\", "`"):
        raise InputError(
            "bad-escape",
            f"{found.value} can't be the escape character.",
            found.span,
            "Only a backslash or a backtick can.",
        )
    return found
