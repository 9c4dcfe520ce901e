"""What a reading of well-known modules found: which hold C code, and which start other programs."""

from __future__ import annotations

from enum import Enum
from functools import cache

#: Packages that start programs only where their caller asks for it by a function that ``calls.py`` lists, or that
#: start nothing but the program itself: importing them starts nothing.
BY_CALL = frozenset({
    "github.com/gofiber/fiber/v2",  # prefork: itself
    "github.com/joho/godotenv",  # Exec
    "github.com/mattn/go-sqlite3",  # extensions, by LoadExtension
    "github.com/twitchyliquid64/golang-asm/dwarf",  # an assembler in memory never comes to the linker's part
    "github.com/valyala/fasthttp/prefork",  # itself
    "go.mongodb.org/mongo-driver/mongo",  # AutoEncryption
    "golang.org/x/sys/execabs",  # the same as os/exec
    "golang.org/x/sys/unix",  # Exec
    "modernc.org/libc",  # system() and popen(), for translated C; SQLite calls neither
})  # fmt: skip


class Cgo(Enum):
    """What is known of a module's C code."""

    #: No package of it imports "C".
    NONE = "none"
    #: Its main package does: without cgo it does not build, or builds and fails when it runs.
    NEEDED = "needed"
    #: Not read, or only some of its packages do.
    UNKNOWN = "unknown"


class Starts(Enum):
    """What is known of the programs and plugins that a package starts when it runs."""

    #: It and everything that it imports start none by themselves.
    NONE = "none"
    #: It, or what it imports, may.
    SOME = "some"
    #: Not read.
    UNKNOWN = "unknown"


@cache
def _table() -> dict[str, tuple[str, str]]:
    from imgslim.toolchains.golang.module_table import TABLE  # noqa: PLC0415 (data, read only where modules are fetched)

    rows = (line.split() for line in TABLE.strip().splitlines())
    return {path: (where, starting) for path, _, where, starting in rows}


def _below(module: str, package: str) -> str:
    return package.removeprefix(module).lstrip("/")


def cgo_of(module: str, package: str = "") -> Cgo:
    """What is known of the C code in ``module``, or in its ``package`` by the whole import path."""
    where, _ = _table().get(module, ("some", ""))
    match where:
        case "none":
            return Cgo.NONE
        case "needed":
            return Cgo.NEEDED
        case _:
            below = _below(module, package)
            return Cgo.NEEDED if below and below in where.split(",") else Cgo.UNKNOWN


def starts_of(module: str, package: str) -> Starts:
    """What is known of the programs that ``package`` of ``module`` starts, with everything that it imports."""
    _, starting = _table().get(module, ("", ""))
    match starting:
        case "":
            return Starts.UNKNOWN
        case "-":
            return Starts.NONE
        case "*":
            return Starts.SOME
        case _:
            return Starts.SOME if (_below(module, package) or ".") in starting.split(",") else Starts.NONE
