"""The ``# syntax=`` directive: which frontend a file asks for, and the same file without it."""

from __future__ import annotations

from imgslim.regex import regex

#: BuildKit, parser directives: ``#``, a name, ``=``, a value; only at the file's very start, ended by any other line.
_DIRECTIVE = regex(rb"^#[ \t]*([a-zA-Z][a-zA-Z0-9]*)[ \t]*=[ \t]*(.+?)[ \t]*$")
_BOM = b"\xef\xbb\xbf"


def frontend(text: bytes) -> str:
    """The image that ``# syntax=`` names; "" where the file has no such directive."""
    for line in _head(text):
        match = _DIRECTIVE.match(line.rstrip(b"\r\n"))
        if match is not None and match[1].lower() == b"syntax":
            return match[2].decode("utf-8", "replace")
    return ""


def without_frontend(text: bytes) -> bytes:
    """``text`` with the ``# syntax=`` line turned into a comment of the same length.

    The comment goes behind the other directives: BuildKit reads none after a plain comment, and ``# escape`` must stay.
    """
    bom, body = (_BOM, text[len(_BOM) :]) if text.startswith(_BOM) else (b"", text)
    head = _head(text)
    kept, blanked = [], []
    for line in head:
        match = _DIRECTIVE.match(line.rstrip(b"\r\n"))
        if match is not None and match[1].lower() == b"syntax":
            bare = line.rstrip(b"\r\n")
            blanked.append(b"#" + b" " * (len(bare) - 1) + line[len(bare) :])
        else:
            kept.append(line)
    return bom + b"".join(kept + blanked) + body[sum(map(len, head)) :]


def _head(text: bytes) -> list[bytes]:
    """The directive lines at the file's start, line ends included, the byte order mark left out."""
    head = []
    for line in text.removeprefix(_BOM).splitlines(keepends=True):
        if _DIRECTIVE.match(line.rstrip(b"\r\n")) is None or not line.endswith(b"\n"):
            break
        head.append(line)
    return head
