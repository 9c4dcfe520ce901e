"""Join what ``docker image inspect`` says of an image with what only the tables know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imgslim.images.facts import ImageFacts
from imgslim.images.resolve import resolve
from imgslim.records import replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imgslim.images.reference import ImageRef


def from_inspect(ref: ImageRef, inspected: Mapping[str, Any]) -> ImageFacts:
    """Facts of an image that a local engine has.

    The configuration is the engine's; distribution, C library and content come from the tables, where they have the
    image, and stay unknown where they don't.

    Args:
        ref: the reference that was inspected.
        inspected: one object of the list that ``docker image inspect`` prints.
    """
    embedded = resolve(ref)
    facts = embedded if isinstance(embedded, ImageFacts) else ImageFacts(ref, "")
    config: Mapping[str, Any] = inspected.get("Config") or {}
    health: Mapping[str, Any] = config.get("Healthcheck") or {}
    entrypoint = tuple(config.get("Entrypoint") or ())
    return replace(
        facts,
        workdir=config.get("WorkingDir") or "/",
        env=tuple((name, value) for name, _, value in (entry.partition("=") for entry in config.get("Env") or ())),
        env_known=True,
        user=config.get("User") or "",
        entrypoint=entrypoint,
        cmd=tuple(config.get("Cmd") or ()),
        expose=tuple(sorted(config.get("ExposedPorts") or ())),
        volumes=tuple(sorted(config.get("Volumes") or ())),
        stopsignal=config.get("StopSignal") or "",
        healthcheck=tuple(health.get("Test") or ()),
        onbuild=tuple(config.get("OnBuild") or ()),
        shell_form=tuple(config.get("Shell") or ()) or ("/bin/sh", "-c"),
        size=inspected.get("Size") or facts.size,
        entrypoint_execs_args=facts.entrypoint_execs_args if entrypoint == facts.entrypoint else None,
        origin="engine",
    )
