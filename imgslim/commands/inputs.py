"""What every command reads: the file, its context, its outcome."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from imgslim.context import DiskContext, Missing, NoContext, nearest_context
from imgslim.errors import UsageError
from imgslim.files import dockerfile_in, read_stdin, read_text
from imgslim.model import Declined
from imgslim.records import dataclass
from imgslim.syntax import check_valid, parse
from imgslim.syntax.instructions import context_sources

if TYPE_CHECKING:
    from imgslim.context import BuildContext
    from imgslim.syntax.nodes import Dockerfile


@dataclass(frozen=True, slots=True)
class Input:
    """A Dockerfile as the user named it."""

    text: str
    #: For messages.
    name: str
    #: None for standard input.
    path: Path | None


@dataclass(frozen=True, slots=True)
class Found:
    """The build context of a file."""

    context: BuildContext
    #: None where there is none.
    folder: Path | None
    #: A sentence to state, where it was not the obvious one.
    stated: str = ""


def read_input(path: str) -> Input:
    """Read a file, a folder's Dockerfile, or standard input.

    Raises:
        UsageError: there is no such file, or it can't be a Dockerfile.
    """
    if path == "-":
        return Input(read_stdin(), "Dockerfile", None)
    file = dockerfile_in(Path(path))
    return Input(read_text(file), file.as_posix(), file)


def find_context(given: Path | None, source: Input) -> Found | Declined:
    """The build context: the one given, else the nearest folder that holds every source.

    Raises:
        InputError: the file is none that BuildKit takes, so it has no sources.
        UsageError: the given context is no folder.
    """
    if given is not None:
        if not given.is_dir():
            raise UsageError(
                "no-context", f"The context {given} is not a folder.", "Give the folder that docker build gets."
            )
        return Found(DiskContext(given, source.path), given)
    if source.path is None:
        return Found(NoContext(), None, "standard input comes without --context: no source was read.")
    tree = parse(source.text)
    check_valid(tree)
    if len(tuple(tree.stages())) > 1:
        return Found(NoContext(), source.path.parent)  # no file of it is looked at
    nearest = nearest_context(source.path, context_sources(tree))
    if isinstance(nearest, Missing):
        return _missing(tree, nearest)
    stated = f"the build context is {nearest.root}, where every COPY source exists." if nearest.stated else ""
    return Found(DiskContext(nearest.root, source.path), nearest.root, stated)


def _missing(tree: Dockerfile, missing: Missing) -> Declined:
    word = re.compile(rf"(?<![^\s\"\[,]){re.escape(missing.words[0])}(?![^\s\",\]])")
    span = next(
        (n.span for n in tree.instructions if n.keyword in ("COPY", "ADD") and word.search(n.span.of(tree.text))), None
    )
    return Declined(
        "missing-in-context",
        f"No folder of the repository holds every COPY source: {', '.join(missing.words[:4])} is not there.",
        span,
        "Give the build context with --context.",
    )
