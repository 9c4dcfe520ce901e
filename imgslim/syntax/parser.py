"""Read a Dockerfile into its tree, without loss, in one pass (BuildKit, ``parser.Parse``)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from imgslim.errors import InputError
from imgslim.records import dataclass, replace
from imgslim.syntax.blanks import BLANKS, SPACES, first_word
from imgslim.syntax.directives import read_directives
from imgslim.syntax.flags import split_flags
from imgslim.syntax.heredocs import heredoc_words, read_heredocs
from imgslim.syntax.json_form import read_array
from imgslim.syntax.logical import MAY_CONTINUE, Lines, check_line_lengths, read_logical
from imgslim.syntax.nodes import Comment, Dockerfile, Flag, Instruction, OffsetMap
from imgslim.text import Span

if TYPE_CHECKING:
    from imgslim.syntax.flags import RawFlag

#: Instructions that are remembered, for the files of a tree repeat each other and a buffer in an editor itself; and the
#: most characters that one of them has, which bounds what they take.
REMEMBERED, SHORT = 4_096, 1_024
KEYWORDS = frozenset(
    {"ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER",
     "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"}
)  # fmt: skip
_HEREDOC_KEYWORDS = frozenset({"ADD", "COPY", "RUN"})
_ARRAY_KEYWORDS = frozenset({"ADD", "CMD", "COPY", "ENTRYPOINT", "RUN", "SHELL", "VOLUME"})


def parse(text: str) -> Dockerfile:
    """The tree of a whole file.

    Any word is taken for an instruction, known or not, with whatever arguments; what BuildKit's instructions ask of
    them is :func:`imgslim.syntax.grammar.check_valid`'s business.

    Args:
        text: the file as :func:`imgslim.text.decode` gives it.

    Raises:
        InputError: ``line-too-long``, ``duplicate-directive``, ``bad-escape``, ``heredoc-unterminated`` or
            ``empty-file``.
    """
    check_line_lengths(text)
    lines = Lines(text)
    directives = read_directives(lines)
    escape = next((directive.value for directive in directives if directive.name == "escape"), "\\")
    comments: list[Comment] = []
    instructions: list[Instruction] = []
    for start, end in lines.shown():
        if text[start] == "#":
            comments.append(Comment(Span(start, end), text[start + 1 : end].strip(SPACES)))
            continue
        if text[end - 1] in MAY_CONTINUE:
            line, where, span = read_logical(lines, start, end, escape)
            node = _head(line, where, len(line) - len(line.lstrip(SPACES)), span, escape)
        else:  # nearly all
            line = text[start:end]
            node = _head(line, OffsetMap((0,), (start,)), 0, Span(start, end), escape)
        if "<<" in line or node.keyword == "ONBUILD":
            node = _with_what_it_holds(lines, line, node, escape)
        instructions.append(node)
    if not instructions:
        raise InputError(
            "empty-file",
            "The file holds no instruction.",
            Span(0, 0),
            "A Dockerfile begins with FROM, or ARG and FROM.",
        )
    return Dockerfile(text, directives, tuple(instructions), tuple(comments), escape, _newline(text))


def _newline(text: str) -> str:
    at = text.find("\n")
    return "\r\n" if at > 0 and text[at - 1] == "\r" else "\n"


def _with_what_it_holds(lines: Lines, text: str, node: Instruction, escape: str) -> Instruction:
    """The instruction of a logical line with its trigger and its here-documents."""
    where, span = node.line_map, node.span
    if node.keyword == "ONBUILD" and node.value:
        # One level only: BuildKit refuses ONBUILD ONBUILD.
        place = Span(where.at(node.value_start), span.end)
        node = replace(node, trigger=_head(text, where, node.value_start, place, escape))
    if "<<" not in text:
        return node
    holder = node.trigger or node
    if holder.keyword not in _HEREDOC_KEYWORDS or holder.exec_form is not None:
        return node
    heredocs = read_heredocs(lines, heredoc_words(text), span)
    trigger = node.trigger
    if trigger is not None:
        trigger = replace(trigger, heredocs=heredocs, span=Span(trigger.span.start, lines.last_end))
    return replace(node, heredocs=heredocs, span=Span(node.span.start, lines.last_end), trigger=trigger)


def _head(text: str, where: OffsetMap, start: int, span: Span, escape: str) -> Instruction:
    """The instruction that begins at ``start`` of a logical line."""
    shape = _shape(text, start, escape) if len(text) > SHORT else _known_shape(text, start, escape)
    flags = tuple([_flag(f.word, where.span(f.start, f.end)) for f in shape.flags]) if shape.flags else ()
    # By place, not by name: this is called for each line of each file.
    return Instruction(
        shape.keyword, span, where, start, shape.keyword_end, shape.at, flags, shape.value, shape.exec_form, ()
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the text of an instruction alone says of it; offsets are those of the text."""

    keyword: str
    keyword_end: int
    flags: tuple[RawFlag, ...]
    #: Where the arguments begin.
    at: int
    value: str
    exec_form: tuple[str, ...] | None


def _shape(line: str, start: int, escape: str) -> _Shape:
    text = line.rstrip(SPACES)
    blank = BLANKS.search(text, start)
    keyword_end = blank.start() if blank else len(text)
    keyword = _keyword(text[start:keyword_end])
    size = len(text)
    flags, at = split_flags(text, blank.end(), escape) if blank else ((), size)
    while at < size and text[at] in SPACES:
        at += 1
    value = text[at:]
    array = read_array(_array_part(keyword, value)) if "[" in value else None
    return _Shape(keyword, keyword_end, flags, at, value, array if isinstance(array, tuple) else None)


_known_shape = lru_cache(maxsize=REMEMBERED)(_shape)


def _keyword(word: str) -> str:
    """Keywords in any case (Go's ``strings.ToLower`` decides); other words are upper-cased where that is plain."""
    if word.isascii():
        return word.upper()
    known = word.lower()
    return known.upper() if known.isascii() and known.upper() in KEYWORDS else word


def _array_part(keyword: str, value: str) -> str:
    """The text that may be a JSON array; "" where the instruction takes none."""
    if keyword in _ARRAY_KEYWORDS:
        return value
    if keyword == "HEALTHCHECK":
        return first_word(value)[1]
    return ""


def _flag(word: str, span: Span) -> Flag:
    name, equals, value = word[2:].partition("=")
    return Flag(name, value if equals else None, span)
