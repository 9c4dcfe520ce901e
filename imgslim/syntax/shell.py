"""Shell text: the bash grammar, single literal commands, and what a script may start."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.regex import regex
from imgslim.syntax.shell_source import ShellSource, parser
from imgslim.syntax.simple_command import ShellNeeded, SimpleCommand, simple_command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

__all__ = [
    "ShellNeeded",
    "SimpleCommand",
    "background",
    "command_nodes",
    "literal",
    "script_commands",
    "simple_command",
]

#: The script's own arguments: ``docker run``'s, which start nothing that the script names.
_ALL_ARGUMENTS = frozenset({'"$@"', "$@", "${@}", '"${@}"', "$*", '"$*"'})
_PATTERN = regex(r"[*?\[{]")
_QUOTED = regex(r"\\.", re.DOTALL)
_ESCAPED = regex(r"\\(?:\n|(.))", re.DOTALL)
#: Children of a command that are no words of it.
_NO_WORDS = frozenset({"variable_assignment", "file_redirect", "heredoc_redirect", "herestring_redirect"})


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


def script_commands(text: str, arguments: tuple[str, ...] | None = None) -> tuple[tuple[tuple[str, ...], ...], str]:
    """The commands of a whole script.

    Args:
        text: the script.
        arguments: what it is started with, so that ``exec "$@"`` starts the first of them; None: that is left out.

    Returns:
        The argument vector of each command whose name is literal, "" for arguments that the shell computes; and why
        the script may start something else too, "" where it does not.
    """
    source = ShellSource.of(text)
    root = parser().parse(source.data).root_node
    open_end = "" if source.understood(root) else "a part was not understood"
    found: list[tuple[str, ...]] = []
    functions = _functions(root)
    for node in command_nodes(root):
        parts = [child for child in node.children if child.type not in _NO_WORDS]
        words = [word for part in parts for word in _words(part, None if _in_function(node) else arguments)]
        program = _program(words)
        if (function := functions.get(words[0] or "") if words else None) is not None and function.holds(node):
            # What its body starts is listed by itself; where that is its own arguments, they are these words.
            if function.starts_arguments and words[1:]:
                open_end = open_end or ("" if words[1] else f"it gives {words[0]} something to start")
                found += [tuple(word or "" for word in words[1:])] if words[1] else []
            continue
        if words[:1] == ["shift"] and arguments:
            arguments, open_end = None, open_end or "it shifts its arguments"
        elif len(words) > program and words[program] is not None:
            if not (words[program] or "").startswith("-"):  # options alone are for what another branch puts in front
                # A trap of nothing ignores the signal: it starts as little as the one that is taken back.
                words = [words[0], "-", *words[2:]] if words[0] == "trap" and words[1:2] == [""] else words
                found.append(tuple(word or "" for word in words))
            own = parts[2:] and node_text(parts[2]) in _ALL_ARGUMENTS
            if arguments is not None and words[:2] == ["set", "--"] and words[2:3] != [None] and not own:
                found.append(tuple(word or "" for word in words[2:]))
        elif words and node_text(parts[program]) not in _ALL_ARGUMENTS:
            open_end = open_end or f"it starts {source.raw(parts[program])}"
    return tuple(argv for argv in found if argv), open_end


def _program(words: list[str | None]) -> int:
    """The index of the word that names the program: behind exec, and the options that it has (bash(1))."""
    at = 1 if words[:1] == ["exec"] and len(words) > 1 else 0
    while at and at + 1 < len(words) and words[at] in ("-a", "-c", "-l", "-cl", "-lc"):
        at += 2 if words[at] == "-a" else 1
    return at


@dataclass(frozen=True, slots=True)
class _Function:
    """A function that a script defines at its top."""

    start: int
    #: True where it starts what it is called with.
    starts_arguments: bool

    def holds(self, node: Node) -> bool:
        """Tell whether a call means it: one that follows, or that another function makes later on."""
        return _in_function(node) or node.start_byte > self.start


def _in_function(node: Node) -> bool:
    """Tell whether a command belongs to a function, where ``$@`` is what that is called with (POSIX)."""
    at: Node | None = node
    while at is not None and at.type != "function_definition":
        at = at.parent
    return at is not None


def _functions(root: Node) -> dict[str, _Function]:
    """The functions of a script by name; one that depends on a condition may not be there (POSIX, "Command Search")."""
    found: dict[str, _Function] = {}
    for child in root.children:
        name = child.child_by_field_name("name") if child.type == "function_definition" else None
        if name is not None:
            found.setdefault(node_text(name), _Function(child.start_byte, _starts_arguments(child)))
    return found


def _words(part: Node, arguments: tuple[str, ...] | None) -> tuple[str | None, ...]:
    return arguments if arguments is not None and node_text(part) in _ALL_ARGUMENTS else (literal(part),)


def starts_arguments(text: str) -> bool:
    """Tell whether a script starts what its own arguments name: ``exec "$@"``."""
    return _starts_arguments(parser().parse(ShellSource.of(text).data).root_node)


def _starts_arguments(root: Node) -> bool:
    for node in command_nodes(root):
        words = [node_text(child) for child in node.children if child.type not in _NO_WORDS]
        if words and words[words[0] == "exec" and len(words) > 1] in _ALL_ARGUMENTS:
            return True
    return False


def background(text: str) -> tuple[tuple[str, ...], ...]:
    """The words of each command that a shell starts without waiting for it (``&``), "" for what it computes."""
    root = parser().parse(ShellSource.of(text).data).root_node
    found: list[tuple[str, ...]] = []
    stack = [root]
    while stack:
        node = stack.pop()
        following = node.next_sibling
        if following is not None and following.type == "&":
            for one in command_nodes(node):
                words = [literal(child) for child in one.children if child.type not in _NO_WORDS]
                found.append(tuple(word or "" for word in words))
        else:
            stack += node.children
    return tuple(found)


def command_nodes(node: Node) -> Iterator[Node]:
    """Every simple command below ``node``, in the order of the text."""
    stack = [node]
    while stack:
        at = stack.pop()
        if at.type == "command":
            yield at
        stack += reversed(at.children)
