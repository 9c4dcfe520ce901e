"""Filters behind ``ls`` and ``find`` in ``$(shell … | …)``: those whose output the text alone settles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Sequence

#: ``{print "src/" $1 ".c"}``: one print of literals and the first field or the whole line.
_PRINT = regex(r"\{\s*print\s+(?P<parts>(?:\"[^\"\\]*\"|\$[01]|\s)+?)\s*;?\s*\}\Z")
_PART = regex(r"\"(?P<text>[^\"\\]*)\"|(?P<field>\$[01])")
#: ``s/^/src\//``, ``s|\.c$|.o|``: a substitution whose pattern is an anchor, or plain text.
_SUBSTITUTION = regex(
    r"s(?P<by>[/|#,:@])(?P<old>(?:\\.|(?!(?P=by)).)*)(?P=by)(?P<new>(?:\\.|(?!(?P=by)).)*)(?P=by)g?\Z"
)
#: Characters without a meaning of their own in basic regular expressions (POSIX XBD 9.3); a dot is quoted.
_PLAIN = regex(r"(?:[\w/ +-]|\\[./])*")


def filtered(lines: list[str], argv: Sequence[str]) -> list[str] | None:
    """The lines that a filter lets through or makes; None where that is not settled."""
    match list(argv):
        case ["sort"]:
            # In the C locale and in most others: names of sources rarely differ by more than letters.
            return sorted(lines)
        case ["sort", "-u"] | ["uniq"]:
            return sorted(set(lines))
        case ["xargs"] | ["tr", "\\n" | "\n", " "] | ["cat"]:
            return lines
        case ["grep", "-v", pattern]:
            return _grep(lines, pattern, keep=False)
        case ["grep", pattern] if not pattern.startswith("-"):
            return _grep(lines, pattern, keep=True)
        case ["awk", program]:
            return _awk(lines, program.strip())
        case ["sed", program] | ["sed", "-e", program]:
            return _sed(lines, program)
        case _:
            return None


def _grep(lines: list[str], pattern: str, *, keep: bool) -> list[str] | None:
    expression = _expression(pattern)
    return None if expression is None else [x for x in lines if (expression.search(x) is not None) == keep]


def _awk(lines: list[str], program: str) -> list[str] | None:
    match = _PRINT.match(program)
    if match is None or any(" " in line for line in lines):
        return None
    parts = [m["text"] if m["field"] is None else None for m in _PART.finditer(match["parts"])]
    return ["".join(line if part is None else part for part in parts) for line in lines]


def _sed(lines: list[str], program: str) -> list[str] | None:
    match = _SUBSTITUTION.match(program)
    if match is None or "&" in match["new"]:
        return None
    expression = _expression(match["old"].replace("\\" + match["by"], match["by"]))
    new = re.sub(r"\\(.)", r"\1", match["new"])
    if expression is None or re.search(r"\\\d", match["new"]):
        return None
    count = 0 if program.endswith("g") else 1
    return [expression.sub(lambda _: new, line, count=count) for line in lines]


def _expression(pattern: str) -> re.Pattern[str] | None:
    """A basic regular expression of anchors and plain text; None for any other."""
    inner = pattern.removeprefix("^").removesuffix("$")
    return re.compile(pattern) if _PLAIN.fullmatch(inner) and not inner.endswith("\\") else None
