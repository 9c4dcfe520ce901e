"""Read what a program in a container writes: the engine's stream of frames, each of one output stream.

A frame is eight bytes, the stream's number and the length of what follows (Docker Engine API, "Attach to a container").
The SDK's own reader asks the system three times for each frame; here as much is taken at once as has come.
"""

from __future__ import annotations

import struct
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Numbers of the streams.
STDOUT, STDERR = 1, 2
_HEADER = struct.Struct(">BxxxL")
#: Bytes that are asked for at once.
_PIECE = 1 << 18


def frames(stream: Any, pause: float = 0.0) -> Iterator[tuple[int, bytes]]:  # noqa: ANN401  (a socket, or the SDK's)
    """Each frame's stream and content, until the stream ends; of one that is cut short, what has come.

    ``pause`` are seconds to wait after each piece: a writer of many short lines, and the engine, then have the
    processors to themselves. Raises OSError where the connection breaks.
    """
    from docker.utils import socket as sdk  # noqa: PLC0415

    read: Any = sdk.read
    kind, wanted = 0, 0
    waiting = bytearray()
    while True:
        piece = read(stream, _PIECE)
        if piece is None:  # interrupted
            continue
        if not piece:
            if wanted and waiting:
                yield kind, bytes(waiting)
            return
        waiting += piece
        at = 0
        while True:
            if not wanted:
                if len(waiting) - at < _HEADER.size:
                    break
                kind, wanted = _HEADER.unpack_from(waiting, at)
                at += _HEADER.size
            if len(waiting) - at < wanted:
                break
            if wanted:
                yield kind, bytes(waiting[at : at + wanted])
            at, wanted = at + wanted, 0
        del waiting[:at]
        if pause:
            time.sleep(pause)
