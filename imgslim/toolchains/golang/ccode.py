"""C code in Go files: preambles of ``import "C"``, and the C functions that Go code calls."""

from __future__ import annotations

from imgslim.regex import regex

#: Comment marks alone: in a Go file the C code before ``import "C"`` is a comment itself.
_MARKS = regex(r"(?m)^[ \t]*//|/\*|\*/")
#: C functions that Go code calls: ``C.fopen(…)``.
_FROM_GO = regex(r"\bC\.(\w+)\s*\(")


def preamble(text: str) -> str:
    """The C code of a preamble, as C."""
    return _MARKS.sub(" ", text)


def calls_from_go(text: str) -> str:
    """The calls of C functions in a Go file, as C."""
    return " ".join(f"{name}()" for name in _FROM_GO.findall(text))
