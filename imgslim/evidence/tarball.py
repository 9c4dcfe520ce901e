"""The members of a tar archive that comes as a stream (POSIX pax, ustar, GNU; tar(5)).

Why not :mod:`tarfile`: it reads an extended header of whatever size its own field claims, follows a sparse map without
bound, and in some supported releases of Python a header of a megabyte keeps it busy for hours; base images come from
anywhere. It also takes three times as long, which shows beside an engine that saves an image on the same cores.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.evidence.feed import Part, unreadable
from imgslim.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.evidence.feed import Feed

BLOCK = 512
#: Bytes of an extended header (Go's archive/tar, which Docker reads with, stops there too).
_LARGEST_HEADER = 1 << 20
#: Bytes of a path: Linux takes 4,096 (PATH_MAX).
_LONGEST_PATH = 4096
#: The header's checksum counts its own field as blanks.
_CHECKSUM_AS_BLANKS = 8 * 0x20
#: Digits of the largest 64-bit number.
_MOST_DIGITS = 20
_ZEROS = bytes(BLOCK)
_XATTR = (b"SCHILY.xattr.", b"LIBARCHIVE.xattr.")
_CAPABILITY = b"security.capability"


@dataclass(slots=True)
class Member:
    """One member, with its content still to be read."""

    #: Without a leading ``./`` or ``/`` and without a closing ``/``; "" for the root.
    name: str
    #: The type flag (``0`` a file, ``1`` a hard link, ``2`` a symbolic link, ``5`` a folder …).
    flag: bytes
    #: Bytes of the file, as it is when unpacked.
    size: int
    mode: int
    uid: int
    gid: int
    link: str
    has_capabilities: bool
    #: The bytes in the archive; those of a sparse file are not its content.
    body: Part
    is_sparse: bool


def members(feed: Feed) -> Iterator[Member]:
    """Every member in order; what is left of its body is passed over before the next.

    Raises EngineOrSystemError(``image-unreadable``).
    """
    everywhere: dict[bytes, bytes] = {}
    special: dict[bytes, bytes] = {}
    while True:
        block = feed.most(BLOCK)
        if not block or block == _ZEROS:
            # Two blocks of zeros end an archive, or its end does; what follows is padding.
            return
        if len(block) != BLOCK:
            raise unreadable("a tar header is cut short")
        _check(block)
        flag, size = block[156:157], _number(block[124:136])
        if size < 0:
            raise unreadable("a size is negative")
        match flag:
            case b"x" | b"X":
                special |= _records(_extended(feed, size))
            case b"g":
                everywhere |= _records(_extended(feed, size))
            case b"L":
                special[b"path"] = _extended(feed, size).rstrip(b"\0")
            case b"K":
                special[b"linkpath"] = _extended(feed, size).rstrip(b"\0")
            case _:
                said = {**everywhere, **special} if everywhere else special
                member = _member(block, flag, size, said, feed)
                stored = member.body.left
                yield member
                if stored:
                    member.body.drain()
                    feed.skip(-stored % BLOCK)
                special = {}


def _member(block: bytes, flag: bytes, size: int, said: dict[bytes, bytes], feed: Feed) -> Member:
    """One header with what an extended one said before."""
    name, link = _text(block[0:100]), _text(block[157:257])
    if block[257:263] == b"ustar\0" and (prefix := _text(block[345:500])):
        name = prefix + b"/" + name
    uid, gid = _number(block[108:116]), _number(block[116:124])
    has_capabilities = is_sparse = False
    if said:
        name, link = said.get(b"path", name), said.get(b"linkpath", link)
        uid, gid, size = (_decimal(said, key, value) for key, value in ((b"uid", uid), (b"gid", gid), (b"size", size)))
        has_capabilities = any(prefix + _CAPABILITY in said for prefix in _XATTR)
        is_sparse = any(key.startswith(b"GNU.sparse.") for key in said)
        name = said.get(b"GNU.sparse.name", name)
    if flag not in (b"0", b"\0", b"7", b"S"):
        # Links, folders and devices have no content, whatever the field says (POSIX pax).
        size = 0
    real = size
    if flag == b"S":
        is_sparse = True
        real = _number(block[483:495])
        more = block[482]
        while more:
            more = feed.take(BLOCK)[504]
    elif is_sparse:
        real = _decimal(said, b"GNU.sparse.realsize", _decimal(said, b"GNU.sparse.size", size))
    if flag == b"\0":
        # Older than POSIX: a folder is told by its name.
        flag = b"5" if name.endswith(b"/") else b"0"
    if len(name) > _LONGEST_PATH or len(link) > _LONGEST_PATH:
        raise unreadable("a path is too long")
    mode = _number(block[100:108]) & 0o7777
    linked = link.decode("utf-8", "surrogateescape")
    return Member(_normal(name), flag, real, mode, uid, gid, linked, has_capabilities, Part(feed, size), is_sparse)


def _check(block: bytes) -> None:
    """Compare the checksum: without it whatever comes first would be taken for a header."""
    wanted = _number(block[148:156])
    if sum(block) - sum(block[148:156]) + _CHECKSUM_AS_BLANKS != wanted:
        raise unreadable("it holds no tar archive where one should be")


def _extended(feed: Feed, size: int) -> bytes:
    """The content of an extended header."""
    if size > _LARGEST_HEADER:
        raise unreadable("an extended header is too large")
    content = feed.take(size)
    feed.skip(-size % BLOCK)
    return content


def _records(content: bytes) -> dict[bytes, bytes]:
    """The ``length key=value`` lines of a pax header."""
    found: dict[bytes, bytes] = {}
    at = 0
    while at < len(content) and content[at]:
        space = content.find(b" ", at, at + 10)
        try:
            length = int(content[at:space])
        except ValueError:
            length = 0
        if space < 0 or length <= space - at or at + length > len(content):
            raise unreadable("an extended header is malformed")
        key, _, value = content[space + 1 : at + length - 1].partition(b"=")
        found[key] = value
        at += length
    return found


def _number(field: bytes) -> int:
    """A number in octal digits, or in base 256 (GNU)."""
    if field[0] & 0x80:
        # The first bit marks the form; the next one is the sign.
        if field[0] & 0x40:
            return int.from_bytes(field, "big", signed=True)
        return int.from_bytes(field, "big") - (0x80 << 8 * (len(field) - 1))
    digits = field.partition(b"\0")[0].strip()
    try:
        return int(digits, 8) if digits else 0
    except ValueError:
        raise unreadable("a number in a tar header is malformed") from None


def _decimal(said: dict[bytes, bytes], key: bytes, otherwise: int) -> int:
    """A number of a pax header."""
    if key not in said:
        return otherwise
    digits = said[key]
    if not digits.isdigit() or len(digits) > _MOST_DIGITS:
        raise unreadable("a number in an extended header is malformed")
    return int(digits)


def _text(field: bytes) -> bytes:
    """A text that a NUL or the field's end closes."""
    return field.partition(b"\0")[0]


def _normal(name: bytes) -> str:
    """The path without what means nothing; raises where it leads out of the archive's root."""
    text = name.decode("utf-8", "surrogateescape").strip("/")
    if "." not in text and "//" not in text:
        return text
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if ".." in parts or "\0" in text:
        raise unreadable("a path leads out of the image")
    return "/".join(parts)
