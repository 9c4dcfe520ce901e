"""Go: ``go build``, ``go install``, modules, GOPATH, vendor folders and cgo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.toolchains.first_names import beginnings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imgslim.meaning.trace import Command
    from imgslim.model import Application, EntryBuild, Findings, Project
    from imgslim.toolchains.first_names import FirstNames
    from imgslim.values import Value

_NAMES = frozenset({"go", "make"})
_VERSIONED = beginnings("go1.")


@dataclass(frozen=True, slots=True)
class Go:
    """The Go toolchain."""

    name: str = "go"
    summary: str = "go build, go install, go run; modules, workspaces, GOPATH, vendor folders; cgo"

    def claims(self, commands: Sequence[Command], names: FirstNames) -> bool:  # noqa: ARG002
        """Tell whether a word near the start of one is go, or it is make, which may start go."""
        return names.any_of(_NAMES) or names.any_begins(_VERSIONED)

    def find(self, project: Project) -> Findings:
        """Find what the project's go commands build."""
        from imgslim.toolchains.golang.find import find  # noqa: PLC0415 (loaded only where go is used)

        return find(project)

    def replaces_entry(self, argv: tuple[str, ...], project: Project) -> EntryBuild | None:
        """Tell what an entry builds that compiles first: ``go run .``, ``go build && ./x``; None for any other."""
        if len(argv) < 3 or (argv[1] != "run" and "go " not in argv[-1]):  # noqa: PLR2004 (go run X, sh -c X)
            return None
        from imgslim.toolchains.golang.entry import replaces_entry  # noqa: PLC0415 (loaded only where go is used)

        return replaces_entry(argv, project)

    def runs(self, argv: tuple[str, ...], cwd: Value, project: Project) -> Application | None:  # noqa: ARG002
        """A program that was compiled needs no interpreter."""
        return None


TOOLCHAIN = Go()

__all__ = ["TOOLCHAIN", "Go"]
