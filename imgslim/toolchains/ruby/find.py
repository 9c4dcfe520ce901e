"""Which commands of a build are Ruby's own: they install gems, run tasks, and make no program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.wrappers import unwrap
from imgslim.model import Findings
from imgslim.toolchains.ruby.installs import installed

if TYPE_CHECKING:
    from imgslim.model import Project

#: Programs that run tasks of the project: what of theirs the running program needs is said by their names.
_TASKS = frozenset({"rake", "rails", "yarn"})


def find(project: Project) -> Findings:
    """Name the commands of RubyGems and Bundler, and those tasks that are known to write assets alone."""
    commands = set(installed(project).commands)
    for at, index, command in project.trace.commands():
        words = [w.value for w in unwrap(command).words if isinstance(w.value, str)]
        named = {w.rsplit("/", 1)[-1] for w in words[:4]} & _TASKS
        if named and any(w.startswith("assets:") for w in words):
            commands.add((at, index))
    return Findings((), frozenset(commands))
