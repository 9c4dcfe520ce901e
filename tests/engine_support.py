"""A Docker engine for tests: find it, build from text, run, clean up."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Where `.ci/engine` unpacks an engine.
PREFIX = Path(os.environ.get("PREFIX", "/opt/imgslim-engine"))

#: Seconds that one build or run may take.
BUILD_SECONDS = 900
RUN_SECONDS = 60

_LAST = 2000


def _answers(environment: Mapping[str, str]) -> bool:
    """Judge whether docker and its buildx work in an environment."""
    if shutil.which("docker", path=environment.get("PATH")) is None:
        return False
    commands = (("docker", "info"), ("docker", "buildx", "version"))
    return all(
        subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 0
        for command in commands
    )


def engine_environment() -> dict[str, str] | None:
    """Give what to set in the environment so that `docker` works: nothing, or what `.ci/engine` prints.

    None where no engine answers.
    """
    present = dict(os.environ)
    if _answers(present):
        return {}
    change = {"PATH": f"{PREFIX / 'bin'}{os.pathsep}{present.get('PATH', '')}", "DOCKER_CONFIG": str(PREFIX / "cfg")}
    return change if _answers(present | change) else None


@dataclass(slots=True)
class Docker:
    """The docker command, with names of its own; what it made is removed by `close`."""

    #: Every image and container that it makes carries this in its name.
    prefix: str = field(default_factory=lambda: f"imgslim-test-{uuid.uuid4().hex[:12]}")
    _images: list[str] = field(default_factory=list)

    def build(self, dockerfile: str | bytes, context: Mapping[str, str | bytes] | Path | None = None) -> str:
        """Build an image from a Dockerfile's text and a context, a folder or files by relative path; give its name.

        Raises:
            AssertionError: the build failed; the message ends with what it printed last.
        """
        reference = f"{self.prefix}:{len(self._images)}"
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary) / "context"
            if isinstance(context, Path):
                folder = context
            else:
                folder.mkdir()
                write_tree(folder, context or {})
            file = Path(temporary) / "Dockerfile"
            file.write_bytes(dockerfile.encode() if isinstance(dockerfile, str) else dockerfile)
            command = ["docker", "buildx", "build", "--load", "--progress=plain", "--provenance=false"]
            command += [f"--tag={reference}", f"--file={file}", str(folder)]
            self._images.append(reference)
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=BUILD_SECONDS)
        assert done.returncode == 0, done.stderr[-_LAST:]
        return reference

    def run(self, image: str, *arguments: str, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        """Run an image to its end; `options` go to `docker run`, `arguments` to the entry point."""
        name = f"{self.prefix}-{uuid.uuid4().hex[:8]}"
        command = ("docker", "run", "--rm", "--name", name, *options, image, *arguments)
        try:
            return subprocess.run(command, capture_output=True, text=True, check=False, timeout=RUN_SECONDS)
        except subprocess.TimeoutExpired:
            subprocess.run(("docker", "rm", "--force", name), capture_output=True, check=False)
            raise

    def size(self, image: str) -> int:
        """Give an image's size in bytes."""
        command = ("docker", "image", "inspect", "--format", "{{.Size}}", image)
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    def close(self) -> None:
        """Remove the images that it built."""
        if self._images:
            subprocess.run(("docker", "image", "rm", "--force", *self._images), capture_output=True, check=False)


def write_tree(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files by relative path under a folder."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
