"""The patterns of ``${X#p}``, ``${X%p}`` and ``${X/p/r}``: ``*``, ``?`` and escapes.

The rules are those of BuildKit's ``convertShellPatternToRegex``: no bracket expressions, and few escapes.
"""

from __future__ import annotations

import re

#: More stars than this could make matching slow; nobody writes them.
_MAX_STARS = 12
_ESCAPABLE = "*?\\"


class PatternError(ValueError):
    """A pattern that BuildKit refuses, or that is too intricate to be matched here."""


def _tokens(pattern: str) -> list[tuple[str, bool]]:
    """The pattern's characters, each with whether it stands for itself."""
    found: list[tuple[str, bool]] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char != "\\":
            found.append((char, char not in "*?"))
            continue
        following = pattern[at : at + 1]
        if following in ("}", "/"):
            continue  # the escape only kept the character from ending the pattern
        if following not in tuple(_ESCAPABLE):
            raise PatternError(f"\\{following} is no escape in a pattern")
        found.append((following, True))
        at += 1
    return found


def _regex(tokens: list[tuple[str, bool]], *, greedy: bool) -> re.Pattern[str]:
    star = ".*" if greedy else ".*?"
    out: list[str] = []
    for char, literal in tokens:
        if literal:
            out.append(re.escape(char))
        elif char == "?":
            out.append(".")
        elif not out or out[-1] != star:
            out.append(star)
    if out.count(star) > _MAX_STARS:
        raise PatternError("the pattern has too many stars")
    return re.compile("".join(out))


def remove_prefix(pattern: str, value: str, *, longest: bool) -> str:
    """``${X#pattern}``, or ``${X##pattern}`` where ``longest``.

    Raises:
        PatternError: the pattern is not one.
    """
    match = _regex(_tokens(pattern), greedy=longest).match(value)
    return value[match.end() :] if match else value


def remove_suffix(pattern: str, value: str, *, longest: bool) -> str:
    """``${X%pattern}``, or ``${X%%pattern}`` where ``longest``: the same, read backwards.

    Raises:
        PatternError: the pattern is not one.
    """
    match = _regex(_tokens(pattern)[::-1], greedy=longest).match(value[::-1])
    return value[: len(value) - match.end()] if match else value


def substitute(pattern: str, replacement: str, value: str, *, everywhere: bool) -> str:
    """``${X/pattern/replacement}``, or ``${X//pattern/replacement}`` where ``everywhere``.

    Raises:
        PatternError: the pattern is not one.
    """
    regex = _regex(_tokens(pattern), greedy=True)
    out: list[str] = []
    end = 0
    for match in regex.finditer(value):
        if match.start() == match.end() == end and out:
            continue  # Go leaves out an empty match that touches the one before
        out += (value[end : match.start()], replacement)
        end = match.end()
        if not everywhere:
            break
    return "".join((*out, value[end:]))
