"""The commands of a shell text, each with its words as written and as the shell reads them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.regex import regex
from imgslim.syntax.shell import command_nodes, literal
from imgslim.syntax.shell_source import ShellSource, parser

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tree_sitter import Node

_WORDS = frozenset(
    {"command_name", "word", "number", "raw_string", "string", "concatenation", "simple_expansion", "expansion"}
)
_VARIABLE = regex(r"\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})$")
_EXPANSIONS = frozenset({"simple_expansion", "expansion"})
#: Commands that set or forget the variables that they name; ``unset`` and ``export`` are nodes of the grammar.
_SETTERS = frozenset({"read", "mapfile", "readarray", "getopts"})
#: Commands that may set any, and what stands for all of them.
_SCRIPTS, _ALL = frozenset({"eval", "source", "."}), "*"
#: A value that no shell splits or expands.
_PLAIN = regex(r"[\w./:@%+,-]+$", re.ASCII)
#: A line of words that mean themselves: no sign of the shell, and a first word that is none of its own.
_PLAIN_LINE = regex(r"[ \t]*(?:(?:docker|podman|buildah|nerdctl)(?:[ \t]+[\w./:@%+,=-]+)*[ \t]*)?", re.ASCII)


def commands(text: str, known: Mapping[str, str]) -> Iterable[tuple[int, Sequence[str], Sequence[str | None]]]:
    """``(row, raws, values)`` of every simple command in the order of the text; None where a word is not literal.

    It is started with the variables ``known``. Most steps of CI are one plain line, for which no grammar is asked.
    """
    lines = text.split("\n")
    if all(map(_PLAIN_LINE.fullmatch, lines)):
        return [(row, words, words) for row, line in enumerate(lines) if (words := line.split())]
    return Commands(text, known)


class Commands:
    """The same by the grammar."""

    def __init__(self, text: str, known: Mapping[str, str]) -> None:
        """Read ``text``, which is started with the variables ``known``."""
        self._source = ShellSource.of(text)
        self._root = parser().parse(self._source.data).root_node
        plain = {name: value for name, value in known.items() if _PLAIN.match(value)}
        # What the text may set itself has another value from then on.
        changed = frozenset(_changed(self._root)) if plain else frozenset[str]()
        self._known = {name: value for name, value in plain.items() if not changed & {name, _ALL}}

    def __iter__(self) -> Iterator[tuple[int, list[str], list[str | None]]]:
        """Every simple command in the order of the text."""
        for node in command_nodes(self._root):
            words = [child for child in node.children if child.type in _WORDS]
            raws = [self._source.raw(word) for word in words]
            values = [raw if _PLAIN.match(raw) else self._value(word) for raw, word in zip(raws, words, strict=True)]
            yield node.start_point[0], raws, values

    def _value(self, node: Node) -> str | None:
        if not self._known:
            return literal(node)
        match node.type:
            case "simple_expansion" | "expansion":
                name = _VARIABLE.match(_text(node))
                return self._known.get(name[1] or name[2]) if name is not None else None
            case "command_name" | "concatenation":
                parts = [self._value(child) for child in node.children]
            case "string":
                parts = [self._part(child) for child in node.children if child.type != '"']
                # Blanks at the ends of a string are in no child.
                covered = sum(len(child.text or b"") for child in node.children)
                if covered != len(node.text or b""):
                    return literal(node)
            case _:
                return literal(node)
        return None if None in parts else "".join(part for part in parts if part is not None)

    def _part(self, node: Node) -> str | None:
        if node.type != "string_content":
            return self._value(node)
        text = _text(node)
        return re.sub(r'\\([$`"\\])|\\\n', r"\1", text)


def _changed(root: Node) -> Iterator[str]:
    """The variables that a text sets, reads or forgets; :data:`_ALL` for what nobody can tell."""
    stack = [root]
    while stack:
        node = stack.pop()
        stack += node.children
        if node.type == "variable_name" and (node.parent is None or node.parent.type not in _EXPANSIONS):
            yield _text(node)
        elif node.type == "command":
            name = _text(node.children[0])
            if name in _SETTERS:
                yield from (_text(child) for child in node.children[1:])
            elif name in _SCRIPTS:
                yield _ALL


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "surrogateescape")
