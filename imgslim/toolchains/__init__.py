"""One package per build toolchain: what was built, from what, into which path, and what it needs."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imgslim.meaning.trace import BuildTrace, Command
    from imgslim.model import Toolchain

#: The packages here, in the order in which they are asked. Listed, not discovered: :mod:`pkgutil` would import
#: :mod:`inspect` for it at each start.
NAMES = ("c", "golang", "java", "node", "python", "ruby", "rust")
#: How many words a wrapper and its settings take before a tool (``sudo env A=b C=d go build``), generously.
_REACH = 12


@cache
def all_toolchains() -> tuple[Toolchain, ...]:
    """Every toolchain: the ``TOOLCHAIN`` of each package in :data:`NAMES`.

    Importing one is cheap: it holds the prefilter, and loads what reads sources when it is asked to find.
    """
    return tuple(import_module(f"{__name__}.{name}").TOOLCHAIN for name in NAMES)


def toolchains_for(trace: BuildTrace) -> tuple[Toolchain, ...]:
    """The toolchains that may own a command of the trace: only these need to look at the project."""
    commands = [(command, first_names(command)) for _, _, command in trace.commands()]
    return tuple(t for t in all_toolchains() if any(t.claims(c, names) for c, names in commands))


def first_names(command: Command) -> tuple[str, ...]:
    """The words among which every toolchain looks for its tools: the first ones, without their folders."""
    values = (word.value for word in command.words[:_REACH])
    return tuple([value.rsplit("/", 1)[-1] if "/" in value else value for value in values if isinstance(value, str)])


__all__ = ["NAMES", "all_toolchains", "first_names", "toolchains_for"]
