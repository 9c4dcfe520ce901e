"""Functions of shell text: what a call of one starts, looks for, and which commands stand where they may not run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.regex import regex
from imgslim.syntax.shell_nodes import ALL_ARGUMENTS, NO_WORDS, command_nodes, node_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node

#: Commands that look for programs by their names, and what makes them do so (POSIX, command; bash(1); which(1)).
_LOOKING = frozenset({"type", "hash", "which"})
_LOOKS = regex(r"-p?[vV]p?")
_POSITIONAL = regex(r'"?\$\{?[1-9]\}?"?')
#: Nodes whose parts run only where something asked for before turned out so (POSIX, "Compound Commands").
_BRANCHES = frozenset({"case_item", "if_statement"})


@dataclass(frozen=True, slots=True)
class Function:
    """A function that a script defines at its top."""

    name: str
    start: int
    #: True where it starts what it is called with.
    starts_arguments: bool
    #: How many words it takes away before it does; None where that depends on them.
    behind: int | None
    #: True where it asks whether there is a program of the name that it is called with.
    looks: bool

    def holds(self, node: Node) -> bool:
        """Tell whether a call means it: one that follows, or that another function makes later on."""
        return in_function(node) or node.start_byte > self.start

    def given(self, words: Sequence[str | None]) -> tuple[tuple[str, ...], str]:
        """What a call with these words, its own name first, starts or looks for; and why it may be something else.

        "" is a word that the shell computes.
        """
        called = [word or "" for word in words[1:]]
        if self.looks and called:
            return ("command", "-v", called[0]), ""
        started = tuple(called[self.behind or 0 :]) if self.starts_arguments else ()
        unclear = bool(started) and (not started[0] or self.behind is None)
        return started if started[:1] != ("",) else (), f"it gives {self.name} something to start" if unclear else ""


def in_function(node: Node) -> bool:
    """Tell whether a command belongs to a function, where ``$@`` is what that is called with (POSIX)."""
    return _holder(node) is not None


def _holder(node: Node) -> Node | None:
    at: Node | None = node
    while at is not None and at.type != "function_definition":
        at = at.parent
    return at


@dataclass(frozen=True, slots=True)
class Course:
    """Which commands of a script it can't do without."""

    #: The functions that are called in any case.
    called: frozenset[str]

    @classmethod
    def of(cls, root: Node) -> Course:
        """Follow a script's calls of its own functions, from its top on."""
        calls = [(_name(_holder(n)), _raw(n)[:1]) for n in command_nodes(root) if not _in_branch(n)]
        sure: set[str] = {""}
        while more := {name for by, first in calls for name in first if by in sure} - sure:
            sure |= more
        return cls(frozenset(sure))

    def needs(self, node: Node) -> bool:
        """Tell whether a command runs in any case, and its failing is not expected."""
        return _name(_holder(node)) in self.called and not _in_branch(node)


def _name(function: Node | None) -> str:
    name = function.child_by_field_name("name") if function is not None else None
    return node_text(name) if name is not None else ""


def _in_branch(node: Node) -> bool:
    """Tell whether the text or the function that a command belongs to may end well without it."""
    at = node
    while (above := at.parent) is not None and above.type != "function_definition":
        if above.type in _BRANCHES or (above.type == "while_statement" and at.type == "do_group"):
            return True
        if above.type == "list" and (at != above.children[0] or above.children[1].type == "||"):
            return True
        at = above
    return False


def functions(root: Node) -> dict[str, Function]:
    """The functions of a script by name; one that depends on a condition may not be there (POSIX, "Command Search")."""
    found: dict[str, Function] = {}
    for child in root.children:
        name = child.child_by_field_name("name") if child.type == "function_definition" else None
        if name is not None:
            starts, behind = _starts(child)
            one = Function(node_text(name), child.start_byte, starts, behind, _looks_for_argument(child))
            found.setdefault(one.name, one)
    return found


def starts_arguments(root: Node) -> bool:
    """Tell whether a text starts what its own arguments name."""
    return _starts(root)[0]


def _starts(root: Node) -> tuple[bool, int | None]:
    """Tell whether a text starts its own arguments, and how many it takes away before (POSIX, shift)."""
    gone: int | None = 0
    own = root if root.type == "function_definition" else None
    for node in (one for one in command_nodes(root) if _holder(one) == own):
        words = _raw(node)
        if words and words[words[0] == "exec" and len(words) > 1] in ALL_ARGUMENTS:
            return True, gone
        if words[:1] == ["shift"]:
            count = words[1] if len(words) > 1 else "1"
            gone = gone + int(count) if gone is not None and count.isdecimal() and not _in_branch(node) else None
    return False, 0


def looks_for(words: list[str]) -> bool:
    """Tell whether a command asks which programs there are, and starts none."""
    return words[:1] != [] and (
        words[0] in _LOOKING or (words[0] == "command" and len(words) > 1 and _LOOKS.fullmatch(words[1]) is not None)
    )


def is_positional(node: Node) -> bool:
    """Tell whether a word is one of the arguments, or all of them."""
    return _is_argument(node_text(node))


def _is_argument(word: str) -> bool:
    return word in ALL_ARGUMENTS or _POSITIONAL.fullmatch(word) is not None


def _looks_for_argument(root: Node) -> bool:
    return any(looks_for(words) and any(map(_is_argument, words[1:])) for words in map(_raw, command_nodes(root)))


def _raw(node: Node) -> list[str]:
    return [node_text(child) for child in node.children if child.type not in NO_WORDS]
