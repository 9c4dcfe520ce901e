"""Look into an image: the engine saves it into a stream, which is read on the way."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from typing import TYPE_CHECKING, cast

from imgslim.errors import EngineOrSystemError
from imgslim.evidence.archive import read_archive

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType
    from typing import BinaryIO, Self

    from imgslim.engine.connect import Engine
    from imgslim.engine.images import BuiltImage
    from imgslim.engine.session import Session
    from imgslim.evidence.contents import Contents
    from imgslim.syntax.nodes import Dockerfile

#: Seconds for one image: an engine on a slow disk saves some 20 MB a second.
TIMEOUT = 900.0
_PIECE = 1 << 20
#: Pieces that wait to be read.
_AHEAD = 4
#: Seconds between looks at whether anybody still reads.
_TICK = 0.2


def look(
    session: Session,
    image: BuiltImage,
    dockerfile: Dockerfile | None = None,
    base: str = "",
    timeout: float = TIMEOUT,
) -> Contents:
    """What an image in the engine's store holds.

    ``dockerfile`` is what it was built from, ``base`` the reference of its FROM ("" for none). Raises
    EngineOrSystemError: ``image-unreadable``, ``image-too-large``.
    """
    with SavedImage(session.engine, image.id, timeout) as stream:
        return read_archive(cast("BinaryIO", stream), dockerfile, _layers(session.engine, base))


def _layers(engine: Engine, reference: str) -> Sequence[str] | None:
    """The layers of a local image; None where the engine has none by that name."""
    raw = engine.inspect(reference) if reference else None
    if raw is None:
        return None
    return [str(layer) for layer in (raw.get("RootFS") or {}).get("Layers") or ()]


class SavedImage:
    """The bytes of ``docker save``, within a bound of time; closing it stops the engine's sending.

    A thread of its own reads: the SDK waits for the engine without any bound, and reading goes on while what came is
    looked at.
    """

    def __init__(self, engine: Engine, image: str, timeout: float = TIMEOUT) -> None:
        """Ask for the image; ``timeout`` in seconds is for all of it."""
        self._engine = engine
        self._image = image
        self._ends = time.monotonic() + timeout
        self._pieces: queue.Queue[bytes | Exception] = queue.Queue(_AHEAD)
        self._rest = b""
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._fetch, daemon=True)

    def __enter__(self) -> Self:
        """Begin to read."""
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop."""
        self._closed.set()
        self._thread.join(_TICK * 5)

    def read(self, size: int) -> bytes:
        """Some of the next bytes, at most ``size``; b"" at the end."""
        if not self._rest:
            self._rest = self._next()
        found, self._rest = self._rest[:size], self._rest[size:]
        return found

    def _next(self) -> bytes:
        """The next piece."""
        try:
            piece = self._pieces.get(timeout=max(self._ends - time.monotonic(), 0.0))
        except queue.Empty:
            raise EngineOrSystemError("image-unreadable", "the engine took too long to save the image") from None
        if isinstance(piece, Exception):
            raise EngineOrSystemError("image-unreadable", f"the engine can't save the image: {piece}") from piece
        return piece

    def _fetch(self) -> None:
        """Hand on what the engine sends, an empty piece at the end."""
        try:
            with contextlib.closing(self._engine.api.get_image(self._image, _PIECE)) as pieces:
                if all(self._hand_on(piece) for piece in pieces if piece):
                    self._hand_on(b"")
        except Exception as error:  # noqa: BLE001  (the SDK, requests and urllib3 each have their own; it is raised again)
            self._hand_on(error)

    def _hand_on(self, piece: bytes | Exception) -> bool:
        """Put a piece where it is read; False where nobody reads any more."""
        while not self._closed.is_set():
            with contextlib.suppress(queue.Full):
                self._pieces.put(piece, timeout=_TICK)
                return True
        return False
