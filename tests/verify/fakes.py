"""A container that is none: servers of this process stand for its program."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from imgslim.engine.capture import Capture
from imgslim.engine.container import StartFailed, State
from imgslim.engine.images import BuiltImage, ImageConfig
from imgslim.engine.sockets import Listener

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Self

    from imgslim.engine.options import Limits, RunOptions

RUNNING = State(is_running=True, exit_code=0, is_oom_killed=False, health="", health_log="", pid=1)


def image(**config: Any) -> BuiltImage:  # noqa: ANN401  (the fields of ImageConfig)
    """An image that only has a configuration."""
    return BuiltImage("sha256:0", 1, ImageConfig(**config), ())


@dataclass
class FakeContainer:
    """What a run of the image would show, as far as it is given."""

    #: Ports that listen, and where they are reached; None where a port is seen but not reached.
    ports: Mapping[int, tuple[str, int] | None] = field(default_factory=dict)
    #: Exit code; None runs on.
    code: int | None = None
    out: bytes = b""
    err: bytes = b""
    #: Seconds before the ports listen.
    delay: float = 0.0
    loopback: frozenset[int] = frozenset()
    udp: frozenset[int] = frozenset()
    #: False where the sockets can't be seen.
    is_visible: bool = True
    #: True prints a line at every look.
    is_chatty: bool = False
    #: Processor seconds used per second.
    load: float = 0.0
    health: str = ""
    oom: bool = False
    crowded: bool = False
    #: Exit code after the stop signal; None must be killed.
    stops: int | None = None
    id: str = "c0ffee"
    signals: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Print."""
        self.stdout, self.stderr = Capture(1 << 16), Capture(1 << 16)
        self.stdout.add(self.out)
        self.stderr.add(self.err)
        self._begin = time.monotonic()

    def __enter__(self) -> Self:
        """It runs."""
        return self

    def __exit__(self, *_: object) -> None:
        """It is gone."""

    def state(self) -> State:
        """Running, or ended at once."""
        if self.is_chatty:
            self.stdout.add(b"tick\n")
        if self.code is None:
            return replace(RUNNING, health=self.health, is_oom_killed=self.oom)
        return State(is_running=False, exit_code=self.code, is_oom_killed=self.oom, health="", health_log="", pid=0)

    def wait(self, _seconds: float) -> State:
        """It does not change."""
        return self.state()

    def listeners(self, _pid: int) -> frozenset[Listener] | None:
        """The given ports, once they listen."""
        if not self.is_visible:
            return None
        if time.monotonic() - self._begin < self.delay:
            return frozenset()
        found = {Listener(port, "tcp", is_loopback=False) for port in self.ports}
        found |= {Listener(port, "tcp", is_loopback=True) for port in self.loopback}
        return frozenset(found | {Listener(port, "udp", is_loopback=False) for port in self.udp})

    def address(self, port: int) -> tuple[str, int] | None:
        """Where the port's server is."""
        return self.ports.get(port)

    def cpu_seconds(self) -> float:
        """Work at a steady rate."""
        return self.load * (time.monotonic() - self._begin)

    def is_crowded(self) -> bool:
        """As given."""
        return self.crowded

    def stop(self, signal: str, _seconds: float) -> State | None:
        """End, or don't."""
        self.signals.append(signal)
        if self.stops is None:
            return None
        return State(is_running=False, exit_code=self.stops, is_oom_killed=False, health="", health_log="", pid=0)


@dataclass
class FakeSession:
    """Gives the containers that it was given, one after the other."""

    containers: list[FakeContainer | str]
    started: list[RunOptions] = field(default_factory=list)

    def start(self, _image: BuiltImage, options: RunOptions, _limits: Limits) -> FakeContainer:
        """The next container; a text is why it does not start."""
        self.started.append(options)
        container = self.containers.pop(0)
        if isinstance(container, str):
            raise StartFailed(container)
        return container


@contextmanager
def site(pages: Mapping[str, tuple[int, dict[str, str], str]]) -> Iterator[tuple[tuple[str, int], list[str]]]:
    """Serve pages by path (status, fields, body); give the address and the paths that were asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            status, fields, body = pages.get(self.path, (404, {}, "no"))
            self.send_response(status)
            for name, value in fields.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Be silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield ("127.0.0.1", server.server_address[1]), asked
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def talker(talk: Callable[[socket.socket], None]) -> Iterator[tuple[str, int]]:
    """Serve each connection by a function."""
    listening = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                peer, _ = listening.accept()
            except OSError:
                return
            with peer:
                talk(peer)

    threading.Thread(target=accept, daemon=True).start()
    try:
        address: tuple[str, int] = listening.getsockname()
        yield address
    finally:
        listening.close()
