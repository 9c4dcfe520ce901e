"""What the engine refuses or loses ends with a reason of ours (no engine)."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import docker.errors
import pytest

from imgslim.engine import session as sessions
from imgslim.engine.container import Container
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
