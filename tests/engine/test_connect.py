"""The engine is found, or its absence is explained."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import docker
import pytest

from imgslim.engine.connect import PATIENCE, connect, find_command
from imgslim.errors import EngineOrSystemError

if TYPE_CHECKING:
    from tests.engine_support import Docker


def pretend(
    monkeypatch: pytest.MonkeyPatch,
    *,
    api: str = "1.51",
    system: str = "Debian",
    security: tuple[str, ...] = (),
    url: str = "http+docker://localhost",
) -> None:
    """Let the SDK connect to an engine that says this of itself."""
    client = SimpleNamespace(
        version=lambda: {"ApiVersion": api},
        info=lambda: {"OperatingSystem": system, "SecurityOptions": list(security)},
        api=SimpleNamespace(
            base_url=url, timeout=60, get_adapter=lambda _: SimpleNamespace(ssh_host="ssh://me@builder.example:22")
        ),
    )
    monkeypatch.setattr(docker, "from_env", lambda **_: client)


def test_no_engine_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket that is not there is an error with a hint, not a traceback of the SDK."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")
    with pytest.raises(EngineOrSystemError, match=r"no Docker engine answers: .*No such file") as caught:
        connect()
    assert caught.value.code == "no-engine"
    assert "DOCKER_HOST" in caught.value.hint


@pytest.mark.parametrize("host", ["tcp://127.0.0.1:1", "nonsense://x"])
def test_a_host_that_does_not_answer_or_make_sense(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    """A wrong DOCKER_HOST is the same error."""
    monkeypatch.setenv("DOCKER_HOST", host)
    with pytest.raises(EngineOrSystemError) as caught:
        connect()
    assert caught.value.code == "no-engine"


def test_an_engine_that_answers_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Saving a large image takes its disk minutes before the first byte comes; whether it is there shows sooner."""
    pretend(monkeypatch)
    assert connect(timeout=5).api.timeout == PATIENCE


def test_an_old_engine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The API version decides; BuildKit's own is often not known."""
    pretend(monkeypatch, api="1.40")
    with pytest.raises(EngineOrSystemError, match=r"API 1\.40, 1\.41 is needed") as caught:
        connect()
    assert caught.value.code == "old-engine"


@pytest.mark.parametrize(
    ("description", "direct", "host"),
    [
        ({}, True, "127.0.0.1"),
        ({"system": "Docker Desktop"}, False, "127.0.0.1"),
        ({"security": ("name=seccomp", "name=rootless")}, False, "127.0.0.1"),
        ({"url": "http://10.1.2.3:2375"}, False, "10.1.2.3"),
        ({"url": "http+docker://ssh"}, False, "builder.example"),
    ],
)
def test_where_containers_are_reached(
    monkeypatch: pytest.MonkeyPatch,
    description: dict[str, Any],
    direct: bool,  # noqa: FBT001  (a column of the table)
    host: str,
) -> None:
    """Addresses of containers are reached only on this very Linux; elsewhere ports are published."""
    pretend(monkeypatch, **description)
    engine = connect()
    assert (engine.is_direct, engine.host) == (direct, host)


def test_no_docker_command(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """Without the command nothing can be built; the error names it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    find_command.cache_clear()
    try:
        with pytest.raises(EngineOrSystemError) as caught:
            find_command()
    finally:
        find_command.cache_clear()
    assert caught.value.code == "no-docker-command"
    assert "buildx" in caught.value.hint


@pytest.mark.engine
def test_images_are_looked_up(engine: Docker) -> None:
    """A local image gives size, configuration and layers, oldest first; an unknown name gives None."""
    name = engine.build('FROM scratch\nCOPY a /\nCOPY b /\nCMD ["/x"]\n', {"a": "1", "b": "22"})
    image = connect().image(name)
    assert image is not None
    assert image.config.cmd == ("/x",)
    assert [layer.size for layer in image.layers] == [1, 2, 0]
    assert image.layers[1].created_by.startswith("COPY b /")
    assert image.size == 3
    assert connect().image("no-such-image:x") is None
