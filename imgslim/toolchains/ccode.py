"""C code that is compiled into a program of another language: what it asks for, by the functions that it calls."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.model import NeedKind
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.toolchains.gathered import Gathered

#: Files of C, C++ and Objective-C, and headers (``go help c``).
_SUFFIXES = (".c", ".cc", ".cpp", ".cxx", ".m", ".h", ".hh", ".hpp", ".hxx")
_COMMENT = regex(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
#: exec(3), system(3), popen(3), posix_spawn(3), dlopen(3).
_CALL = regex(r"\b(?:(dlm?open)|(?:system|popen|exec[lv]p?e?|execvpe|fexecve|posix_spawnp?))\s*\(")

#: What the C library's functions ask of an image, whoever calls them; the value is that of the need.
_ASKS = (
    (NeedKind.NAME_SERVICE, "services", regex(r"\bget(?:serv|proto)by\w+\s*\(")),
    (NeedKind.NAME_SERVICE, "", regex(r"\bget(?:addrinfo|nameinfo|hostby\w+)\s*\(")),
    (NeedKind.USERS, "", regex(r"\b(?:get(?:pw|gr)(?:nam|uid|gid|ent)(?:_r)?|getlogin(?:_r)?|initgroups)\s*\(")),
    (NeedKind.GCONV, "", regex(r"\biconv_open\s*\(")),
    (NeedKind.TIME_ZONES, "", regex(r"\b(?:localtime(?:_r)?|mktime|ctime(?:_r)?|tzset)\s*\(")),
    (NeedKind.LOCALE, "*", regex(r"\b(?:set|new)locale\s*\(")),
    (NeedKind.TERMINFO, "", regex(r"\b(?:initscr|newterm|setupterm|tgetent)\s*\(")),
    (NeedKind.TMP, "", regex(r"\b(?:tmpfile|tmpnam|tempnam|mk(?:s|d|os)temps?)\s*\(")),
)
#: A member of a C++ object or of a namespace has the name for another thing.
_OPENS = regex(
    r"(?<![.>:\w])(?:(?:f|fre|cat)?open(?:64|at|dir)?|scandir|n?ftw|glob|realpath|truncate|chdir)\s*\("
    r"|(?<!<)\bw?[io]?fstream\b|\bdirectory_iterator\b"
)


def is_c(name: str) -> bool:
    """Tell by its name whether a file is one of C code."""
    return name.endswith(_SUFFIXES)


def foreign(text: str) -> NeedKind | None:
    """PLUGIN or COMMAND where C text calls what opens a library or starts a program by name; else None."""
    match = _CALL.search(_COMMENT.sub(" ", text))
    if match is None:
        return None
    return NeedKind.PLUGIN if match[1] else NeedKind.COMMAND


def asks(text: str) -> Iterator[tuple[NeedKind, str, str]]:
    """What C text asks the system for: kind and value of a need, and the function."""
    code = _COMMENT.sub(" ", text)
    for kind, value, pattern in _ASKS:
        if (match := pattern.search(code)) is not None:
            yield kind, value, match[0].rstrip("( \t\n")


def opens(text: str) -> str:
    """The first function in C text that opens a file or folder by its path; "" where it calls none."""
    match = _OPENS.search(_COMMENT.sub(" ", text))
    return match[0].rstrip("( \t\n") if match is not None else ""


def from_c(found: Gathered, label: str, text: str) -> None:
    """Add what C text asks for; what its calls name is not followed."""
    if (kind := foreign(text)) is not None:
        left_to_others(found, kind, f"{label}: its C code")
    for kind, value, function in asks(text):
        found.need(kind, value, f"{label}: its C code calls {function}")
    if function := opens(text):
        found.leave_open(
            "computed-paths", f"{label}: its C code calls {function}, and which path that names was not read."
        )


def left_to_others(found: Gathered, kind: NeedKind, what: str) -> None:
    """Code that is not the project's own may start or open something; whether it comes to that was not followed."""
    if kind is NeedKind.PLUGIN:
        found.leave_open("plugins-unproven", f"{what} may open a library.")
    else:
        found.leave_open("commands-unproven", f"{what} may start another program.")
