"""Which well-known modules hold C code: their files were read, every package that Linux builds take."""

from __future__ import annotations

from enum import Enum
from functools import cache


class Cgo(Enum):
    """What is known of a module's C code."""

    #: No package of it imports "C".
    NONE = "none"
    #: Its main package does: without cgo it does not build, or builds and fails when it runs.
    NEEDED = "needed"
    #: Not read, or only some of its packages do.
    UNKNOWN = "unknown"


@cache
def _table() -> dict[str, str]:
    from imgslim.toolchains.golang.module_table import TABLE  # noqa: PLC0415 (data, read only where modules are fetched)

    return {path: where for path, _, where in (line.split() for line in TABLE.strip().splitlines())}


def cgo_of(module: str, package: str = "") -> Cgo:
    """What is known of ``module``, or of its ``package`` by the whole import path."""
    where = _table().get(module, "some")
    match where:
        case "none":
            return Cgo.NONE
        case "needed":
            return Cgo.NEEDED
        case _:
            below = package.removeprefix(module).lstrip("/")
            return Cgo.NEEDED if below and below in where.split(",") else Cgo.UNKNOWN
