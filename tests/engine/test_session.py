"""Nothing is left on the engine, however a session ends."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from imgslim.engine.connect import connect
from imgslim.engine.options import BuildOptions, BuildSource, Limits, RunOptions
from imgslim.engine.session import LABEL, REPOSITORY, Session

if TYPE_CHECKING:
    from pathlib import Path

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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("busy", ["run", "build"])
def test_signals_clean_up(engine: Docker, tmp_path: Path, number: signal.Signals, busy: str) -> None:
    """Ctrl-C, a supervisor's stop and a closed terminal leave nothing, while running and while building."""
    assert engine.prefix
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path), busy],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert program.stdout is not None
    session_id = program.stdout.readline().strip()
    assert len(left(session_id)) == 2
    time.sleep(0.7 if busy == "build" else 0)
    program.send_signal(number)
    assert program.wait(30) != 0
    program.stdout.close()
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
