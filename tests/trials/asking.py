"""Ask a running program what a probe asks: its output, its exit status, HTTP and TCP answers."""

from __future__ import annotations

import http.client
import re
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

if TYPE_CHECKING:
    from tests.trials.cases import Probe

#: Seconds for one connection or answer.
_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a run so far."""

    #: Standard output and standard error, as they came.
    output: str
    #: None while it runs.
    code: int | None
    #: The container's address; "" before it has one.
    address: str


def holds(probe: Probe, seen: Seen) -> bool:
    """Tell whether a probe holds now; servers are only asked while they run."""
    match probe.kind:
        case "exit":
            return seen.code == probe.code
        case "output":
            return probe.contains in seen.output and re.search(probe.regex, seen.output, re.MULTILINE) is not None
        case "http" | "tcp":
            if seen.code is not None or not seen.address:
                return False
            try:
                return (_http if probe.kind == "http" else _tcp)(probe, seen.address)
            except (OSError, http.client.HTTPException):
                return False
        case _:
            assert_never(probe.kind)


def _http(probe: Probe, address: str) -> bool:
    connection = http.client.HTTPConnection(address, probe.port, timeout=_PATIENCE)
    try:
        body = None if probe.body is None else probe.body.encode()
        connection.request(probe.method, probe.path, body, dict(probe.headers))
        answer = connection.getresponse()
        data = answer.read()
        return (
            answer.status == probe.status
            and probe.contains in data.decode(errors="replace")
            and len(data) >= probe.bytes
            and (answer.getheader("Content-Type") or "").startswith(probe.type)
            and (answer.getheader("Location") or "").endswith(probe.location)
        )
    finally:
        connection.close()


def _tcp(probe: Probe, address: str) -> bool:
    with socket.create_connection((address, probe.port), _PATIENCE) as connection:
        if probe.send:
            connection.sendall(probe.send.encode())
        got, end = b"", time.monotonic() + _PATIENCE
        while probe.contains.encode() not in got and (left := end - time.monotonic()) > 0:
            connection.settimeout(left)
            part = connection.recv(65536)
            if not part:
                break
            got += part
        return probe.contains.encode() in got
