"""dockerfile-parse as a second reader: two parsers that share no code must see the same instructions.

It does not know all of BuildKit's grammar, so it is fed a *projection* of the file that has the same lines. There
here-document bodies, comments, directives and empty lines within a continuation become ``#`` lines, and what makes it
lose an instruction is spelled out. It is given lines in memory and asked for its structure alone: it never opens a
file.
"""

from __future__ import annotations

import io
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.syntax import read
from imgslim.syntax.blanks import SPACES
from imgslim.syntax.logical import continuation
from imgslim.text import LineIndex, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from imgslim.syntax.nodes import Dockerfile, Instruction

#: The second reader is quadratic in the lines of one instruction: beyond this many they are left out of its sight.
_MAX_LINES = 1_000
#: Put behind an escape character that ends an instruction without continuing it, which the second reader overlooks.
_STOP = "_"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Where the two readers part."""

    message: str
    span: Span


@lru_cache(maxsize=1)  # each target's rewrite asks it of the one original
def agree_on(text: str) -> Disagreement | None:
    """As :func:`agree`, of a text that BuildKit takes."""
    return agree(read(text))


def agree(dockerfile: Dockerfile) -> Disagreement | None:
    """The first instruction on which the second reader disagrees with the tree, or None."""
    lines = LineIndex(dockerfile.text)
    theirs = _second(_projection(dockerfile, lines))
    for node, seen in zip(dockerfile.instructions, theirs, strict=False):
        line, keyword, value = _head(lines, node), seen["instruction"], seen["value"]
        if line != seen["startline"] or node.keyword.upper() != keyword:
            return Disagreement(
                f"{node.keyword} on line {line + 1} is {keyword} on line {seen['startline'] + 1} to the other reader.",
                node.span,
            )
        if node.value != value and not _same_value(node, value) and not _is_long(lines, node):
            return Disagreement(f"The arguments of {node.keyword} on line {line + 1} are read differently.", node.span)
    if len(theirs) != len(dockerfile.instructions):
        return Disagreement(
            f"One reader sees {len(dockerfile.instructions)} instructions, the other {len(theirs)}.",
            dockerfile.instructions[min(len(theirs), len(dockerfile.instructions) - 1)].span,
        )
    return None


def _head(lines: LineIndex, node: Instruction) -> int:
    """The line of an instruction's keyword, from 0: escape characters may stand on lines above it."""
    return lines.line(node.line_map.at(node.keyword_start))


def _second(lines: list[str]) -> list[dict[str, Any]]:
    """The instructions as the second reader sees them; ``startline`` counts from 0."""
    shown = [f"{line}\n" if line.isascii() else f"{_readable(line)}\n" for line in lines]
    return [item for item in _reader()(shown).structure if item["instruction"] != "COMMENT"]


def _readable(text: str) -> str:
    """``text`` without what no encoding holds: bytes that were not UTF-8."""
    return text.encode("utf-8", "replace").decode()


@cache
def _reader() -> Callable[[Sequence[str]], Any]:
    """The second reader, of lines that are given to it: reading them from a file takes it a fifth of its time."""
    from dockerfile_parse import DockerfileParser  # noqa: PLC0415 - only a file that is rewritten pays for it

    class Reader(DockerfileParser):  # type: ignore[misc]
        lines: Sequence[str] = ()

        def __init__(self, lines: Sequence[str]) -> None:
            super().__init__(fileobj=io.BytesIO(), env_replace=False)
            self.lines = lines

    return Reader


def _same_value(node: Instruction, seen: str) -> bool:
    """Compare arguments with blanks evened out; flags stand before them in the second reader's value."""
    mine = " ".join(_readable(node.value).split())
    theirs = " ".join(seen.split()).removesuffix(_STOP if not mine.endswith(_STOP) else "")
    return theirs.endswith(mine) if node.flags else theirs in (mine, f"-- {mine}")


def _is_long(lines: LineIndex, node: Instruction) -> bool:
    return lines.line(node.span.end) - lines.line(node.span.start) > _MAX_LINES


def projection(dockerfile: Dockerfile, lines: LineIndex) -> str:
    """The text for the second reader: line by line the same instructions."""
    return "\n".join(_projection(dockerfile, lines)) + "\n"


def _projection(dockerfile: Dockerfile, lines: LineIndex) -> list[str]:
    """Its lines."""
    # What no node covers stays in sight: an instruction that the tree lost would show.
    out = dockerfile.text.removeprefix("\ufeff").split("\n")
    for directive in dockerfile.directives:
        out[lines.line(directive.span.start)] = "#"
    for comment in dockerfile.comments:
        line = lines.line(comment.span.start)
        # Behind an empty line no instruction goes on, and another one takes that reader less than a comment.
        out[line] = "" if line and not out[line - 1] else "#"
    if dockerfile.escape != "\\":
        # Where there is an escape directive, line 1 holds a directive too: the second reader wants this one first.
        out[0] = f"# escape={dockerfile.escape}"
    for node in dockerfile.instructions:
        if _is_plain(dockerfile.text, node, dockerfile.escape):
            continue
        first, last = lines.line(node.span.start), lines.line(node.span.end)
        if _shows_as_it_is(out[first : last + 1], node, dockerfile.escape):
            continue
        out[first : last + 1] = ["#"] * (last + 1 - first)
        end = lines.line(node.heredocs[0].body.start) - 1 if node.heredocs else last
        for line, text in _projected(dockerfile, lines, node, end):
            out[line] = text
    return out


def _is_plain(text: str, node: Instruction, escape: str) -> bool:
    """Tell of most instructions of one line, without looking for it, that :func:`_shows_as_it_is` is true of them."""
    span, keyword = node.span, node.keyword
    written = text[span.start : span.end]
    return (
        "\n" not in written
        and written.startswith(keyword)
        and written[-1] != escape
        and written[-1] not in SPACES
        and written[len(keyword) : len(keyword) + 1] != escape
        and text[span.end : span.end + 1] != "\r"
    )


def _shows_as_it_is(written: list[str], node: Instruction, escape: str) -> bool:
    """Tell whether nothing in an instruction's lines needs to be spelled out: the projection would be the same text."""
    if node.heredocs or len(written) > _MAX_LINES:
        return False
    head, last = written[0].lstrip(SPACES), written[-1].strip(SPACES)
    if (
        last.endswith(escape)
        or written[-1].endswith("\r")
        or not head.startswith(node.keyword)
        or head[len(node.keyword) :][:1] == escape
        or last[:1] in ("", "#")
    ):
        return False
    return len(written) == 1 or all(_continues_plainly(line, escape) for line in written[:-1])


def _continues_plainly(line: str, escape: str) -> bool:
    shown = line.strip(SPACES)
    return line.endswith(escape) and len(shown) > 1 and shown[0] != "#" and shown[-2] not in (escape, "\r")


def _projected(dockerfile: Dockerfile, lines: LineIndex, node: Instruction, end: int) -> Iterator[tuple[int, str]]:
    """The lines of one instruction that hold text of it, up to line ``end``."""
    text, escape = dockerfile.text, dockerfile.escape
    head = _head(lines, node)
    split = lines.line(max(node.keyword_span.end - 1, node.keyword_span.start))
    pieces = [(number, span) for number in range(split, end + 1) if (span := _content(lines, number, number == split))]
    if split != head:
        yield head, f"{node.keyword} {escape}"
    for position, (number, span) in enumerate(pieces):
        is_last = position == len(pieces) - 1
        if position > _MAX_LINES and not is_last:
            continue
        cut = continuation(text, span.start, span.end, escape)
        start = node.keyword_span.end if number == split != head else span.start
        shown = text[start : span.end if cut is None else max(cut, start)]
        if not is_last:
            # A blank keeps the keyword apart from the escape character.
            yield number, shown + (" " if cut == node.keyword_span.end else "") + escape
        else:
            yield number, shown + (_STOP if shown.rstrip().endswith(escape) else "")


def _content(lines: LineIndex, number: int, is_first: bool) -> Span | None:  # noqa: FBT001
    """The span of a line unless it is empty or a comment."""
    span = lines.line_span(number)
    start = 1 if span.start == 0 and lines.text.startswith("\ufeff") else span.start
    end = span.end
    while end > start and lines.text[end - 1] == "\r":
        end -= 1
    shown = lines.text[start:end].strip(SPACES)
    if not is_first and (not shown or shown.startswith("#")):
        return None
    return Span(start, end)
