"""Shell text as the bash grammar is given it, and whether the tree that comes out covers it.

The grammar takes some valid text for something else and reports no error. Two such cases are avoided by another
spelling of the same text; the others are seen by what the tree leaves out or tears apart.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.regex import regex

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

#: What the grammar misreads: a later ``$NAME`` or `` `text` `` in a word (``$A/$B.c`` becomes ``$A/$`` and ``B.c``),
#: and a lone dash before a redirection, which it drops. Quoted text is passed over; where quotes are nested it may be
#: taken for bare text, and there the other spelling changes no structure either.
_MISREAD = regex(
    r"""\\.|'[^']*+'|"(?:[^"\\]|\\.)*+"|\$\$|(?<![ \t\n])\$(?P<name>[A-Za-z_]\w*)"""
    r"""|`(?P<command>[^`\\]*+)`|`(?:[^`\\]|\\.)*+`|(?<=[ \t])(?P<dash>-)(?=[ \t]+[0-9]*[<>])""",
    re.DOTALL | re.ASCII,
)
#: What stands in front of and behind each of them in the other spelling.
_SPELLED = {"name": ("${", "}"), "command": ("$(", ")"), "dash": ("\\", "")}
_BLANK = regex(rb"(?:[ \t\r\n]|\\\n)*+")
#: Nodes between whose children there is text of their own.
_LOOSE = frozenset({"string", "heredoc_body", "heredoc_redirect", "expansion", "translated_string"})
#: Nodes whose children make one word together.
_JOINED = frozenset(
    {"concatenation", "simple_expansion", "subscript", "regex", "brace_expression", "binary_expression"}
)
_WORDS = frozenset(
    {"command_name", "word", "number", "concatenation", "string", "raw_string", "ansi_c_string", "translated_string",
     "simple_expansion", "expansion", "command_substitution", "process_substitution", "arithmetic_expansion",
     "variable_assignment", "variable_name", "brace_expression", "array", "$"}
)  # fmt: skip


@cache
def parser() -> Parser:
    """The one parser of the bash grammar. It never raises: ask the tree for ``has_error``."""
    import tree_sitter_bash  # noqa: PLC0415 - a file without shell text does not pay for it
    from tree_sitter import Language, Parser  # noqa: PLC0415

    return Parser(Language(tree_sitter_bash.language()))


@dataclass(frozen=True, slots=True)
class ShellSource:
    """A text and what the grammar reads in its place."""

    text: str
    data: bytes
    #: Offset in ``text`` of each byte of ``data``; None where they are the same.
    characters: tuple[int, ...] | None

    @classmethod
    def of(cls, text: str) -> ShellSource:
        """Spell ``text`` for the grammar, keeping the way back."""
        data: list[str] = []
        characters: list[int] = []
        at = 0
        for match in _MISREAD.finditer(text):
            if (kind := match.lastgroup) is None:
                continue
            (start, end), (inner, behind), (opening, closing) = match.span(), match.span(kind), _SPELLED[kind]
            data += (text[at:start], opening, text[inner:behind], closing)
            characters += (*range(at, start), *[start] * len(opening), *range(inner, behind), *[behind] * len(closing))
            at = end
        if not data and text.isascii():
            return cls(text, text.encode(), None)
        spelled = "".join(data) + text[at:]
        characters += range(at, len(text))
        if spelled.isascii():
            return cls(text, spelled.encode(), (*characters, len(text)))
        widths = (len(char.encode("utf-8", "surrogateescape")) for char in spelled)
        offsets = [at for at, width in zip(characters, widths, strict=True) for _ in range(width)]
        return cls(text, spelled.encode("utf-8", "surrogateescape"), (*offsets, len(text)))

    def range(self, start: Node, end: Node | None = None) -> tuple[int, int]:
        """Where in ``text`` the range from the start of one node to the end of another (or its own) stands."""
        first, last = start.start_byte, (end or start).end_byte
        return (first, last) if self.characters is None else (self.characters[first], self.characters[last])

    def raw(self, node: Node) -> str:
        """The node's text as written."""
        return self.between(node.start_byte, node.end_byte)

    def between(self, first: int, last: int) -> str:
        """What is written where a range of ``data`` stands."""
        if self.characters is not None:
            first, last = self.characters[first], self.characters[last]
        return self.text[first:last]

    def understood(self, root: Node) -> bool:
        """Tell whether the grammar's tree is of this text: without an error, and nothing left out or torn apart."""
        return not root.has_error and self.covered(root)

    def covered(self, root: Node) -> bool:
        """Tell whether the tree holds all text but blanks, and no word in two pieces."""
        data = self.data
        stack = [root]
        while stack:
            node = stack.pop()
            children = node.children
            if not children:
                continue
            stack += children
            kind = node.type
            if kind in _LOOSE:
                continue
            at = node.start_byte
            before = ""
            for child in children:
                start = child.start_byte
                if start != at:
                    if not _BLANK.fullmatch(data, at, start):
                        return False
                elif before in _WORDS and kind not in _JOINED and child.type in _WORDS:
                    return False
                at, before = child.end_byte, child.type
            if not _BLANK.fullmatch(data, at, node.end_byte):
                return False
        return all(_BLANK.fullmatch(data, *gap) for gap in ((0, root.start_byte), (root.end_byte, len(data))))
