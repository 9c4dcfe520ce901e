"""What the engine refuses or loses ends with a reason of ours (no engine)."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import docker.errors
import pytest
import requests

from imgslim.engine import session as sessions
from imgslim.engine.build import BuildFailed
from imgslim.engine.container import Container
from imgslim.engine.faults import fault_of_build
from imgslim.engine.options import BuildOptions, BuildSource
from imgslim.engine.session import Session
from imgslim.errors import EngineOrSystemError


def _refusing(error: Exception) -> Any:  # noqa: ANN401  (stands for the client)
    def remove(*_: object, **__: object) -> None:
        raise error

    return SimpleNamespace(api=SimpleNamespace(remove_container=remove))


def _container(error: Exception) -> Container:
    made = Container.__new__(Container)
    made.engine, made.id = _refusing(error), "0123456789abcdef"
    return made


def test_a_container_that_the_engine_keeps() -> None:
    """A container that can't be removed is named."""
    with pytest.raises(EngineOrSystemError) as caught:
        _container(docker.errors.APIError("device busy")).remove()
    assert caught.value.code == "container-left"
    assert "0123456789ab" in str(caught.value)


@pytest.mark.parametrize(
    "error", [docker.errors.NotFound("gone"), docker.errors.APIError("removal is already in progress")]
)
def test_a_container_that_is_gone(error: Exception) -> None:
    """One that is gone, or about to go, is no fault."""
    _container(error).remove()


def test_an_image_that_is_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A builder that keeps its images to itself is told apart from a failed build."""

    def build(*_: object, **__: object) -> tuple[str, tuple[str, ...]]:
        return "sha256:0", ()

    monkeypatch.setattr(sessions, "build", build)
    engine: Any = SimpleNamespace(image=lambda _id: None, clock=lambda: 0)
    command: Any = ("docker",)
    made = Session(engine, command)
    with pytest.raises(EngineOrSystemError) as caught:
        made.build(BuildSource(b"FROM scratch\n", Path(), None), BuildOptions())
    assert caught.value.code == "image-not-loaded"


def test_an_image_that_another_session_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two sessions make the same image, and the one removes it before it has the other's name: it is built again."""
    monkeypatch.setattr(sessions, "build", lambda *_: ("sha256:0", ("a warning",)))
    there = SimpleNamespace(id="sha256:0", size=1, config=None, layers=())
    answers = iter([None, there])
    engine: Any = SimpleNamespace(image=lambda _id: next(answers), clock=lambda: 0)
    command: Any = ("docker",)
    built = Session(engine, command).build(BuildSource(b"FROM scratch\n", Path(), None), BuildOptions())
    assert (built.id, built.notes) == ("sha256:0", ("a warning",))


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (requests.ConnectionError("reset"), "engine-lost", "stopped answering: reset"),
        (requests.ReadTimeout("slow"), "engine-lost", "longer than a quarter of an hour"),
        (docker.errors.DockerException("gone"), "engine-lost", "stopped answering: gone"),
        (docker.errors.APIError("write /x: no space left on device"), "disk-full", "/x"),
        (docker.errors.APIError("not now"), "engine-refused", "refused a request: not now"),
    ],
)
def test_what_the_engine_s_client_raises(error: Exception, code: str, says: str) -> None:
    """Wherever in a session it is met, it ends as a reason of ours; the session's end does not fail over it."""
    engine: Any = SimpleNamespace(clock=lambda: 0, api=_unreachable(error))
    command: Any = ("docker",)
    with pytest.raises(EngineOrSystemError, match=says) as caught, Session(engine, command):
        raise error
    assert caught.value.code == code
    assert caught.value.hint


def test_other_errors_stay_what_they_are() -> None:
    """A fault of ours is no fault of the engine's."""
    engine: Any = SimpleNamespace(clock=lambda: 0, api=_unreachable(requests.ConnectionError()))
    command: Any = ("docker",)
    with pytest.raises(ZeroDivisionError), Session(engine, command):
        raise ZeroDivisionError


def _unreachable(error: Exception) -> Any:  # noqa: ANN401  (stands for the client)
    class Api:
        def __getattr__(self, name: str) -> Any:  # noqa: ANN401
            def fail(**_: object) -> None:
                raise error if isinstance(error, requests.RequestException) else requests.ConnectionError(name)

            return fail

    return Api()


@pytest.mark.parametrize(
    ("message", "lines", "text", "answers", "code"),
    [
        ("failed to receive status: rpc error: code = Unavailable desc = EOF", (), b"", True, "engine-lost"),
        ("exit code: 1", ("a",), b"", False, "engine-lost"),
        ("write /x: no space left on device", (), b"RUN --mount=type=tmpfs,size=1m", True, "disk-full"),
        ("exit code: 1", ("dd: No space left on device", "1 records"), b"", True, "disk-full"),
        ("exit code: 1", ("dd: No space left on device",), b"RUN --mount=type=tmpfs,size=1m", True, ""),
        ("exit code: 1", ("gcc: error",), b"", True, ""),
    ],
)
def test_what_a_failed_build_means(
    message: str,
    lines: tuple[str, ...],
    text: bytes,
    answers: bool,  # noqa: FBT001  (a column of the table)
    code: str,
) -> None:
    """The surroundings are to blame where they say so; else the file is."""
    fault = fault_of_build(BuildFailed(message, lines), text, answers=answers)
    assert (fault.code if fault is not None else "") == code
