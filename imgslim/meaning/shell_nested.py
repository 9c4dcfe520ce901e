"""Commands that hand a text to another shell: ``sh -c``, ``bash -ec``, ``su user -c``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.values import Unknown

if TYPE_CHECKING:
    from imgslim.meaning.trace import Command
    from imgslim.values import Value

#: Shells whose language is read.
SHELLS = frozenset({"sh", "bash", "dash", "ash"})


@dataclass(frozen=True, slots=True)
class Script:
    """The text that a shell is started with."""

    text: str
    user: Value | None = None
    login: bool = False
    errexit: bool = False


def nested_script(command: Command) -> Script | None:
    """The script of ``sh -c text`` or ``su user -c text`` where it is settled."""
    name = command.name
    if name in SHELLS:
        argv = command.argv
        for at, word in enumerate(argv[1:], 1):
            if not isinstance(word, str) or not word.startswith(("-", "+")):
                return None
            if re.fullmatch(r"-[a-zA-Z]*c", word) and at + 1 < len(argv):
                text = argv[at + 1]
                options = "".join(w for w in argv[1 : at + 1] if isinstance(w, str) and not w.startswith("--"))
                return Script(text, None, "l" in options, "e" in options) if isinstance(text, str) else None
        return None
    if name == "su":
        return _su(command.argv[1:])
    return None


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
