"""Berkeley DB's hash tables as files: the values of one, read page by page (db 4.8 and 5.3, db_page.h)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Of a table that a little-endian machine wrote; others are not read.
_MAGIC = struct.pack("<I", 0x00061561)
_MAGIC_AT, _SIZE_AT = 12, 20
#: A page's header: log position, number, previous, next, entries, where the free space starts, level, type.
_HEADER = 26
_NEXT_AT, _ENTRIES_AT, _FREE_AT, _TYPE_AT = 16, 20, 22, 25
_HASH_PAGES, _OVERFLOW_PAGE = (2, 13), 7
#: An item lies on its page, or on pages of its own.
_HERE, _ELSEWHERE = 1, 3
_SIZES = frozenset(1 << n for n in range(9, 17))


def values(database: bytes) -> Iterator[bytes]:
    """The value of each pair, in the order of the pages.

    Raises:
        ValueError: it is no such file, or not a whole one.
        struct.error: a page ends before its items do.
    """
    if database[_MAGIC_AT : _MAGIC_AT + len(_MAGIC)] != _MAGIC:
        raise ValueError("no hash table of Berkeley DB")
    (size,) = struct.unpack_from("<I", database, _SIZE_AT)
    if size not in _SIZES or len(database) % size:
        raise ValueError(f"pages of {size} bytes")
    for start in range(size, len(database), size):
        if database[start + _TYPE_AT] not in _HASH_PAGES:
            continue
        (entries,) = struct.unpack_from("<H", database, start + _ENTRIES_AT)
        # Keys and values in turn; items are laid down from the end of a page.
        places = struct.unpack_from(f"<{entries}H", database, start + _HEADER)
        for number in range(1, entries, 2):
            at = start + places[number]
            kind = database[at]
            if kind == _HERE:
                yield database[at + 1 : start + places[number - 1]]
            elif kind == _ELSEWHERE:
                first, length = struct.unpack_from("<II", database, at + 4)
                yield _chained(database, size, first, length)
            else:
                raise ValueError(f"an item of kind {kind}")


def _chained(database: bytes, size: int, first: int, length: int) -> bytes:
    """What lies on pages of its own, one after the other."""
    if length > len(database):
        raise ValueError(f"an item of {length} bytes")
    found = bytearray()
    page = first
    while page and len(found) < length:
        start = page * size
        (page,) = struct.unpack_from("<I", database, start + _NEXT_AT)
        (used,) = struct.unpack_from("<H", database, start + _FREE_AT)
        if database[start + _TYPE_AT] != _OVERFLOW_PAGE or not used:
            raise ValueError("a chain of pages leads elsewhere")
        found += database[start + _HEADER : start + _HEADER + used]
    if len(found) != length:
        raise ValueError("a chain of pages is torn")
    return bytes(found)
