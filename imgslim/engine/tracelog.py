"""Where a tracer's log goes: through the engine's own streams, or straight into a file of this machine.

strace writes every line by itself, and each wakes what passes it on: a shim, the engine, this process. Of a program
that only starts others that took more time than the tracing. An engine on this very machine can give the container a
file that is held open here: nobody is woken, and the file has no name as soon as it is mounted, so nothing is left of
it whatever happens.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
import weakref
from pathlib import Path

#: Bytes of a log that are kept; about a million lines.
MOST = 1 << 27


class StreamLog:
    """What comes through the engine, kept in memory."""

    #: What strace writes to in the container.
    place = "/dev/stdout"

    def __init__(self) -> None:
        """Nothing was written yet."""
        self._content = bytearray()
        self._lock = threading.Lock()
        #: True where it was too long to be kept whole.
        self.is_cut = False

    def add(self, data: bytes) -> None:
        """Take what came next."""
        with self._lock:
            if len(self._content) < MOST:
                self._content += data
            else:
                self.is_cut = True

    def size(self) -> int:
        """The bytes so far."""
        with self._lock:
            return len(self._content)

    def content(self) -> bytes:
        """All that is kept."""
        with self._lock:
            return bytes(self._content)


class FileLog:
    """A file that is mounted into the container at ``place``; only the engine's root may write to it."""

    def __init__(self, place: str) -> None:
        """Make the file; raises OSError."""
        self.place = place
        self._folder = tempfile.mkdtemp(prefix="imgslim-trace-")
        #: Where it is on this machine until :meth:`mounted`.
        self.path = Path(self._folder, "log")
        self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        weakref.finalize(self, os.close, self._descriptor)
        #: True where it was too long to be kept whole.
        self.is_cut = False

    def mounted(self) -> None:
        """Take its name away: the container has it, or never will."""
        with contextlib.suppress(OSError):
            self.path.unlink()
        with contextlib.suppress(OSError):
            Path(self._folder).rmdir()

    def bound(self) -> None:
        """Give back the disk's blocks beyond what is kept; asked now and then while the tracer writes."""
        if os.fstat(self._descriptor).st_size > MOST:
            self.is_cut = True
            os.ftruncate(self._descriptor, MOST)

    def size(self) -> int:
        """The bytes so far."""
        return min(os.fstat(self._descriptor).st_size, MOST)

    def content(self) -> bytes:
        """All that is kept."""
        size = self.size()
        parts, at = [], 0
        while at < size and (part := os.pread(self._descriptor, size - at, at)):
            parts.append(part)
            at += len(part)
        return b"".join(parts)
