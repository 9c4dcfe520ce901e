"""Printed: the text that a command writes, where each echo and printf of a shell, each cat, tr and sed do the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.edited import edited
from imgslim.meaning.paths import absolute
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imgslim.meaning.trace import Command
    from imgslim.values import Value

    #: The text of a file by its path; None where that is not settled.
    Read = Callable[[Value], str | None]

#: What printf's format holds that all know (POSIX, printf and "File Format Notation").
_PART = regex(r"\\(?:[abfnrtv\\]|[0-7]{1,3})|%%|%s|[^\\%]+")
#: Characters that ``tr`` takes one by one: no range, no class.
_SET = regex(r"\\(?:[abfnrtv\\]|[0-7]{1,3})|[^\\\[\]-]")
_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}


def printed(command: Command, read: Read) -> str | None:
    """What a command prints; None where that is not settled, or it does not always run.

    echo takes a backslash and an option for what they are only in some shells.
    """
    words = [word for word in command.argv[1:] if isinstance(word, str)]
    if command.conditional or (command.piped and command.fed is None) or len(words) != len(command.argv) - 1:
        return None
    return _printed(command, words, read)


def _printed(command: Command, words: list[str], read: Read) -> str | None:
    match command.name, words:
        case "echo", _ if not any("\\" in word for word in words) and not (words and words[0].startswith("-")):
            return " ".join(words) + "\n"
        case "printf", [form, *values] if not form.startswith("-"):
            return _formatted(form, values)
        case "cat", _:
            return _joined(command, words, read)
        case "tee", _:
            return given(command, read)
        case "tr", ["-d", marks] if "".join(pieces := _SET.findall(marks)) == marks:
            text = given(command, read)
            return None if text is None else text.translate({ord(_character(piece)): None for piece in pieces})
        case "sed", _ if not any(word.startswith(("-i", "--in-place")) for word in words):
            edit, names = edited(command) or (None, ())
            text = _joined(command, list(names), read) if len(names) <= 1 else None
            return None if edit is None or text is None else edit(text)
        case _:
            return None


def _joined(command: Command, names: list[str], read: Read) -> str | None:
    """The texts of files one after the other; without a name, and for a dash, of what the command is given to read."""
    texts: list[str] = []
    for name in names or ["-"]:
        text = given(command, read) if name == "-" else None if name[0] == "-" else read(absolute(name, command.cwd))
        if text is None:
            return None
        texts.append(text)
    return "".join(texts)


def given(command: Command, read: Read) -> str | None:
    """What a command is given to read: by the last of its redirections (POSIX, "Redirection"), else by a pipe."""
    inputs = [redirect for redirect in command.redirects if "<" in redirect.operator]
    if inputs:
        last = inputs[-1]
        if last.content is not None or last.operator != "<":
            return last.content
        return read(absolute(last.target, command.cwd))
    before = command.fed
    if before is None or any(">" in redirect.operator for redirect in before.redirects):
        return None
    words = [word for word in before.argv[1:] if isinstance(word, str)]
    return _printed(before, words, read) if len(words) == len(before.argv) - 1 else None


def _formatted(text: str, values: list[str]) -> str | None:
    """The format, again for as many values as there are, the last time with empty ones."""
    parts = _PART.findall(text)
    slots = parts.count("%s")
    if "".join(parts) != text or (values and not slots):
        return None
    rest = iter(values)
    rounds = max(1, -(-len(values) // slots)) if slots else 1
    return "".join(_of(part, rest) for _ in range(rounds) for part in parts)


def _of(part: str, values: Iterator[str]) -> str:
    if part in ("%s", "%%"):
        return next(values, "") if part == "%s" else "%"
    return _character(part) if part.startswith("\\") else part


def _character(piece: str) -> str:
    if not piece.startswith("\\"):
        return piece
    return _ESCAPES[piece[1]] if piece[1] in _ESCAPES else chr(int(piece[1:], 8))
