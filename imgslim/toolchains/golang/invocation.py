"""A ``go`` command line: verb, flags and arguments (``go help build``)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.records import dataclass, field
from imgslim.regex import regex
from imgslim.values import Unknown

if TYPE_CHECKING:
    from imgslim.meaning.trace import Command, Word
    from imgslim.values import Value

_GO = regex(r"go(?:1\.\d+(?:\.\d+)?)?")
_VALUES_TEXT = """
C p covermode coverpkg asmflags buildmode compiler gccgoflags gcflags installsuffix ldflags mod modfile overlay
pgo pkgdir tags toolexec exec o vettool run count timeout bench
"""
#: Flags of the build commands that take a value.
_VALUES = frozenset(_VALUES_TEXT.split())


@dataclass(frozen=True, slots=True)
class Invocation:
    """A ``go`` command, taken apart."""

    #: ``build``, ``install``, ``get``, ``run``, ``mod`` …; "" where there is none.
    verb: str
    #: Flag name without dashes to its value; "true" for a bare boolean.
    flags: dict[str, Value] = field(default_factory=dict)
    arguments: tuple[Word, ...] = ()
    #: Why the line can't be followed; "" where it can.
    unsettled: str = ""

    def flag(self, name: str) -> str | None:
        """The value of a flag that is given and settled."""
        value = self.flags.get(name)
        return value if isinstance(value, str) else None


def is_go(name: str | None) -> bool:
    """Tell whether a command of this name is the go command."""
    return name is not None and name.startswith("go") and _GO.fullmatch(name) is not None


def read_invocation(command: Command, extra: tuple[Value, ...] = ()) -> Invocation | None:
    """Take a go command apart; None where the command is another one.

    Args:
        command: the command, wrappers taken off.
        extra: flags of GOFLAGS, which stand before those of the line.
    """
    words = command.words
    if not is_go(command.name):
        return None
    if len(words) == 1:
        return Invocation("")
    verb = words[1].value
    flags: dict[str, Value] = {}
    for value in extra:
        if isinstance(value, str):
            name, _, setting = value.lstrip("-").partition("=")
            flags[name] = setting or "true"
    if not isinstance(verb, str):
        return Invocation("", unsettled="its verb is not settled")
    rest, why = _flags(words[2:], flags)
    if not why and any(isinstance(v, Unknown) for v in extra):
        why = "GOFLAGS is not settled"
    return Invocation(verb, flags, rest, why)


def _flags(words: tuple[Word, ...], flags: dict[str, Value]) -> tuple[tuple[Word, ...], str]:
    """Read flags into ``flags``; the words after them, and why they can't be followed."""
    at = 0
    while at < len(words):
        value = words[at].value
        if isinstance(value, Unknown):
            named = re.match(r"""["']?--?([a-z]+)=""", words[at].raw)
            if named is None:
                return words[at:], "" if _stands_for_path(words[at]) else f"{words[at].raw} is not settled"
            flags[named[1]] = value
        elif value == "--":
            return words[at + 1 :], ""
        elif not value.startswith("-") or value == "-":
            return words[at:], ""
        else:
            name, equals, setting = value.lstrip("-").partition("=")
            if equals:
                flags[name] = setting
            elif name in _VALUES and at + 1 < len(words):
                at += 1
                flags[name] = words[at].value
            else:
                flags[name] = "true"
        at += 1
    return (), ""


def _stands_for_path(word: Word) -> bool:
    """Tell whether an open word is a glob or begins as a path does: it can't be a flag then."""
    return word.raw.startswith(("./", "/", "*")) or (word.raw[:1].isalpha() and "*" in word.raw)
