"""The fixtures as data: folders of whole projects with what is expected of them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from imgslim.context import MemoryContext
from imgslim.files import read_text

ROOT = Path(__file__).parent.parent / "fixtures"


@dataclass(frozen=True, slots=True)
class Expected:
    """One recorded rewrite."""

    target: str
    file: Path
    #: ``--libc`` it was made with.
    libc: str = ""


@dataclass(frozen=True)
class Fixture:
    """One folder below ``fixtures/``."""

    folder: Path

    @property
    def name(self) -> str:
        """``c/hello``."""
        return self.folder.relative_to(ROOT).as_posix()

    @property
    def before(self) -> Path:
        """The project."""
        return self.folder / "before"

    @cached_property
    def text(self) -> str:
        """The original Dockerfile."""
        return read_text(self.before / "Dockerfile")

    @cached_property
    def files(self) -> dict[str, bytes]:
        """The project's files by relative path."""
        found = (p for p in sorted(self.before.rglob("*")) if p.is_file())
        return {p.relative_to(self.before).as_posix(): p.read_bytes() for p in found}

    @property
    def context(self) -> MemoryContext:
        """The project as a build context."""
        return MemoryContext(self.files)

    @cached_property
    def run(self) -> dict[str, Any]:
        """``run.toml``: targets, sizes, twins."""
        return tomllib.loads((self.folder / "run.toml").read_text())

    @property
    def probes(self) -> Path | None:
        """The probe file, where the default run is not enough."""
        path = self.folder / "probes.toml"
        return path if path.exists() else None

    @property
    def expected(self) -> tuple[Expected, ...]:
        """The recorded rewrites that ``run.toml`` names."""
        return tuple(
            Expected(
                row["target"],
                self.folder / f"after.{row['target'].replace(':', '-')}{'.' + row['libc'] if row.get('libc') else ''}.Dockerfile",
                row.get("libc", ""),
            )
            for row in self.run.get("target", [])
        )


def fixtures() -> tuple[Fixture, ...]:
    """Every fixture, sorted by name."""
    return tuple(Fixture(p.parent) for p in sorted(ROOT.glob("*/*/before")))
