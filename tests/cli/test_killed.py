"""SIGKILL at any moment: the original is whole, and the next run leaves the engine as it was before."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from imgslim.engine.owner import read_owner
from tests.cli.running import HELLO, project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine_support import Docker

#: Said when a moment is near; then what a build takes, or a run.
MOMENTS = ("building the original", "running the original (1)", "building the rewritten", "running the rewritten")


def _start(*words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "imgslim", *words]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def _kill(process: subprocess.Popen[str], moment: str) -> None:
    assert process.stderr is not None
    with process.stderr:
        for line in process.stderr:
            if line.startswith(moment):
                break
        time.sleep(0.2)
        process.kill()
    assert process.wait() == -signal.SIGKILL


def _left(pids: set[int]) -> list[str]:
    """Everything on the engine that belongs to one of the processes, by the marks in names and labels."""
    rows = []
    for words in (
        ("ps", "--all", "--format", '{{.Label "io.imgslim.session"}}'),
        ("volume", "ls", "--format", '{{.Label "io.imgslim.session"}}'),
        ("images", "--format", "{{.Repository}}"),
        ("network", "ls", "--format", '{{.Label "io.imgslim.session"}}'),
    ):
        done = subprocess.run(["docker", *words], capture_output=True, text=True, check=True)
        rows += done.stdout.split()
    owners = [read_owner(row.removeprefix("imgslim-verify/")) for row in rows]
    return [owner.mark for owner in owners if owner is not None and owner.pid in pids]


@pytest.mark.engine
def test_killed_in_a_verification(engine: Docker, tmp_path: Path) -> None:
    """At each step of it; something was there to be left at some of them, and in the end nothing is."""
    assert engine.prefix
    before, after = tmp_path / "before", tmp_path / "after"
    before.write_text("FROM busybox:musl\nRUN head -c 100000 /dev/zero > /pad\nVOLUME /v\nCMD sleep 1; echo x\n")
    after.write_text("FROM busybox:musl\nVOLUME /v\nCMD sleep 1; echo x\n")
    words = ("verify", str(before), str(after), "--no-cache")
    pids = set()
    seen = 0
    for moment in MOMENTS:
        process = _start(*words)
        pids.add(process.pid)
        _kill(process, moment)
        seen += len(_left(pids))
    assert seen > 0
    path = project(tmp_path / "app")
    process = _start("rewrite", str(path), "--verify", "-i", "--no-cache")
    pids.add(process.pid)
    _kill(process, "building the original")
    assert path.read_text() == HELLO
    process = _start(*words)
    process.communicate()
    assert process.returncode == 0
    assert _left(pids | {process.pid}) == []


def test_killed_while_it_writes(tmp_path: Path) -> None:
    """The file is the old one or the new one, whenever that happens."""
    path = project(tmp_path)
    code = (
        "import sys, itertools\nfrom pathlib import Path\nfrom imgslim.files import write_text\n"
        "print(flush=True)\n"
        "for n in itertools.count(): write_text(Path(sys.argv[1]), f'{n % 10}' * 200_000)\n"
    )
    for wait in (0.01, 0.017, 0.031, 0.05):
        process = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        with process.stdout:
            process.stdout.readline()
            time.sleep(wait)
            os.kill(process.pid, signal.SIGKILL)
        process.wait()
        text = path.read_text()
        assert text == HELLO or text == text[0] * 200_000
