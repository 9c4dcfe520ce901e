"""Context paths and the wildcards of COPY."""

from __future__ import annotations

import posixpath
import re


def has_wildcard(path: str) -> bool:
    """Tell whether COPY would take ``path`` for a pattern: an unescaped ``*``, ``?`` or ``[``."""
    if "*" not in path and "?" not in path and "[" not in path:
        return False
    return bool(re.search(r"[*?\[]", re.sub(r"\\.", "", path)))


def segment(pattern: str) -> re.Pattern[str] | None:
    """One path segment of Go's ``filepath.Match`` as an expression; None where Go calls it malformed."""
    out = []
    at = 0
    while at < len(pattern):
        if bracket := re.compile(r"\[(\^?)((?:\\.|[^\\\]-])(?:\\.|[^\\\]])*)\]").match(pattern, at):
            members = re.sub(r"\\(.)|\[", lambda m: re.escape(m[1] or "["), bracket[2], flags=re.DOTALL)
            out.append(f"[{bracket[1]}{members}]")
            at = bracket.end()
            continue
        char = pattern[at]
        at += 1
        if char == "[" or (char == "\\" and at == len(pattern)):
            return None
        if char == "\\":
            out.append(re.escape(pattern[at]))
            at += 1
        else:
            out.append({"*": ".*", "?": "."}.get(char, re.escape(char)))
    try:
        return re.compile("".join(out), re.DOTALL)
    except re.error:
        return None


def is_normal(path: str) -> bool:
    """Tell whether a relative path is surely as normalising leaves it, as most are; "" is the place it starts in.

    One that may not be holds a name that begins with a dot, or begins with, ends in or doubles a slash.
    """
    return path[:1] not in (".", "/") and "/." not in path and "//" not in path and path[-1:] != "/"


def inside(path: str) -> str:
    """Normalise a context path: BuildKit resolves it against ``/``, so that ``..`` can't leave the root."""
    return path if is_normal(path) else posixpath.normpath("/" + path.lstrip("/"))[1:]


def join(folder: str, name: str) -> str:
    """The context path of ``name`` in ``folder``."""
    return f"{folder}/{name}" if folder else name
