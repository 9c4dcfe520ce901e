"""A go command of the build, and the answer where it can't be followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass

if TYPE_CHECKING:
    from imgslim.meaning.trace import Command
    from imgslim.model import Project


@dataclass(frozen=True, slots=True)
class Site:
    """One go command and the command of the Dockerfile that it is, or that starts it."""

    project: Project
    #: The go command itself, wrappers taken off.
    command: Command
    step: int
    index: int
    #: The command in the Dockerfile: the same, or ``make``.
    shown: Command
    #: The first step that installs a C compiler.
    installed: int | None


@dataclass(frozen=True, slots=True)
class Unsettled:
    """The command can't be followed."""

    why: str
