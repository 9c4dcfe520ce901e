"""What every command reads: the file, its context, its outcome."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from imgslim.context import DiskContext, Missing, NoContext, nearest_context
from imgslim.errors import UsageError
from imgslim.files import dockerfile_in, read_text
from imgslim.model import Declined
from imgslim.syntax import parse
from imgslim.syntax.instructions import context_sources
from imgslim.text import decode

if TYPE_CHECKING:
    from imgslim.context import BuildContext
    from imgslim.syntax.nodes import Dockerfile


@dataclass(frozen=True, slots=True)
class Input:
    """A Dockerfile as the user named it."""

    text: str
    #: For messages and diffs.
    name: str
    #: None for standard input.
    path: Path | None


def read_input(path: str) -> Input:
    """Read a file, a folder's Dockerfile, or standard input.

    Raises:
        UsageError: there is no such file.
    """
    if path == "-":
        return Input(decode(sys.stdin.buffer.read()), "Dockerfile", None)
    file = dockerfile_in(Path(path))
    return Input(read_text(file), file.as_posix(), file)


def find_context(given: Path | None, source: Input) -> tuple[BuildContext, Path | None, str] | Declined:
    """The build context: the one given, else the nearest folder that holds every source.

    Returns:
        The context, its folder (None where there is none), and a sentence to state where it was not the obvious one.

    Raises:
        UsageError: the given context is no folder.
    """
    if given is not None:
        if not given.is_dir():
            raise UsageError(
                "no-context", f"The context {given} is not a folder.", "Give the folder that docker build gets."
            )
        return DiskContext(given, source.path), given, ""
    if source.path is None:
        return NoContext(), None, "No --context was given with standard input: no source was read."
    tree = parse(source.text)
    nearest = nearest_context(source.path, context_sources(tree))
    if isinstance(nearest, Missing):
        return _missing(tree, nearest)
    stated = f"The build context is {nearest.root}, where every COPY source exists." if nearest.stated else ""
    return DiskContext(nearest.root, source.path), nearest.root, stated


def _missing(tree: Dockerfile, missing: Missing) -> Declined:
    word = missing.words[0]
    node = next((n for n in tree.instructions if n.keyword in ("COPY", "ADD") and word in n.value), None)
    return Declined(
        "missing-in-context",
        f"No folder of the repository holds every COPY source: {', '.join(missing.words[:4])} is not there.",
        node.span if node is not None else None,
        "Give the build context with --context.",
    )
