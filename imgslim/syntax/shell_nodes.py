"""Nodes of shell text: commands, and words after quote removal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

#: Children of a command that are no words of it.
NO_WORDS = frozenset({"variable_assignment", "file_redirect", "heredoc_redirect", "herestring_redirect"})
#: The script's own arguments: ``docker run``'s, which start nothing that the script names.
ALL_ARGUMENTS = frozenset({'"$@"', "$@", "${@}", '"${@}"', "$*", '"$*"'})
_PATTERN = regex(r"[*?\[{]")
_QUOTED = regex(r"\\.", re.DOTALL)
_ESCAPED = regex(r"\\(?:\n|(.))", re.DOTALL)


def literal(node: Node) -> str | None:
    """A word after quote removal; None where the shell would expand something in it."""
    raw = node_text(node)
    match node.type:
        case "command_name":
            return literal(node.children[0]) if node.children else None
        case "word" | "number":
            return _unescaped(raw)
        case "raw_string":
            return raw[1:-1]
        case "string":
            if any(child.type not in ("string_content", '"') for child in node.children):
                return None
            return re.sub(r'\\([$`"\\])|\\\n', r"\1", raw[1:-1])
        case "concatenation":
            parts = [literal(child) for child in node.children]
            return None if None in parts else "".join(part for part in parts if part is not None)
        case _:
            return None


def node_text(node: Node) -> str:
    """What a node is written as."""
    return (node.text or b"").decode("utf-8", "surrogateescape")


def _unescaped(raw: str) -> str | None:
    """A bare word: patterns, braces and a leading tilde expand, a backslash quotes."""
    if raw.startswith("~") or _PATTERN.search(_QUOTED.sub("", raw)):
        return None
    return _ESCAPED.sub(r"\1", raw)


def command_nodes(node: Node) -> Iterator[Node]:
    """Every simple command below ``node``, in the order of the text."""
    stack = [node]
    while stack:
        at = stack.pop()
        if at.type == "command":
            yield at
        stack += reversed(at.children)
