"""Run a command of this machine within bounds of time and output; its whole process group ends with it, or with us."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
from typing import IO, TYPE_CHECKING

from imgslim.engine.capture import Capture
from imgslim.errors import EngineOrSystemError
from imgslim.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

#: Before the command takes the shell's place, a process is left in its group that waits for the other end of a pipe to
#: close, as it does when we are killed, and ends the group then: a build must not go on for nobody.
_GUARDED = """
exec 3<&0 </dev/null
(trap '' TERM; read -r _ <&3; kill -TERM 0; sleep 3; kill -KILL 0) >/dev/null 2>&1 &
exec 3<&-
exec "$@"
"""
#: Seconds for a group to leave after SIGTERM, so that buildx can tell the engine to stop building.
_GRACE = 3.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    #: None where it ran out of time and was killed.
    code: int | None
    stdout: bytes
    stderr: bytes


def run(
    command: Sequence[str],
    *,
    timeout: float,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    output_limit: int = 1 << 20,
    on_stderr: Callable[[bytes], None] | None = None,
) -> Ended:
    """Run ``command`` with closed input for at most ``timeout`` seconds.

    ``on_stderr`` gets each piece of standard error as it comes. Raises EngineOrSystemError(``cannot-start``) where the
    program can't be started.
    """
    if shutil.which(command[0]) is None:
        raise EngineOrSystemError("cannot-start", f"cannot start {command[0]}: there is no such program")
    try:
        process = subprocess.Popen(  # noqa: S603  (the shell's text is a constant; the command is its words)
            ["/bin/sh", "-c", _GUARDED, "sh", *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=None if env is None else {**os.environ, **env},
            cwd=cwd,
            start_new_session=True,
        )
    except OSError as error:
        raise EngineOrSystemError("cannot-start", f"cannot start {command[0]}: {error}") from error
    out, err = Capture(output_limit), Capture(output_limit)
    readers = (
        threading.Thread(target=_drain, args=(process.stdout, out, None), daemon=True),
        threading.Thread(target=_drain, args=(process.stderr, err, on_stderr), daemon=True),
    )
    for reader in readers:
        reader.start()
    code: int | None = None
    try:
        code = process.wait(timeout)
    except subprocess.TimeoutExpired:
        pass
    finally:
        # Also on Ctrl-C: a child that outlives us would go on building or probing.
        _end_group(process)
        if process.stdin is not None:
            process.stdin.close()
    for reader in readers:
        reader.join(_GRACE)
    return Ended(code, out.value(), err.value())


def _drain(stream: IO[bytes] | None, capture: Capture, tell: Callable[[bytes], None] | None) -> None:
    """Read ``stream`` to its end."""
    if stream is None:
        return
    with stream:
        while piece := os.read(stream.fileno(), 1 << 16):
            capture.add(piece)
            if tell is not None:
                tell(piece)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End what is left of the command's process group: politely, then not."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
        except (ProcessLookupError, PermissionError):
            break
        try:
            process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            continue
    process.poll()
