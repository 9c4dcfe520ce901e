"""Build an image from a Dockerfile's text: ``docker buildx build``, or ``docker build`` where there is no buildx."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from imgslim.engine import process
from imgslim.engine.frontend import frontend, without_frontend
from imgslim.engine.names import BUILD_FOLDER
from imgslim.engine.progress import KEPT_LINES, Progress
from imgslim.errors import EngineOrSystemError, ImgslimError
from imgslim.records import replace
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Callable

    from imgslim.engine.connect import Command
    from imgslim.engine.options import BuildOptions, BuildSource

#: What the CLI says when it can't talk to the engine: no fault of the Dockerfile.
_ENGINE_GONE = regex(r"Cannot connect to the Docker daemon|error during connect|permission denied while trying")


class BuildFailed(ImgslimError):  # noqa: N818  (the field's word; it is no error of ours)
    """BuildKit refused the file, or a step failed.

    Attributes:
        message: the cause, one line.
        lines: the last lines that the failing step printed.
    """

    def __init__(self, message: str, lines: tuple[str, ...]) -> None:
        """Keep cause and output apart."""
        super().__init__(message)
        self.message = message
        self.lines = lines


def build(
    command: Command,
    source: BuildSource,
    tag: str,
    options: BuildOptions,
    tell: Callable[[str], None] | None = None,
) -> tuple[str, tuple[str, ...]]:
    """Build ``source`` as ``tag``; the image's id, and notes on what had to be changed.

    Where the frontend of a ``# syntax=`` line can't be had, the build is tried again without that line, and a note says
    so. Raises BuildFailed, and EngineOrSystemError (``no-engine``, ``buildx-needed``).
    """
    try:
        return _build_once(command, source, tag, options, tell), ()
    except BuildFailed as failed:
        name = frontend(source.text)
        if not name or not _is_about(name, failed):
            raise
        note = f"the frontend {name} could not be had: built with the engine's own, without the `# syntax` line"
        blanked = replace(source, text=without_frontend(source.text))
        return _build_once(command, blanked, tag, options, tell), (note,)


def _is_about(reference: str, failed: BuildFailed) -> bool:
    """Tell whether the build failed because the frontend image could not be resolved or pulled."""
    repository = reference.partition("@")[0].rpartition("/")[2].partition(":")[0]
    said = "\n".join((failed.message, *failed.lines))
    return bool(re.search(rf"(resolve|pull|frontend|metadata)[^\n]*/{re.escape(repository)}\b", said))


def _build_once(
    command: Command,
    source: BuildSource,
    tag: str,
    options: BuildOptions,
    tell: Callable[[str], None] | None,
) -> str:
    """Build exactly the text of ``source``.

    The file lies in a folder of its own, outside of the context, so that nothing is written beside the user's files.
    BuildKit looks for ``<file>.dockerignore`` beside the file it is given: the original's is copied there.
    """
    owner = tag.rpartition("/")[2].partition(":")[0]
    with tempfile.TemporaryDirectory(prefix=f"{BUILD_FOLDER}{owner}.") as folder:
        name = source.dockerfile.name if source.dockerfile is not None else "Dockerfile"
        path = Path(folder, name)
        path.write_bytes(source.text)
        if source.dockerfile is not None:
            ignore = source.dockerfile.with_name(name + ".dockerignore")
            if ignore.is_file():
                shutil.copyfile(ignore, path.with_name(ignore.name))
        id_file = Path(folder, "image-id")
        words = [*_words(command, options), "-t", tag, "-f", str(path), "--iidfile", str(id_file), str(source.context)]
        progress = Progress(tell)
        ended = process.run(words, timeout=options.timeout, on_stderr=progress.feed)
        progress.close()
        if ended.code == 0 and id_file.is_file():
            return id_file.read_text().strip()
    if ended.code is None:
        raise BuildFailed(
            f"the build took longer than {options.timeout:g} s (--build-timeout gives it more)", progress.failure
        )
    raise _failure(progress, ended.stdout)


def _words(command: Command, options: BuildOptions) -> list[str]:
    """The command line up to the options that belong to one build."""
    if not command.has_buildx and (options.secrets or options.ssh or options.contexts):
        raise EngineOrSystemError(
            "buildx-needed",
            "secrets, ssh and build contexts need the buildx plugin of the docker command",
            "install it (Debian: docker-buildx)",
        )
    # Without provenance a store of containerd's kind would make an index of image and attestation: another size.
    words = (
        [command.path, "buildx", "build", "--load", "--progress=rawjson", "--provenance=false"]
        if command.has_buildx
        else [command.path, "build", "--force-rm"]
    )
    pairs = [("--build-arg", value) for value in options.build_args]
    pairs += [("--secret", value) for value in options.secrets]
    pairs += [("--ssh", value) for value in options.ssh]
    pairs += [("--build-context", f"{name}={where}") for name, where in options.contexts]
    pairs += [
        (flag, value)
        for flag, value in (
            ("--platform", options.platform),
            ("--target", options.target),
            ("--network", options.network),
        )
        if value
    ]
    return words + [word for pair in pairs for word in pair]


def _failure(progress: Progress, stdout: bytes) -> BuildFailed:
    """Say why the build failed: the last line that begins with ERROR, as the CLI ends with, and the step's output."""
    said = [line for line in progress.plain if line.startswith(("ERROR:", "error:"))]
    message = said[-1].partition(":")[2].strip() if said else (progress.plain[-1] if progress.plain else "no message")
    if _ENGINE_GONE.search(message):
        raise EngineOrSystemError("no-engine", message, "start the Docker engine")
    lines = progress.failure
    if not progress.errors and stdout:
        # The classic builder prints the steps' output on stdout.
        lines = tuple(stdout.decode("utf-8", "replace").splitlines()[-KEPT_LINES:])
    return BuildFailed(message.removeprefix("failed to build: ").removeprefix("failed to solve: "), lines)
