"""The command: options, progress, verification, and the script of the how-to page."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from imgslim.commands.meter import Meter
from imgslim.context import DiskContext
from imgslim.migrate import plans
from imgslim.model import Declined, Unchanged
from imgslim.service import slim
from imgslim.verify.verdict import Status
from tests.cli.running import imgslim
from tests.migrate.trees import HELLO, UNSURE_C, git, repository, service, write

if TYPE_CHECKING:
    from imgslim.context import BuildContext
    from imgslim.model import Outcome
    from imgslim.service import Options
    from imgslim.sources import Input
    from imgslim.verify.options import VerifyOptions

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "monorepo.md"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--format", "pdf"), "bad-option"), (("--jobs", "-1"), "bad-option"), (("--libc", "x"), "bad-option"),
        (("--prefer", "x"), "bad-option"), (("--since", "x"), "no-such-revision"), (("--include", "["), "bad-option"),
    ],
)  # fmt: skip
def test_options_that_make_no_sense(tmp_path: Path, words: tuple[str, ...], reason: str) -> None:
    """Exit code 2 and the reason."""
    done = imgslim("migrate", tmp_path, *words)
    assert done.code == 2
    assert f"[{reason}]" in done.message


def test_a_target_that_is_none(tmp_path: Path) -> None:
    """It is every file's error."""
    write(tmp_path, service("api"))
    done = imgslim("migrate", tmp_path, "--target", "a b", "--jobs", "1")
    assert (done.code, "[bad-target]" in done.text) == (2, True)


def test_no_folder(tmp_path: Path) -> None:
    """A file, or nothing."""
    for path in (tmp_path / "none", write(tmp_path, {"file": ""}) / "file"):
        done = imgslim("migrate", path)
        assert (done.code, "[unreadable]" in done.message) == (2, True)


def test_target_and_build_arguments(tmp_path: Path) -> None:
    """They hold for every file; the command line wins over a compose file."""
    text = HELLO.replace("FROM gcc:12", "ARG BASE\nFROM $BASE")
    compose = "services: {api: {build: {context: api, args: {BASE: scratch}}}}\n"
    write(tmp_path, {**service("api", text), "compose.yaml": compose})
    words = ("--jobs", "1", "--target", "ubuntu")
    assert "already-minimal" in imgslim("migrate", tmp_path, *words).text
    assert "ubuntu:24.04" in imgslim("migrate", tmp_path, *words, "--build-arg", "BASE=gcc:12").text


def test_configuration_and_pragmas(tmp_path: Path) -> None:
    """As for every other command: the nearest configuration file, and files that ask to be left alone."""
    write(tmp_path, {
        **service("api"), **service("web"), "api/.imgslim.toml": 'target = "busybox:glibc"\n',
        **service("own", "# imgslim: ignore-file by hand\n" + HELLO),
        "bad/Dockerfile": "# imgslim: ignore-file x\nFRM\n",
    })  # fmt: skip
    found = {one.path: (one.state, one.target, one.reasons) for one in plans(tmp_path)}
    assert found == {
        "api/Dockerfile": ("safe", "busybox:glibc", ()),
        "web/Dockerfile": ("safe", "scratch", ()),
        "own/Dockerfile": ("unchanged", "", ("ignored",)),
        "bad/Dockerfile": ("unchanged", "", ("ignored",)),
    }


def test_the_meter_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line drawn over, with rate and time left; the last one stays."""
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: True)
    now = iter([0.0, 0.05, 1.0, 2.0, 400.0])
    with patch("sys.stderr", stream), patch("time.monotonic", lambda: next(now)):
        meter = Meter("planned")
        for done in (1, 2, 3, 1000):
            meter(done, 1000)
    assert stream.getvalue() == (
        "\r\x1b[K2 of 1000 planned, 2/s, 8 min 19 s left"
        "\r\x1b[K3 of 1000 planned, 2/s, 11 min 5 s left"
        "\r\x1b[K1000 of 1000 planned, 2/s\n"
    )


def test_the_meter_elsewhere() -> None:
    """A plain line now and then."""
    stream = io.StringIO()
    now = iter([0.0, 5.0, 11.0, 12.0])
    with patch("sys.stderr", stream), patch("time.monotonic", lambda: next(now)):
        meter = Meter("planned")
        for done in (5, 11, 20):
            meter(done, 20)
    assert stream.getvalue() == "11 of 20 planned, 1/s, 9 s left\n20 of 20 planned, 2/s\n"


class _Verdict:
    """A verdict that says what it is told to."""

    def __init__(self, status: Status) -> None:
        self.status = status

    def to_json(self) -> dict[str, Any]:
        return {
            "status": self.status.value, "message": "", "before_bytes": 2, "after_bytes": 1,
            "layers": {"before": [], "after": []}, "probes": [], "notes": [],
        }  # fmt: skip


def _engine(asked: list[tuple[str, tuple[str, ...]]]) -> Any:  # noqa: ANN401  (stands for prove)
    def prove(
        source: Input, context: BuildContext, folder: Path, options: Options, verification: VerifyOptions
    ) -> tuple[Outcome, _Verdict | None]:
        assert isinstance(context, DiskContext)
        asked.append((f"{source.name} in {folder.name}", verification.build.build_args))
        if "bad" in source.name:
            return Declined("differs", "It did not behave like the original."), _Verdict(Status.DIFFERS)
        if "gone" in source.name:
            return Unchanged("nothing-built", "x"), None
        return slim(source.text, context, options), _Verdict(Status.HOLDS)

    return prove


def test_verification(tmp_path: Path) -> None:
    """One after the other; what holds is written whatever it rests on, what differs is declined."""
    compose = "services: {good: {build: {context: good, args: {A: 1}}}, open: {build: {context: open, args: [B]}}}\n"
    tree = repository(tmp_path / "tree", {
        **service("good", source=UNSURE_C), **service("bad"), **service("gone"), "compose.yaml": compose,
        **service("open", HELLO.replace("COPY", "ARG B\nCOPY")), "no/Dockerfile": "FROM scratch\n",
    })  # fmt: skip
    asked: list[tuple[str, tuple[str, ...]]] = []
    with patch("imgslim.commands.cached.prove", _engine(asked)):
        done = imgslim("migrate", tree, "--jobs", "1", "--verify", "--write", "--build-arg", "C=3")
    assert asked == [
        ("bad/Dockerfile in bad", ("C=3",)), ("gone/Dockerfile in gone", ("C=3",)),
        ("good/Dockerfile in good", ("A=1", "C=3")),
    ]  # fmt: skip
    assert done.code == 1
    assert "open/Dockerfile: not verified: what B is built with is not literal" in done.message
    lines = done.text.split("\n")
    assert [line.split()[0] for line in lines[:5]] == ["declined", "unchanged", "verified", "unchanged", "safe"]
    assert "declined   -                       bad/Dockerfile  [differs]" in lines
    assert (tree / "good/Dockerfile").read_text() != HELLO


def test_a_run_does_not_show_how_others_start_the_image(tmp_path: Path) -> None:
    """A tool that a health check of compose needs is another one in the target: the plan stays in doubt."""
    compose = "services: {api: {build: api, healthcheck: {test: [CMD, wget, x]}}, web: {build: web}}\n"
    files = {**service("api"), **service("web", source=UNSURE_C), "compose.yaml": compose}
    tree = write(tmp_path / "tree", files)
    words = ("migrate", tree, "--jobs", "1", "--verify", "--target", "busybox:glibc", "--write")
    with patch("imgslim.commands.cached.prove", _engine([])):
        done = imgslim(*words)
    assert (
        "api/Dockerfile: not verified: no run shows it: compose.yaml:1: the health check of service api" in done.message
    )
    assert [line.split()[0] for line in done.text.split("\n")[:2]] == ["unsafe", "verified"]
    assert (tree / "api/Dockerfile").read_text() == HELLO


def test_a_verified_file_is_not_verified_again(tmp_path: Path) -> None:
    """A run that is stopped keeps its verdicts."""
    tree = write(tmp_path / "tree", {**service("a"), **service("b")})
    asked: list[tuple[str, tuple[str, ...]]] = []
    engine = _engine(asked)

    def stopped(*words: Any) -> Any:  # noqa: ANN401
        if asked:
            raise KeyboardInterrupt
        return engine(*words)

    words = ("migrate", tree, "--jobs", "1", "--verify", "--journal", tmp_path / "journal")
    with patch("imgslim.commands.cached.prove", stopped):
        assert imgslim(*words).code == 130
    assert len(asked) == 1
    with patch("imgslim.commands.cached.prove", engine):
        done = imgslim(*words)
    assert [name for name, _ in asked] == ["a/Dockerfile in a", "b/Dockerfile in b"]
    assert done.text.count("verified") == 3


def test_the_script_of_the_page(tmp_path: Path) -> None:
    """It is short, and does what the page says: patches, a branch with a commit, a table."""
    match = re.search(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert match is not None
    script = tmp_path / "script.py"
    script.write_text(match[1])
    assert match[1].count("\n") < 60
    tree = repository(tmp_path / "tree", {
        **service("api"), **service("bytes", HELLO + "# ü\r\n"), **service("unsure", source=UNSURE_C),
    })  # fmt: skip
    git(tree, "config", "user.email", "someone@example.org")
    git(tree, "config", "user.name", "Someone")
    words = [sys.executable, str(script), str(tree), str(tmp_path / "patches"), "smaller"]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    assert [line.split()[:3] for line in done.stdout.splitlines()] == [
        ["safe", "scratch", "api/Dockerfile"], ["safe", "scratch", "bytes/Dockerfile"],
        ["unsafe", "debian:bookworm-slim", "unsure/Dockerfile"],
    ]  # fmt: skip
    assert sorted(path.name for path in (tmp_path / "patches").iterdir()) == ["0000.patch", "0001.patch"]
    assert git(tree, "branch", "--show-current") == "smaller\n"
    assert git(tree, "show", "--stat", "--format=%s").startswith("Split 2 Dockerfiles")
    assert git(tree, "status", "--porcelain") == ""
    assert {one.path: one.state for one in plans(tree)}["api/Dockerfile"] == "unchanged"
    again = subprocess.run(words, check=False, capture_output=True, text=True)
    assert again.returncode != 0, "the branch is there already"


def test_names_of_the_package() -> None:
    """What the package offers is what its page shows."""
    import imgslim.migrate  # noqa: PLC0415

    assert imgslim.migrate.__all__ == ["plans"]
