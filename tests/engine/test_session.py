"""Nothing is left on the engine, however a session ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from imgslim.engine.connect import connect
from imgslim.engine.names import LABEL, REPOSITORY
from imgslim.engine.options import BuildOptions, BuildSource, Limits, RunOptions
from imgslim.engine.owner import LONGEST, new_owner, read_owner
from imgslim.engine.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.engine_support import Docker

pytestmark = pytest.mark.engine
PROGRAM = """
import sys, time
from pathlib import Path
from imgslim.engine.options import BuildOptions, BuildSource, Limits, RunOptions
from imgslim.engine.session import Session
with Session() as session:
    source = BuildSource(b"FROM busybox:musl\\nVOLUME /v\\nCMD sleep 600\\n", Path(sys.argv[1]))
    image = session.build(source, BuildOptions())
    session.start(image, RunOptions(), Limits())
    print(session.id, flush=True)
    if sys.argv[2] == "build":
        session.build(BuildSource(b"FROM busybox:musl\\nRUN sleep 600\\n", Path(sys.argv[1])), BuildOptions())
    time.sleep(600)
"""


def left(session_id: str) -> list[str]:
    """What the engine still has of a session."""
    api = connect().api
    containers = api.containers(all=True, filters={"label": f"{LABEL}={session_id}"})
    return [one["Id"] for one in containers + api.images(name=f"{REPOSITORY}/{session_id}")]


def test_everything_is_removed(engine: Docker, tmp_path: Path) -> None:
    """Containers with their volumes, and images; also when an error ends the session."""
    assert engine.prefix
    with pytest.raises(ZeroDivisionError), Session() as session:  # noqa: PT012  (the state before is asserted too)
        source = BuildSource(b"FROM busybox:musl\nVOLUME /v\nCMD sleep 600\n", tmp_path)
        image = session.build(source, BuildOptions())
        container = session.start(image, RunOptions(), Limits())
        volume = session.engine.api.inspect_container(container.id)["Mounts"][0]["Name"]
        assert len(left(session.id)) == 2
        raise ZeroDivisionError
    assert left(session.id) == []
    names = [one["Name"] for one in session.engine.api.volumes()["Volumes"] or ()]
    assert volume not in names


def test_one_image_can_go_early(engine: Docker, tmp_path: Path) -> None:
    """A target that was tried is removed before the next one; the name it shares with others stays."""
    name = engine.build("FROM busybox:musl\nENV SHARED=1\n")
    with Session() as session:
        image = session.build(BuildSource(b"FROM busybox:musl\nENV SHARED=1\n", tmp_path), BuildOptions())
        session.forget(image)
        session.forget(image)
        assert left(session.id) == []
        assert session.engine.image(name) is not None


def _began(tmp_path: Path, busy: str) -> tuple[subprocess.Popen[str], str]:
    """A process with a session that has an image, a container and a volume, and the session's mark."""
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path), busy],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert program.stdout is not None
    with program.stdout:
        return program, program.stdout.readline().strip()


def _eventually(holds: Callable[[], object]) -> bool:
    """Whether something comes true within a few seconds."""
    end = time.monotonic() + 10
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return bool(holds())


def _folders(mark: str) -> list[Path]:
    return list(Path(tempfile.gettempdir()).glob(f"imgslim-build-{mark}*"))


def _builders(mark: str) -> list[str]:
    """The processes of this machine that build an image of a session."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if f"{REPOSITORY}/{mark}:".encode() in words:
            found.append(folder.name)
    return found


@pytest.mark.parametrize("busy", ["run", "build"])
def test_what_a_killed_session_left_the_next_one_removes(engine: Docker, tmp_path: Path, busy: str) -> None:
    """Container, volume, image and the build's folder; while it works, no other session touches them.

    A build does not go on when nobody waits for it any more: its image would come when all else is removed.
    """
    assert engine.prefix
    program, mark = _began(tmp_path, busy)
    if busy == "build":
        assert _eventually(lambda: _builders(mark) and _folders(mark))
    with Session() as session:
        assert len(left(mark)) >= 2
        (container,) = session.engine.api.containers(filters={"label": f"{LABEL}={mark}"})
        volume = container["Mounts"][0]["Name"]
        assert len(_folders(mark)) <= (busy == "build")
    program.kill()
    os.waitid(os.P_PID, program.pid, os.WEXITED | os.WNOWAIT)
    assert len(left(mark)) >= 2  # one more where the build was done already
    assert _eventually(lambda: not _builders(mark))
    with Session() as session:
        # A session of another test may be at it, too: what that one removes is gone when it is.
        assert _eventually(lambda: not left(mark))
        assert volume not in [one["Name"] for one in session.engine.api.volumes()["Volumes"] or ()]
    assert _folders(mark) == []
    program.wait()


def test_what_others_left_is_removed_after_a_day(engine: Docker) -> None:
    """Of another machine's sessions only the engine's clock tells; a mark that is none is nobody's business."""
    assert engine.prefix
    running = connect()
    mine = new_owner(running.clock())
    there = mine.mark.replace(mine.place, "0" * 12)
    old = there.replace(f"-{mine.since:x}-", f"-{mine.since - LONGEST - 60:x}-")
    marks = {there: True, old: False, "somebody": True}
    assert read_owner(old) is not None
    try:
        for number, mark in enumerate(marks):
            name = f"{engine.prefix}-{number}"
            running.api.create_volume(name, labels={LABEL: mark})
            running.api.tag("busybox:musl", f"{REPOSITORY}/{mark}", "1")
            running.api.create_container("busybox:musl", ["true"], name=name, labels={LABEL: mark})
        with Session(running):
            pass
        assert {mark: len(left(mark)) == 2 for mark in marks} == marks
        volumes = [one["Name"] for one in running.api.volumes()["Volumes"] or ()]
        assert [f"{engine.prefix}-{number}" in volumes for number in range(3)] == list(marks.values())
    finally:
        for number, mark in enumerate(marks):
            name = f"{engine.prefix}-{number}"
            for words in (("rm", name), ("volume", "rm", name), ("image", "rm", f"{REPOSITORY}/{mark}:1")):
                subprocess.run(["docker", *words], capture_output=True, check=False)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("busy", ["run", "build"])
def test_signals_clean_up(engine: Docker, tmp_path: Path, number: signal.Signals, busy: str) -> None:
    """Ctrl-C, a supervisor's stop and a closed terminal leave nothing, while running and while building."""
    assert engine.prefix
    program, session_id = _began(tmp_path, busy)
    assert len(left(session_id)) == 2
    time.sleep(0.7 if busy == "build" else 0)
    program.send_signal(number)
    assert program.wait(30) != 0
    assert left(session_id) == []


def test_handlers_are_put_back(engine: Docker) -> None:
    """The program around a session keeps its own ways."""
    assert engine.prefix
    before = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    with Session():
        assert signal.getsignal(signal.SIGTERM) is not before[1]
    assert [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)] == before


def test_a_session_in_another_thread(engine: Docker) -> None:
    """Only the main thread may set handlers (Python); a session elsewhere works without."""
    assert engine.prefix
    seen: list[str] = []

    def work() -> None:
        with Session() as session:
            seen.append(session.id)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(30)
    assert len(seen) == 1
