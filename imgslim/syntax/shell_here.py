"""Where a script lies, as it says it itself: ``$(dirname "$0")``, and variables that hold that folder.

For reading alone: nothing of the text that comes out is ever written.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from imgslim.regex import regex

if TYPE_CHECKING:
    from re import Match

#: The script's own name, to the shell and to bash (POSIX, "Special Parameters"; bash(1), BASH_SOURCE).
_NAME = r"(?:0|\{0\}|BASH_SOURCE|\{BASH_SOURCE(?:\[0\])?\})"
_SELF = rf"\"?\${_NAME}\"?"
_REAL = rf"(?:{_SELF}|\"?\$\( ?(?:readlink -[ef]|realpath)(?: --)? {_SELF} ?\)\"?)"
_DIRNAME = rf"(?:\$\( ?dirname(?: --)? {_REAL} ?\)|`dirname(?: --)? {_SELF}`|\$\{{(?:0|BASH_SOURCE(?:\[0\])?)%/\*\}})"
_ABOVE = r"(?P<above>(?:/\.\.)*)"
_QUIET = r"(?: ?&?> ?/dev/null(?: 2>&1)?)?"
#: The folder itself, and the same made absolute.
_FOLDER = regex(
    rf"\$\( ?(?:CDPATH= )?cd (?:-P |-- )*\"?{_DIRNAME}{_ABOVE}\"?{_QUIET} ?(?:&&|;) ?pwd(?: -P)? ?\)"
    rf"|`cd \"?{_DIRNAME}(?P<back>(?:/\.\.)*)\"? ?(?:&&|;) ?pwd`"
    rf"|{_DIRNAME}"
)
#: A variable that is given a folder at the start of a line, and what else may give it a value.
_GIVEN = regex(r"^(?:export |readonly )?([A-Za-z_]\w*)=(\"?)(/[\w./+@-]*)\2[ \t]*(?:;|&&|#|$)", 8)
_CHANGED = r"(?:(?<![\w$\{{]){0}\+?=|\b(?:for|read|unset|getopts|mapfile|local|declare)\b[^\n;]*\b{0}\b)"


def with_folder(text: str, folder: str) -> str:
    """The script's text with ``folder``, absolute, in place of what stands for it there."""
    if "$0" not in text and "{0" not in text and "BASH_SOURCE" not in text:
        return text

    def named(match: Match[str]) -> str:
        return posixpath.normpath(folder + (match["above"] or match["back"] or ""))

    found = _FOLDER.sub(named, text)
    if found == text:
        return text
    for name, _, value in _GIVEN.findall(found):
        if len(re.findall(_CHANGED.format(name), found)) == 1:
            found = re.sub(rf"\$(?:{name}\b|\{{{name}\}})", value, found)
    return found
