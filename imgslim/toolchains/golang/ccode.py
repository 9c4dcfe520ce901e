"""C code in a Go package: whether it starts programs or opens libraries by name when it runs."""

from __future__ import annotations

import re

from imgslim.model import NeedKind
from imgslim.regex import regex

#: Files that cgo compiles along (``go help c``), and headers.
_SUFFIXES = (".c", ".cc", ".cpp", ".cxx", ".m", ".h", ".hh", ".hpp", ".hxx")
_COMMENT = regex(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
#: Comment marks alone: in a Go file the C code before ``import "C"`` is a comment itself.
_MARKS = regex(r"(?m)^[ \t]*//|/\*|\*/")
#: exec(3), system(3), popen(3), posix_spawn(3), dlopen(3).
_CALL = regex(r"\b(?:(dlm?open)|(?:system|popen|exec[lv]p?e?|execvpe|fexecve|posix_spawnp?))\s*\(")


def is_c(name: str) -> bool:
    """Tell by its name whether a file is compiled or included by cgo."""
    return name.endswith(_SUFFIXES)


def foreign(text: str) -> NeedKind | None:
    """PLUGIN or COMMAND where C text calls what opens a library or starts a program by name; else None."""
    match = _CALL.search(_COMMENT.sub(" ", text))
    if match is None:
        return None
    return NeedKind.PLUGIN if match[1] else NeedKind.COMMAND


def preamble(text: str) -> str:
    """The C code of a preamble, as C."""
    return _MARKS.sub(" ", text)
