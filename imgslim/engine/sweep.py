"""Remove what sessions left behind that were killed: containers, images, volumes, and folders with a build's file."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from imgslim.engine.names import BUILD_FOLDER, LABEL, REPOSITORY
from imgslim.engine.owner import place_of_this_process, read_owner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.engine.connect import Engine


def sweep(engine: Engine) -> None:
    """Remove what belongs to nobody; another session's is left alone, here and on any other machine.

    Tidying up is no reason to fail: what the engine refuses stays for the next time.
    """
    import docker.errors  # noqa: PLC0415
    import requests  # noqa: PLC0415

    gone = (docker.errors.APIError, requests.RequestException)
    api, here, now = engine.api, place_of_this_process(), engine.clock()

    def left(mark: str) -> bool:
        owner = read_owner(mark)
        return owner is not None and owner.is_gone(here, now)

    with contextlib.suppress(*gone):
        for container in api.containers(all=True, filters={"label": LABEL}):
            if left(str(container["Labels"][LABEL])):
                with contextlib.suppress(*gone):
                    api.remove_container(container["Id"], v=True, force=True)
        for volume in api.volumes(filters={"label": LABEL})["Volumes"] or ():
            if left(str(volume["Labels"][LABEL])):
                with contextlib.suppress(*gone):
                    api.remove_volume(volume["Name"])
        for image in api.images(filters={"reference": f"{REPOSITORY}/*"}):
            for tag in image.get("RepoTags") or ():
                if left(tag.removeprefix(f"{REPOSITORY}/").partition(":")[0]):
                    with contextlib.suppress(*gone):
                        api.remove_image(tag)
    for folder, mark in _folders():
        owner = read_owner(mark)
        if owner is not None and owner.is_gone(here, 0):
            shutil.rmtree(folder, ignore_errors=True)


def _folders() -> Iterator[tuple[Path, str]]:
    """The folders of builds in this machine's folder for temporary files, with the marks in their names."""
    for folder in Path(tempfile.gettempdir()).glob(f"{BUILD_FOLDER}*"):
        yield folder, folder.name.removeprefix(BUILD_FOLDER).partition(".")[0]
