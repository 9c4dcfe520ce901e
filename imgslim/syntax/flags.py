"""The ``--name=value`` words between a keyword and its arguments (BuildKit, ``parser.extractBuilderFlags``)."""

from __future__ import annotations

from imgslim.records import dataclass
from imgslim.regex import regex

#: BuildKit reads flags byte by byte, so only these separate them. (It also garbles what is not ASCII in a flag, which
#: is read as it is written here.)
_BLANKS = "\t\n\v\f\r "
#: ASCII without blanks, quotes, backslash and backtick: named, since a class that leaves out all the rest takes long to
#: compile.
_PLAIN = regex(r"--[\x00-\x08\x0e-\x1b!#-&(-\[\]-_a-\x7f]+(?=[\t\v\f\r ])")


@dataclass(frozen=True, slots=True)
class RawFlag:
    """One flag word: quotes and escapes removed, and where it stands in the line that was given."""

    word: str
    start: int
    end: int


def split_flags(line: str, start: int, escape: str) -> tuple[tuple[RawFlag, ...], int]:
    """The flags of ``line`` from ``start`` on, and where the arguments begin.

    Flags end at the first word that does not start with ``--``, or after a bare ``--``.
    """
    found: list[RawFlag] = []
    at = start
    size = len(line)
    while True:
        while at < size and line[at] in _BLANKS:
            at += 1
        if not line.startswith("--", at):
            return tuple(found), at
        plain = _PLAIN.match(line, at)
        word, end = (plain[0], plain.end()) if plain else _word(line, at, escape)
        if word == "--":
            return tuple(found), end
        if word:
            found.append(RawFlag(word, at, end))
        at = end


def _word(line: str, at: int, escape: str) -> tuple[str, int]:
    """One word with its quotes and escapes taken off, and its end; the escape works inside both kinds of quotes."""
    out: list[str] = []
    quote = ""
    size = len(line)
    while at < size:
        char = line[at]
        if not quote and char in _BLANKS:
            break
        if char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
        elif char == escape:
            at += 1
            out.append(line[at : at + 1])
        else:
            out.append(char)
        at += 1
    return "".join(out), min(at, size)
