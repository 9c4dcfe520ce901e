"""Pragmas: comments of a Dockerfile that speak to imgslim.

``# imgslim: ignore-file why``, above the first instruction: no command rewrites the file or reports anything on it.
``# imgslim: ignore[reason, reason] why``: findings with these reasons on the next instruction are not reported. What is
planned stays the same: a pragma vouches for nothing.

Comments inside an instruction (between continued lines, in here-documents) are the instruction's own and are not read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.regex import regex
from imgslim.syntax.blanks import SPACES
from imgslim.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.syntax.nodes import Comment, Dockerfile

_MARK = "imgslim:"
_PRAGMA = regex(r"imgslim:[ \t]*(?P<word>[\w-]*)(?:\[(?P<reasons>[^\]]*)\])?(?P<why>(?:[ \t].*)?)$")
_FORMS = "# imgslim: ignore[reason] why, or, above the first instruction, # imgslim: ignore-file why"


@dataclass(frozen=True, slots=True)
class Pragma:
    """One comment that speaks to imgslim."""

    #: The comment's own.
    span: Span
    #: The reasons that it names; empty where it is no ``ignore``.
    reasons: tuple[str, ...]
    #: What stands behind the brackets, the blanks in front included.
    why: str
    #: The instruction it is about; None where none follows.
    instruction: Span | None
    #: What is wrong with it, as a sentence, and what to do; both "" where it is well-formed.
    problem: str = ""
    hint: str = ""


def ignored(text: str) -> Span | None:
    """Where the file asks to be left alone: an ``ignore-file`` among the comments above its first instruction.

    The text need not be one that BuildKit takes: templates of Dockerfiles are what authors want left alone most.
    """
    if _MARK not in text:
        return None
    at = 1 if text.startswith("\ufeff") else 0
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = text[at:end].strip(SPACES)
        if line and not line.startswith("#"):
            return None
        if _MARK in line:
            found = _PRAGMA.match(line[1:].strip(SPACES))
            if found is not None and found["word"] == "ignore-file" and found["reasons"] is None:
                start = text.index("#", at)
                return Span(start, start + len(line))
        at = end + 1
    return None


def pragmas(dockerfile: Dockerfile) -> Iterator[Pragma]:
    """Every pragma of a file, in order."""
    if _MARK not in dockerfile.text:
        return
    for comment in dockerfile.comments:
        if comment.text.startswith(_MARK):
            yield _pragma(comment, dockerfile)


def _pragma(comment: Comment, dockerfile: Dockerfile) -> Pragma:
    span = comment.span
    following = next((n.span for n in dockerfile.instructions if n.span.start >= span.end), None)
    found = _PRAGMA.match(comment.text)
    word = found["word"] if found is not None else ""
    reasons = tuple(r for r in map(str.strip, ((found and found["reasons"]) or "").split(",")) if r)
    why = found["why"] if found is not None else ""
    problem = ""
    if found is None or word not in ("ignore", "ignore-file"):
        problem = "This comment speaks to imgslim and says nothing that it knows."
    elif word == "ignore-file" and found["reasons"] is not None:
        problem = "ignore-file takes no reasons: it leaves the whole file alone."
    elif word == "ignore-file" and following != dockerfile.instructions[0].span:
        problem = "ignore-file stands below an instruction and has no effect."
    elif word == "ignore" and not reasons:
        problem = "ignore names no reason."
    elif word == "ignore" and following is None:
        problem = "No instruction follows."
    if problem:
        return Pragma(span, (), why, following, problem, f"Write {_FORMS}.")
    return Pragma(span, reasons, why, following)
