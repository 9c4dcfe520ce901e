"""Talk to a server as a client does: one HTTP request, or bytes over TCP; bounded in time and size."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import socket
import ssl
import time
from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.verify.links import local_target

if TYPE_CHECKING:
    from imgslim.verify.probes import HttpProbe

#: Bytes of an answer that are compared as text; of the rest only size and hash are kept.
_KEPT = 1 << 18
#: Bytes read of an answer at most.
_MOST = 1 << 24
#: Seconds for one answer.
TIMEOUT = 10.0
#: Seconds until a connection stands; a container's is there at once, or after a lost packet or two was sent again.
_CONNECT = 4.0
#: Seconds without a byte after which a banner counts as said.
_SILENCE = 1.2
#: The error of an answer where nobody took the connection. Whether that shows as a refusal, an unreachable host or
#: silence is chance where a container has just ended: its address is still known for a while.
NO_CONNECTION = "no connection can be made"
#: The header fields that clients act on; the others (Date, ETag, Server) name the moment or the server's version.
_FIELDS = ("content-type", "content-encoding", "location", "www-authenticate", "allow")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, as text to compare."""

    #: 0 where it was not HTTP.
    status: int
    fields: tuple[tuple[str, str], ...]
    body: str
    #: Why there is no answer; "" where there is one.
    error: str = ""

    @property
    def head(self) -> str:
        """Status and fields, one a line."""
        return "\n".join([str(self.status), *(f"{name}: {value}" for name, value in self.fields)])

    def field(self, name: str) -> str:
        """The value of a kept header field; "" where it is absent."""
        return dict(self.fields).get(name, "")


def ask_http(address: tuple[str, int], request: HttpProbe, *, tls: bool = False) -> Answer:
    """Send one request; an answer that is not HTTP, or none, has status 0 and an error.

    Redirections are not followed: they are answers.
    """
    stream = _connect(address)
    if stream is None:
        return Answer(0, (), "", NO_CONNECTION)
    connection = http.client.HTTPConnection(*address, timeout=TIMEOUT)
    connection.sock = stream
    try:
        if tls:
            # The certificate names the service's real host, not ours: what it serves is compared, not its name.
            context = ssl._create_unverified_context()  # noqa: S323, SLF001
            connection.sock = context.wrap_socket(stream, server_hostname=address[0])
        headers = {"Host": "localhost", "User-Agent": "imgslim", "Accept": "*/*", **dict(request.headers)}
        connection.request(request.method, request.path, request.body or None, headers)
        response = connection.getresponse()
        body = _read_body(response)
    except (OSError, http.client.HTTPException) as error:
        return Answer(0, (), "", f"{type(error).__name__}: {error}")
    finally:
        connection.close()
    fields = [(name, response.headers.get(name)) for name in _FIELDS]
    kept = [(name, value) for name, value in fields if value is not None]
    return Answer(response.status, tuple((name, _local(name, value)) for name, value in kept), _text(body))


def ask_tcp(address: tuple[str, int], send: bytes = b"", awaited: bytes = b"") -> Answer:
    """Connect, send, and read until the peer closes, or has said what is awaited and falls silent."""
    end = time.monotonic() + TIMEOUT
    data = b""
    stream = _connect(address)
    if stream is None:
        return Answer(0, (), "", NO_CONNECTION)
    try:
        with stream:
            if send:
                stream.sendall(send)
            while len(data) < _MOST and time.monotonic() < end:
                patience = _SILENCE if data or not send else 2 * _SILENCE
                stream.settimeout(patience if awaited in data else max(patience, end - time.monotonic()))
                with contextlib.suppress(TimeoutError):
                    part = stream.recv(1 << 16)
                    if part:
                        data += part
                        continue
                break
    except ConnectionError as error:
        # A peer that closes with bytes of ours unread resets the connection (RFC 2525, 2.17): whether they had come
        # by then is chance, so what it said before is the answer.
        return Answer(0, (), _text(data), "" if data else f"{type(error).__name__}: {error}")
    except OSError as error:
        return Answer(0, (), _text(data), f"{type(error).__name__}: {error}")
    return Answer(0, (), _text(data))


def _connect(address: tuple[str, int]) -> socket.socket | None:
    """A connection; None where nobody takes it."""
    try:
        stream = socket.create_connection(address, _CONNECT)
    except OSError:
        return None
    stream.settimeout(TIMEOUT)
    return stream


def _read_body(response: http.client.HTTPResponse) -> bytes:
    """Read a body that may never end: at most so many bytes, for at most so long."""
    end = time.monotonic() + TIMEOUT
    data = b""
    while len(data) < _MOST and time.monotonic() < end:
        # An event stream falls silent and stays open, and a peer that has not read all of the request resets the
        # connection as it closes: what it has sent until then is its answer.
        try:
            part = response.read1(1 << 16)
        except (TimeoutError, ConnectionError):
            break
        if not part:
            break
        data += part
    return data


def _local(name: str, value: str) -> str:
    """A field's value without our own address: a Location may be absolute."""
    if name != "location":
        return value
    return local_target(value, "/", "localhost") or value


def _text(data: bytes) -> str:
    """Bytes as text to compare; what is too long to show is compared by its hash."""
    text = data[:_KEPT].decode("utf-8", "backslashreplace")
    if len(data) <= _KEPT:
        return text
    return f"{text}\n[{len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}]"
