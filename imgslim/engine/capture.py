"""Output kept within bounds: the head and the tail of a stream, and how much was dropped between them."""

from __future__ import annotations

import threading


class Capture:
    """Keeps at most ``limit`` bytes of a stream, half from its start and half from its end; safe between threads."""

    __slots__ = ("_half", "_head", "_lock", "_tail", "total")

    def __init__(self, limit: int) -> None:
        """Start empty."""
        self._half = max(1, limit // 2)
        self._head = bytearray()
        self._tail = bytearray()
        self._lock = threading.Lock()
        #: Bytes seen so far.
        self.total = 0

    def add(self, data: bytes) -> None:
        """Take the next bytes of the stream."""
        with self._lock:
            self.total += len(data)
            room = self._half - len(self._head)
            if room > 0:
                self._head += data[:room]
                data = data[room:]
            if data:
                self._tail += data
                # Cut rarely: deleting at the front moves the rest.
                if len(self._tail) > 2 * self._half:
                    del self._tail[: -self._half]

    @property
    def dropped(self) -> int:
        """Bytes that were seen and are not kept."""
        return max(0, self.total - 2 * self._half)

    def head(self) -> bytes:
        """The start of the stream: all of it where nothing was dropped."""
        return self.value() if not self.dropped else bytes(self._head)

    def value(self) -> bytes:
        """What is kept; a line in the middle says how much is missing."""
        with self._lock:
            tail = bytes(self._tail[-self._half :])
            if not self.dropped:
                return bytes(self._head) + tail
            return bytes(self._head) + b"\n[... %d bytes ...]\n" % self.dropped + tail
