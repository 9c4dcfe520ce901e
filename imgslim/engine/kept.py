"""What verifications keep on the engine to be faster the next time: volumes and images with a label of ours."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from imgslim.engine.names import CACHE_LABEL
from imgslim.records import dataclass

if TYPE_CHECKING:
    from imgslim.engine.connect import Engine


@dataclass(frozen=True, slots=True)
class KeptThing:
    """One of them."""

    #: ``volume`` or ``image``.
    kind: str
    #: A name for people; an image without one has its id.
    name: str
    #: Bytes; None where the engine does not say without measuring.
    size: int | None
    #: What it is removed by.
    id: str


def kept_on(engine: Engine) -> tuple[KeptThing, ...]:
    """All of them."""
    api = engine.api
    marked = {"label": CACHE_LABEL}
    volumes = [
        KeptThing("volume", str(one["Name"]), None, str(one["Name"]))
        for one in api.volumes(filters=marked)["Volumes"] or ()
    ]
    images = [
        KeptThing("image", next(iter(one.get("RepoTags") or ()), str(one["Id"])), int(one["Size"]), str(one["Id"]))
        for one in api.images(filters=marked)
    ]
    return (*volumes, *images)


def remove_kept(engine: Engine) -> tuple[KeptThing, ...]:
    """Remove what nobody uses at the moment; those that are left."""
    import docker.errors  # noqa: PLC0415

    for thing in kept_on(engine):
        with contextlib.suppress(docker.errors.APIError):
            if thing.kind == "volume":
                engine.api.remove_volume(thing.id)
            else:
                engine.api.remove_image(thing.id)
    return kept_on(engine)
