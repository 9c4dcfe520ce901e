"""What the engine says about an image: size, configuration, layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imgslim.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Layer:
    """One step of an image's history, oldest first; steps that only set configuration have size 0."""

    created_by: str
    size: int


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """HEALTHCHECK as the image's configuration holds it (times in nanoseconds; 0 is the engine's default)."""

    test: tuple[str, ...]
    interval: int = 0
    timeout: int = 0
    start_period: int = 0
    retries: int = 0

    @property
    def is_none(self) -> bool:
        """True where there is nothing to run: ``HEALTHCHECK NONE`` or no HEALTHCHECK."""
        return not self.test or self.test[0] == "NONE"


@dataclass(frozen=True, slots=True)
class ImageConfig:
    """The part of ``docker image inspect`` that changes what ``docker run`` does."""

    env: tuple[tuple[str, str], ...] = ()
    working_dir: str = ""
    user: str = ""
    exposed_ports: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    stop_signal: str = ""
    health: HealthCheck = HealthCheck(())
    entrypoint: tuple[str, ...] = ()
    cmd: tuple[str, ...] = ()

    @property
    def exposed_tcp(self) -> frozenset[int]:
        """The TCP ports among EXPOSE."""
        return frozenset(int(port.split("/")[0]) for port in self.exposed_ports if port.endswith("/tcp"))


@dataclass(frozen=True, slots=True)
class BuiltImage:
    """An image in the engine's store."""

    id: str
    size: int
    config: ImageConfig
    layers: tuple[Layer, ...]
    #: What the build had to leave out or change, for people.
    notes: tuple[str, ...] = ()
    #: The name it was built under; "" where it was only looked up.
    name: str = ""


def read_config(raw: Mapping[str, Any]) -> ImageConfig:
    """Read the ``Config`` object of the engine's API; absent and null are the same there."""
    health = raw.get("Healthcheck") or {}
    return ImageConfig(
        env=tuple((name, value) for name, _, value in (entry.partition("=") for entry in raw.get("Env") or ())),
        working_dir=raw.get("WorkingDir") or "",
        user=raw.get("User") or "",
        exposed_ports=tuple(sorted(raw.get("ExposedPorts") or ())),
        volumes=tuple(sorted(raw.get("Volumes") or ())),
        labels=tuple(sorted((raw.get("Labels") or {}).items())),
        stop_signal=raw.get("StopSignal") or "",
        health=HealthCheck(
            test=tuple(health.get("Test") or ()),
            interval=health.get("Interval") or 0,
            timeout=health.get("Timeout") or 0,
            start_period=health.get("StartPeriod") or 0,
            retries=health.get("Retries") or 0,
        ),
        entrypoint=tuple(raw.get("Entrypoint") or ()),
        cmd=tuple(raw.get("Cmd") or ()),
    )
