"""Alike: uses of common tools in which busybox and GNU do the same, so that either may stand for the other.

The options are those that POSIX.1-2024 (XCU) gives a utility, and a few that both have with one meaning; what prints
tables, sorts by locale, reads a terminal or opens connections is left out. An engine's test holds samples side by side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.regex import regex

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

_ANY = regex(r"[\s\S]*")
_NONE = regex(r"(?!)")
_NUMBER = regex(r"\d+")
#: Commands of sed and addresses without what only one of both knows: escapes beyond POSIX's, and other commands.
_SED = regex(
    r"(?:(?:\d+|\$|/[^/\\]*/)(?:,(?:\d+|\$|/[^/\\]*/))?!?)?(?:[dpq=]|s([/|,#@!])(?:(?!\1)[^\\\n]|\\[./\\$*&^\[\]()1-9|,#@!{}-])*\1"
    r"(?:(?!\1)[^\\\n]|\\[./\\$*&^1-9|,#@!-])*\1[gp0-9]*)"
)
_DATE = regex(r"\+(?:%[YmdHMSsFTjuZz%]|[^%])*")
_STAT = regex(r"(?:%[augsYn%]|[^%])*")
_AWK = regex(r"\{ *print(?: +\$(?:\d+|NF)(?:, *\$(?:\d+|NF))*)? *\}")
_MODE = regex(r"[0-7]{3,4}|(?:[ugoa]*[+=-][rwxXst]*)(?:,[ugoa]*[+=-][rwxXst]*)*")
_SET = regex(r"(?:[^\\\[]|\\[ntr\\]|\[:\w+:\])+")


@dataclass(frozen=True, slots=True)
class _Use:
    """The words that a utility may get."""

    #: Letters of its options without a value, and of those with one.
    flags: str = ""
    valued: str = ""
    #: What the first operand has to match; a word that the shell computes matches only what matches anything.
    first: re.Pattern[str] = _ANY
    #: What any other operand has to match.
    rest: re.Pattern[str] = _ANY
    #: What an option's value has to match.
    value: re.Pattern[str] = _ANY


_PLAIN = _Use()
_USES = {
    **dict.fromkeys(
        "arch basename cat dirname false hostid link logname nproc pwd realpath sync true tty unlink".split(), _PLAIN
    ),
    "awk": _Use("", "F", _AWK),
    "chgrp": _Use("Rh"),
    "chmod": _Use("R", "", _MODE),
    "chown": _Use("Rh"),
    "cmp": _Use("s"),
    "comm": _Use("123"),
    "cp": _Use("Rrpfa"),
    "cut": _Use("s", "bcdf"),
    "date": _Use("u", "", _DATE),
    "expr": _PLAIN,
    "fold": _Use("s", "w"),
    "grep": _Use("EFcilnqsvxowh", "e"),
    "egrep": _Use("cilnqsvxowh", "e"),
    "fgrep": _Use("cilnqsvxowh", "e"),
    "head": _Use("", "nc", value=_NUMBER),
    "hostname": _Use("", "", _NONE),
    "id": _Use("ugn"),
    "install": _Use("d", "mog"),
    "ln": _Use("sfn"),
    "mkdir": _Use("p", "m"),
    "mkfifo": _Use("", "m"),
    "mktemp": _Use("d", "", _NONE),
    "mv": _Use("f"),
    "paste": _Use("s", "d"),
    "printenv": _PLAIN,
    "readlink": _Use("f"),
    "rm": _Use("fRr"),
    "rmdir": _Use("p"),
    "sed": _Use("nEri", "e", _SED, value=_SED),
    "seq": _Use("", "", _NUMBER, _NUMBER),
    "sleep": _Use("", "", regex(r"\d+(?:\.\d+)?[smhd]?"), _NONE),
    "stat": _Use("", "c", value=_STAT),
    "tail": _Use("fF", "nc", value=regex(r"\+?\d+")),
    "tee": _Use("a"),
    "touch": _Use("c"),
    "tr": _Use("dsc", "", _SET, _SET),
    "uname": _Use("srmn", "", _NONE),
    "wc": _Use("", "", _NONE),
    "which": _PLAIN,
    "whoami": _Use("", "", _NONE),
}  # fmt: skip
#: One of them alone, on standard input or one file: else columns are padded.
_COUNTS = frozenset({"-l", "-c", "-w"})
#: Predicates of find with how many words follow.
_FIND = {
    "-name": 1, "-type": 1, "-maxdepth": 1, "-mindepth": 1, "-user": 1, "-group": 1, "-newer": 1, "-print": 0, "!": 0,
    "-o": 0, "-a": 0, "(": 0, ")": 0, "-perm": 1,
}  # fmt: skip


def alike(argv: Sequence[str]) -> bool:
    """Tell whether this use means the same to GNU's and to busybox's program; "" is a word that the shell computes."""
    name, words = argv[0].rsplit("/", 1)[-1], list(argv[1:])
    if name == "env":
        return _env(words)
    if name == "xargs":
        return _xargs(words)
    if name == "find":
        return _find(words)
    if name == "id" and not words:
        return False
    if name == "date" and not any(word.startswith("+") for word in words):
        return False  # without a format it is the locale's
    if name == "wc":
        return len(words) in (1, 2) and words[0] in _COUNTS and not "".join(words[1:]).startswith("-")
    use = _USES.get(name)
    if use is None:
        return False
    operands = _operands(words, use)
    if operands is None:
        return False
    needless = name == "sed" and any(w == "-e" for w in words)
    patterns = [use.rest if needless else use.first, *[use.rest] * len(operands)]
    return all(
        pattern is _ANY or (bool(word) and pattern.fullmatch(word) is not None)
        for word, pattern in zip(operands, patterns, strict=False)
    )


def _operands(words: list[str], use: _Use) -> list[str] | None:
    """The words that are no options; None where an option is not one that both know."""
    rest = iter(words)
    for word in rest:
        if word == "--":
            return list(rest)
        if not _is_option(word):
            # GNU's programs take options behind operands as well, busybox's do so only sometimes.
            following = [word, *rest]
            return None if any(map(_is_option, following)) else following
        letters = word[1:]
        for at, letter in enumerate(letters):
            if letter in use.valued:
                value = letters[at + 1 :] or next(rest, "")
                if use.value is not _ANY and not use.value.fullmatch(value):
                    return None
                break
            if letter not in use.flags:
                return None
    return []


def _is_option(word: str) -> bool:
    return word.startswith("-") and word != "-"


def _env(words: list[str]) -> bool:
    """Assignments and a command; ``-i`` empties the environment, ``-u`` takes a name away."""
    while words and (words[0] == "-i" or words[0] == "-u" or "=" in words[0]):
        words = words[2 if words[0] == "-u" else 1 :]
    return not words or not words[0].startswith("-")


def _xargs(words: list[str]) -> bool:
    while words and words[0] in ("-r", "-0", "-n", "-I"):
        words = words[2 if words[0] in ("-n", "-I") else 1 :]
    return bool(words) and not words[0].startswith("-")


def _find(words: list[str]) -> bool:
    rest = iter(words)
    for word in rest:
        if word == "-exec":
            if not any(w in (";", "+") for w in rest):
                return False
        elif word.startswith(("-", "!", "(")) or word == ")":
            if word not in _FIND:
                return False
            for _ in range(_FIND[word]):
                next(rest, "")
    return True
