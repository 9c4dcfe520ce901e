"""What an image's configuration lost in the rewrite, by the fields that ``docker image inspect`` shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Empty means this (docs.docker.com/reference/dockerfile: WORKDIR, USER, STOPSIGNAL).
_DEFAULT = {"WorkingDir": "/", "User": "root", "StopSignal": "SIGTERM"}
#: Two spellings of one user.
_SAME_USER = {"0": "root", "0:0": "root", "root:root": "root"}


@dataclass(frozen=True, slots=True)
class Lost:
    """The differences that count and those that don't."""

    #: What the author wrote and the new image lacks: each breaks the promise.
    own: tuple[str, ...]
    #: The base image's environment and labels (GOPATH, GOLANG_VERSION …): they belong to the toolchain that went.
    inherited: tuple[str, ...]


def lost(before: Mapping[str, Any], after: Mapping[str, Any], base: Mapping[str, Any]) -> Lost:
    """Compare the ``Config`` of both images; `base` is that of the image in FROM."""
    own: list[str] = []
    inherited: list[str] = []
    had, has, given = (_environment(config) for config in (before, after, base))
    for name, value in had.items():
        if has.get(name) != value:
            (inherited if given.get(name) == value else own).append(f"Env {name}")
    if _runs(before) != _runs(after):
        own.append("Cmd")
    marked, now = base.get("Labels") or {}, after.get("Labels") or {}
    for key, value in (before.get("Labels") or {}).items():
        if now.get(key) != value:
            (inherited if marked.get(key) == value else own).append(f"Labels {key}")
    for field in ("ExposedPorts", "Volumes"):
        own += [f"{field} {key}" for key in before.get(field) or {} if key not in (after.get(field) or {})]
    own += [
        name for name in ("User", "WorkingDir", "StopSignal", "Healthcheck") if _get(before, name) != _get(after, name)
    ]
    return Lost(tuple(own), tuple(inherited))


def _environment(config: Mapping[str, Any]) -> dict[str, str]:
    return dict(entry.split("=", 1) for entry in config.get("Env") or ())


def _runs(config: Mapping[str, Any]) -> bool:
    return bool(config.get("Entrypoint") or config.get("Cmd"))


def _get(config: Mapping[str, Any], name: str) -> object:
    value = config.get(name) or _DEFAULT.get(name)
    if name == "WorkingDir" and isinstance(value, str):
        return value.rstrip("/") or "/"
    return _SAME_USER.get(value, value) if isinstance(value, str) else value
