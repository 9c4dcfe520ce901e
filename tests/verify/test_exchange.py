"""Servers are talked to as a client does, within bounds."""

from __future__ import annotations

import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import pytest

from imgslim.verify import exchange
from imgslim.verify.exchange import ask_http, ask_tcp
from imgslim.verify.probes import HttpProbe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Address = tuple[str, int]


class _Handler(BaseHTTPRequestHandler):
    """A small site."""

    def do_GET(self) -> None:
        """Answer by the path."""
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "http://localhost/there?x=1")
            self.end_headers()
        elif self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "https://example.org/")
            self.end_headers()
        elif self.path == "/endless":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"event\n")
            self.wfile.flush()
            time.sleep(5)
        elif self.path == "/large":
            self._send(b"x" * 300_000)
        else:
            self._send(f"{self.command} {self.headers['X-Test']} {self.headers['Host']}".encode())

    def do_POST(self) -> None:
        """Echo the body."""
        self._send(self.rfile.read(int(self.headers["Content-Length"])))

    def _send(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:  # noqa: ANN401  (the base class's signature)
        """Be silent."""


@pytest.fixture
def site() -> Iterator[Address]:
    """Serve the site."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield ("127.0.0.1", server.server_address[1])
    server.shutdown()
    server.server_close()


@pytest.fixture
def talker() -> Iterator[Callable[[Callable[[socket.socket], None]], Address]]:
    """Serve one connection by a function."""
    sockets: list[socket.socket] = []

    def serve(talk: Callable[[socket.socket], None]) -> Address:
        listening = socket.create_server(("127.0.0.1", 0))
        sockets.append(listening)

        def accept() -> None:
            peer, _ = listening.accept()
            with peer:
                talk(peer)

        threading.Thread(target=accept, daemon=True).start()
        address: Address = listening.getsockname()
        return address

    yield serve
    for one in sockets:
        one.close()


def test_status_fields_and_body(site: Address) -> None:
    """Request line, headers and answer are what was asked for."""
    answer = ask_http(site, HttpProbe("/x", headers=(("X-Test", "y"),)))
    assert (answer.status, answer.body, answer.error) == (200, "GET y localhost", "")
    assert answer.head == "200\ncontent-type: text/plain"
    assert answer.field("location") == ""


def test_a_body_is_sent(site: Address) -> None:
    """POST carries its bytes."""
    assert ask_http(site, HttpProbe("/", "POST", body=b"data")).body == "data"


def test_redirections_are_answers(site: Address) -> None:
    """They are not followed; our own address is taken out of them."""
    assert ask_http(site, HttpProbe("/moved")).field("location") == "/there?x=1"
    assert ask_http(site, HttpProbe("/away")).field("location") == "https://example.org/"


def test_an_answer_that_never_ends_is_cut(site: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    """An event stream's first events are its answer."""
    monkeypatch.setattr(exchange, "TIMEOUT", 0.5)
    begin = time.monotonic()
    assert ask_http(site, HttpProbe("/endless")).body == "event\n"
    assert time.monotonic() - begin < 3


def test_large_bodies_are_compared_by_hash(site: Address) -> None:
    """What is too long to show counts still."""
    body = ask_http(site, HttpProbe("/large")).body
    assert body.endswith("]")
    assert "300000 bytes, sha256" in body
    assert len(body) < 300_000


def test_no_server() -> None:
    """A refused connection is an answer without status."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address: Address = free.getsockname()
    assert ask_http(address, HttpProbe()).error == exchange.NO_CONNECTION
    assert ask_tcp(address).error == exchange.NO_CONNECTION


@pytest.mark.parametrize("error", [TimeoutError("timed out"), OSError(113, "No route to host")])
def test_a_container_that_has_just_ended(monkeypatch: pytest.MonkeyPatch, error: OSError) -> None:
    """Its address is silent or unreachable, by chance: the answer is that of a refusal."""
    monkeypatch.setattr(socket, "create_connection", Mock(side_effect=error))
    for tls in (False, True):
        assert ask_http(("172.17.0.9", 80), HttpProbe(), tls=tls).error == exchange.NO_CONNECTION
    assert ask_tcp(("172.17.0.9", 80)).error == exchange.NO_CONNECTION


def test_tls_that_is_none(site: Address) -> None:
    """A plain server does not speak TLS."""
    assert ask_http(site, HttpProbe(), tls=True).status == 0


def test_what_is_not_http(talker: Callable[[Callable[[socket.socket], None]], Address]) -> None:
    """A banner is no HTTP answer."""
    answer = ask_http(talker(lambda peer: peer.sendall(b"220 ready\r\n")), HttpProbe())
    assert answer.status == 0
    assert answer.error


def test_a_banner_is_read_until_silence(talker: Callable[[Callable[[socket.socket], None]], Address]) -> None:
    """A server that speaks first and waits is read as far as it speaks."""

    def talk(peer: socket.socket) -> None:
        peer.sendall(b"220 ")
        time.sleep(0.1)
        peer.sendall(b"ready\r\n")
        time.sleep(5)

    assert ask_tcp(talker(talk)).body == "220 ready\r\n"


def test_bytes_are_echoed(talker: Callable[[Callable[[socket.socket], None]], Address]) -> None:
    """What is sent reaches the server; what it says until it hangs up is the answer."""
    assert ask_tcp(talker(lambda peer: peer.sendall(peer.recv(100).upper())), b"ping\xff").body == "PING\\xff"


def _close_unread(said: bytes) -> Callable[[socket.socket], None]:
    """Wait until the request has come, answer without reading it, and hang up: this resets the connection."""

    def talk(peer: socket.socket) -> None:
        while not peer.recv(1, socket.MSG_PEEK):
            time.sleep(0.01)
        peer.sendall(said)

    return talk


def test_a_reset_after_the_answer_is_its_end(talker: Callable[[Callable[[socket.socket], None]], Address]) -> None:
    """Whether a server that reads nothing resets the connection depends on when the request comes."""
    answer = ask_tcp(talker(_close_unread(b"welcome\n")), b"GET / HTTP/1.0\r\n\r\n")
    assert (answer.body, answer.error) == ("welcome\n", "")
    answer = ask_http(talker(_close_unread(b"HTTP/1.0 200 OK\r\n\r\nwelcome\n")), HttpProbe())
    assert (answer.status, answer.body, answer.error) == (200, "welcome\n", "")


def test_a_reset_without_an_answer_is_said(talker: Callable[[Callable[[socket.socket], None]], Address]) -> None:
    """A server that hangs up without a word has not answered."""
    answer = ask_tcp(talker(_close_unread(b"")), b"GET / HTTP/1.0\r\n\r\n")
    assert (answer.body, answer.error.partition(":")[0]) == ("", "ConnectionResetError")
    assert ask_http(talker(_close_unread(b"")), HttpProbe()).status == 0
