"""The Docker commands that making base images takes; none of it is part of imgslim."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

#: Labels of a stand-in: what it is, Debian's codename, the recipe's digest.
STANDIN = "io.imgslim.standin"
RELEASE = "io.imgslim.release"
RECIPE = "io.imgslim.recipe"

#: Seconds after which a registry that does not answer counts as out of reach.
_PATIENCE = 20

#: The smallest official image that no recipe makes.
_PROBE = "hello-world:latest"


def docker(*arguments: str, text: str | None = None) -> str:
    """Run a docker command and give its standard output.

    Raises:
        subprocess.CalledProcessError: it failed; what it printed is in `stdout` and `stderr`.
    """
    return subprocess.run(("docker", *arguments), input=text, capture_output=True, text=True, check=True).stdout


def labels(references: Iterable[str]) -> dict[str, dict[str, str]]:
    """Give the labels of those of the images that exist."""
    form = "{{json .RepoTags}} {{json .Config.Labels}}"
    command = ("docker", "image", "inspect", "--format", form, *references)
    # Exit status 1 only says that some are missing.
    printed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found: dict[str, dict[str, str]] = {}
    for line in filter(None, printed.splitlines()):
        decoder = json.JSONDecoder()
        tags, end = decoder.raw_decode(line)
        found |= dict.fromkeys(tags, json.loads(line[end:]) or {})
    return found


def size(reference: str) -> int:
    """Give an image's size in bytes."""
    return int(docker("image", "inspect", "--format", "{{.Size}}", reference))


def tag(source: str, reference: str) -> None:
    """Give an image one more name."""
    docker("image", "tag", source, reference)


def load_root(tar: Path, reference: str, label: Mapping[str, str]) -> None:
    """Import a root's tar as an image with the PATH and command of the official Debian images."""
    changes = ["ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 'CMD ["bash"]']
    changes += [f"LABEL {name}={json.dumps(value)}" for name, value in label.items()]
    docker("import", *(part for change in changes for part in ("--change", change)), str(tar), reference)


def build(dockerfile: str, reference: str, label: Mapping[str, str], contexts: Mapping[str, Path]) -> None:
    """Build an image from a Dockerfile that uses no files but the named contexts."""
    options = ["--progress=plain", "--provenance=false", f"--tag={reference}"]
    options += [f"--label={name}={value}" for name, value in label.items()]
    options += [f"--build-context={name}={path}" for name, path in contexts.items()]
    docker("buildx", "build", *options, "-", text=dockerfile)


def pull(references: Sequence[str]) -> None:
    """Fetch images from their registry."""
    for reference in references:
        docker("pull", "--quiet", reference)


def registry_answers() -> bool:
    """Judge whether images can be fetched, by fetching one of a few kilobytes."""
    command = ("docker", "pull", "--quiet", _PROBE)
    try:
        fetched = subprocess.run(command, capture_output=True, check=False, timeout=_PATIENCE).returncode == 0
    except subprocess.TimeoutExpired:
        return False
    return fetched
