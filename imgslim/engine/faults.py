"""Failures of what is around us, told from those of a Dockerfile or a program: the engine gone, its disk full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.errors import EngineOrSystemError
from imgslim.regex import regex

if TYPE_CHECKING:
    from imgslim.engine.build import BuildFailed

#: ENOSPC as Go says it, in BuildKit and the engine, and as libc does, in programs.
_FULL = "no space left on device"
_TOLD_BY_PROGRAM = "No space left on device"
#: What a client says whose engine has gone away: the name that gRPC has for it, and the end of a stream.
_UNAVAILABLE = regex(
    r"code = (Unavailable|Canceled) |error reading from server: EOF|closing transport|connection reset"
)
_SPACE_HINT = (
    "free some on the engine's disk: `docker system df` shows what takes it, `docker builder prune` removes caches"
)
_LOST_HINT = "see that it runs (`docker version`), and why it stopped (`journalctl -u docker`); then run this again"


def engine_lost(why: str) -> EngineOrSystemError:
    """The engine answered, and does so no more."""
    return EngineOrSystemError("engine-lost", f"the engine stopped answering: {why}", _LOST_HINT)


def disk_full(why: str) -> EngineOrSystemError:
    """Somewhere there is no room."""
    return EngineOrSystemError("disk-full", why, _SPACE_HINT)


def is_disk_full(text: str) -> bool:
    """Tell whether the engine says so."""
    return _FULL in text


def fault_of_api(error: BaseException) -> EngineOrSystemError | None:
    """What an error of the engine's client means where nobody expected it; None for any other kind of error."""
    import docker.errors  # noqa: PLC0415
    import requests  # noqa: PLC0415

    if isinstance(error, requests.Timeout):
        return engine_lost("it takes longer than a quarter of an hour for a simple request")
    if isinstance(error, docker.errors.APIError):
        text = str(error.explanation or error)
        if is_disk_full(text):
            return disk_full(text)
        return EngineOrSystemError(
            "engine-refused", f"the engine refused a request: {text}", "see the engine's own log"
        )
    if isinstance(error, requests.RequestException | docker.errors.DockerException):
        return engine_lost(root_cause(error))
    return None


def fault_of_build(failed: BuildFailed, text: bytes, *, answers: bool) -> EngineOrSystemError | None:
    """The surroundings' part in a build that failed; None where the file is to blame.

    A step that fills a file system of its own (a tmpfs with a size) fails by itself.
    """
    if not answers or _UNAVAILABLE.search(failed.message):
        return engine_lost(failed.message)
    if is_disk_full(failed.message):
        return disk_full(failed.message)
    told = next((line for line in failed.lines[-5:] if _TOLD_BY_PROGRAM in line or is_disk_full(line)), "")
    if told and b"type=tmpfs" not in text:
        return disk_full(f"{failed.message}: {told}")
    return None


def root_cause(error: BaseException) -> str:
    """The innermost sentence: the SDK wraps a refused socket four times."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return str(error) or type(error).__name__
