"""Where an image's loader looks for libraries, as its configuration files say."""

from __future__ import annotations

import fnmatch
import posixpath
import struct
from typing import TYPE_CHECKING

from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from imgslim.evidence.contents import Entry

#: How the cache begins since glibc 2.2; older ones have another table before it.
_CACHE_MAGIC = b"glibc-ld.so.cache1.1"
#: Header: magic, number of entries, bytes of texts, flags and padding, offset of extensions, unused.
_CACHE_HEADER = "20sII4xI12x"
#: Entry: flags, offset of the name, offset of the path, operating system, hardware capabilities.
_CACHE_ENTRY = "iIIIQ"
#: A folder for processors that can do more than the least: not every machine takes such a library.
_HWCAPS = "/glibc-hwcaps/"
_DEEPEST = 8
#: One for each machine.
_MUSL_PATHS = regex(r"/etc/ld-musl-[^/]+\.path")


def glibc_folders(entries: Mapping[str, Entry], text: Callable[[str], str | None]) -> tuple[str, ...]:
    """The folders that ld.so.conf names (ldconfig(8)), in order."""
    return tuple(dict.fromkeys(_from_conf("/etc/ld.so.conf", entries, text, 0)))


def musl_folders(entries: Mapping[str, Entry], text: Callable[[str], str | None]) -> tuple[str, ...] | None:
    """The folders that ``/etc/ld-musl-*.path`` names, in order; None without one."""
    paths = sorted(path for path in entries if _MUSL_PATHS.fullmatch(path))
    if not paths:
        return None
    lines = "\n".join(text(path) or "" for path in paths).replace(":", "\n").splitlines()
    return tuple(dict.fromkeys(line for line in lines if line))


def _from_conf(path: str, entries: Mapping[str, Entry], text: Callable[[str], str | None], depth: int) -> Iterator[str]:
    """The folders of one file and of those that it includes."""
    content = text(path)
    if content is None or depth > _DEEPEST:
        return
    for line in content.splitlines():
        words = line.partition("#")[0].replace(":", " ").replace(",", " ").split()
        if not words or words[0] == "hwcap":
            continue
        if words[0] != "include":
            yield from (word.partition("=")[0].rstrip("/") for word in words if word.startswith("/"))
            continue
        for pattern in words[1:]:
            whole = posixpath.join(posixpath.dirname(path), pattern)
            folder = posixpath.dirname(whole)
            for name in sorted(p for p in entries if posixpath.dirname(p) == folder and fnmatch.fnmatchcase(p, whole)):
                yield from _from_conf(name, entries, text, depth + 1)


def read_cache(content: bytes) -> dict[str, tuple[str, ...]]:
    """What ld.so.cache says: paths by library name, in its order; {} where it is of another kind, or damaged."""
    start = content.find(_CACHE_MAGIC)
    if start < 0:
        return {}
    for order in "<>":
        found = _entries(content[start:], order)
        if found:
            return found
    return {}


def _entries(content: bytes, order: str) -> dict[str, tuple[str, ...]]:
    """The entries, read in one byte order; {} where that is not the file's."""
    found: dict[str, tuple[str, ...]] = {}
    header, entry = struct.Struct(order + _CACHE_HEADER), struct.Struct(order + _CACHE_ENTRY)
    if len(content) < header.size:
        return {}
    count = header.unpack_from(content)[1]
    if header.size + count * entry.size > len(content):
        return {}
    for number in range(count):
        _, name_at, path_at, _, _ = entry.unpack_from(content, header.size + number * entry.size)
        name, path = _text(content, name_at), _text(content, path_at)
        if not name or not path:
            return {}
        if _HWCAPS not in path:
            found[name] = (*found.get(name, ()), path)
    return found


def _text(content: bytes, at: int) -> str:
    """The text at an offset up to its NUL."""
    end = content.find(b"\0", at)
    return content[at:end].decode("utf-8", "surrogateescape") if end >= 0 else ""
