"""A session: everything that is made on the engine while it is open is gone when it closes, also after Ctrl-C.

What a killed session left behind, the next one removes.
"""

from __future__ import annotations

import contextlib
import errno
import signal
import tempfile
import threading
from typing import TYPE_CHECKING, Any

from imgslim.engine.build import BuildFailed, build
from imgslim.engine.connect import Command, Engine, connect, find_command
from imgslim.engine.container import Container
from imgslim.engine.faults import disk_full, fault_of_api, fault_of_build
from imgslim.engine.images import BuiltImage
from imgslim.engine.names import LABEL, REPOSITORY
from imgslim.engine.owner import new_owner
from imgslim.engine.sweep import sweep
from imgslim.errors import EngineOrSystemError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType
    from typing import Self

    from imgslim.engine.options import BuildOptions, BuildSource, Limits, RunOptions, Wrap

#: How often an image is built that is gone when it is looked for: the second time it comes from the cache.
_BUILDS = 2


class Session:
    """A context manager around one piece of work on the engine.

    SIGTERM and SIGHUP end the work as Ctrl-C does, so that a supervisor's stop cleans up as well. What BuildKit keeps
    in its cache stays, as after any build: that makes the second verification fast.
    """

    def __init__(self, engine: Engine | None = None, command: Command | None = None) -> None:
        """Connect and find the docker command, unless they are given.

        Raises EngineOrSystemError (``no-engine``, ``old-engine``, ``no-docker-command``).
        """
        self.engine = engine if engine is not None else connect()
        #: The docker command.
        self.command = command if command is not None else find_command()
        #: Unique on the engine; part of every name made here.
        self.id = new_owner(self.engine.clock()).mark
        self._made = 0
        self._handlers: dict[int, Any] = {}

    def __enter__(self) -> Self:
        """Remove what killed sessions left behind, and turn SIGTERM and SIGHUP into an orderly end."""
        sweep(self.engine)
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGHUP):
                self._handlers[number] = signal.signal(number, _leave)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Remove what was made; a second Ctrl-C does not stop the removal.

        Raises EngineOrSystemError (``engine-lost``, ``engine-refused``, ``disk-full``) in place of what the engine's
        client raised: whatever call met it.
        """
        main = threading.current_thread() is threading.main_thread()
        interrupt = signal.signal(signal.SIGINT, signal.SIG_IGN) if main else None
        if main:
            for number in self._handlers:
                signal.signal(number, signal.SIG_IGN)
        try:
            self.clean()
            # The engine may have ended a killed session's build only after we began.
            sweep(self.engine)
        finally:
            if main:
                signal.signal(signal.SIGINT, interrupt)
                for number, handler in self._handlers.items():
                    signal.signal(number, handler)
        fault = fault_of_api(error) if error is not None else None
        if fault is not None:
            raise fault from error

    def build(
        self, source: BuildSource, options: BuildOptions, tell: Callable[[str], None] | None = None
    ) -> BuiltImage:
        """Build an image.

        Raises :class:`imgslim.engine.build.BuildFailed`, and EngineOrSystemError (``engine-lost``, ``disk-full``) where
        that was not the file's fault.
        """
        name = self._name(":")
        image_id = ""
        # Another session that made the very same image may have removed it before it had this name, too.
        for _ in range(_BUILDS):
            image_id, notes = self._built(name, source, options, tell)
            image = self.engine.image(image_id)
            if image is not None:
                return BuiltImage(image.id, image.size, image.config, image.layers, notes, name)
        raise EngineOrSystemError(
            "image-not-loaded",
            f"the build ended well, but the engine has no image {image_id}",
            "the current buildx builder does not load its images into this engine: `docker buildx use default`",
        )

    def _built(
        self, name: str, source: BuildSource, options: BuildOptions, tell: Callable[[str], None] | None
    ) -> tuple[str, tuple[str, ...]]:
        """The id of an image, and what its build left out or changed; raises as :meth:`build` does."""
        try:
            return build(self.command, source, name, options, tell)
        except BuildFailed as failed:
            fault = fault_of_build(failed, source.text, answers=self.engine.answers())
            if fault is None:
                raise
            raise fault from failed
        except OSError as error:
            # Where the Dockerfile of the build is written.
            if error.errno == errno.ENOSPC:
                raise disk_full(f"{tempfile.gettempdir()}: {error.strerror}") from error
            raise

    def forget(self, image: BuiltImage) -> None:
        """Remove an image of this session before its end; its build cache stays."""
        import docker.errors  # noqa: PLC0415

        with contextlib.suppress(docker.errors.APIError):
            # By its name: the same image may have another name that is not ours.
            self.engine.api.remove_image(image.name)

    def start(self, image: BuiltImage, options: RunOptions, limits: Limits, wrap: Wrap | None = None) -> Container:
        """Make and start a container; raises :class:`imgslim.engine.container.StartFailed`."""
        labels = {LABEL: self.id}
        return Container(self.engine, image, options, limits, name=self._name("-"), labels=labels, wrap=wrap)

    def fill_volume(self, image: str, folder: str, command: list[str]) -> str:
        """Make a volume with what ``image`` holds in ``folder``; its name. ``command`` is named, and never run."""
        api = self.engine.api
        name, labels = self._name("-"), {LABEL: self.id}
        api.create_volume(name, labels=labels)
        # The engine fills an empty volume from the image when a container with it is made; it need not start.
        binds = api.create_host_config(binds=[f"{name}:{folder}"])
        made = api.create_container(image, command=command, host_config=binds, labels=labels)
        api.remove_container(made["Id"])
        return name

    def clean(self) -> None:
        """Remove this session's containers, volumes and images, whatever state they are in."""
        import docker.errors  # noqa: PLC0415
        import requests  # noqa: PLC0415

        api = self.engine.api
        gone = (docker.errors.APIError, requests.RequestException)
        mine = {"label": f"{LABEL}={self.id}"}
        # Of an engine that is gone, the next session removes it.
        with contextlib.suppress(*gone):
            for container in api.containers(all=True, filters=mine):
                with contextlib.suppress(*gone):
                    api.remove_container(container["Id"], v=True, force=True)
            for volume in api.volumes(filters=mine)["Volumes"] or ():
                with contextlib.suppress(*gone):
                    api.remove_volume(volume["Name"], force=True)
            for image in api.images(name=f"{REPOSITORY}/{self.id}"):
                for tag in image.get("RepoTags") or ():
                    if tag.startswith(f"{REPOSITORY}/{self.id}:"):
                        with contextlib.suppress(*gone):
                            api.remove_image(tag)

    def _name(self, separator: str) -> str:
        """A name for the next thing made: ``imgslim-verify/<session>:1`` for an image, with dashes for a container."""
        self._made += 1
        base = f"{REPOSITORY}/{self.id}" if separator == ":" else f"{REPOSITORY}-{self.id}"
        return f"{base}{separator}{self._made}"


def _leave(number: int, _frame: FrameType | None) -> None:
    """End the program as the shell reports a signal: 128 plus its number."""
    raise SystemExit(128 + number)
