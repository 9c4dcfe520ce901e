"""One package per build toolchain: what was built, from what, into which path, and what it needs."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

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
    commands = [command for _, _, command in trace.commands()]
    names = first_names(commands)
    return tuple(t for t in all_toolchains() if t.claims(commands, names))


def first_names(commands: Iterable[Command]) -> Collection[str]:
    """The words among which toolchains look for their tools: each command's first ones, and their last names."""
    words = {w.value for command in commands for w in command.words[:_REACH] if isinstance(w.value, str)}
    return words | {word.rsplit("/", 1)[-1] for word in words if "/" in word}


__all__ = ["NAMES", "all_toolchains", "first_names", "toolchains_for"]
