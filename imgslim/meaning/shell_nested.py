"""Commands that hand a text to another shell: ``sh -c``, ``bash -ec``, ``su user -c``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.regex import regex
from imgslim.values import Unknown

if TYPE_CHECKING:
    from imgslim.meaning.shell_state import ShellState
    from imgslim.meaning.trace import Command, Word
    from imgslim.values import Value

#: Shells whose language is read.
SHELLS = frozenset({"sh", "bash", "dash", "ash"})
#: What a double-quoted word may hold beside plain text: a quoted character, or a variable with a plain default.
_EXPANSION = regex(r"\\.|\$(?:(?P<name>[A-Za-z_]\w*)|\{(?P<braced>[A-Za-z_]\w*)(?::?[-+][\w.:/@,+-]*)?\})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Script:
    """The text that a shell is started with."""

    text: str
    user: Value | None = None
    login: bool = False
    errexit: bool = False


def nested_script(command: Command, state: ShellState) -> Script | None:
    """The script of ``sh -c text`` or ``su user -c text`` where it is settled, but for values of the environment."""
    name = command.name
    if name in SHELLS:
        argv = command.argv
        for at, word in enumerate(argv[1:], 1):
            if not isinstance(word, str) or not word.startswith(("-", "+")):
                return None
            if re.fullmatch(r"-[a-zA-Z]*c", word) and at + 1 < len(argv):
                text = argv[at + 1]
                text = _but_for_values(command, command.words[at + 1], state) if isinstance(text, Unknown) else text
                options = "".join(w for w in argv[1 : at + 1] if isinstance(w, str) and not w.startswith("--"))
                return Script(text, None, "l" in options, "e" in options) if isinstance(text, str) else None
        return None
    if name == "su":
        return _su(command.argv[1:])
    return None


def _but_for_values(command: Command, word: Word, state: ShellState) -> Value:
    """The text of a double-quoted word with its variables left for the inner shell, which inherits the same values.

    The outer shell puts their values in and the inner one reads the result: the same, unless a value holds more than
    words. A variable that only the outer shell has, or that the command sets, means something else inside.
    """
    raw, given = word.raw, {name for name, _ in command.assignments}
    quoted = len(raw) > 1 and raw[0] == raw[-1] == '"'
    if not quoted or "'" in raw or any(mark in _EXPANSION.sub("", raw[1:-1]) for mark in '$`"'):
        return word.value
    names = {match["name"] or match["braced"] for match in _EXPANSION.finditer(raw)} - {None}
    if any(name in given or (name in state.changed and not state.is_exported(name)) for name in names):
        return word.value
    return re.sub(r'\\([$`"\\])|\\\n', r"\1", raw[1:-1])


def _su(words: tuple[Value, ...]) -> Script | None:
    """``su [-|-l] [-s shell] [user] -c text``, in any order (su(1))."""
    text: Value | None = None
    user: Value = "root"
    login = False
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if isinstance(word, Unknown):
            return None
        if word in ("-c", "--command") and rest:
            text = rest.pop(0)
        elif word in ("-s", "--shell", "-g", "-G") and rest:
            rest.pop(0)
        elif word in ("-", "-l", "--login"):
            login = True
        elif not word.startswith("-"):
            user = word
    return Script(text, user, login) if isinstance(text, str) else None
