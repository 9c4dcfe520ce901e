"""BuildKit's raw progress (``--progress=rawjson``): a stream of objects, made into lines for people as they come."""

from __future__ import annotations

import base64
import binascii
import codecs
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

#: Lines of a step's output that are kept for an error message.
KEPT_LINES = 30
#: Text kept while waiting for an object's end; beyond it the stream is not what we think it is.
_LONGEST_OBJECT = 1 << 22


#: Characters of a line that are waited for.
_LONGEST_LINE = 1 << 13


class Progress:
    """Collects what a build says; feed it standard error piece by piece.

    buildx 0.29 writes one object a line, 0.13 pretty-printed ones over several: both are read with ``raw_decode``.
    Text that is no object (an error before the build starts, a warning of the CLI) is kept as it stands.
    """

    def __init__(self, tell: Callable[[str], None] | None) -> None:
        """Pass lines for people to ``tell``: indented, as parts of whatever is being built."""
        self._tell = tell
        self._decode = json.JSONDecoder().raw_decode
        self._text = codecs.getincrementaldecoder("utf-8")("replace")
        self._pending = ""
        self._names: dict[str, str] = {}
        self._started: set[str] = set()
        self._logs: dict[str, list[str]] = {}
        #: What each step printed of a line that has not ended: programs write in pieces.
        self._begun: dict[str, bytes] = {}
        #: Text outside of the objects, line by line.
        self.plain: list[str] = []
        #: ``(name of the step, error)``, in the order of arrival.
        self.errors: list[tuple[str, str]] = []
        self._failed: str | None = None

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the stream."""
        self._pending += self._text.decode(data)
        while self._pending:
            text = self._pending.lstrip()
            if not text.startswith("{"):
                line, end, rest = text.partition("\n")
                if not end:
                    self._pending = text
                    return
                self._plain(line)
                self._pending = rest
                continue
            try:
                status, at = self._decode(text)
            except ValueError:
                # Either the object is not whole yet, or this is no JSON at all.
                if len(text) < _LONGEST_OBJECT:
                    self._pending = text
                    return
                line, _, self._pending = text.partition("\n")
                self._plain(line)
                continue
            self._pending = text[at:]
            self._status(status)

    def close(self) -> None:
        """Take what is left: what steps have begun to say, and plain text."""
        for digest in tuple(self._begun):
            self._end(digest)
        for line in self._pending.splitlines():
            self._plain(line)
        self._pending = ""

    @property
    def failure(self) -> tuple[str, ...]:
        """The last lines that the failing step printed; without one, the last plain lines."""
        if self._failed is not None and self._logs.get(self._failed):
            return tuple(self._logs[self._failed][-KEPT_LINES:])
        return tuple(self.plain[-KEPT_LINES:])

    def _plain(self, line: str) -> None:
        """Keep one line that is no object."""
        if line.strip():
            self.plain = [*self.plain[-4 * KEPT_LINES :], line.rstrip()]

    def _status(self, status: dict[str, Any]) -> None:
        """Read one SolveStatus: its vertexes (steps), and their logs."""
        for vertex in status.get("vertexes") or ():
            digest, name = str(vertex.get("digest", "")), str(vertex.get("name", ""))
            self._names[digest] = name
            if vertex.get("started") and digest not in self._started:
                self._started.add(digest)
                self._say(f"  {name}")
            error = vertex.get("error")
            if error or vertex.get("completed"):
                self._end(digest)
            # The steps that are cancelled because another one failed say so; the cause is the one of interest.
            if error and "context canceled" not in error:
                self.errors.append((name, str(error)))
                self._failed = digest
        for log in status.get("logs") or ():
            self._log(str(log.get("vertex", "")), str(log.get("data", "")))

    def _log(self, digest: str, data: str) -> None:
        """Keep the last lines of a step's output."""
        try:
            piece = base64.b64decode(data, validate=True)
        except binascii.Error:
            piece = data.encode()
        *lines, rest = _lines(self._begun.pop(digest, b"") + piece)
        for line in lines:
            self._line(digest, line)
        if len(rest) > _LONGEST_LINE:
            self._line(digest, rest)
        elif rest:
            self._begun[digest] = rest

    def _end(self, digest: str) -> None:
        """Take what a step that ended has printed last, though no line end came."""
        if rest := self._begun.pop(digest, b""):
            self._line(digest, rest)

    def _line(self, digest: str, written: bytes) -> None:
        """Keep one line of a step, and pass it on."""
        line = written.decode("utf-8", "replace")
        lines = self._logs.setdefault(digest, [])
        lines.append(line)
        del lines[: -4 * KEPT_LINES]
        self._say(f"    {line}")

    def _say(self, line: str) -> None:
        """Pass one line on."""
        if self._tell is not None and line:
            self._tell(line)


def _lines(text: bytes) -> list[bytes]:
    """Lines without their ends, the last one as far as it has come: empty where the text ends with a line."""
    lines = text.splitlines()
    return lines if text and text[-1:] not in b"\r\n" else [*lines, b""]
