"""Command lines of ordinary utilities taken apart: options, their values, and the files that operands name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.paths import absolute
from imgslim.records import dataclass, numerous
from imgslim.regex import regex
from imgslim.values import Unknown

if TYPE_CHECKING:
    from imgslim.meaning.trace import Command, Word
    from imgslim.values import Value

#: A word whose only open part is a shell pattern in its last name.
_PATTERN = regex(r"([\w./@%+,:=-]*/)?([\w.@%+,:=*?\[\]!^-]+)")


@numerous
@dataclass(frozen=True, slots=True)
class Operand:
    """A file operand: an absolute path, or with ``names`` what matches that pattern in the folder ``path``."""

    path: str
    names: str = ""
    #: Written with ``/.`` or ``/`` at the end.
    contents: bool = False
    slash: bool = False


@numerous
@dataclass(frozen=True, slots=True)
class Parsed:
    """A command line taken apart by the utility's own options."""

    flags: frozenset[str]
    values: dict[str, Value]
    operands: tuple[Word, ...]


def parse(command: Command, valued: str = "", long_valued: tuple[str, ...] = ()) -> Parsed:
    """Split words into options and operands (POSIX utility syntax with GNU's long options and permutation).

    Args:
        command: the command.
        valued: the one-letter options that take a value.
        long_valued: the long options that take one.
    """
    flags: set[str] = set()
    values: dict[str, Value] = {}
    operands: list[Word] = []
    words = list(command.words[1:])
    while words:
        word = words.pop(0)
        text = word.value if isinstance(word.value, str) else None
        if text == "--":
            operands += words
            break
        if text is None or not text.startswith("-") or text == "-":
            operands.append(word)
        elif text.startswith("--"):
            name, equals, value = text[2:].partition("=")
            flags.add(name)
            if equals:
                values[name] = value
            elif name in long_valued and words:
                values[name] = words.pop(0).value
        else:
            for at, letter in enumerate(text[1:], 2):
                flags.add(letter)
                if letter in valued:
                    values[letter] = text[at:] or (words.pop(0).value if words else Unknown(f"-{letter} has no value"))
                    break
    return Parsed(frozenset(flags), values, tuple(operands))


def operand(word: Word, cwd: Value) -> Operand | None:
    """A word as a file operand, None where it is open."""
    if isinstance(word.value, str):
        path = absolute(word.value, cwd)
        if isinstance(path, Unknown) or not word.value:
            return None
        last = word.value.rsplit("/", 1)[-1]
        return Operand(path, contents=last in (".", ".."), slash=last in ("", ".", ".."))
    if match := _PATTERN.fullmatch(word.raw):
        folder = absolute(match[1] or ".", cwd)
        return None if isinstance(folder, Unknown) else Operand(folder, names=match[2])
    return None
