"""One package per build toolchain: what was built, from what, into which path, and what it needs."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from imgslim.toolchains.first_names import first_names

if TYPE_CHECKING:
    from imgslim.meaning.trace import BuildTrace
    from imgslim.model import Toolchain

#: The packages here, in the order in which they are asked. Listed, not discovered: :mod:`pkgutil` would import
#: :mod:`inspect` for it at each start.
NAMES = ("c", "golang", "java", "node", "python", "ruby", "rust")


@cache
def all_toolchains() -> tuple[Toolchain, ...]:
    """Every toolchain: the ``TOOLCHAIN`` of each package in :data:`NAMES`.

    Importing one is cheap: it holds the prefilter, and loads what reads sources when it is asked to find.
    """
    return tuple(import_module(f"{__name__}.{name}").TOOLCHAIN for name in NAMES)


def toolchains_for(trace: BuildTrace) -> tuple[Toolchain, ...]:
    """The toolchains that may own a command of the trace: only these need to look at the project."""
    commands = [command for _, _, command in trace.commands()]
    names = first_names(commands)
    return tuple(t for t in all_toolchains() if t.claims(commands, names))


__all__ = ["NAMES", "all_toolchains", "first_names", "toolchains_for"]
