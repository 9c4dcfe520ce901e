"""Find the Docker engine and its command: what everything else in this package needs first."""

from __future__ import annotations

import functools
import shutil
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from imgslim.engine import process
from imgslim.engine.faults import root_cause
from imgslim.engine.images import BuiltImage, Layer, read_config
from imgslim.errors import EngineOrSystemError
from imgslim.records import dataclass

if TYPE_CHECKING:
    from docker import DockerClient

_LOOPBACK = "127.0.0.1"
#: The SDK's names for a Unix socket, a Windows pipe, and a connection through ssh.
_LOCAL = ("http+docker://localhost", "http+docker://localnpipe")
_SSH = "http+docker://ssh"
#: API 1.41 came with Engine 20.10 (December 2020), the oldest that takes ``--pids-limit`` and reports health alike.
OLDEST_API = (1, 41)
#: Seconds that an engine which has answered is given for the first byte of any other answer.
PATIENCE = 900
_NO_ENGINE_HINT = (
    "start the Docker engine (`sudo systemctl start docker`, or Docker Desktop), or point DOCKER_HOST or "
    "`docker context use` at one; `docker version` must answer. Without an engine, leave out --verify."
)
_NO_COMMAND_HINT = "install the Docker command line with its buildx plugin (Debian: docker-cli, docker-buildx)"


@dataclass(frozen=True, slots=True)
class Command:
    """The ``docker`` program."""

    path: str
    #: False where the plugin is missing: then plain ``docker build`` builds, by whatever builder that engine has.
    has_buildx: bool


@dataclass(frozen=True, slots=True)
class Engine:
    """A reachable engine."""

    client: DockerClient
    version: tuple[int, ...]
    #: True where the containers' own addresses can be reached from here: an engine on this very Linux, with its rights.
    is_direct: bool
    #: Where published ports are found.
    host: str = _LOOPBACK
    #: Seconds that the engine's clock (Unix time) is ahead of our monotonic one; None where it has told none.
    ahead: float | None = None
    #: Which engine it is, and by what it builds and measures: the same work gives the same result on it.
    identity: str = ""

    @property
    def publish_on(self) -> str:
        """The interface to publish on: no wider than it must be to be reached from here."""
        return _LOOPBACK if self.host == _LOOPBACK else "0.0.0.0"  # noqa: S104  (another machine's loopback is no use)

    @property
    def api(self) -> Any:  # noqa: ANN401  (the SDK's own stubs leave half of it untyped)
        """The SDK's low-level client: one method for each call of the engine's API."""
        return self.client.api

    def clock(self) -> int:
        """Now, in Unix seconds, by the engine's clock; 0 where it has told none."""
        return 0 if self.ahead is None else int(time.monotonic() + self.ahead)

    def inspect(self, reference: str) -> dict[str, Any] | None:
        """One object of ``docker image inspect``; None where there is no local image by that name or id."""
        from docker.errors import ImageNotFound, NullResource  # noqa: PLC0415  (the SDK costs 150 ms)

        try:
            raw: dict[str, Any] = self.api.inspect_image(reference)
        except (ImageNotFound, NullResource):
            return None
        return raw

    def answers(self) -> bool:
        """Tell whether it is still there."""
        import docker.errors  # noqa: PLC0415
        import requests  # noqa: PLC0415

        try:
            return bool(self.client.ping())
        except (docker.errors.DockerException, requests.RequestException):
            return False

    def identify(self, reference: str) -> str:
        """What an image's name means now: the local image's id, else its registry's digest; "" where nobody knows."""
        import docker.errors  # noqa: PLC0415
        import requests  # noqa: PLC0415

        inspected = self.inspect(reference)
        if inspected is not None:
            return str(inspected["Id"])
        try:
            return str(self.api.inspect_distribution(reference)["Descriptor"]["digest"])
        except (docker.errors.DockerException, requests.RequestException, KeyError, TypeError):
            return ""

    def image(self, reference: str) -> BuiltImage | None:
        """What the engine knows about a local image; None where it has none by that name or id."""
        raw = self.inspect(reference)
        if raw is None:
            return None
        history: list[dict[str, Any]] = self.api.history(str(raw["Id"]))
        layers = tuple(Layer(str(row.get("CreatedBy") or ""), int(row.get("Size") or 0)) for row in reversed(history))
        return BuiltImage(str(raw["Id"]), int(raw["Size"]), read_config(raw.get("Config") or {}), layers)


def connect(timeout: float = 60.0) -> Engine:
    """Connect as the docker command does: DOCKER_HOST, else the current context, else the default socket.

    Raises EngineOrSystemError: ``no-engine`` where none answers, ``old-engine`` below API 1.41.
    """
    import docker  # noqa: PLC0415  (150 ms, and only verification needs it)
    import requests  # noqa: PLC0415

    try:
        client = docker.from_env(use_context=True, timeout=int(timeout))
        version: dict[str, Any] = client.version()
        info: dict[str, Any] = client.info()
    except (docker.errors.DockerException, requests.RequestException, OSError) as error:
        raise EngineOrSystemError(
            "no-engine", f"no Docker engine answers: {root_cause(error)}", _NO_ENGINE_HINT
        ) from error
    # One that has answered is there. What it is asked for then takes as long as its disk does: before the first byte of
    # an image it has written the layers out, before a container starts it has laid them over each other.
    client.api.timeout = max(client.api.timeout, PATIENCE)
    spoken = tuple(int(part) for part in str(version["ApiVersion"]).split("."))
    if spoken < OLDEST_API:
        wanted = ".".join(map(str, OLDEST_API))
        raise EngineOrSystemError(
            "old-engine",
            f"the engine speaks API {version['ApiVersion']}, {wanted} is needed",
            "update the Docker engine",
        )
    url = str(client.api.base_url)
    is_local = url in _LOCAL and "Desktop" not in str(info.get("OperatingSystem", ""))
    is_rootless = any("rootless" in str(option) for option in info.get("SecurityOptions") or ())
    direct = is_local and not is_rootless
    return Engine(
        client, spoken, is_direct=direct, host=_host(client, url), ahead=_ahead(info), identity=_identity(info)
    )


def _identity(info: dict[str, Any]) -> str:
    """Its id, version, storage driver and machine."""
    return " ".join(str(info.get(name)) for name in ("ID", "ServerVersion", "Driver", "OSType", "Architecture"))


def _ahead(info: dict[str, Any]) -> float | None:
    """How far the engine's clock is ahead of our monotonic one."""
    try:
        told = datetime.fromisoformat(str(info.get("SystemTime")))
    except ValueError:
        return None
    return told.timestamp() - time.monotonic() if told.tzinfo is not None else None


def _host(client: DockerClient, url: str) -> str:
    """The machine that published ports are found on."""
    if url in _LOCAL:
        return _LOOPBACK
    if url == _SSH:
        adapter: Any = client.api.get_adapter(url)
        return str(adapter.ssh_host).rpartition("://")[2].rpartition("@")[2].partition(":")[0]
    return urlsplit(url).hostname or _LOOPBACK


@functools.cache
def find_command() -> Command:
    """Find ``docker`` on PATH and see whether it has buildx.

    Raises EngineOrSystemError(``no-docker-command``): the SDK itself can't speak to BuildKit.
    """
    path = shutil.which("docker")
    if path is None:
        raise EngineOrSystemError("no-docker-command", "there is no `docker` on PATH to build with", _NO_COMMAND_HINT)
    return Command(path, has_buildx=process.run([path, "buildx", "version"], timeout=20.0).code == 0)
