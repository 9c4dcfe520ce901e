"""Bytes that come once, in order: read within bounds, a part of them at a time, unpacked on the way."""

from __future__ import annotations

import importlib
import itertools
import zlib
from typing import TYPE_CHECKING

from imgslim.errors import EngineOrSystemError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

#: Bytes that are handed on at a time; unpacked data comes in pieces of this size too, however small it was packed.
PIECE = 1 << 20
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
#: Modules that unpack zstd: the standard library's own (Python 3.14), and the same for older ones.
_ZSTD_MODULES = ("compression.zstd", "backports.zstd")


def unreadable(what: str) -> EngineOrSystemError:
    """The error for an archive that is cut short or not what it should be."""
    return EngineOrSystemError("image-unreadable", f"the saved image can't be read: {what}")


def too_large(what: str) -> EngineOrSystemError:
    """The error for an image that goes over a bound."""
    return EngineOrSystemError("image-too-large", f"the image is too large to be looked into: {what}")


class Feed:
    """Pieces of bytes as one run of them."""

    __slots__ = ("_at", "_piece", "_pieces")

    def __init__(self, pieces: Iterator[bytes]) -> None:
        """Begin; an empty piece counts for nothing."""
        self._pieces = pieces
        self._piece = b""
        self._at = 0

    def some(self, most: int) -> bytes:
        """Between one and ``most`` of the next bytes; b"" at the end."""
        while self._at == len(self._piece):
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._piece, self._at = piece, 0
        start, self._at = self._at, min(len(self._piece), self._at + most)
        return self._piece[start : self._at]

    def most(self, size: int) -> bytes:
        """The next ``size`` bytes, fewer only where the end comes first."""
        found = self.some(size)
        if len(found) == size or not found:
            return found
        parts, left = [found], size - len(found)
        while left and (found := self.some(left)):
            parts.append(found)
            left -= len(found)
        return b"".join(parts)

    def take(self, size: int) -> bytes:
        """The next ``size`` bytes, all of them."""
        at, end = self._at, self._at + size
        if end <= len(self._piece):
            self._at = end
            return self._piece[at:end]
        found = self.most(size)
        if len(found) != size:
            raise unreadable("it ends too early")
        return found

    def skip(self, size: int) -> None:
        """Pass over the next ``size`` bytes."""
        while (here := len(self._piece) - self._at) < size:
            size -= here
            piece = next(self._pieces, None)
            if piece is None:
                raise unreadable("it ends too early")
            self._piece, self._at = piece, 0
        self._at += size


class Part:
    """The next ``left`` bytes of a feed; whoever has enough of them calls :meth:`drain`."""

    __slots__ = ("feed", "left")

    def __init__(self, feed: Feed, left: int) -> None:
        """Begin at the feed's next byte."""
        self.feed = feed
        self.left = left

    def take(self, size: int) -> bytes:
        """The next bytes, ``size`` of them or all that are left."""
        size = min(size, self.left)
        self.left -= size
        return self.feed.take(size)

    def __iter__(self) -> Iterator[bytes]:
        """All pieces up to the end of the part."""
        while self.left:
            piece = self.feed.some(min(self.left, PIECE))
            if not piece:
                raise unreadable("it ends too early")
            self.left -= len(piece)
            yield piece

    def drain(self) -> None:
        """Pass over what is left."""
        left, self.left = self.left, 0
        self.feed.skip(left)


def unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces as they are, or unpacked where they begin as gzip (RFC 1952) or zstd (RFC 8878) data does."""
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= len(_ZSTD):
            break
    whole = itertools.chain((head,), pieces)
    if head.startswith(_GZIP):
        return _inflated(whole, lambda: zlib.decompressobj(zlib.MAX_WBITS | 16), _gzip_drawn)
    if head.startswith(_ZSTD):
        return _inflated(whole, _zstd(), _zstd_drawn)
    return whole


def _zstd() -> Callable[[], Any]:
    """What makes a zstd decompressor; raises where no module here can."""
    for name in _ZSTD_MODULES:
        try:
            module: Any = importlib.import_module(name)
        except ImportError:
            continue
        made: Callable[[], Any] = module.ZstdDecompressor
        return made
    raise EngineOrSystemError(
        "image-unreadable",
        "a layer of the image is packed with zstd, which this Python can't unpack",
        "`pip install backports.zstd`, or use Python 3.14",
    )


def _inflated(
    pieces: Iterator[bytes], make: Callable[[], Any], draw: Callable[[Any, bytes], Iterator[bytes]]
) -> Iterator[bytes]:
    """Unpack one packed member after another."""
    machine = make()
    for piece in pieces:
        packed = piece
        while packed:
            if machine.eof:
                if not packed.strip(b"\0"):
                    # Zeros behind the last member are padding.
                    break
                machine = make()
            try:
                yield from draw(machine, packed)
            except EngineOrSystemError:
                raise
            except Exception as error:
                # Each module has an error of its own: zlib.error, ZstdError.
                raise unreadable(f"a layer can't be unpacked: {error}") from error
            packed = machine.unused_data if machine.eof else b""
    if not machine.eof:
        raise unreadable("a layer ends too early")


def _gzip_drawn(machine: Any, packed: bytes) -> Iterator[bytes]:  # noqa: ANN401  (zlib does not name the type)
    """All that these bytes unpack to, a piece at a time: a few of them can stand for gigabytes."""
    while True:
        yield machine.decompress(packed, PIECE)
        packed = machine.unconsumed_tail
        if machine.eof or not packed:
            return


def _zstd_drawn(machine: Any, packed: bytes) -> Iterator[bytes]:  # noqa: ANN401  (one of two modules)
    """The same for zstd, which keeps for itself what it has not unpacked yet."""
    while True:
        yield machine.decompress(packed, PIECE)
        packed = b""
        if machine.eof or machine.needs_input:
            return
