"""Printed: the text that echo, printf and cat with a heredoc write to a file, where every shell's own do the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.meaning.trace import Command

#: What printf's format holds that all know (POSIX, printf and "File Format Notation").
_PART = regex(r"\\(?:[abfnrtv\\]|[0-7]{1,3})|%%|%s|[^\\%]+")
_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}


def printed(command: Command) -> str | None:
    """What a command prints; None where that is not settled, or it does not always run.

    echo takes a backslash and an option for what they are only in some shells.
    """
    words = [word for word in command.argv[1:] if isinstance(word, str)]
    if command.conditional or command.piped or len(words) != len(command.argv) - 1:
        return None
    match command.name:
        case "echo" if not any("\\" in word for word in words) and not (words and words[0].startswith("-")):
            return " ".join(words) + "\n"
        case "cat" if not words or words == ["-"]:
            # The last of several is read (POSIX, "Here-Document").
            given = [r.content for r in command.redirects if r.operator.startswith("<")]
            return given[-1] if given else None
        case "printf" if words and not words[0].startswith("-"):
            return _formatted(words[0], words[1:])
        case _:
            return None


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
    if not part.startswith("\\"):
        return part
    return _ESCAPES[part[1]] if part[1] in _ESCAPES else chr(int(part[1:], 8))
