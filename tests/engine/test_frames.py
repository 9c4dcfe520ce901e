"""The engine's frames, in whatever pieces they come."""

from __future__ import annotations

import socket
import struct
import threading
from typing import TYPE_CHECKING

import pytest

from imgslim.engine.frames import STDERR, STDOUT, frames

if TYPE_CHECKING:
    from collections.abc import Iterable

SAID = [(STDOUT, b"one\n"), (STDERR, b"two"), (STDOUT, b"x" * 300_000), (STDOUT, b"\1\0\0\0\0\0\0\5")]


def framed(said: Iterable[tuple[int, bytes]]) -> bytes:
    """As the engine sends them."""
    return b"".join(struct.pack(">BxxxL", kind, len(content)) + content for kind, content in said)


def read(sent: bytes, piece: int, pause: float = 0.0) -> list[tuple[int, bytes]]:
    """Read what another thread sends so many bytes at a time."""
    ours, theirs = socket.socketpair()

    def send() -> None:
        for at in range(0, len(sent), piece):
            theirs.sendall(sent[at : at + piece])
        theirs.close()

    sender = threading.Thread(target=send)
    sender.start()
    with ours:
        found = list(frames(ours, pause))
    sender.join()
    return found


@pytest.mark.parametrize("piece", [1000, 65_536, 1 << 20])
def test_each_frame_once(piece: int) -> None:
    """Where pieces begin and end makes no difference; an empty frame says nothing."""
    assert read(framed([*SAID[:2], (STDOUT, b""), *SAID[2:]]), piece) == SAID


def test_bytes_one_by_one() -> None:
    """A header may come in pieces too."""
    assert read(framed(SAID[:2]), 1, 0.001) == SAID[:2]


@pytest.mark.parametrize(("kept", "found"), [(0, []), (5, []), (8, []), (10, [(STDOUT, b"on")])])
def test_cut_short(kept: int, found: list[tuple[int, bytes]]) -> None:
    """What has come of the last one counts."""
    assert read(framed(SAID[:1])[:kept], 100) == found
