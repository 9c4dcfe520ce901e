"""Shell text by tree-sitter's bash grammar: single literal commands and the commands of a script."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node, Parser

#: Builtins without a program of the same name that does the same (POSIX, 2.14 and 1.6).
_BUILTINS = frozenset(
    [
        ".",
        ":",
        "alias",
        "bg",
        "break",
        "cd",
        "command",
        "continue",
        "eval",
        "exec",
        "exit",
        "export",
        "fc",
        "fg",
        "getopts",
        "hash",
        "jobs",
        "let",
        "local",
        "read",
        "readonly",
        "return",
        "set",
        "shift",
        "source",
        "times",
        "trap",
        "type",
        "ulimit",
        "umask",
        "unalias",
        "unset",
        "wait",
    ]
)
#: Node types that leave a word as it is written.
_PLAIN = frozenset({"word", "number", "raw_string", "string", "concatenation", "command_name", "string_content", '"'})


@dataclass(frozen=True, slots=True)
class SimpleCommand:
    """One simple command of literal words; a leading ``exec`` is dropped."""

    argv: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShellNeeded:
    """Why the text means more than its words."""

    why: str


@cache
def parser() -> Parser:
    """The one parser; its import is what costs."""
    import tree_sitter_bash  # noqa: PLC0415
    from tree_sitter import Language, Parser  # noqa: PLC0415

    return Parser(Language(tree_sitter_bash.language()))


def simple_command(text: str) -> SimpleCommand | ShellNeeded:
    """Tell whether a shell text is one command of literal words, so that exec form means the same."""
    root = parser().parse(text.encode("utf-8", "surrogateescape")).root_node
    nodes = [n for n in root.children if n.type not in ("\n",)]
    if root.has_error:
        return ShellNeeded("shell text that was not understood")
    if len(nodes) != 1 or nodes[0].type != "command":
        return ShellNeeded("several commands, operators or redirections")
    words: list[str] = []
    for child in nodes[0].children:
        if child.type == "variable_assignment":
            return ShellNeeded("an assignment before the command")
        word = literal(child)
        if word is None:
            return ShellNeeded(
                f"the expansion {child.text.decode('utf-8', 'replace')}" if child.text else "an expansion"
            )
        words.append(word)
    if words[:1] == ["exec"] and len(words) > 1 and not words[1].startswith("-"):
        words = words[1:]
    if not words or words[0] in _BUILTINS:
        return ShellNeeded(f"the builtin {words[0]}" if words else "no command")
    return SimpleCommand(tuple(words))


def literal(node: Node) -> str | None:
    """A word after quote removal; None where the shell would expand something in it."""
    raw = (node.text or b"").decode("utf-8", "surrogateescape")
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
            return _in_quotes(raw[1:-1])
        case "concatenation":
            parts = [literal(child) for child in node.children]
            return None if None in parts else "".join(p for p in parts if p is not None)
        case _:
            return None


def _unescaped(raw: str) -> str | None:
    """A bare word: globs, braces and a leading tilde expand, a backslash quotes."""
    out, at = "", 0
    while at < len(raw):
        char = raw[at]
        if char == "\\":
            out += raw[at + 1 : at + 2] if raw[at + 1 : at + 2] != "\n" else ""
            at += 2
            continue
        if char in "*?[{" or (char == "~" and at == 0):
            return None
        out += char
        at += 1
    return out


def _in_quotes(raw: str) -> str:
    out, at = "", 0
    while at < len(raw):
        if raw[at] == "\\" and raw[at + 1 : at + 2] in ("$", "`", '"', "\\", "\n"):
            out += raw[at + 1] if raw[at + 1] != "\n" else ""
            at += 2
        else:
            out += raw[at]
            at += 1
    return out


def script_commands(text: str) -> tuple[tuple[tuple[str, ...], ...], str]:
    """The literal argument vectors of every command in a script, and why there may be more ("" where not)."""
    root = parser().parse(text.encode("utf-8", "surrogateescape")).root_node
    open_end = "a part was not understood" if root.has_error else ""
    found: list[tuple[str, ...]] = []
    for node in _commands(root):
        words = [literal(c) for c in node.children if c.type not in ("variable_assignment", "file_redirect")]
        if not words or words[0] is None:
            name = node.child_by_field_name("name")
            shown = (name.text or b"").decode("utf-8", "replace") if name is not None else ""
            if shown not in ('"$@"', "$@", "${@}"):
                open_end = open_end or f"it starts {shown}"
            continue
        if words[0] == "exec" and len(words) > 1 and words[1] is None:
            if (node.text or b"").decode("utf-8", "replace") not in ('exec "$@"', "exec $@"):
                open_end = open_end or "it starts a computed program"
            continue
        found.append(tuple(w or "" for w in words))
    return tuple(found), open_end


def _commands(node: Node) -> Iterator[Node]:
    stack = [node]
    while stack:
        at = stack.pop()
        if at.type == "command":
            yield at
        stack += reversed(at.children)
