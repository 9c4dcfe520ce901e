"""Rust: ``cargo build``, ``cargo install``, ``cargo run``, workspaces, profiles, targets; rustc alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imgslim.meaning.trace import Command
    from imgslim.model import Application, EntryBuild, Findings, Project
    from imgslim.toolchains.first_names import FirstNames
    from imgslim.values import Value

_NAMES = frozenset({"cargo", "rustc", "rustup", "cross"})


@dataclass(frozen=True, slots=True)
class Rust:
    """The Rust toolchain."""

    name: str = "rust"
    summary: str = "cargo build, cargo install, cargo run; workspaces, profiles, targets; rustc"

    def claims(self, commands: Sequence[Command], names: FirstNames) -> bool:  # noqa: ARG002
        """Tell whether a word near the start of one is cargo or rustc."""
        return names.any_of(_NAMES)

    def find(self, project: Project) -> Findings:
        """Find what the project's cargo and rustc commands build."""
        from imgslim.toolchains.rust.find import find  # noqa: PLC0415 (loaded only where Rust is used)

        return find(project)

    def replaces_entry(self, argv: tuple[str, ...], project: Project) -> EntryBuild | None:
        """Tell what an entry builds that compiles first: ``cargo run``; None for any other."""
        if len(argv) < 2 or "cargo" not in f"{argv[0]} {argv[-1]}":  # noqa: PLR2004 (cargo run, sh -c "cargo run")
            return None
        from imgslim.toolchains.rust.entry import replaces_entry  # noqa: PLC0415 (loaded only where Rust is used)

        return replaces_entry(argv, project)

    def runs(self, argv: tuple[str, ...], cwd: Value, project: Project) -> Application | None:  # noqa: ARG002
        """A program that was compiled needs no interpreter."""
        return None


TOOLCHAIN = Rust()

__all__ = ["TOOLCHAIN", "Rust"]
