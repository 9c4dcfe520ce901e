"""Projects and programs that would do harm: each is bounded in time, memory and processes, and named."""

from __future__ import annotations

import resource
import time
from typing import TYPE_CHECKING

import pytest

from imgslim.engine.options import BuildOptions, Limits
from imgslim.verify import exchange
from imgslim.verify.options import VerifyOptions
from imgslim.verify.verdict import Status, Verdict
from imgslim.verify.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("engine")]
BIG = "FROM busybox:musl\nRUN head -c 1000000 /dev/zero > /pad\n"
SMALL = "FROM busybox:musl\n"
QUICK = VerifyOptions(timeout=4, stop_timeout=1, limits=Limits(memory="32m", pids=40))


def check(lines: str, folder: Path, options: VerifyOptions = QUICK) -> Verdict:
    """Verify the same lines on two bases; the first image is larger."""
    return verify(BIG + lines, SMALL + lines, folder, options=options)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("CMD tail /dev/zero; exec sleep 60", "32m of memory (--memory gives it more)"),
        ("CMD f() { f | f & }; f; exec sleep 60", "40 processes"),
    ],
    ids=["memory", "processes"],
)
def test_programs_that_take_all_there_is(tmp_path: Path, lines: str, says: str) -> None:
    """What both show at a bound is no proof that they are alike."""
    for _ in range(3):  # processes come and go below the bound: a look may miss it
        begin = time.monotonic()
        verdict = check(lines, tmp_path)
        if verdict.status is Status.BEFORE_DOES_NOT_RUN:
            break
    assert verdict.status is Status.BEFORE_DOES_NOT_RUN
    assert verdict.message.startswith(f"the original goes beyond the bounds of a run: {says}")
    assert time.monotonic() - begin < 30


def test_a_server_that_never_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It listens, takes connections and is silent: that is seen in both alike, and each wait has an end."""
    monkeypatch.setattr(exchange, "TIMEOUT", 0.5)
    monkeypatch.setattr(exchange, "_SILENCE", 0.2)
    begin = time.monotonic()
    verdict = check("EXPOSE 7000\nCMD exec nc -ll -p 7000 -e sleep 600", tmp_path)
    assert verdict.status is Status.HOLDS
    probes = {probe.name: probe.before for probe in verdict.probes}
    assert probes["ports"] == "7000/tcp"
    assert probes["tcp 7000"] == ""
    assert time.monotonic() - begin < 60


def test_a_build_without_end(tmp_path: Path) -> None:
    """Its output is bounded as its time is; the message names the option that gives it more."""
    options = VerifyOptions(build=BuildOptions(timeout=3))
    begin = time.monotonic()
    verdict = check("RUN yes\n", tmp_path, options)
    assert verdict.status is Status.BEFORE_DOES_NOT_BUILD
    assert verdict.message.startswith("the build took longer than 3 s (--build-timeout gives it more)")
    assert len(verdict.message) < 10_000
    assert time.monotonic() - begin < 15


def test_a_context_of_five_gigabytes(tmp_path: Path) -> None:
    """What .dockerignore leaves out, and what no COPY takes, is not sent; nothing of it passes through this process."""
    for name in ("app/ignored", "beside"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        with (tmp_path / name).open("wb") as file:
            file.truncate(5 << 30)
    (tmp_path / "app/small").write_text("small")
    (tmp_path / ".dockerignore").write_text("app/ignored\n")
    begin, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert check("COPY app /w/\nCMD ls /w", tmp_path).status is Status.HOLDS
    assert time.monotonic() - begin < 30
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000
