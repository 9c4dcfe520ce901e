"""The fixtures as data: folders of whole projects with what is expected of them."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from imgslim.context import MemoryContext
from imgslim.evidence import Evidence
from imgslim.files import read_text
from imgslim.service import Options, slim
from imgslim.text import encode

ROOT = Path(__file__).parent.parent / "fixtures"
#: The folders of projects that reading alone can't settle; all others below ``fixtures/`` are named after toolchains.
EVIDENT = ("daemon", "evidence")
#: The folder of projects with several stages, of which the last one is planned.
STAGES = "stages"
#: What is known without an engine.
READ = Evidence()


@dataclass(frozen=True, slots=True)
class Expected:
    """One recorded rewrite."""

    target: str
    #: ``--libc`` it was made with.
    libc: str
    #: The applicability that the plan has without an engine.
    applicability: str
    #: Reasons of the assumptions that it rests on.
    assumptions: tuple[str, ...]
    #: Bytes that the image may have; None: no bound of its own.
    max_bytes: int | None
    #: Bytes that the image may have beside its largest layer; None: no bound.
    max_beside: int | None
    file: Path

    @property
    def label(self) -> str:
        """``scratch`` or ``scratch.musl``."""
        return self.target + (f".{self.libc}" if self.libc else "")


@dataclass(frozen=True, slots=True, eq=False)
class Twin:
    """A change of one fact after which a fixture has to end otherwise, and how."""

    name: str
    options: Options
    #: The changed project: relative path to content.
    files: dict[str, bytes]
    #: False where no context is given.
    has_context: bool
    outcome: str
    reason: str
    assumptions: tuple[str, ...]
    #: Texts that the new file holds, and texts that it does not hold.
    has: tuple[str, ...]
    lacks: tuple[str, ...]


@dataclass(frozen=True)
class Fixture:
    """One folder below ``fixtures/``."""

    folder: Path

    @property
    def name(self) -> str:
        """``c/hello``."""
        return self.folder.relative_to(ROOT).as_posix()

    @property
    def is_evident(self) -> bool:
        """True where it takes evidence: a look into the image, and a run."""
        return self.folder.parent.name in EVIDENT

    @property
    def last_stage(self) -> bool:
        """True where the file has several stages, and the last one is planned."""
        return self.folder.parent.name == STAGES

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
    def held_out(self) -> Path | None:
        """The probe file of what is asked only when both images are compared: no rewrite is planned knowing of it."""
        path = self.folder / "held-out.toml"
        return path if path.exists() else None

    @property
    def stated(self) -> frozenset[str]:
        """What a rewritten entry states to do otherwise, as a comparison takes it."""
        return frozenset(self.run.get("stated", ()))

    @property
    def is_hosted(self) -> bool:
        """Tell whether an interpreter of the base image runs the program: reading alone leads to its slim image."""
        target = self.expected[0].target
        return target.endswith("-jre") or "slim" in target

    @property
    def lock(self) -> Path:
        """What an engine has built, run and found to hold: :meth:`digest` and size by file name."""
        return self.folder / "verified.toml"

    @cached_property
    def expected(self) -> tuple[Expected, ...]:
        """The recorded rewrites that ``run.toml`` names."""
        return tuple(self._expected(row) for row in self.run["target"])

    def _expected(self, row: dict[str, Any]) -> Expected:
        libc = row.get("libc", "")
        name = f"after.{row['target'].replace(':', '-')}{'.' + libc if libc else ''}.Dockerfile"
        return Expected(
            row["target"], libc, row["applicability"], tuple(row.get("assumptions", ())), row.get("max_bytes"),
            row.get("max_beside"), self.folder / name,
        )  # fmt: skip

    @cached_property
    def twins(self) -> tuple[Twin, ...]:
        """The changed projects that ``run.toml`` names."""
        return tuple(self._twin(row) for row in self.run.get("twin", []))

    def _twin(self, row: dict[str, Any]) -> Twin:
        files = dict(self.files)
        for edit in row.get("edit", []):
            files[edit["file"]] = _replaced(files[edit["file"]], edit["old"], edit["new"], row["name"])
        if "old" in row:
            file = row.get("file", "Dockerfile")
            files[file] = _replaced(files[file], row["old"], row["new"], row["name"])
        files |= {path: content.encode() for path, content in row.get("add", {}).items()}
        for path in row.get("remove", []):
            del files[path]
        if row.get("crlf"):
            files["Dockerfile"] = files["Dockerfile"].replace(b"\n", b"\r\n")
        expect = row["expect"]
        return Twin(
            row["name"],
            Options(
                target=row["target"],
                libc=row.get("libc", ""),
                build_args=row.get("build_args", {}),
                last_stage=row.get("last_stage", self.last_stage),
                kept_stages=tuple(row.get("kept", ())),
            ),
            files,
            row.get("context", True),
            expect["outcome"],
            expect.get("reason", ""),
            tuple(expect.get("assumptions", ())),
            tuple(expect.get("has", ())),
            tuple(expect.get("lacks", ())),
        )

    def digest(self, after: str) -> str:
        """Identify an experiment: the rewritten text, the project, and what was asked of both images."""
        parts = {"after": encode(after), **{f"before/{path}": data for path, data in self.files.items()}}
        if self.probes is not None:
            parts["probes"] = self.probes.read_bytes()
        if self.held_out is not None:
            parts["held-out"] = self.held_out.read_bytes()
        whole = hashlib.sha256()
        for name, data in sorted(parts.items()):
            whole.update(f"{name}\0{len(data)}\0".encode() + data)
        return whole.hexdigest()

    def rewrite(self, expected: Expected, evidence: Evidence = READ) -> Any:  # noqa: ANN401  (an Outcome, which the caller takes apart)
        """What the program makes of this project today, without an engine or with what one showed."""
        options = Options(target=expected.target, libc=expected.libc, evidence=evidence, last_stage=self.last_stage)
        return slim(self.text, self.context, options)


def _replaced(data: bytes, old: str, new: str, name: str) -> bytes:
    """Replace the only occurrence; a twin that changes nothing, or more than one fact, is a fault of the twin."""
    assert data.count(old.encode()) == 1, f"{name}: {old!r} stands {data.count(old.encode())} times"
    return data.replace(old.encode(), new.encode())


def fixtures() -> tuple[Fixture, ...]:
    """Every fixture with one stage that reading alone settles, sorted by name."""
    found = sorted(ROOT.glob("*/*/before"))
    return tuple(Fixture(p.parent) for p in found if p.parent.parent.name not in {*EVIDENT, STAGES})


def stage_fixtures() -> tuple[Fixture, ...]:
    """Every fixture with several stages, sorted by name."""
    return tuple(Fixture(p.parent) for p in sorted(ROOT.glob(f"{STAGES}/*/before")))


def evident_fixtures() -> tuple[Fixture, ...]:
    """Every fixture that takes a look into the image and a run of it, sorted by name."""
    return tuple(Fixture(p.parent) for folder in EVIDENT for p in sorted(ROOT.glob(f"{folder}/*/before")))
