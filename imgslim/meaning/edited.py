"""Edited: the text of a file after sed or dos2unix changed it, where every sed does the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imgslim.meaning.trace import Command

#: ``s`` with its delimiter; what follows are the pattern, the replacement and the flags.
_SUBSTITUTES = regex(r"\s*s([/|#,:@!%])")
#: What a pattern may hold: literal characters, those that a backslash makes literal, the ends of a line, any character.
_PATTERN = regex(r"\^|\$|\.\*|\.|\\[rt./$^*\[\]]|[^\\*\[\]^$.&]")
_BLANKS = {"\\r": "\r", "\\t": "\t"}
#: Options that change nothing of what is understood here (sed(1)).
_PLAIN = frozenset({"-i", "--in-place", "-s", "-u"})


def edited(command: Command) -> tuple[Callable[[str], str | None], tuple[str, ...]] | None:
    """What a command does to the text of files, and their names; None, for the whole or a text, where it is open."""
    words = [word for word in command.argv[1:] if isinstance(word, str)]
    if command.conditional or len(words) != len(command.argv) - 1:
        return None
    if command.name == "dos2unix":
        return None if any(word.startswith("-") for word in words) else (_as_unix, tuple(words))
    scripts: list[str] = []
    names: list[str] = []
    rest = iter(words)
    for word in rest:
        if word in ("-e", "--expression"):
            scripts.append(next(rest, ""))
        elif word.startswith("-"):
            if word not in _PLAIN:
                return None
        else:
            names.append(word)
    if not scripts:
        scripts, names = names[:1], names[1:]
    # Scripts are read where a file's text is known: few are.
    return lambda text: _by_scripts(text, scripts), tuple(names)


def _as_unix(text: str) -> str:
    return text.replace("\r\n", "\n")


def _by_scripts(text: str, scripts: list[str]) -> str | None:
    steps = [step for script in scripts for step in _steps(script)]
    known = [step for step in steps if step is not None]
    return _each_line(text, known) if known and len(known) == len(steps) else None


def _each_line(text: str, steps: list[tuple[re.Pattern[str], str, int]]) -> str:
    *lines, last = text.split("\n")  # of a text that ends its last line nothing, which is no line
    for pattern, new, count in steps:
        # What no backslash is left in stands for itself in a replacement of Python's, too.
        lines = [pattern.sub(new, line, count) for line in lines]
        last = pattern.sub(new, last, count) if last else last
    return "\n".join((*lines, last))


def _steps(script: str) -> Iterator[tuple[re.Pattern[str], str, int] | None]:
    """The substitutions of a script; None for whatever else it holds."""
    at = 0
    while at < len(script):
        begun = _SUBSTITUTES.match(script, at)
        mark = re.escape(begun[1]) if begun is not None else ""
        text = rf"((?:[^\\{mark}\n]|\\.)*){mark}"
        found = re.compile(rf"{text}{text}(g?)\s*(?:;|\n|\Z)").match(script, begun.end()) if begun is not None else None
        if found is None or begun is None:
            yield None
            return
        yield _substitution(found[1], found[2], begun[1], everywhere=bool(found[3]))
        at = found.end()


def _substitution(old: str, new: str, mark: str, *, everywhere: bool) -> tuple[re.Pattern[str], str, int] | None:
    asked, plain = (text.replace(f"\\{mark}", mark) for text in (old, new))
    pieces = _PATTERN.findall(asked)
    if "".join(pieces) != asked or not asked or "&" in plain or "\\" in plain:
        return None
    # Within a pattern they are characters like any other.
    if any((p == "^" and n) or (p == "$" and n < len(pieces) - 1) for n, p in enumerate(pieces)):
        return None
    return re.compile("".join(map(_piece, pieces))), plain, 0 if everywhere else 1


def _piece(piece: str) -> str:
    if piece in ("^", ".", ".*"):
        return piece
    if piece == "$":
        return r"\Z"
    return re.escape(_BLANKS.get(piece, piece[-1]))
