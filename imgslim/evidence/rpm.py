"""rpm's database: one table of headers, in SQLite since rpm 4.16, in a hash table of Berkeley DB before."""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing

from imgslim.evidence import bdb

#: What a file of SQLite starts with, and where it says how changes are kept (sqlite.org/fileformat2.html, 1.3).
_SQLITE, _JOURNAL, _ROLLBACK = b"SQLite format 3\0", slice(18, 20), b"\1\1"
#: Tags of a header (rpmtag.h) and the types that they have.
_NAME, _VERSION, _RELEASE, _EPOCH = 1000, 1001, 1002, 1003
_FOLDER_INDEXES, _FILE_NAMES, _FOLDER_NAMES = 1116, 1117, 1118
_INT32, _STRING, _STRINGS = 4, 6, 8
_MOST_ENTRIES = 1 << 16
#: Bytes of the counter that a hash table has beside its headers.
_COUNTER = 4


def rpm_packages(database: bytes) -> list[tuple[str, str, list[str]]] | None:
    """``(package, version, paths)`` of each header; None where the database can't be read."""
    try:
        return [_package(blob) for blob in _headers(database)]
    except (sqlite3.Error, struct.error, ValueError, IndexError, TypeError, KeyError):
        return None


def _headers(database: bytes) -> list[bytes]:
    if not database.startswith(_SQLITE):
        # The pair of key 0 counts the packages.
        return [value for value in bdb.values(database) if len(value) > _COUNTER]
    with closing(sqlite3.connect(":memory:")) as connection:
        # rpm keeps changes in a file beside it (-wal), which a database in memory has not.
        connection.deserialize(database[: _JOURNAL.start] + _ROLLBACK + database[_JOURNAL.stop :])
        return [blob for (blob,) in connection.execute("SELECT blob FROM Packages")]


def _package(blob: bytes) -> tuple[str, str, list[str]]:
    """One header: numbers of entries and bytes, the entries ``(tag, type, offset, count)``, then the bytes."""
    count, _ = struct.unpack_from(">II", blob)
    if count > _MOST_ENTRIES:
        raise ValueError(count)
    start = 8 + 16 * count
    numbers: dict[int, tuple[int, ...]] = {}
    texts: dict[int, list[str]] = {}
    for number in range(count):
        tag, kind, offset, many = struct.unpack_from(">IIII", blob, 8 + 16 * number)
        if tag not in (_NAME, _VERSION, _RELEASE, _EPOCH, _FOLDER_INDEXES, _FILE_NAMES, _FOLDER_NAMES):
            continue
        at = start + offset
        if kind == _INT32:
            numbers[tag] = struct.unpack_from(f">{many}I", blob, at)
        elif kind in (_STRING, _STRINGS):
            texts[tag] = [text.decode("utf-8", "surrogateescape") for text in blob[at:].split(b"\0", many)[:many]]
    folders, names = texts.get(_FOLDER_NAMES, []), texts.get(_FILE_NAMES, [])
    paths = [f"{folders[at]}{name}" for at, name in zip(numbers.get(_FOLDER_INDEXES, ()), names, strict=True)]
    (name,), (version,), (release,) = texts[_NAME], texts[_VERSION], texts[_RELEASE]
    epoch = f"{numbers[_EPOCH][0]}:" if _EPOCH in numbers else ""
    return name, f"{epoch}{version}-{release}", paths
