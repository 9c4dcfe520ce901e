"""Calls of bake: the files that they name, and what they set in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.migrate.bake import Call, read_bake, settings
from imgslim.migrate.root import Refused

if TYPE_CHECKING:
    from imgslim.migrate.docker_command import DockerBake
    from imgslim.migrate.found import Found
    from imgslim.migrate.jobs import Place
    from imgslim.migrate.root import Root

#: The files that bake reads by itself besides compose files (docs.docker.com, "Bake file reference").
_FILES = ("docker-bake.json", "docker-bake.hcl", "docker-bake.override.json", "docker-bake.override.hcl")


def called(root: Root, found: Found, who: tuple[Place, str], folder: str, call: DockerBake) -> None:
    """Collect what one call builds that is run in ``folder``; ``who`` is for messages."""
    place, name = who
    for file in call.files or [each for each in _FILES if _there(root, folder, each)]:
        path = root.joined(folder, file) if file is not None else None
        if path is None:
            found.note(place, f"{name}: a file of bake is not literal or outside; it is left out.")
        elif path.lower().endswith((".hcl", ".json")):
            other = bool(call.files or call.settings)
            read_bake(root, path, found, Call(folder, settings(call.settings), call.environment, other=other))
        elif call.settings:
            found.note(place, f"{name}: what bake sets in {path} is not followed.")


def _there(root: Root, folder: str, name: str) -> bool:
    try:
        return root.kind(f"{folder}/{name}" if folder else name) == "file"
    except Refused:
        return False
