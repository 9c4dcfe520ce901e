"""The programs of the tables, and what a tracing minifier made of such ones."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A fixture and how it is rewritten."""

    program: str
    #: Below ``fixtures/``; its ``best.Dockerfile`` is the one by hand.
    fixture: str
    #: Bytes of the minifier's image of a program of this kind; 0: none was made.
    minifier: int = 0
    #: Options of the command beside --verify.
    options: tuple[str, ...] = ()
    note: str = ""

    @property
    def name(self) -> str:
        """How the row is asked for: the fixture with its options."""
        return " ".join((self.fixture, *self.options))


#: The minifier is mint, which starts the original, traces what it opens, and keeps that alone.
ROWS = (
    Row("C, hello", "c/hello", 2_736_089),
    Row("C, hello", "c/hello", 2_736_089, ("--libc", "musl", "--strip")),
    Row("C, look-ups and threads", "c/threads", 3_286_059),
    Row("C, zlib, OpenSSL and certificates", "c/certificates", 8_301_164),
    Row("C++", "c/exceptions", 5_971_052),
    Row("Go, hello", "go/hello", 3_258_908),
    Row("Go, hello", "go/hello", 3_258_908, ("--strip",)),
    Row("Go, net/http, TLS and zones", "go/zones", 11_677_454),
    Row("Rust, hello", "rust/hello", 14_448_017),
    Row("Rust, hello", "rust/hello", 14_448_017, ("--strip",), note="1,188,792 where it starts from rust:1-trixie"),
    Row("Java, hello", "java/hello", 177_658_454),
    Row(
        "Express",
        "evidence/express",
        105_819_853,
        note="of the packages all files, also those that this run did not open",
    ),
    Row("Express", "evidence/express", 105_819_853, ("--strip",)),
    Row(
        "Flask",
        "evidence/flask",
        31_169_609,
        note="Python's library whole; the minifier's can no longer import asyncio",
    ),
    Row(
        "Sinatra",
        "evidence/sinatra",
        17_039_972,
        note="Ruby's library whole; the minifier's answers the path that it was asked, and no other",
    ),
)
#: A service as many are, by what builds it: a toolchain, or packages of the system.
SERVICES = {
    "c": Row("look-ups by threads", "c/threads"),
    "go": Row("net/http with templates", "go/web"),
    "java": Row("jdk.httpserver in an archive", "java/web"),
    "node": Row("Express", "node/express"),
    "python": Row("Flask", "python/flask"),
    "ruby": Row("Sinatra", "evidence/sinatra"),
    "rust": Row("web server", "rust/web"),
    "packages": Row("nginx", "daemon/nginx"),
}
