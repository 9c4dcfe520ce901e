"""Images are built from text, with the context's own rules, and failures say why."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from imgslim.engine.build import BuildFailed, build
from imgslim.engine.connect import Command, find_command
from imgslim.engine.options import BuildOptions, BuildSource
from imgslim.engine.session import Session
from imgslim.errors import EngineOrSystemError
from tests.engine_support import write_tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.engine_support import Docker

pytestmark = pytest.mark.engine
BASE = b"FROM busybox:musl\n"


@pytest.fixture
def session(engine: Docker) -> Iterator[Session]:
    """Open a session."""
    assert engine.prefix
    with Session() as opened:
        yield opened


def test_configuration_layers_and_progress(session: Session, tmp_path: Path) -> None:
    """What is built is described, and its steps are told while they run."""
    lines: list[str] = []
    text = BASE + b"RUN echo %s\nCOPY --chown=1:1 f /f\nENV A=1\n" % secrets.token_hex(8).encode()
    write_tree(tmp_path, {"f": "12345"})
    image = session.build(BuildSource(text, tmp_path), BuildOptions(), lines.append)
    assert ("A", "1") in image.config.env
    assert [layer.size for layer in image.layers[-2:]] == [5, 0]
    assert image.notes == ()
    assert any("RUN echo" in line for line in lines)


def test_options_reach_the_build(session: Session, tmp_path: Path) -> None:
    """Arguments, secrets, target, network, platform and build contexts are passed on."""
    text = b"""ARG TAG
FROM base:${TAG} AS one
ARG X
RUN --mount=type=secret,id=s test "$(cat /run/secrets/s)" = word && echo "$X" > /x && ! ip route | grep default
ENV STAGE=one
FROM one
ENV STAGE=two
"""
    write_tree(tmp_path, {"secret": "word"})
    options = BuildOptions(
        build_args=("TAG=none", "X=y"),
        secrets=(f"id=s,src={tmp_path / 'secret'}",),
        platform="linux/amd64",
        target="one",
        network="none",
        contexts=(("base:none", "docker-image://busybox:musl"),),
    )
    assert ("STAGE", "one") in session.build(BuildSource(text, tmp_path), options).config.env


@pytest.mark.parametrize("beside", [True, False], ids=["file's own", "context's"])
def test_ignore_files_hold(session: Session, tmp_path: Path, beside: bool) -> None:  # noqa: FBT001  (a column)
    """<file>.dockerignore goes before .dockerignore, although the file that is built lies elsewhere."""
    files = {"docker/app.Dockerfile": "", "a": "1", "b": "22", ".dockerignore": "a\ndocker\n.dockerignore\n"}
    if beside:
        files["docker/app.Dockerfile.dockerignore"] = "b\ndocker\n.dockerignore\n"
    write_tree(tmp_path, files)
    source = BuildSource(b"FROM scratch\nCOPY . /\n", tmp_path, tmp_path / "docker/app.Dockerfile")
    assert session.build(source, BuildOptions()).size == (1 if beside else 2)


def test_a_frontend_that_can_not_be_had(session: Session, tmp_path: Path) -> None:
    """The engine's own frontend builds the file, and a note says so."""
    text = b"# syntax=registry.invalid/docker/dockerfile:1\n# escape=`\nFROM busybox:musl\nRUN echo `\n a\n"
    image = session.build(BuildSource(text, tmp_path), BuildOptions())
    assert "registry.invalid/docker/dockerfile:1" in image.notes[0]


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        (b"FROM busybox:musl\nRUN echo first; echo second >&2; exit 5\n", "exit code: 5", "second"),
        (b"FROM scratch\nCOPY none /\n", '"/none": not found', ""),
        (b"FROM scratch\nCOPI a /\n", "unknown instruction: COPI", ""),
        (b"FROM registry.invalid/x:1\n", "registry.invalid/x:1", ""),
        (b"# syntax=registry.invalid/f:1\nFROM scratch\nCOPY none /\n", '"/none": not found', ""),
        (b"# syntax=registry.invalid/f:1\nFROM busybox:musl\nRUN exit 9\n", "exit code: 9", ""),
    ],
)
def test_failures_say_why(session: Session, tmp_path: Path, text: bytes, message: str, line: str) -> None:
    """The cause is the message; the failing step's last lines come with it."""
    with pytest.raises(BuildFailed) as caught:
        session.build(BuildSource(text, tmp_path), BuildOptions())
    assert message in caught.value.message
    assert line in "\n".join(caught.value.lines)


def test_time_is_bounded(session: Session, tmp_path: Path) -> None:
    """A build that hangs is ended."""
    text = BASE + b"RUN sleep 60 # %s\n" % secrets.token_hex(8).encode()
    with pytest.raises(BuildFailed, match="longer than 1 s"):
        session.build(BuildSource(text, tmp_path), BuildOptions(timeout=1))


def test_without_buildx_the_plain_command_builds(
    engine: Docker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older command line still builds; its failures are told the same way."""
    assert engine.prefix
    monkeypatch.setenv("DOCKER_BUILDKIT", "0")
    write_tree(tmp_path, {"f": "12345"})
    options = BuildOptions(build_args=("X=1",))
    with Session(command=replace(find_command(), has_buildx=False)) as session:
        text = b"FROM busybox:musl\nARG X\nCOPY f /\nENV X=$X\n"
        assert ("X", "1") in session.build(BuildSource(text, tmp_path), options).config.env
        with pytest.raises(BuildFailed) as caught:
            session.build(BuildSource(BASE + b"RUN echo last words; exit 4\n", tmp_path), BuildOptions())
    assert "returned a non-zero code: 4" in caught.value.message
    assert "last words" in "\n".join(caught.value.lines)


def test_what_only_buildx_can_do_is_named(tmp_path: Path) -> None:
    """Secrets without buildx are an error before anything is built."""
    with pytest.raises(EngineOrSystemError) as caught:
        build(Command("docker", has_buildx=False), BuildSource(BASE, tmp_path), "x:1", BuildOptions(secrets=("id=x",)))
    assert caught.value.code == "buildx-needed"


def test_an_engine_that_goes_away(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lost engine is no fault of the Dockerfile."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")
    with pytest.raises(EngineOrSystemError) as caught:
        session.build(BuildSource(BASE, tmp_path), BuildOptions())
    assert caught.value.code == "no-engine"


def test_an_image_that_never_reaches_the_engine(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A builder that keeps its images to itself is named as the cause."""
    monkeypatch.setattr(type(session.engine), "image", lambda *_: None)
    with pytest.raises(EngineOrSystemError, match="has no image"):
        session.build(BuildSource(BASE, tmp_path), BuildOptions())
