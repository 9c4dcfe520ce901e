"""The engine's own failures are told from those of a file: one is killed and filled for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from imgslim.engine.build import BuildFailed
from imgslim.engine.connect import connect
from imgslim.engine.options import BuildOptions, BuildSource, Limits, RunOptions
from imgslim.engine.session import Session
from imgslim.errors import EngineOrSystemError
from tests.engine.second import second_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.engine.second import SecondEngine
    from tests.engine_support import Docker

pytestmark = pytest.mark.engine
FROM = b"FROM busybox:musl\n"


@pytest.fixture(scope="module")
def other(engine: Docker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecondEngine]:
    """A small engine beside the one of the other tests."""
    assert engine.prefix
    with second_engine(tmp_path_factory.mktemp("second")) as made:
        yield made


@pytest.fixture(autouse=True)
def at_it(other: SecondEngine, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Everything goes to the second one; what filled it goes away, for which it needs some room itself."""
    monkeypatch.setenv("DOCKER_HOST", other.host)
    reserve = other.root / "reserve"
    reserve.write_bytes(bytes(4 << 20))
    yield
    reserve.unlink()
    other.docker("builder", "prune", "--all", "--force")


def build(folder: Path, text: bytes, tell: Callable[[str], None] | None = None) -> None:
    """Build in a session of its own."""
    with Session() as session:
        session.build(BuildSource(FROM + text, folder), BuildOptions(), tell)


def test_a_step_that_fills_the_disk(tmp_path: Path) -> None:
    """It is the engine's disk, not the file; the message says how to make room."""
    with pytest.raises(EngineOrSystemError, match="No space left on device") as caught:
        build(tmp_path, b"RUN dd if=/dev/zero of=/big bs=1M count=100\n")
    assert caught.value.code == "disk-full"
    assert "docker builder prune" in caught.value.hint


def test_a_step_that_fills_what_it_was_given(tmp_path: Path) -> None:
    """A file system that the file itself makes too small is the file's fault."""
    with pytest.raises(BuildFailed, match="exit code"):
        build(tmp_path, b"RUN --mount=type=tmpfs,target=/t,size=1m dd if=/dev/zero of=/t/big bs=1M count=2\n")


def test_a_container_that_has_no_room(tmp_path: Path, other: SecondEngine) -> None:
    """What can't be made on a full disk is no image that does not start; nothing is left afterwards."""
    filler = other.root / "filler"
    with Session() as session:
        image = session.build(BuildSource(FROM + b"CMD sleep 9\n", tmp_path), BuildOptions())
        try:
            with pytest.raises(OSError, match="No space"):
                filler.write_bytes(bytes(64 << 20))
            with pytest.raises(EngineOrSystemError) as caught:
                session.start(image, RunOptions(), Limits())
        finally:
            filler.unlink()
    assert caught.value.code == "disk-full"
    assert other.docker("ps", "-aq").stdout == b""
    assert b"imgslim" not in other.docker("images").stdout


def test_our_own_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder for temporary files is named."""
    full = tmp_path / "full"
    full.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", full], check=True)
    try:
        monkeypatch.setattr("tempfile.tempdir", str(full))
        with pytest.raises(EngineOrSystemError, match=f"{full}: No space left") as caught:
            build(tmp_path, b"# " + b"x" * 9000 + b"\n")
    finally:
        subprocess.run(["umount", full], check=True)
    assert caught.value.code == "disk-full"


def _kill_soon(other: SecondEngine, sign: Path) -> threading.Thread:
    """Kill the engine as soon as the command line has got so far."""

    def kill() -> None:
        end = time.monotonic() + 20
        while not (sign.exists() and "running the original" in sign.read_text()) and time.monotonic() < end:
            time.sleep(0.02)
        time.sleep(0.3)
        other.stop(signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    return thread


def test_an_engine_that_dies_in_a_build(tmp_path: Path, other: SecondEngine) -> None:
    """The message says so, at once; the file is not blamed."""

    def tell(line: str) -> None:
        if "started" in line:
            other.stop(signal.SIGKILL)

    begin = time.monotonic()
    try:
        with pytest.raises(EngineOrSystemError) as caught:
            build(tmp_path, b"RUN echo started; sleep 60\n", tell)
    finally:
        other.start()
    assert caught.value.code == "engine-lost"
    assert "docker version" in caught.value.hint
    assert time.monotonic() - begin < 20


def test_an_engine_that_dies_in_a_run(tmp_path: Path, other: SecondEngine) -> None:
    """Exit code 2, nothing on standard output; what was left is removed when it is there again."""
    for name, text in {"before": b"", "after": b"ENV A=1\n"}.items():
        (tmp_path / name).write_bytes(FROM + text + b"CMD trap exit TERM; while :; do sleep 0.1; done\n")
    sign = tmp_path / "stderr"
    killer = _kill_soon(other, sign)
    files = (str(tmp_path / "before"), str(tmp_path / "after"))
    words = [sys.executable, "-m", "imgslim", "verify", *files, "--format", "json"]
    try:
        with sign.open("wb") as stderr:
            done = subprocess.run(
                words, stdout=subprocess.PIPE, stderr=stderr, env=dict(os.environ), check=False, timeout=60
            )
    finally:
        killer.join()
        other.start()
    assert (done.returncode, done.stdout) == (2, b"")
    assert "[engine-lost]\n  help: " in sign.read_text()
    assert "Traceback" not in sign.read_text()
    assert b"imgslim-verify" in other.docker("images").stdout
    with Session(connect()):
        pass
    assert other.docker("ps", "-aq").stdout == b""
    assert b"imgslim-verify" not in other.docker("images").stdout


def test_a_context_that_fills_the_disk(tmp_path: Path) -> None:
    """Also where BuildKit itself copies; what it copied stays: this comes last."""
    with (tmp_path / "big").open("wb") as file:
        file.truncate(100 << 20)
    with pytest.raises(EngineOrSystemError, match="no space left on device") as caught:
        build(tmp_path, b"COPY big /\n")
    assert caught.value.code == "disk-full"
