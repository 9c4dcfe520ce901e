"""Which commands of a build are node's: those that install packages, and those that make something of sources."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.wrappers import unwrap
from imgslim.model import Findings
from imgslim.records import dataclass
from imgslim.toolchains.node.managers import read_call
from imgslim.values import Unknown, known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.meaning.trace import Command
    from imgslim.model import Project
    from imgslim.toolchains.node.managers import Call


@dataclass(frozen=True, slots=True)
class Step:
    """One command of a package manager in the build."""

    call: Call
    command: Command
    step: int
    index: int
    #: Absolute; None where that is not settled.
    folder: str | None

    @property
    def for_production(self) -> bool:
        """Whether it leaves development's packages out: by an option, or by NODE_ENV, set for all or in front of it."""
        said = {**self.command.env, **dict(self.command.assignments)}.get("NODE_ENV")
        return self.call.production or said == "production"


def find(project: Project) -> Findings:
    """Mark the commands that only serve the build."""
    marked = {(s.step, s.index) for s in steps(project)}
    marked |= {(at, index) for at, index, command in project.trace.commands() if _builds(unwrap(command))}
    return Findings((), frozenset(marked))


def steps(project: Project) -> Iterator[Step]:
    """Every command of a package manager, in build order."""
    for at, index, shown in project.trace.commands():
        command = unwrap(shown)
        call = _read(command)
        if call is not None:
            cwd = command.cwd if isinstance(command.cwd, str) else None
            folder = None if cwd is None else _joined(cwd, call.folder)
            yield Step(call, command, at, index, folder)


def _joined(cwd: str, folder: str) -> str:
    return posixpath.normpath(posixpath.join(cwd, folder))


def _read(command: Command) -> Call | None:
    words = [known(value) for value in command.argv]
    if not words or words[0] is None:
        return None
    return read_call([word if word is not None else "" for word in words])


def _builds(command: Command) -> bool:
    """Tell whether a command is node itself, or a program of an installed package."""
    name = command.name or ""
    first = command.argv[0] if command.argv else None
    return name in ("node", "nodejs") or (
        not isinstance(first, Unknown) and first is not None and "node_modules/.bin/" in first
    )
