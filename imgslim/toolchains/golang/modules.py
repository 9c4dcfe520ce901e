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
def _table() -> dict[str, Cgo]:
    from imgslim.toolchains.golang.module_table import TABLE  # noqa: PLC0415 (data, read only where modules are fetched)

    kinds = {"none": Cgo.NONE, "needed": Cgo.NEEDED, "some": Cgo.UNKNOWN}
    return {path: kinds[kind] for path, _, kind in (line.split() for line in TABLE.strip().splitlines())}


def cgo_of(module: str) -> Cgo:
    """What is known of ``module``."""
    return _table().get(module, Cgo.UNKNOWN)
