"""A container whose programs are watched from their first instruction on, while everything else is as without.

Process 1 waits (:mod:`imgslim.engine.hold`) until strace, started beside it in the same container, has attached; then
it becomes the image's own ENTRYPOINT with its CMD. User, environment, working directory, limits, network, signals and
exit code are untouched; the container has one capability more (SYS_PTRACE), one read-only mount and, where the log goes
to a file of this machine, that file below it. With a filter a program's calls that say nothing of paths run at full
speed, and set-user-ID programs get no rights.
"""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING, Any

from imgslim.engine import hold
from imgslim.engine.container import StartFailed
from imgslim.engine.frames import STDERR, frames
from imgslim.engine.options import Wrap
from imgslim.engine.tracelog import FileLog, StreamLog
from imgslim.engine.tracer import FILTERED, FOLDER, HOLD, LOADER_VARIABLES, LOG, STRACE, NoTracer
from imgslim.records import replace

if TYPE_CHECKING:
    from imgslim.engine.container import Container
    from imgslim.engine.images import BuiltImage
    from imgslim.engine.options import Limits, RunOptions
    from imgslim.engine.session import Session
    from imgslim.engine.tracer import Tracer

#: What the engine sets where an image has no PATH.
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#: Seconds for the rest of the log to arrive after the program ended.
_DRAIN = 10.0
#: Seconds between two looks at the engine's stream: strace writes each line by itself.
_PAUSE = 0.02
#: Seconds between two looks at how long a file has become.
_LOOK = 0.2
#: Seconds that one health check may take.
_CHECK = 30.0


class Traced:
    """One running, watched container."""

    def __init__(
        self,
        session: Session,
        tracer: Tracer,
        image: BuiltImage,
        options: RunOptions,
        limits: Limits,
        *,
        calls: tuple[str, ...],
        argv: tuple[str, ...] = (),
        filtered: bool = False,
    ) -> None:
        """Start it; ``calls`` are the system calls to write down; ``argv`` starts in place of the image's own words.

        ``filtered``: the tracer does not stop the program for calls that it has nothing to say of.

        Raises StartFailed, and NoTracer where the kernel or the engine does not allow it; then nothing is left.
        """
        raw = session.engine.inspect(image.id) or {}
        if raw.get("Architecture") != tracer.architecture:
            # An emulator runs it, and what it asks of the kernel is the emulator's.
            raise NoTracer(f"the image is for {raw.get('Architecture')}, the engine runs on {tracer.architecture}")
        entry = argv or (*image.config.entrypoint, *(options.args or image.config.cmd))
        if not entry:
            raise NoTracer("the image names no program")
        path = dict((*image.config.env, *options.env)).get("PATH", _PATH)
        words = f"{FOLDER}/{FILTERED if filtered else HOLD}", *hold.command(entry, path)
        #: The mount that is the tracer's own.
        self.folder = FOLDER
        self._image = image
        self._options = options
        self._logs: list[StreamLog | FileLog] = []
        self._says = bytearray()
        self._calls = (
            "-f",
            "-y",
            "-q",
            "-s",
            "4096",
            "-e",
            "signal=none",
            "-e",
            "trace=" + ",".join(f"?{one}" for one in calls),
        )
        self._attach = (*(("--seccomp-bpf",) if filtered else ()), "-p", "1")
        wrap = Wrap(words, ("SYS_PTRACE",), ((tracer.volume, FOLDER),))
        try:
            # A file of this machine is none to an engine that sees other folders, or may not write to it (SELinux).
            started = self._begin(session, limits, wrap, FileLog(LOG)) if session.engine.is_direct else None
        except (StartFailed, NoTracer, OSError):
            started = None
        self.container: Container = started or self._begin(session, limits, wrap, StreamLog())

    @property
    def is_cut(self) -> bool:
        """True where a log was too long to be kept whole."""
        return any(log.is_cut for log in self._logs)

    def _begin(self, session: Session, limits: Limits, wrap: Wrap, log: StreamLog | FileLog) -> Container:
        """Start the container and the tracer in it; nothing is left where that fails."""
        self._logs, self._says = [], bytearray()
        try:
            if isinstance(log, FileLog):
                wrap = replace(wrap, files=((str(log.path), LOG),))
            container = session.start(self._image, self._options, limits, wrap)
        finally:
            if isinstance(log, FileLog):
                log.mounted()
        try:
            self._reader = self._strace(container, log, self._attach, user="0")
            self._await(log)
        except BaseException:
            container.remove()
            raise
        return container

    def check_health(self) -> bool:
        """Run the image's HEALTHCHECK once under the tracer; the engine's own checks are no children of process 1."""
        test = self._image.config.health.test
        if self._image.config.health.is_none or not self.container.state().is_running:
            return False
        raw = self.container.engine.inspect(self._image.id) or {}
        shell = (raw.get("Config") or {}).get("Shell") or ["/bin/sh", "-c"]
        words = test[1:] if test[0] == "CMD" else (*shell, *test[1:])
        env = dict((*self._image.config.env, *self._options.env))
        keep = [word for name in LOADER_VARIABLES if name in env for word in ("-E", f"{name}={env[name]}")]
        reader = self._strace(self.container, StreamLog(), (*keep, *words), user=self._image.config.user)
        reader.join(_CHECK)
        return True

    def logs(self) -> tuple[bytes, ...]:
        """What the tracer wrote, whole once the container's program ended: of the program, and of each health check."""
        if not self._is_running():
            self._reader.join(_DRAIN)
        return tuple(log.content() for log in self._logs)

    def written(self) -> int:
        """The bytes of the program's own log so far."""
        return self._logs[0].size()

    def _is_running(self) -> bool:
        """Ask the engine; a container that was removed does not run."""
        from imgslim.errors import EngineOrSystemError  # noqa: PLC0415

        try:
            return self.container.state().is_running
        except EngineOrSystemError:
            return False

    def _strace(
        self, container: Container, log: StreamLog | FileLog, words: tuple[str, ...], user: str
    ) -> threading.Thread:
        """Start strace in the container; what reads what it says."""
        import docker.errors  # noqa: PLC0415

        api = container.engine.api
        command = [*STRACE, *self._calls, "-o", log.place, *words]
        env = dict((*self._image.config.env, *self._options.env))
        empty = {name: "" for name in LOADER_VARIABLES if name in env}
        self._logs.append(log)
        try:
            made = api.exec_create(container.id, command, user=user, environment=empty or None)
            stream: Any = api.exec_start(made["Id"], socket=True)
        except docker.errors.APIError as error:
            raise NoTracer(f"the tracer does not start: {error.explanation or error}") from error
        reader = threading.Thread(target=self._read, args=(stream, log), daemon=True)
        reader.start()
        if isinstance(log, FileLog):
            threading.Thread(target=_bound, args=(log, reader), daemon=True).start()
        return reader

    def _await(self, log: StreamLog | FileLog) -> None:
        """Wait for the first line of the log; raises NoTracer where the tracer ended, or has not come in time."""
        end = time.monotonic() + hold.PATIENCE + 2
        while time.monotonic() < end and self._reader.is_alive() and not log.size():
            time.sleep(0.01)
        if not log.size():
            said = self._says.decode("utf-8", "replace").strip()
            raise NoTracer(f"tracing is refused: {said.splitlines()[-1] if said else 'the tracer says nothing'}")

    def _read(self, stream: Any, log: StreamLog | FileLog) -> None:  # noqa: ANN401  (a socket, or the SDK's wrapper)
        """Read until the tracer ends; what is too much is read too, for the program would wait."""
        with contextlib.suppress(OSError, ValueError), contextlib.closing(stream):
            for kind, data in frames(stream, _PAUSE):
                if kind == STDERR:
                    self._says += data
                elif isinstance(log, StreamLog):
                    log.add(data)


def _bound(log: FileLog, reader: threading.Thread) -> None:
    """Keep a log within its bound as long as the tracer may write."""
    while reader.is_alive():
        log.bound()
        reader.join(_LOOK)
    log.bound()
