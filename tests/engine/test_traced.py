"""A program is watched from its first instruction on, and runs as it does without."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from imgslim.engine import traced as traced_
from imgslim.engine import tracelog
from imgslim.engine import tracer as tracers
from imgslim.engine.names import LABEL
from imgslim.engine.options import BuildOptions, BuildSource, Limits, RunOptions
from imgslim.engine.session import Session
from imgslim.engine.traced import Traced
from imgslim.engine.tracelog import FileLog
from imgslim.engine.tracer import NoTracer, Tracer, provide
from imgslim.evidence import Access, Observed
from imgslim.evidence.strace import read
from imgslim.evidence.strace_calls import TRACED
from imgslim.records import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.engine_support import Docker

pytestmark = pytest.mark.engine
HERE = Path(__file__).parent
#: Programs to run, made once and found in the build's cache afterwards.
PROGRAMS = (
    "FROM gcc:12 AS made",
    "COPY *.c /src/",
    "RUN cd /src && gcc -o /dynamic programs.c && gcc -static -o /static programs.c && gcc -o /many threads.c -pthread",
)


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

    def __init__(self, code: int, stdout: bytes, stderr: bytes, seen: Observed, log: bytes) -> None:
        """Keep all."""
        self.log = log
        self.code = code
        self.stdout = stdout
        self.stderr = stderr
        self.seen = seen

    def having(self, access: Access) -> frozenset[str]:
        """The paths used in a way."""
        return frozenset(self.seen.having(access))


@pytest.fixture
def run(session: Session, tracer: Tracer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Build an image, run it watched to its end."""

    def run(
        *lines: str, options: RunOptions | None = None, stop: str = "", filtered: bool = True, direct: bool = True
    ) -> Ran:
        monkeypatch.setattr(session, "engine", replace(session.engine, is_direct=direct))
        for source in (HERE / "programs.c", HERE.parent / "evidence" / "logs" / "threads.c"):
            shutil.copy(source, tmp_path)
        image = session.build(BuildSource("\n".join(lines).encode(), tmp_path), BuildOptions())
        traced = Traced(session, tracer, image, options or RunOptions(), Limits(), calls=TRACED, filtered=filtered)
        with traced.container as container:
            if stop:
                while b"ready" not in container.stdout.value():
                    assert container.wait(0.1).is_running
                ended = container.stop(stop, 10)
                assert ended is not None
            state = container.wait(30)
            seen = read(traced.logs()[0], image.config.working_dir or "/", ignored=traced.folder)
            log = traced.logs()[0]
            return Ran(state.exit_code, container.stdout.value(), container.stderr.value(), seen, log)

    return run


@pytest.mark.parametrize("direct", [True, False])
@pytest.mark.parametrize("filtered", [True, False])
def test_paths_code_and_streams(run: Callable[..., Ran], *, filtered: bool, direct: bool) -> None:
    """Relative paths, a changed folder, a missing file, a renamed one; streams and exit code are the program's."""
    script = "cat t.txt; cd ..; cat nope srv/t.txt; mv srv/t.txt /home/y; exit 3"
    made = "RUN echo x > t.txt && mkdir -p /home"
    lines = "FROM busybox:musl", "WORKDIR /srv", made, f'CMD ["sh", "-c", "{script}"]'
    ran = run(*lines, filtered=filtered, direct=direct)
    assert (ran.code, ran.stdout) == (3, b"x\nx\n")
    assert b"nope" in ran.stderr
    assert ran.seen.uses["/srv/t.txt"] == Access.READ | Access.WRITTEN | Access.REMOVED
    assert ran.seen.uses["/nope"] == Access.MISSING
    assert ran.seen.uses["/home/y"] & Access.CREATED
    assert ran.seen.uses["/bin/sh"] == Access.EXECUTED
    assert ran.seen.started[0].argv == ("sh", "-c", script)
    assert ran.seen.cut == ""
    assert not [path for path in ran.seen.uses if path.startswith("/.imgslim")]


@pytest.mark.parametrize("filtered", [True, False])
def test_what_ended_before(run: Callable[..., Ran], *, filtered: bool) -> None:
    """What a script started and waited for runs no more when it has become the daemon."""
    script = "cat /etc/passwd > /dev/null; ls / | wc -l; exec sleep 0.2"
    ran = run("FROM debian:bookworm-slim", f'CMD ["sh", "-c", "{script}"]', filtered=filtered)
    end = ran.log.index(b"\n", ran.log.index(b'execve("/usr/bin/sleep"')) + 1
    assert read(ran.log, "/", asked=end).lasting == ("/usr/bin/sleep",)


def test_signal_handler(run: Callable[..., Ran]) -> None:
    """The stop signal reaches the program itself, which is process 1 and has no child that it did not make."""
    script = "trap 'cat /etc/passwd >/dev/null; wait; exit 7' TERM; echo ready $$; while :; do sleep 0.05; done"
    ran = run("FROM busybox:musl", f'CMD ["sh", "-c", "{script}"]', stop="SIGTERM")
    assert (ran.code, ran.stdout) == (7, b"ready 1\n")
    assert ran.seen.uses["/etc/passwd"] & Access.READ


def program(base: str, what: str, *more: str, kind: str = "dynamic") -> tuple[str, ...]:
    """An image of one of the programs."""
    return (*PROGRAMS, f"FROM {base}", f"COPY --from=made /{kind} /run/me", *more, f'CMD ["/run/me", "{what}"]')


@pytest.mark.parametrize("base", ["debian:bookworm-slim", "debian:trixie-slim", "busybox:glibc", "gcc:12"])
def test_first_process_has_no_other_child(run: Callable[..., Ran], base: str) -> None:
    """A program that waits for all its children, as process 1, ends as it does without a tracer."""
    ran = run(*program(base, "wait"))
    assert (ran.code, ran.stdout) == (3, b"1 3\n")
    assert ran.seen.uses["/etc/after"] == Access.MISSING
    assert [path for path in ran.having(Access.LOADED) if path.endswith("/libc.so.6")]


def test_an_image_that_holds_one_file(run: Callable[..., Ran]) -> None:
    """Neither shell nor loader nor library nor /etc/passwd is needed."""
    for filtered in (True, False):
        ran = run(*program("scratch", "wait", kind="static"), filtered=filtered)
        assert (ran.code, ran.stdout) == (3, b"1 3\n")
        assert ran.having(Access.EXECUTED) == {"/run/me"}
        assert ran.having(Access.LOADED) == frozenset()


def test_a_daemon_is_followed(run: Callable[..., Ran]) -> None:
    """Processes that nobody waits for are seen as well, and their folder is theirs."""
    assert run(*program("debian:bookworm-slim", "daemon")).seen.uses["/etc/daemon.conf"] == Access.MISSING


def test_rights_are_dropped(run: Callable[..., Ran]) -> None:
    """A program that becomes another user is followed, and its children."""
    ran = run(*program("busybox:glibc", "drop"))
    assert (ran.code, ran.stdout) == (0, b"65534 -1\n")
    assert "/etc/child" in ran.having(Access.MISSING)
    ran = run(
        "FROM debian:bookworm-slim",
        'CMD ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-c", "id -u; cat /etc/passwd >&2"]',
    )
    assert (ran.code, ran.stdout) == (0, b"65534\n")
    assert ran.seen.uses["/etc/passwd"] & Access.READ


def test_rights_are_gained(run: Callable[..., Ran]) -> None:
    """For USER nobody a set-user-ID program has its owner's rights, as without a tracer; the filter takes them."""
    more = ("RUN chmod u+s /run/me", "USER 65534")
    ran = run(*program("debian:bookworm-slim", "rights", *more), filtered=False)
    assert (ran.code, ran.stdout) == (0, b"65534 0\n")
    assert ran.seen.uses["/etc/rights"] == Access.MISSING
    assert run(*program("debian:bookworm-slim", "rights", *more)).stdout == b"65534 65534\n"


def test_a_program_that_starts_itself_again(run: Callable[..., Ran]) -> None:
    """Both are listed."""
    ran = run(*program("busybox:glibc", "again"))
    assert ran.stdout == b"another\n"
    assert [(one.path, one.argv) for one in ran.seen.started] == [
        ("/run/me", ("/run/me", "again")),
        ("/proc/self/exe", ("another", "again", "x")),
    ]


@pytest.mark.parametrize("direct", [True, False])
def test_the_last_call_is_kept(run: Callable[..., Ran], *, direct: bool) -> None:
    """What comes right before the end of process 1, which takes the tracer with it, is in the log."""
    for _ in range(3):
        ran = run(*program("scratch", "last", kind="static"), direct=direct)
        assert ran.code == 5
        assert "/etc/last" in ran.having(Access.MISSING)


def test_threads_and_processes(run: Callable[..., Ran]) -> None:
    """The program of the recorded log, now: its uses are the same."""
    lines = (*PROGRAMS, "FROM gcc:12", "WORKDIR /srv", "COPY --from=made /many ./many", "RUN touch one two")
    ran = run(*lines, 'ENTRYPOINT ["./many"]')
    assert (ran.code, ran.stdout) == (3, b"again\n")
    log = (HERE.parent / "evidence" / "logs" / "threads.log").read_bytes()
    assert dict(ran.seen.uses) == dict(read(log, "/srv").uses)


@pytest.mark.parametrize("base", ["alpine:3", "busybox:musl", "busybox:glibc"])
def test_other_libraries_variables_user_and_input(run: Callable[..., Ran], base: str) -> None:
    """What the image sets for its own programs does not reach the tracer, and the tracer changes nothing of it."""
    ran = run(
        f"FROM {base}",
        "ENV my.name=dotted LD_LIBRARY_PATH=/none LD_PRELOAD= PATH=/bin:/usr/bin",
        "WORKDIR /data",
        "USER 65534",
        'ENTRYPOINT ["env"]',
        'CMD ["sh", "-c", "env | sort; id -u; pwd; cat"]',
        options=RunOptions(stdin=b"input", env=(("MORE", "a b"),)),
    )
    # What env passes on of odd names is the shell's business: dotted names end at sh.
    assert ran.code == 0
    for line in (b"LD_LIBRARY_PATH=/none", b"MORE=a b", b"PATH=/bin:/usr/bin", b"65534", b"/data"):
        assert line in ran.stdout.splitlines()
    assert ran.stdout.endswith(b"input")
    assert ran.seen.started[0].path in {"/bin/env", "/usr/bin/env"}


def test_a_dotted_variable(run: Callable[..., Ran]) -> None:
    """No shell stands between the engine and the program."""
    assert b"my.name=dotted" in run("FROM busybox:musl", "ENV my.name=dotted", 'CMD ["env"]').stdout


@pytest.mark.parametrize("more", ['CMD ["/none"]', 'CMD ["none-on-path"]'])
def test_a_program_that_is_not_there(run: Callable[..., Ran], more: str) -> None:
    """It ends with the code of a command that was not found, and the look-ups are seen."""
    ran = run("FROM busybox:musl", more)
    assert ran.code == 127
    assert ran.seen.started == ()
    assert ran.having(Access.MISSING)


@pytest.mark.parametrize("direct", [True, False])
def test_a_log_that_is_too_long(
    session: Session, tracer: Tracer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, direct: bool
) -> None:
    """Its beginning is kept, that it is cut is known, and the program runs to its end."""
    monkeypatch.setattr(session, "engine", replace(session.engine, is_direct=direct))
    monkeypatch.setattr(tracelog, "MOST", 10_000)
    script = "for i in $(seq 300); do cat /etc/passwd >&2; cat /none; done; exit 3"
    text = f'FROM busybox:musl\nCMD ["sh", "-c", "{script}"]\n'
    image = session.build(BuildSource(text.encode(), tmp_path), BuildOptions())
    traced = Traced(session, tracer, image, RunOptions(), Limits(), calls=TRACED)
    with traced.container as container:
        assert container.wait(30).exit_code == 3
        log = traced.logs()[0]
    assert traced.is_cut
    assert 10_000 <= len(log) < 300_000
    assert read(log, "/").uses["/none"] == Access.MISSING


def test_a_file_that_the_engine_does_not_see(
    session: Session, tracer: Tracer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An engine with other folders, or one that may not write there: then the log comes through its streams."""
    image = session.build(BuildSource(b'FROM busybox:musl\nCMD ["cat", "/none"]\n', tmp_path), BuildOptions())
    made: list[Path] = []

    class Elsewhere(FileLog):
        def __init__(self, place: str) -> None:
            super().__init__(place)
            self.path.unlink()
            made.append(self.path)

    class AFolder(Elsewhere):
        def __init__(self, place: str) -> None:
            super().__init__(place)
            self.path.mkdir()

    for log in (Elsewhere, AFolder):
        monkeypatch.setattr(traced_, "FileLog", log)
        traced = Traced(session, tracer, image, RunOptions(), Limits(), calls=TRACED)
        with traced.container as container:
            assert container.wait(20).exit_code == 1
            assert read(traced.logs()[0], "/").uses["/none"] == Access.MISSING
    assert len(made) == 2
    assert not made[0].parent.exists()
    made[1].rmdir()
    mine = {"label": f"{LABEL}={session.id}"}
    assert not session.engine.api.containers(all=True, filters=mine)


#: What an engine may forbid: the two calls that tracers need.
FORBIDDING = {
    "defaultAction": "SCMP_ACT_ALLOW",
    "syscalls": [{"names": ["ptrace"], "action": "SCMP_ACT_ERRNO"}],
}


def test_where_tracing_is_refused(
    session: Session, tracer: Tracer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said, soon, and nothing is left."""
    api = session.engine.api
    make = api.create_host_config

    def make_forbidding(*args: Any, **options: Any) -> Any:  # noqa: ANN401  (the SDK's)
        return make(*args, **options, security_opt=[f"seccomp={json.dumps(FORBIDDING)}"])

    monkeypatch.setattr(api, "create_host_config", make_forbidding)
    image = session.build(BuildSource(b'FROM busybox:musl\nCMD ["true"]\n', tmp_path), BuildOptions())
    before = api.containers(all=True, filters={"label": f"{LABEL}={session.id}"})
    with pytest.raises(NoTracer, match=r"refused.*not permitted"):
        Traced(session, tracer, image, RunOptions(), Limits(), calls=TRACED)
    assert api.containers(all=True, filters={"label": f"{LABEL}={session.id}"}) == before


def test_an_image_for_another_machine(session: Session, tracer: Tracer, tmp_path: Path) -> None:
    """An emulator's calls are not the program's."""
    other = "arm64" if tracer.architecture == "amd64" else "amd64"
    options = BuildOptions(platform=f"linux/{other}")
    image = session.build(BuildSource(b'FROM scratch\nCOPY x /x\nCMD ["/x"]\n', _with_file(tmp_path)), options)
    with pytest.raises(NoTracer, match=f"for {other}"):
        Traced(session, tracer, image, RunOptions(), Limits(), calls=TRACED)


def _with_file(folder: Path) -> Path:
    """A context."""
    (folder / "x").write_bytes(b"")
    return folder


def test_this_machine_s_own_tracer(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the tracer's image can't be built, the machine's own is packed; without one that is said."""
    monkeypatch.setattr(tracers, "_FROM_DEBIAN", "FROM imgslim-no-such-image\n")
    if shutil.which("strace") is not None:
        own = provide(session, BuildOptions())
        image = session.build(BuildSource(b'FROM busybox:musl\nCMD ["cat", "/etc/passwd"]\n', tmp_path), BuildOptions())
        traced = Traced(session, own, image, RunOptions(), Limits(), calls=TRACED)
        with traced.container as container:
            assert container.wait(20).exit_code == 0
            assert read(traced.logs()[0], "/").uses["/etc/passwd"] & Access.READ
    monkeypatch.setattr(tracers, "_pack", lambda _folder, _program: None)
    with pytest.raises(NoTracer, match="imgslim-no-such-image"):
        provide(session, BuildOptions())


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
