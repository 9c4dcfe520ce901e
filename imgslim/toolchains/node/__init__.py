"""Node.js: npm, yarn and pnpm; what ``npm start`` really starts; TypeScript; programs of packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.search import searched
from imgslim.records import dataclass
from imgslim.regex import regex
from imgslim.toolchains.first_file import first_file
from imgslim.toolchains.first_names import first_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imgslim.meaning.trace import Command
    from imgslim.model import Application, Declined, EntryWords, Findings, Project
    from imgslim.toolchains.first_names import FirstNames
    from imgslim.values import Value

_PROGRAMS = frozenset(("node", "nodejs", "npm", "npx", "yarn", "yarnpkg", "pnpm", "pnpx", "corepack"))
#: What each of their names holds.
_MAY_START = regex(r"node|np[mx]|yarn|corepack")
#: Words of commands that install a package's programs for the whole machine.
_EVERYWHERE = frozenset(("-g", "--global", "--location=global", "link"))
#: How a shell's text begins that starts a manager.
_TEXTS = ("npm ", "npx ", "yarn ", "pnpm ")


@dataclass(frozen=True, slots=True)
class Node:
    """The Node.js toolchain."""

    name: str = "node"
    summary: str = "npm, yarn and pnpm; scripts of package.json; workspaces; TypeScript; programs of packages"

    def claims(self, commands: Sequence[Command], names: FirstNames) -> bool:  # noqa: ARG002
        """Tell whether a word near the start of one is node, a package manager or a program of a package."""
        return names.any_of(_PROGRAMS) or "node_modules/.bin/" in names.text

    def find(self, project: Project) -> Findings:
        """Find which commands install packages or build."""
        from imgslim.toolchains.node.find import find  # noqa: PLC0415 (loaded only where node is used)

        return find(project)

    def replaces_entry(self, argv: tuple[str, ...], project: Project) -> EntryWords | None:
        """Tell what a package manager starts for ``npm start`` and its like, where that is one literal command."""
        if _MAY_START.search(" ".join(argv[:4])) is None:
            return None
        if not any(word.rsplit("/", 1)[-1] in _PROGRAMS or word.lstrip().startswith(_TEXTS) for word in argv[:4]):
            return None
        from imgslim.toolchains.node.entry import replaces_entry  # noqa: PLC0415 (loaded only where node is used)

        return replaces_entry(argv, project)

    def runs(self, argv: tuple[str, ...], cwd: Value, project: Project) -> Application | Declined | None:
        """Tell what node runs, or a package manager starts."""
        known = argv[0].rsplit("/", 1)[-1] in _PROGRAMS or "node_modules/.bin/" in argv[0]
        if not known and not _is_script(argv[0], cwd, project) and not self._installs_anywhere(project):
            return None
        from imgslim.toolchains.node.application import runs  # noqa: PLC0415 (loaded only where node is used)

        return runs(argv, cwd, project)

    def _installs_anywhere(self, project: Project) -> bool:
        commands = [command for _, _, command in project.trace.commands()]
        words = {word.value for command in commands for word in command.words}
        return not _EVERYWHERE.isdisjoint(words) and any(map(self._installs_programs, commands))

    def _installs_programs(self, command: Command) -> bool:
        """Tell whether a command may put programs of packages on PATH."""
        asked = not _EVERYWHERE.isdisjoint([word.value for word in command.words])
        return asked and self.claims([command], first_names([command]))


def _is_script(word: str, cwd: Value, project: Project) -> bool:
    """Tell whether a file of that name begins as one that the kernel gives to node."""
    found = first_file(project.files, searched(project.trace.final, word, cwd))
    first = found[1][:200].split(b"\n", 1)[0] if found is not None else b""
    return first.startswith(b"#!") and b"node" in first


TOOLCHAIN = Node()

__all__ = ["TOOLCHAIN", "Node"]
