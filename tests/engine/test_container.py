"""Containers run by their own entry, within bounds, and are watched from outside."""

from __future__ import annotations

import http.client
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from imgslim.engine.container import Container, StartFailed
from imgslim.engine.options import BuildOptions, BuildSource, Limits, RunOptions
from imgslim.engine.session import Session
from imgslim.errors import EngineOrSystemError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.engine_support import Docker

pytestmark = pytest.mark.engine
SERVER = "mkdir /w && echo page > /w/index.html && exec busybox httpd -f -p 80 -h /w"


@pytest.fixture
def session(engine: Docker) -> Iterator[Session]:
    """Open a session."""
    assert engine.prefix
    with Session() as opened:
        yield opened


@pytest.fixture
def start(session: Session, tmp_path: Path) -> Callable[..., Container]:
    """Build an image that runs a shell command, and start it."""

    def start(command: str, *more: str, limits: Limits | None = None, options: RunOptions | None = None) -> Container:
        text = "\n".join(["FROM busybox:musl", *more, f"CMD {command}"])
        image = session.build(BuildSource(text.encode(), tmp_path), BuildOptions())
        return session.start(image, options or RunOptions(), limits or Limits())

    return start


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that takes a moment."""
    end = time.monotonic() + 10
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    assert condition()


def test_output_code_and_input(start: Callable[..., Container]) -> None:
    """Both streams, the exit code, input, arguments of the environment."""
    options = RunOptions(stdin=b"in\n" * 3, env=(("X", "y z"),))
    with start('cat; echo "$X"; echo err >&2; exit 3', options=options) as container:
        state = container.wait(20)
        assert (state.is_running, state.exit_code) == (False, 3)
        assert (container.stdout.value(), container.stderr.value()) == (b"in\nin\nin\ny z\n", b"err\n")


def test_without_input_it_is_closed(start: Callable[..., Container]) -> None:
    """A program that reads gets the end of its input, as under docker run."""
    with start("cat; echo end") as container:
        assert container.wait(20).exit_code == 0
        assert container.stdout.value() == b"end\n"


def test_input_that_nobody_reads(start: Callable[..., Container]) -> None:
    """A program that ends without reading does not disturb."""
    with start("exit 0", options=RunOptions(stdin=b"x" * 1_000_000)) as container:
        assert container.wait(20).exit_code == 0


def test_arguments_go_to_the_entry_point(session: Session, tmp_path: Path) -> None:
    """The image's own ENTRYPOINT stays."""
    text = b'FROM busybox:musl\nENTRYPOINT ["echo", "entry"]\nCMD ["cmd"]\n'
    image = session.build(BuildSource(text, tmp_path), BuildOptions())
    for args, output in (((), b"entry cmd\n"), (("a", "b"), b"entry a b\n")):
        with session.start(image, RunOptions(args=args), Limits()) as container:
            container.wait(20)
            assert container.stdout.value() == output


@pytest.mark.parametrize("more", ['ENTRYPOINT ["/none"]', "WORKDIR /etc/passwd/x", "USER nobody-here"])
def test_what_can_not_start_says_why(session: Session, tmp_path: Path, more: str) -> None:
    """A missing program, folder or user is a failure to start; nothing is left."""
    lines = ["FROM scratch" if "WORKDIR" not in more else "FROM busybox:musl", more, 'CMD ["sleep"]']
    if "WORKDIR" in more:
        lines = ["FROM busybox:musl", 'ENTRYPOINT ["/etc/none"]']
    image = session.build(BuildSource("\n".join([*lines, "COPY . /x"]).encode(), tmp_path), BuildOptions())
    with pytest.raises(StartFailed) as caught:
        session.start(image, RunOptions(), Limits())
    assert str(caught.value)
    assert not session.engine.api.containers(all=True, filters={"label": f"io.imgslim.session={session.id}"})


def test_an_image_without_a_command(session: Session, tmp_path: Path) -> None:
    """The engine refuses it before the start."""
    (tmp_path / "x").touch()
    image = session.build(BuildSource(b"FROM scratch\nCOPY x /x\n", tmp_path), BuildOptions())
    with pytest.raises(StartFailed, match=r"(?i)no command specified"):
        session.start(image, RunOptions(), Limits())


def test_endless_output_is_bounded(start: Callable[..., Container]) -> None:
    """Output is drained and thrown away; the engine keeps no log of it."""
    with start("exec yes", limits=Limits(output=1 << 16)) as container:
        until(lambda: container.stdout.dropped > 1 << 20)
        assert len(container.stdout.value()) < (1 << 16) + 100


def test_a_fork_bomb_is_bounded(start: Callable[..., Container]) -> None:
    """Processes are counted against the limit."""
    with start("for i in $(seq 50); do sleep 60 & done; echo all; sleep 60", limits=Limits(pids=20)) as container:
        until(lambda: b"fork" in container.stderr.value())
        assert b"all" not in container.stdout.value()


def test_memory_is_bounded(start: Callable[..., Container]) -> None:
    """A program that takes too much is ended by the kernel, and it is said."""
    said: list[bool] = []
    while len(said) < 3 and True not in said:  # the engine may hear of the end before the reason
        with start("exec tail -c 500000000 /dev/zero", limits=Limits(memory="32m")) as container:
            state = container.wait(30)
            assert (state.is_running, state.exit_code) == (False, 137)
            said.append(state.is_oom_killed)
    assert said[-1]


@pytest.mark.parametrize("direct", [True, False], ids=["by address", "published"])
def test_ports_are_seen_and_reached(session: Session, tmp_path: Path, direct: bool) -> None:  # noqa: FBT001
    """Listening sockets are found, and reached by the container's address or a published port."""
    text = f"FROM busybox:musl\nEXPOSE 80\nCMD {SERVER}\n"
    image = session.build(BuildSource(text.encode(), tmp_path), BuildOptions())
    session.engine = replace(session.engine, is_direct=direct)
    with session.start(image, RunOptions(publish=frozenset({80})), Limits()) as container:
        until(lambda: bool(container.listeners(container.state().pid)))
        found = container.listeners(container.state().pid) or frozenset()
        assert [(one.port, one.protocol, one.is_loopback) for one in found] == [(80, "tcp", False)]
        address = container.address(80)
        assert address is not None
        assert (address[1] == 80) is direct
        connection = http.client.HTTPConnection(*address, timeout=10)
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"page\n"
        connection.close()


def test_ports_that_can_not_be_seen(session: Session, tmp_path: Path) -> None:
    """Without the image's own cat an engine elsewhere shows no sockets; a port that is not published has no address."""
    image = session.build(BuildSource(b"FROM busybox:musl\nCMD rm /bin/cat; exec sleep 60\n", tmp_path), BuildOptions())
    session.engine = replace(session.engine, is_direct=False)
    with session.start(image, RunOptions(), Limits()) as container:
        until(lambda: container.listeners(container.state().pid) is None)
        assert container.address(80) is None


@pytest.mark.parametrize(("network", "reached"), [("none", False), ("host", True)])
def test_networks(session: Session, tmp_path: Path, network: str, reached: bool) -> None:  # noqa: FBT001
    """Without a network nothing is reached; on the machine's own, ports are the machine's and others' are not shown."""
    image = session.build(BuildSource(b"FROM busybox:musl\nCMD exec sleep 60\n", tmp_path), BuildOptions())
    with session.start(image, RunOptions(network=network), Limits()) as container:
        assert (container.address(80) is not None) is reached
        assert (container.listeners(container.state().pid) is None) is reached


def test_a_process_that_is_gone_shows_no_sockets(start: Callable[..., Container]) -> None:
    """Between two looks the program may have ended."""
    with start("exit 0") as container:
        container.wait(20)
        assert container.listeners(2**22 + 1) is None


def test_stop(start: Callable[..., Container]) -> None:
    """A program that handles the signal ends with its code; PID 1 without a handler must be killed."""
    with start("trap 'exit 5' TERM; echo up; while :; do sleep 0.1; done") as container:
        until(lambda: container.stdout.value() == b"up\n")
        state = container.stop("SIGTERM", 10)
        assert state is not None
        assert state.exit_code == 5
        again = container.stop("SIGTERM", 1)
        assert again is not None
        assert again.exit_code == 5
    with start("exec sleep 60") as container:
        assert container.stop("SIGTERM", 0.5) is None


def test_health(session: Session, tmp_path: Path) -> None:
    """The image's own test runs, only more often; its output is kept."""
    check = b"HEALTHCHECK --start-period=5m CMD echo checked; test -e /ok\n"
    text = b"FROM busybox:musl\n" + check + b"CMD sleep 1; touch /ok; exec sleep 60\n"
    image = session.build(BuildSource(text, tmp_path), BuildOptions())
    with session.start(image, RunOptions(health_interval=0.3), Limits()) as container:
        until(lambda: container.state().health == "healthy")
        assert container.state().health_log == "checked\n"


def test_work_is_measured(start: Callable[..., Container]) -> None:
    """Processor time tells a busy program from a waiting one."""
    with start("exec sleep 60") as container:
        before = container.cpu_seconds()
        time.sleep(0.5)
        assert container.cpu_seconds() - before < 0.1
    with start("while :; do :; done") as container:
        before = container.cpu_seconds()
        time.sleep(1)
        assert container.cpu_seconds() - before > 0.1


def test_a_container_that_somebody_removes(start: Callable[..., Container]) -> None:
    """It is an error of the surroundings; removing it again is none."""
    with start("exec sleep 60") as container:
        container.engine.api.remove_container(container.id, force=True)
        with pytest.raises(EngineOrSystemError) as caught:
            container.state()
        assert caught.value.code == "container-lost"
