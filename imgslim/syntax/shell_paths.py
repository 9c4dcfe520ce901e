"""What a shell text names: words that may be files or folders, and files that it writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.regex import regex
from imgslim.syntax.shell import literal
from imgslim.syntax.shell_source import ShellSource, parser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

#: Redirections that open a file for writing (POSIX, "Redirection"; bash(1)).
_OUTPUTS = frozenset({">", ">>", ">|", "&>", "&>>"})
_WORDS = frozenset({"word", "raw_string", "string", "concatenation"})
_EXPANDED = regex(r"[*?\[{]")
_QUOTED = regex(r'\\([$`"\\])|\\\n')


def written(text: str) -> tuple[str, ...]:
    """The files that a text redirects output to, where their names are literal."""
    found: dict[str, None] = {}
    for node in _nodes(text):
        target = node.child_by_field_name("destination") if node.type == "file_redirect" else None
        if target is not None and any(child.type in _OUTPUTS for child in node.children):
            found |= dict.fromkeys(name for name in (literal(target),) if name)
    return tuple(found)


def named(text: str) -> tuple[str, ...]:
    """Each literal word of a text, wherever it stands; of ``conf/*.yml`` and ``"conf/$NAME"`` the folder.

    Words of loops, values of variables, and what is read by a redirection belong to no command's arguments.
    """
    found: dict[str, None] = {}
    for node in _nodes(text):
        if node.type in _WORDS:
            name = literal(node)
            found |= dict.fromkeys(word for word in (_folder(node) if name is None else name,) if word)
    return tuple(found)


def _nodes(text: str) -> Iterator[Node]:
    """Every node of a text in its order, but of the parts of a word only what the shell expands."""
    stack = [parser().parse(ShellSource.of(text).data).root_node]
    while stack:
        node = stack.pop()
        yield node
        stack += reversed([*_expanded(node)] if node.type in _WORDS else node.children)


def _expanded(word: Node) -> Iterator[Node]:
    """The parts of a word that are no text: they may hold words of their own."""
    for child in word.children:
        if child.type in _WORDS:
            yield from _expanded(child)
        elif child.is_named and child.type != "string_content":
            yield child


def _folder(node: Node) -> str:
    """The folder that a word names before the first thing that the shell expands in it; "" where there is none."""
    start = _start(node)
    return "" if start.startswith("~") else start.rpartition("/")[0]


def _start(node: Node) -> str:
    raw = (node.text or b"").decode("utf-8", "surrogateescape")
    if node.type == "word":
        return _EXPANDED.split(raw, maxsplit=1)[0]
    start = ""
    for child in node.children:
        if child.type == "string_content":
            start += _QUOTED.sub(r"\1", (child.text or b"").decode("utf-8", "surrogateescape"))
        elif child.type != '"':
            whole = literal(child)
            if whole is None:
                return start + (_start(child) if child.type in _WORDS else "")
            start += whole
    return start
