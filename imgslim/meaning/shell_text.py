"""Shell text of a Dockerfile and where each of its characters stands in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass, numerous
from imgslim.regex import regex
from imgslim.syntax.nodes import OffsetMap
from imgslim.syntax.shell_source import ShellSource

if TYPE_CHECKING:
    from tree_sitter import Node

    from imgslim.syntax.nodes import Heredoc, Instruction
    from imgslim.text import Span

#: A heredoc in front of the command that reads it, which the grammar takes only behind it (POSIX, "Simple Commands").
_FIRST = regex(
    r"[ \t]*(?P<word><<-?[ \t]*(?:[\w.]+|'[\w.]+'|\"[\w.]+\"))[ \t]+"
    r"(?P<command>[^\n;&|<()`'\"#]+)(?P<rest>(?:&&|;|\|).*)?",
    16,
)


@numerous
@dataclass(frozen=True, slots=True)
class ShellText:
    """What a shell is given."""

    text: str
    #: Offsets of ``text`` to the file; None where the text came out of a word (``sh -c '…'``): then ``outer`` counts.
    where: OffsetMap | None
    outer: Span

    def span(self, start: int, end: int) -> Span:
        """The file span of a range of characters."""
        return self.outer if self.where is None else self.where.span(start, end)


@numerous
@dataclass(frozen=True, slots=True)
class Encoded:
    """A shell text as the grammar reads it."""

    source: ShellSource
    text: ShellText

    @classmethod
    def of(cls, text: ShellText) -> Encoded:
        """Encode, keeping the way back."""
        return cls(ShellSource.of(text.text), text)

    def span(self, start: Node, end: Node | None = None) -> Span:
        """The file span from the start of one node to the end of another (or its own)."""
        return self.text.span(*self.source.range(start, end))

    def raw(self, node: Node) -> str:
        """The node's text as written."""
        return self.source.between(node.start_byte, node.end_byte)


def script_of(node: Instruction) -> ShellText:
    """The text that RUN, CMD or ENTRYPOINT in shell form hands to the shell.

    A RUN that consists of one heredoc word runs the heredoc's body; otherwise the shell itself reads the heredocs
    (Dockerfile reference, "Here-Documents").
    """
    if not node.heredocs:
        return ShellText(node.value, node.value_map, node.span)
    if len(node.heredocs) == 1 and _is_heredoc_word(node.value):
        return ShellText(node.heredocs[0].content, _body_map(node.heredocs[0]), node.span)
    if len(node.heredocs) == 1 and (first := _FIRST.fullmatch(node.value)) is not None:
        heredoc = node.heredocs[0]
        line = f"{first['command'].rstrip()} {first['word']} {first['rest'] or ''}"
        return ShellText(f"{line}\n{heredoc.content}{heredoc.name}", None, node.span)
    text = node.value
    logical, physical = list(node.value_map.logical), list(node.value_map.physical)
    for heredoc in node.heredocs:
        text += "\n"
        logical.append(len(text))
        physical.append(heredoc.body.start)
        text += heredoc.content + heredoc.name
    return ShellText(text, OffsetMap(tuple(logical), tuple(physical)), node.span)


def _is_heredoc_word(value: str) -> bool:
    return value.startswith("<<") and len(value.split()) == 1


def _body_map(heredoc: Heredoc) -> OffsetMap | None:
    """The map of a body; with ``<<-`` it is shorter than in the file, and the whole instruction stands for it."""
    if len(heredoc.content) != heredoc.body.end - heredoc.body.start:
        return None
    return OffsetMap((0,), (heredoc.body.start,))
