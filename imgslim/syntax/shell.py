"""Shell text: the bash grammar, single literal commands, and what a script may start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass, field
from imgslim.syntax.shell_functions import (
    Course,
    functions,
    in_function,
    is_positional,
    looks_for,
    starts_arguments,
)
from imgslim.syntax.shell_nodes import ALL_ARGUMENTS, NO_WORDS, command_nodes, literal, node_text
from imgslim.syntax.shell_source import ShellSource, parser
from imgslim.syntax.simple_command import ShellNeeded, SimpleCommand, simple_command

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tree_sitter import Node

    from imgslim.syntax.shell_functions import Function

__all__ = [
    "ShellNeeded",
    "SimpleCommand",
    "background",
    "command_nodes",
    "literal",
    "node_text",
    "script_commands",
    "script_starts",
    "simple_command",
]


@dataclass(frozen=True, slots=True)
class Starts:
    """What a script may start."""

    #: The argument vector of each command whose name is literal, "" for arguments that the shell computes.
    commands: tuple[tuple[str, ...], ...] = ()
    #: Why it may start something else too, "" where it does not.
    open_end: str = ""
    #: Those of the commands without any of which it may end as well.
    perhaps: frozenset[tuple[str, ...]] = frozenset()
    #: True where it starts what its own arguments name: ``exec "$@"``.
    starts_arguments: bool = False
    #: What it defines at its top, by name.
    functions: Mapping[str, Function] = field(default_factory=dict)


def script_commands(text: str, arguments: tuple[str, ...] | None = None) -> tuple[tuple[tuple[str, ...], ...], str]:
    """The commands of a whole script, and why it may start something else too: see :func:`script_starts`."""
    starts = script_starts(text, arguments)
    return starts.commands, starts.open_end


def script_starts(text: str, arguments: tuple[str, ...] | None = None) -> Starts:
    """Follow what a whole script starts.

    Args:
        text: the script.
        arguments: what it is started with, so that ``exec "$@"`` starts the first of them; None: that is left out.
    """
    source = ShellSource.of(text)
    root = parser().parse(source.data).root_node
    open_end = "" if source.understood(root) else "a part was not understood"
    found: list[tuple[str, ...]] = []
    surely: set[tuple[str, ...]] = set()
    known = functions(root)
    course = Course.of(root)
    for node in command_nodes(root):
        parts = [child for child in node.children if child.type not in NO_WORDS]
        words = [word for part in parts for word in _words(part, None if in_function(node) else arguments)]
        program = _program(words)
        before = len(found)
        if (function := known.get(words[0] or "") if words else None) is not None and function.holds(node):
            # What its body starts is listed by itself; where that is its own arguments, they are these words.
            started, unclear = function.given(words)
            found.append(started)
            open_end = open_end or unclear
        elif words[:1] == ["shift"] and arguments and not in_function(node):
            arguments, open_end = None, open_end or "it shifts its arguments"
        elif looks_for([word or "" for word in words]):
            # What docker run is given nobody names; what a function is called with stands where that is.
            found.append(tuple(w or "" for w, p in zip(words, parts, strict=False) if w or not is_positional(p)))
        elif len(words) > program and words[program] is not None:
            if not (words[program] or "").startswith("-"):  # options alone are for what another branch puts in front
                # A trap of nothing ignores the signal: it starts as little as the one that is taken back.
                words = [words[0], "-", *words[2:]] if words[0] == "trap" and words[1:2] == [""] else words
                found.append(tuple(word or "" for word in words))
            own = parts[2:] and node_text(parts[2]) in ALL_ARGUMENTS
            if arguments is not None and words[:2] == ["set", "--"] and words[2:3] != [None] and not own:
                found.append(tuple(word or "" for word in words[2:]))
        elif words and node_text(parts[program]) not in ALL_ARGUMENTS:
            open_end = open_end or f"it starts {source.raw(parts[program])}"
        if len(found) > before and course.needs(node):
            surely |= {*found[before:]}
    commands = tuple(argv for argv in found if argv)
    return Starts(commands, open_end, frozenset(commands) - surely, starts_arguments(root), known)


def _program(words: list[str | None]) -> int:
    """The index of the word that names the program: behind exec, and the options that it has (bash(1))."""
    at = 1 if words[:1] == ["exec"] and len(words) > 1 else 0
    while at and at + 1 < len(words) and words[at] in ("-a", "-c", "-l", "-cl", "-lc"):
        at += 2 if words[at] == "-a" else 1
    return at


def _words(part: Node, arguments: tuple[str, ...] | None) -> tuple[str | None, ...]:
    return arguments if arguments is not None and node_text(part) in ALL_ARGUMENTS else (literal(part),)


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
                words = [literal(child) for child in one.children if child.type not in NO_WORDS]
                found.append(tuple(word or "" for word in words))
        else:
            stack += node.children
    return tuple(found)
