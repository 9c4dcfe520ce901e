"""Expansion of variables, quotes and escapes in an instruction's words (BuildKit, ``shell.Lex``).

It resembles the shell's, but is not the same: quotes go everywhere, ``$1`` and ``$@`` are empty, nothing is split or
matched against files, and a fixed set of ``${…}`` operators exists.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.syntax.blanks import replaced
from imgslim.syntax.word_lexer import ExpansionError, Lexer, TooDeepError
from imgslim.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from imgslim.values import Value

_SPECIAL = {"\\": re.compile(r"[$'\"\\]"), "`": re.compile(r"[$'\"`]")}


def may_change(text: str, escape: str) -> bool:
    """Tell whether ``text`` holds a character with a meaning for expansion; without one it stands for itself."""
    return _SPECIAL[escape].search(text) is not None


def expand(text: str, lookup: Callable[[str], Value | None], escape: str = "\\") -> Value:
    """``text`` with variables replaced, quotes removed and escapes resolved.

    Args:
        text: one word, or the whole argument of an instruction that takes one.
        lookup: a variable's value; None where it is unset.
        escape: the file's escape character.

    Returns:
        The text, or Unknown where a variable that it rests on is, or where BuildKit would refuse it.
    """
    if _SPECIAL[escape].search(text) is None:  # as may_change, without the call: most words are plain
        return text if text.isascii() else replaced(text)
    try:
        return Lexer(text, lookup, escape).word()
    except ExpansionError as error:
        return Unknown(f"{text} can't be expanded: {error}")


def expansion_problem(text: str, escape: str = "\\") -> str | None:
    """Why BuildKit refuses to expand ``text`` whatever the variables hold, or None."""
    if not may_change(text, escape):
        return None
    try:
        Lexer(text, _open, escape).word()
    except TooDeepError:
        return None
    except ExpansionError as error:
        return str(error)
    return None


def _open(name: str) -> Unknown:
    return Unknown(name)
