"""Whether a program can see the words that it is started with: by how ``main`` is written, and what else shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imgslim.toolchains.c.callsites import Token

#: Other ways to the arguments: glibc's own variables, and functions that run before ``main`` and get them as well
#: (gcc manual, "Common Function Attributes", constructor; glibc calls them with argc and argv).
_OTHERS = frozenset({"__libc_argv", "_dl_argv", "__argv", "__argc", "constructor", "init_array", "preinit_array"})
#: ``/proc/self/cmdline`` (proc(5)).
_CMDLINE = "cmdline"


def takes_none(tokens: Sequence[Token]) -> bool | None:
    """Tell whether the source defines a ``main`` without parameters, and reads arguments in no other way.

    None: it defines no ``main``, and reads none either.
    """
    found: bool | None = None
    for at, token in enumerate(tokens):
        if token.text in _OTHERS or (token.kind == "string" and _CMDLINE in token.text):
            return False
        if token.kind == "word" and token.text == "main" and at + 1 < len(tokens) and tokens[at + 1].text == "(":
            inside = [t.text for t in tokens[at + 2 : at + 4]]
            if inside[:1] != [")"] and inside != ["void", ")"]:
                return False
            found = True
    return found
