"""A command of the build that compiles Rust, and the answer where it can't be followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass

if TYPE_CHECKING:
    from imgslim.meaning.trace import Command
    from imgslim.model import Project


@dataclass(frozen=True, slots=True)
class Site:
    """One cargo or rustc command and the command of the Dockerfile that it is."""

    project: Project
    #: The command itself, wrappers taken off.
    command: Command
    step: int
    index: int
    #: The command in the Dockerfile.
    shown: Command


@dataclass(frozen=True, slots=True)
class Unsettled:
    """The command can't be followed."""

    why: str
