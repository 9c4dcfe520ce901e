"""Go: ``go build``, ``go install``, modules, GOPATH, vendor folders and cgo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from imgslim.meaning.trace import Command
    from imgslim.model import Application, EntryBuild, Findings, Project
    from imgslim.values import Value

_NAMES = ("go", "make")


@dataclass(frozen=True, slots=True)
class Go:
    """The Go toolchain."""

    name: str = "go"
    summary: str = "go build, go install, go run; modules, workspaces, GOPATH, vendor folders; cgo"

    def claims(self, commands: Sequence[Command], names: Collection[str]) -> bool:  # noqa: ARG002
        """Tell whether a word near the start of one is go, or it is make, which may start go."""
        return any(name.startswith(("go", "make")) and (name in _NAMES or name.startswith("go1.")) for name in names)

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
