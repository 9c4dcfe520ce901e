"""A program is watched from its first instruction on, and runs as it does without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imgslim.engine.names import LABEL
from imgslim.engine.options import BuildOptions, BuildSource, Limits, RunOptions
from imgslim.engine.session import Session
from imgslim.engine.traced import Traced
from imgslim.engine.tracer import Tracer, provide
from imgslim.evidence import Access, Observed
from imgslim.evidence.strace import read
from imgslim.evidence.strace_calls import TRACED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.engine_support import Docker

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def session(engine: Docker) -> Iterator[Session]:
    """Open a session."""
    assert engine.prefix
    with Session() as opened:
        yield opened


@pytest.fixture(scope="module")
def tracer(session: Session) -> Tracer:
    """Have the tracer."""
    return provide(session, BuildOptions())


class Ran:
    """How a watched program ended, and what was seen of it."""

    def __init__(self, code: int, stdout: bytes, stderr: bytes, seen: Observed) -> None:
        """Keep all."""
        self.code = code
        self.stdout = stdout
        self.stderr = stderr
        self.seen = seen

    def having(self, access: Access) -> frozenset[str]:
        """The paths used in a way."""
        return frozenset(self.seen.having(access))


@pytest.fixture
def run(session: Session, tracer: Tracer, tmp_path: Path) -> Callable[..., Ran]:
    """Build an image, run it watched to its end."""

    def run(*lines: str, options: RunOptions | None = None, stop: str = "") -> Ran:
        image = session.build(BuildSource("\n".join(lines).encode(), tmp_path), BuildOptions())
        traced = Traced(session, tracer, image, options or RunOptions(), Limits(), calls=TRACED)
        with traced.container as container:
            if stop:
                while b"ready" not in container.stdout.value():
                    assert container.wait(0.1).is_running
                ended = container.stop(stop, 10)
                assert ended is not None
            state = container.wait(30)
            seen = read(traced.logs()[0], image.config.working_dir or "/", ignored=traced.folder)
            return Ran(state.exit_code, container.stdout.value(), container.stderr.value(), seen)

    return run


def test_paths_code_and_streams(run: Callable[..., Ran]) -> None:
    """Relative paths, a changed folder, a missing file, a renamed one; streams and exit code are the program's."""
    script = "cat t.txt; cd ..; cat nope srv/t.txt; mv srv/t.txt /home/y; exit 3"
    made = "RUN echo x > t.txt && mkdir -p /home"
    ran = run("FROM busybox:musl", "WORKDIR /srv", made, f'CMD ["sh", "-c", "{script}"]')
    assert (ran.code, ran.stdout) == (3, b"x\nx\n")
    assert b"nope" in ran.stderr
    assert ran.seen.uses["/srv/t.txt"] == Access.READ | Access.WRITTEN | Access.REMOVED
    assert ran.seen.uses["/nope"] == Access.MISSING
    assert ran.seen.uses["/home/y"] & Access.CREATED
    assert ran.seen.uses["/bin/sh"] == Access.EXECUTED
    assert ran.seen.started[0].argv == ("sh", "-c", script)
    assert ran.seen.cut == ""
    assert not [path for path in ran.seen.uses if path.startswith("/.imgslim")]


def test_signal_handler(run: Callable[..., Ran]) -> None:
    """The stop signal reaches the program itself, which is process 1 and has no child that it did not make."""
    script = "trap 'cat /etc/passwd >/dev/null; wait; exit 7' TERM; echo ready $$; while :; do sleep 0.05; done"
    ran = run("FROM busybox:musl", f'CMD ["sh", "-c", "{script}"]', stop="SIGTERM")
    assert (ran.code, ran.stdout) == (7, b"ready 1\n")
    assert ran.seen.uses["/etc/passwd"] & Access.READ


def test_nothing_is_left_but_the_cache(engine: Docker, tmp_path: Path) -> None:
    """The volume goes with the session."""
    assert engine.prefix
    with Session() as session:
        tracer = provide(session, BuildOptions())
        mine = {"label": f"{LABEL}={session.id}"}
        assert [one["Name"] for one in session.engine.api.volumes(filters=mine)["Volumes"]] == [tracer.volume]
        assert not session.engine.api.containers(all=True, filters=mine)
        assert tmp_path.exists()
    assert not session.engine.api.volumes(filters=mine)["Volumes"]
