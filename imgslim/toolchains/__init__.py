"""One package per build toolchain: what was built, from what, into which path, and what it needs."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from imgslim.meaning.trace import Run

if TYPE_CHECKING:
    from imgslim.meaning.trace import BuildTrace
    from imgslim.model import Toolchain


@cache
def all_toolchains() -> tuple[Toolchain, ...]:
    """Every toolchain: the ``TOOLCHAIN`` of each module or package here, in the order of their file names.

    Importing one is cheap: it holds the prefilter, and loads what reads sources when it is asked to find.
    """
    found: list[Toolchain] = []
    for info in pkgutil.iter_modules(__path__, f"{__name__}."):
        toolchain = getattr(import_module(info.name), "TOOLCHAIN", None)
        if toolchain is not None:
            found.append(toolchain)
    return tuple(found)


def toolchains_for(trace: BuildTrace) -> tuple[Toolchain, ...]:
    """The toolchains that may own a command of the trace: only these need to look at the project."""
    commands = [c for step in trace.steps if isinstance(step, Run) for c in step.commands]
    return tuple(t for t in all_toolchains() if any(t.claims(c) for c in commands))


__all__ = ["all_toolchains", "toolchains_for"]
