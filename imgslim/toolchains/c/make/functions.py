"""make's text functions, by name (GNU make manual, "Functions for String Substitution and Analysis")."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from imgslim.toolchains.c.driver import HOLE

if TYPE_CHECKING:
    from collections.abc import Callable


def matches(pattern: str, word: str) -> str | None:
    """The stem of ``word`` under a ``%`` pattern; "" for a literal match; None for none."""
    head, percent, tail = pattern.partition("%")
    if not percent:
        return "" if word == pattern else None
    fits = word.startswith(head) and word.endswith(tail) and len(word) >= len(head) + len(tail)
    return word[len(head) : len(word) - len(tail)] if fits else None


def patsubst(args: list[str]) -> str:
    """``$(patsubst %.c,%.o,a.c)``."""
    pattern, replacement, text = _three(args)
    pattern, replacement = pattern.strip(), replacement.strip()
    out: list[str] = []
    for word in text.split():
        stem = matches(pattern, word)
        if stem is None:
            out.append(word)
        else:
            out.append(replacement.replace("%", stem, 1) if "%" in pattern else replacement)
    return " ".join(out)


def _three(args: list[str]) -> tuple[str, str, str]:
    first, second, third = [*args, "", "", ""][:3]
    return first, second, third


def _subst(args: list[str]) -> str:
    old, new, text = _three(args)
    return text.replace(old, new) if old else text


def _filter(args: list[str], *, keep: bool) -> str:
    patterns, text, _ = _three(args)
    chosen = [
        w for w in text.split()
        if HOLE in w or any(matches(p, w) is not None for p in patterns.split()) is keep
    ]  # fmt: skip
    return " ".join(chosen)


def _word(args: list[str]) -> str:
    number, text, _ = _three(args)
    words = text.split()
    at = int(number) - 1 if number.strip().isdigit() else -1
    return words[at] if 0 <= at < len(words) else ""


def _wordlist(args: list[str]) -> str:
    first, last, text = _three(args)
    if not (first.strip().isdigit() and last.strip().isdigit()):
        return HOLE
    return " ".join(text.split()[int(first) - 1 : int(last)])


def _each(change: Callable[[str], str]) -> Callable[[list[str]], str]:
    return lambda args: " ".join(change(w) for w in args[0].split())


def _folder(word: str) -> str:
    head = word.rpartition("/")[0]
    return head + "/" if "/" in word else "./"


def _suffix(word: str) -> str:
    return posixpath.splitext(word)[1]


def _join(args: list[str]) -> str:
    first, second = args[0].split(), (args[1] if len(args) > 1 else "").split()
    size = max(len(first), len(second))
    pad = [*first, *[""] * (size - len(first))], [*second, *[""] * (size - len(second))]
    return " ".join(a + b for a, b in zip(*pad, strict=True))


def _found(args: list[str]) -> str:
    needle, text, _ = _three(args)
    return needle if needle in text else HOLE if HOLE in text + needle else ""


#: Name to the most arguments (0: any number) and the function of its expanded arguments.
PURE: dict[str, tuple[int, Callable[[list[str]], str]]] = {
    "subst": (3, _subst),
    "patsubst": (3, patsubst),
    "strip": (1, lambda a: " ".join(a[0].split())),
    "findstring": (2, _found),
    "filter": (2, lambda a: _filter(a, keep=True)),
    "filter-out": (2, lambda a: _filter(a, keep=False)),
    "sort": (1, lambda a: " ".join(sorted(set(a[0].split())))),
    "word": (2, _word),
    "wordlist": (3, _wordlist),
    "words": (1, lambda a: str(len(a[0].split()))),
    "firstword": (1, lambda a: "".join(a[0].split()[:1])),
    "lastword": (1, lambda a: "".join(a[0].split()[-1:])),
    "dir": (1, _each(_folder)),
    "notdir": (1, _each(lambda w: w.rpartition("/")[2])),
    "suffix": (1, lambda a: " ".join(s for w in a[0].split() if (s := _suffix(w)))),
    "basename": (1, _each(lambda w: re.sub(r"\.[^./]*\Z", "", w))),
    "addsuffix": (2, lambda a: " ".join(w + a[0] for w in "".join(a[1:]).split())),
    "addprefix": (2, lambda a: " ".join(a[0] + w for w in "".join(a[1:]).split())),
    "join": (2, _join),
    "error": (0, lambda _: ""),
    "warning": (0, lambda _: ""),
    "info": (0, lambda _: ""),
}

#: Functions that expand their arguments themselves or ask the outside; name to the most arguments.
CONTEXT: dict[str, int] = {
    "if": 3, "or": 0, "and": 0, "foreach": 3, "call": 0, "value": 1, "eval": 1, "origin": 1, "flavor": 1,
    "shell": 1, "wildcard": 1, "realpath": 1, "abspath": 1, "file": 2,
}  # fmt: skip
