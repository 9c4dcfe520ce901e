"""C and C++: compilers, make, cmake, autotools and meson."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.toolchains.c.names import claims

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imgslim.meaning.trace import Command
    from imgslim.model import Application, EntryBuild, Findings, Project
    from imgslim.toolchains.first_names import FirstNames
    from imgslim.values import Value


class CToolchain:
    """The C and C++ toolchain."""

    name = "c"
    summary = "C and C++: gcc, g++, clang, make, cmake, autotools, meson"

    def claims(self, commands: Sequence[Command], names: FirstNames) -> bool:  # noqa: ARG002
        """Tell, from the commands alone, whether one may be this toolchain's."""
        return any(map(claims, commands))

    def find(self, project: Project) -> Findings:
        """Find what the project's commands build."""
        from imgslim.toolchains.c.find import find  # noqa: PLC0415 (readers load only where there is C)

        return find(project)

    def replaces_entry(self, argv: tuple[str, ...], project: Project) -> EntryBuild | None:  # noqa: ARG002
        """No C entry compiles before it runs in a way that is followed."""
        return None

    def runs(self, argv: tuple[str, ...], cwd: Value, project: Project) -> Application | None:  # noqa: ARG002
        """A program that was compiled needs no interpreter."""
        return None


TOOLCHAIN = CToolchain()
