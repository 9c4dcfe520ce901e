"""Every CMake command that is followed, by name; any other one leaves targets alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.toolchains.c.cmake import parts, targets, variables

if TYPE_CHECKING:
    from collections.abc import Callable

    from imgslim.toolchains.c.cmake.interpret import Interpreter

HANDLERS: dict[str, Callable[[Interpreter, list[str]], None]] = {
    **variables.HANDLERS,
    **targets.HANDLERS,
    **parts.HANDLERS,
}
