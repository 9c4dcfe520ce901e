"""How an image is built and how a container is bounded: values that the command line fills in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """What ``docker buildx build`` is told beside the Dockerfile and the context; the names are its own options'."""

    #: ``NAME=VALUE``, or ``NAME`` alone for the value in our own environment.
    build_args: tuple[str, ...] = ()
    #: ``id=…,src=…`` as ``--secret`` takes them.
    secrets: tuple[str, ...] = ()
    #: ``default`` or ``id=socket`` as ``--ssh`` takes them.
    ssh: tuple[str, ...] = ()
    #: ``linux/arm64``; "" is the engine's own.
    platform: str = ""
    #: The stage to stop at; "" is the last.
    target: str = ""
    #: ``default``, ``none`` or ``host``: the network of RUN.
    network: str = ""
    #: ``(name, source)`` pairs: what stands in for an image or a stage (``docker-image://…``, a folder).
    contexts: tuple[tuple[str, str], ...] = ()
    #: Seconds one build may take.
    timeout: float = 1800.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What one container may use; alike for the original and the rewritten image."""

    #: As ``docker run --memory`` takes it; swap is not added.
    memory: str = "2g"
    #: Processes and threads together (``--pids-limit``): a fork bomb ends here.
    pids: int = 4096
    #: Bytes kept of each output stream; the middle of a longer one is dropped.
    output: int = 1 << 20


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How one container is started: the image's own ENTRYPOINT and CMD always stay."""

    #: What follows the image's name in ``docker run``; empty leaves CMD as it is.
    args: tuple[str, ...] = ()
    #: ``(name, value)`` pairs added to the image's environment.
    env: tuple[tuple[str, str], ...] = ()
    #: Bytes written to standard input, which is then closed; None leaves it closed from the start.
    stdin: bytes | None = None
    #: A network of the engine; "" is its default bridge.
    network: str = ""
    platform: str = ""
    #: TCP ports published where the container's address can't be reached from here.
    publish: frozenset[int] = frozenset()
    #: Seconds between two health checks where the image has one: its own interval (30 s by default) is long.
    health_interval: float = 1.0


@dataclass(frozen=True, slots=True)
class Wrap:
    """What is put around an image's program to watch it."""

    #: The whole command: ENTRYPOINT and CMD are in it.
    command: tuple[str, ...]
    #: Capabilities beyond the engine's own choice.
    capabilities: tuple[str, ...]
    #: ``(volume, folder)`` pairs, mounted read-only.
    volumes: tuple[tuple[str, str], ...]
    #: ``(file, path)`` pairs: files of this machine that the container may write to.
    files: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class BuildSource:
    """A Dockerfile's text with what its build reads."""

    text: bytes
    context: Path
    #: Where the original stands: ``<file>.dockerignore`` beside it goes before the context's .dockerignore (BuildKit).
    dockerfile: Path | None = None
