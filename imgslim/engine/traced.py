"""A container whose programs are watched from their first instruction on, while everything else is as without.

Process 1 waits (:mod:`imgslim.engine.hold`) until strace, started beside it in the same container, has attached; then
it becomes the image's own ENTRYPOINT with its CMD. User, environment, working directory, limits, network, signals and
exit code are untouched; the container has one capability more (SYS_PTRACE) and one read-only mount. With a filter a
program's calls that say nothing of paths run at full speed, and set-user-ID programs get no rights.
"""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING, Any

from imgslim.engine import hold
from imgslim.engine.frames import STDERR, frames
from imgslim.engine.options import Wrap
from imgslim.engine.tracer import FILTERED, FOLDER, HOLD, LOADER_VARIABLES, STRACE, NoTracer

if TYPE_CHECKING:
    from imgslim.engine.container import Container
    from imgslim.engine.images import BuiltImage
    from imgslim.engine.options import Limits, RunOptions
    from imgslim.engine.session import Session
    from imgslim.engine.tracer import Tracer

#: What the engine sets where an image has no PATH.
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#: Bytes of a log that are kept; about a million lines.
_MOST = 1 << 27
#: Seconds for the rest of the log to arrive after the program ended.
_DRAIN = 10.0
#: Seconds between two looks at the log: strace writes each line by itself.
_PAUSE = 0.02
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
        first = f"{FOLDER}/{FILTERED if filtered else HOLD}", *hold.command(entry, path)
        wrap = Wrap(first, ("SYS_PTRACE",), ((tracer.volume, FOLDER),))
        #: The mount that is the tracer's own.
        self.folder = FOLDER
        self._image = image
        self._options = options
        self._lock = threading.Lock()
        self._logs: list[bytearray] = []
        self._says = bytearray()
        #: True where a log was too long to be kept whole.
        self.is_cut = False
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
        self.container: Container = session.start(image, options, limits, wrap)
        try:
            self._reader = self._strace((*(("--seccomp-bpf",) if filtered else ()), "-p", "1"), user="0")
            self._await()
        except BaseException:
            self.container.remove()
            raise

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
        reader = self._strace((*keep, *words), user=self._image.config.user)
        reader.join(_CHECK)
        return True

    def logs(self) -> tuple[bytes, ...]:
        """What the tracer wrote, whole once the container's program ended: of the program, and of each health check."""
        if not self._is_running():
            self._reader.join(_DRAIN)
        with self._lock:
            return tuple(map(bytes, self._logs))

    def written(self) -> int:
        """The bytes of the program's own log so far."""
        with self._lock:
            return len(self._logs[0])

    def _is_running(self) -> bool:
        """Ask the engine; a container that was removed does not run."""
        from imgslim.errors import EngineOrSystemError  # noqa: PLC0415

        try:
            return self.container.state().is_running
        except EngineOrSystemError:
            return False

    def _strace(self, words: tuple[str, ...], user: str) -> threading.Thread:
        """Start strace in the container; what reads its log."""
        import docker.errors  # noqa: PLC0415

        api = self.container.engine.api
        command = [*STRACE, *self._calls, "-o", "/dev/stdout", *words]
        env = dict((*self._image.config.env, *self._options.env))
        empty = {name: "" for name in LOADER_VARIABLES if name in env}
        log = bytearray()
        with self._lock:
            self._logs.append(log)
        try:
            made = api.exec_create(self.container.id, command, user=user, environment=empty or None)
            stream: Any = api.exec_start(made["Id"], socket=True)
        except docker.errors.APIError as error:
            raise NoTracer(f"the tracer does not start: {error.explanation or error}") from error
        reader = threading.Thread(target=self._read, args=(stream, log), daemon=True)
        reader.start()
        return reader

    def _await(self) -> None:
        """Wait for the first line of the log; raises NoTracer where the tracer ended, or has not come in time."""
        end = time.monotonic() + hold.PATIENCE + 2
        while time.monotonic() < end:
            with self._lock:
                if self._logs[0]:
                    return
            if not self._reader.is_alive():
                break
            time.sleep(0.01)
        with self._lock:
            if self._logs[0]:
                return
            said = self._says.decode("utf-8", "replace").strip()
        raise NoTracer(f"tracing is refused: {said.splitlines()[-1] if said else 'the tracer says nothing'}")

    def _read(self, stream: Any, log: bytearray) -> None:  # noqa: ANN401  (a socket, or the SDK's wrapper around one)
        """Read until the tracer ends; what is too much is read too, for the program would wait."""
        with contextlib.suppress(OSError, ValueError), contextlib.closing(stream):
            for kind, data in frames(stream, _PAUSE):
                with self._lock:
                    if kind == STDERR:
                        self._says += data
                    elif len(log) < _MOST:
                        log += data
                    else:
                        self.is_cut = True
