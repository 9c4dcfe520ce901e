"""The nodes of the syntax tree: ranges of the one text, never copies of its layout."""

from __future__ import annotations

from bisect import bisect_right

from imgslim.records import dataclass, numerous
from imgslim.text import Span


@numerous
@dataclass(frozen=True, slots=True)
class OffsetMap:
    """Where each character of a logical text (continuations joined, comments gone) stands in the file.

    ``logical[i]`` and ``physical[i]`` begin the i-th run of characters that are adjacent in both.
    """

    logical: tuple[int, ...]
    physical: tuple[int, ...]

    def at(self, offset: int) -> int:
        """The file offset of the logical character ``offset`` (its end counts as one past the last)."""
        if len(self.logical) == 1:
            return self.physical[0] + offset - self.logical[0]
        run = max(bisect_right(self.logical, offset) - 1, 0)
        return self.physical[run] + offset - self.logical[run]

    def part(self, start: int, end: int) -> OffsetMap:
        """The map of the logical characters from ``start`` to ``end``, their offsets counted from ``start``."""
        logical, physical = self.logical, self.physical
        if len(logical) == 1:
            return OffsetMap((0,), (physical[0] + start - logical[0],))
        first = bisect_right(logical, start) - 1 if start >= logical[0] else 0
        last = bisect_right(logical, end - 1, first + 1) if end > start else first + 1
        shift = start - logical[first]
        return OffsetMap(
            (0, *[offset - start for offset in logical[first + 1 : last]]),
            (physical[first] + shift, *physical[first + 1 : last]),
        )

    def shift(self, start: int, end: int) -> int | None:
        """How far from the logical characters from ``start`` to ``end`` those of the file stand, where that is one."""
        logical = self.logical
        run = len(logical) - 1
        if run and start < logical[run]:
            run = bisect_right(logical, start) - 1 if start >= logical[0] else 0
            if end > logical[run + 1]:
                return None
        return self.physical[run] - logical[run]

    def span(self, start: int, end: int) -> Span:
        """The file span from logical ``start`` to ``end``; it may run over continuations and comments."""
        logical, physical = self.logical, self.physical
        runs = len(logical)
        if runs == 1:
            shift = physical[0] - logical[0]
            return Span(start + shift, end + shift) if end > start else Span(start + shift, start + shift)
        run = max(bisect_right(logical, start) - 1, 0)
        first = physical[run] + start - logical[run]
        if end <= start:
            return Span(first, first)
        if run + 1 == runs or end <= logical[run + 1]:
            return Span(first, first + end - start)
        return Span(first, self.at(end - 1) + 1)


@numerous
@dataclass(frozen=True, slots=True)
class Flag:
    """``--name=value`` before an instruction's arguments; ``value`` is None for a bare ``--name``."""

    name: str
    value: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Heredoc:
    """A here-document of RUN, COPY or ADD (Dockerfile reference, "Here-Documents")."""

    name: str
    #: ``<<-``: leading tabs are stripped.
    chomp: bool
    #: False when the delimiter was quoted: no variable is expanded.
    expand: bool
    #: The file descriptor number written before ``<<``, 0 where none.
    fd: int
    #: The body without the terminator line, as in the file (tabs not stripped).
    body: Span
    #: The terminator line without its line end.
    terminator: Span
    #: What the build sees: the body with tabs stripped where ``chomp``.
    content: str


@numerous
@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction with its flags, arguments and heredocs."""

    #: Upper-cased, such as ``RUN``; any word, also one that Docker does not know.
    keyword: str
    #: From the keyword to the end of the last physical line (without its line end), heredocs included.
    span: Span
    #: Maps offsets in the logical line to the file; the keyword's range and the start of ``value`` there.
    line_map: OffsetMap
    keyword_start: int
    keyword_end: int
    value_start: int
    flags: tuple[Flag, ...]
    #: The arguments after the flags, continuations joined, comment lines gone, outer blanks stripped.
    value: str
    #: The exec form's strings where ``value`` is a JSON array of strings and the instruction takes one.
    exec_form: tuple[str, ...] | None
    heredocs: tuple[Heredoc, ...]
    #: The instruction that ONBUILD holds; its spans are of this file too.
    trigger: Instruction | None = None

    @property
    def keyword_span(self) -> Span:
        """Where the keyword stands in the file."""
        return self.line_map.span(self.keyword_start, self.keyword_end)

    @property
    def value_map(self) -> OffsetMap:
        """Maps offsets in ``value`` to the file."""
        return self.line_map.part(self.value_start, self.value_start + len(self.value))

    @property
    def value_span(self) -> Span:
        """Where the arguments stand in the file."""
        return self.line_map.span(self.value_start, self.value_start + len(self.value))

    def flag(self, name: str) -> Flag | None:
        """The last flag called ``name``."""
        for flag in reversed(self.flags):
            if flag.name == name:
                return flag
        return None


@numerous
@dataclass(frozen=True, slots=True)
class Comment:
    """A whole-line comment outside of any instruction; ``span`` is without the line end."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Directive:
    """A parser directive: ``# syntax=``, ``# escape=`` or ``# check=``."""

    name: str
    value: str
    span: Span


@numerous
@dataclass(frozen=True, slots=True)
class Dockerfile:
    """A whole file. Blank lines are what no node covers."""

    text: str
    directives: tuple[Directive, ...]
    instructions: tuple[Instruction, ...]
    #: Comments between instructions, in order; those inside continuations belong to their instruction's span.
    comments: tuple[Comment, ...]
    escape: str = "\\"
    #: The file's own line end, ``"\\n"`` or ``"\\r\\n"``: that of its first line.
    newline: str = "\n"

    def stages(self) -> list[tuple[Instruction, tuple[Instruction, ...]]]:
        """Each FROM with the instructions that follow it."""
        nodes = self.instructions
        starts = [number for number, node in enumerate(nodes) if node.keyword == "FROM"]
        ends = [*starts[1:], len(nodes)]
        return [(nodes[start], nodes[start + 1 : end]) for start, end in zip(starts, ends, strict=True)]
