"""make's command line (GNU make manual, "Summary of Options")."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from imgslim.records import dataclass, field
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Mapping

_VALUES = frozenset({"-C", "-f", "-I", "-o", "-W", "--directory", "--file", "--makefile", "-O", "--include-dir"})
_LETTERS = regex(r"-[a-zA-Z]+")
_VARIABLE = regex(r"([A-Za-z_][\w.]*)\s*(?::{0,3}|\+|\?)=(.*)\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Options:
    """What a make was asked to do."""

    goals: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    no_built_in: bool = False
    #: It only prints or asks (``-n``, ``-q``, ``-p``).
    dry: bool = False

    @classmethod
    @lru_cache(maxsize=64)  # a make is looked at for a configured folder, then for its makefile
    def read(cls, words: tuple[str, ...]) -> Options:
        """Read the words after ``make``."""
        goals: list[str] = []
        files: list[str] = []
        folders: list[str] = []
        variables: dict[str, str] = {}
        short = "".join(w[1:] for w in words if _LETTERS.fullmatch(w) and w[1] not in "CfIoWOj")
        rest = iter(words)
        for word in rest:
            match = _VARIABLE.match(word)
            option, value = _option(word)
            if option in _VALUES and value is None:
                value = next(rest, "")
            if option in {"-C", "--directory"}:
                folders.append(value or "")
            elif option in {"-f", "--file", "--makefile"}:
                files.append(value or "")
            elif match and not word.startswith("-"):
                variables[match[1]] = match[2]
            elif not word.startswith("-") and not word.isdigit():
                goals.append(word)
        return cls(
            tuple(goals), tuple(files), tuple(folders), variables,
            no_built_in="r" in short or "R" in short,
            dry=bool(set(short) & set("nqpv")) or "--version" in words or "--dry-run" in words,
        )  # fmt: skip


def _option(word: str) -> tuple[str, str | None]:
    if word.startswith("--"):
        name, equals, value = word.partition("=")
        return name, value if equals else None
    if word[:2] in {"-C", "-f", "-I", "-o", "-W", "-O"} and len(word) > 2:  # noqa: PLR2004
        return word[:2], word[2:]
    return word, None
