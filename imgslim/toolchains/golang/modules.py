"""What a reading of well-known modules found: C code, programs they start, zones they look up."""

from __future__ import annotations

from enum import Enum
from functools import cache

from imgslim.regex import regex

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

#: Packages that look a time zone up only where their caller's sources hold one of ``ZONE_WORDS``: in a struct tag, a
#: setting, an address of a database in a file.
ZONES_BY_WORD = frozenset({
    "github.com/gin-gonic/gin/binding",  # time_location
    "github.com/go-playground/validator",  # timezone
    "github.com/go-playground/validator/v10",
    "github.com/go-viper/mapstructure/v2",  # StringToTimeLocationHookFunc
    "github.com/gofiber/fiber/v2/middleware/logger",  # Config.TimeZone
    "github.com/mattn/go-sqlite3",  # _loc
    "github.com/mitchellh/mapstructure",
    "modernc.org/sqlite",  # _timezone
})  # fmt: skip
ZONE_WORDS = regex(
    r'\b(?:time_location|StringToTimeLocationHookFunc|TimeZone\s*[:=]|\w+:"[^"`\n]*\btimezone\b)|[?&](?:_loc|_timezone)='
)


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
def _table() -> dict[str, tuple[str, str, str]]:
    from imgslim.toolchains.golang.module_table import TABLE  # noqa: PLC0415 (data, read only where modules are fetched)

    rows = (line.split() for line in TABLE.strip().splitlines())
    return {path: (where, starting, zoned) for path, _, where, starting, zoned in rows}


def _below(module: str, package: str) -> str:
    return package.removeprefix(module).lstrip("/")


def cgo_of(module: str, package: str = "") -> Cgo:
    """What is known of the C code in ``module``, or in its ``package`` by the whole import path."""
    where, _, _ = _table().get(module, ("some", "", ""))
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
    _, starting, _ = _table().get(module, ("", "", ""))
    if not starting:
        return Starts.UNKNOWN
    return Starts.SOME if _lists(starting, module, package) else Starts.NONE


def looks_zones_up(module: str, package: str) -> bool:
    """Tell whether ``package`` of ``module``, with everything that it imports, is known to ask for zones by name."""
    _, _, zoned = _table().get(module, ("", "", "-"))
    return _lists(zoned, module, package)


def _lists(column: str, module: str, package: str) -> bool:
    """Tell whether a column of the table names the package."""
    return column == "*" or (column != "-" and (_below(module, package) or ".") in column.split(","))
