"""CMake's ``if()`` conditions, three-valued (cmake-commands(7), "if")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.regex import regex
from imgslim.toolchains.c.driver import HOLE

if TYPE_CHECKING:
    from collections.abc import Callable

_FALSE = regex(r"(?:|0|OFF|NO|FALSE|N|IGNORE|NOTFOUND|.*-NOTFOUND)\Z", re.IGNORECASE | re.DOTALL)
_TRUE = regex(r"(?:1|ON|YES|TRUE|Y|[1-9]\d*)\Z", re.IGNORECASE)
_BINARY = frozenset({"STREQUAL", "MATCHES", "EQUAL", "LESS", "GREATER", "IN_LIST", "STRLESS", "STRGREATER"}) | {
    "VERSION_LESS", "VERSION_GREATER", "VERSION_EQUAL", "VERSION_GREATER_EQUAL", "VERSION_LESS_EQUAL",
    "LESS_EQUAL", "GREATER_EQUAL", "IS_NEWER_THAN", "PATH_EQUAL",
}  # fmt: skip
_UNARY = frozenset(
    {"EXISTS", "COMMAND", "POLICY", "TARGET", "TEST", "IS_DIRECTORY", "IS_ABSOLUTE", "DEFINED", "IS_SYMLINK"}
)


class Condition:
    """One condition, evaluated over its words."""

    def __init__(
        self,
        words: list[tuple[str, bool]],
        variable: Callable[[str], str | None],
        unary: Callable[[str, str], bool | None],
    ) -> None:
        """Take the expanded words (text, quoted); ``unary`` answers EXISTS, TARGET and their like."""
        self._words = words
        self._at = 0
        self._variable = variable
        self._unary = unary

    def value(self) -> bool | None:
        """True, False, or None where it is not settled."""
        return self._or()

    def _peek(self) -> str:
        return self._words[self._at][0] if self._at < len(self._words) and not self._words[self._at][1] else ""

    def _or(self) -> bool | None:
        left = self._and()
        while self._peek() == "OR":
            self._at += 1
            right = self._and()
            left = True if True in {left, right} else None if None in {left, right} else False
        return left

    def _and(self) -> bool | None:
        left = self._not()
        while self._peek() == "AND":
            self._at += 1
            right = self._not()
            left = False if False in {left, right} else None if None in {left, right} else True
        return left

    def _not(self) -> bool | None:
        if self._peek() == "NOT":
            self._at += 1
            value = self._not()
            return None if value is None else not value
        return self._primary()

    def _primary(self) -> bool | None:
        if self._at >= len(self._words):
            return None
        text, quoted = self._words[self._at]
        self._at += 1
        if text == "(" and not quoted:
            value = self._or()
            self._at += self._peek() == ")"
            return value
        if text in _UNARY and not quoted and self._at < len(self._words):
            operand = self._words[self._at][0]
            self._at += 1
            return self._unary(text, operand)
        if self._peek() in _BINARY:
            operator = self._peek()
            right, right_quoted = self._words[self._at + 1] if self._at + 1 < len(self._words) else ("", True)
            self._at += 2
            return _compare(self._operand(text, quoted), operator, self._operand(right, right_quoted), right)
        return self._truth(text, quoted)

    def _operand(self, text: str, quoted: bool) -> str:  # noqa: FBT001
        found = None if quoted else self._variable(text)
        return text if found is None else found

    def _truth(self, text: str, quoted: bool) -> bool | None:  # noqa: FBT001
        if HOLE in text:
            return None
        if _TRUE.match(text):
            return True
        if _FALSE.match(text):
            return False
        if quoted:
            return False
        found = self._variable(text)
        if found is None:
            return False
        return None if HOLE in found else not _FALSE.match(found)


def _compare(left: str, operator: str, right: str, raw: str) -> bool | None:
    if HOLE in left + right:
        return None
    match operator:
        case "STREQUAL":
            return left == right
        case "MATCHES":
            # CMake's own dialect: only literal patterns mean the same in every dialect
            return right in left if re.fullmatch(r"[\w ./-]+", raw) else None
        case "EQUAL" if left.isdigit() and right.isdigit():
            return int(left) == int(right)
        case _:
            return None
