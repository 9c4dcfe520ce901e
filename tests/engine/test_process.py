"""Commands are bounded in time and output, and leave no children."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from imgslim.engine import process
from imgslim.errors import EngineOrSystemError


def shell(text: str, timeout: float = 20.0, **options: object) -> process.Ended:
    """Run a shell command."""
    return process.run(["/bin/sh", "-c", text], timeout=timeout, **options)  # type: ignore[arg-type]


def test_code_and_both_streams(tmp_path: Path) -> None:
    """Exit code, output, environment and folder are those asked for; input is closed."""
    ended = shell("cat; echo $X; pwd; echo err >&2; exit 3", env={"X": "y"}, cwd=tmp_path)
    assert ended == process.Ended(3, f"y\n{tmp_path}\n".encode(), b"err\n")


def test_standard_error_is_passed_on_as_it_comes() -> None:
    """Progress does not wait for the end."""
    seen: list[bytes] = []
    shell("echo one >&2; sleep 0.3; echo two >&2", on_stderr=seen.append)
    assert seen == [b"one\n", b"two\n"]


def test_endless_output_is_bounded() -> None:
    """A command that prints for ever costs neither memory nor time."""
    ended = shell("yes", timeout=0.5, output_limit=1000)
    assert ended.code is None
    assert len(ended.stdout) < 1100


def test_time_is_bounded_and_children_end(tmp_path: Path) -> None:
    """When time runs out the whole group ends, also what ignores SIGTERM."""
    pid_file = tmp_path / "pid"
    begin = time.monotonic()
    ended = shell(f"trap '' TERM; sleep 60 & echo $! > {pid_file}; wait; sleep 60", timeout=1.5)
    assert ended.code is None
    assert time.monotonic() - begin < 20
    assert _ends(int(pid_file.read_text()))


def test_background_children_end_with_the_command(tmp_path: Path) -> None:
    """A probe command can't leave a process behind."""
    pid_file = tmp_path / "pid"
    ended = shell(f"sleep 60 > /dev/null 2>&1 & echo $! > {pid_file}")
    assert ended.code == 0
    assert _ends(int(pid_file.read_text()))


def test_a_program_that_is_not_there() -> None:
    """What can't be started is an error of the system, by name."""
    with pytest.raises(EngineOrSystemError, match="cannot start") as caught:
        process.run(["/no/such/program"], timeout=1)
    assert caught.value.code == "cannot-start"


def _ends(pid: int) -> bool:
    """Tell whether a process ends within seconds: the kernel takes a killed one away when it comes to it."""
    end = time.monotonic() + 5
    while _runs(pid) and time.monotonic() < end:
        time.sleep(0.02)
    return not _runs(pid)


def _runs(pid: int) -> bool:
    """Tell whether a process still runs (a zombie that its new parent has not collected does not)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
