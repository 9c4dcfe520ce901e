"""A Dockerfile that is to be planned, and the folder that it is built in: for the command line and the editor alike."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from imgslim.config.pragmas import ignored
from imgslim.context import DiskContext, Missing, NoContext, lacking, nearest_context
from imgslim.errors import UsageError
from imgslim.files import is_dockerfile_name
from imgslim.model import Declined
from imgslim.records import dataclass, numerous
from imgslim.syntax import read
from imgslim.syntax.instructions import context_sources

if TYPE_CHECKING:
    from collections.abc import Callable

    from imgslim.config import Settings
    from imgslim.context import BuildContext
    from imgslim.syntax.nodes import Dockerfile

#: What may stand right before and behind a source beside blanks: quotes, and the signs of the JSON form.
_OPENS, _CLOSES = '"[,', '",]'


@dataclass(frozen=True, slots=True)
class Input:
    """A Dockerfile as the user named it."""

    text: str
    #: For messages.
    name: str
    #: None for standard input.
    path: Path | None


@numerous
@dataclass(frozen=True, slots=True)
class Found:
    """The build context of a file."""

    context: BuildContext
    #: None where there is none.
    folder: Path | str | None
    #: A sentence to state, where it was not the obvious one.
    stated: str = ""


def find_context(
    given: Path | str | None,
    text: str,
    path: Path | str | None,
    within: Path | None = None,
    opened: Callable[[Path | str, Path | str | None], DiskContext] = DiskContext,
) -> Found | Declined:
    """The build context: the one given, else the nearest folder that holds every source.

    Args:
        given: the context's folder, where it is known.
        text: the Dockerfile's.
        path: the Dockerfile's; None for standard input.
        within: as for :func:`imgslim.context.nearest_context`.
        opened: as there.

    Raises:
        InputError: the file is none that BuildKit takes, so it has no sources.
        UsageError: the given context is no folder.
    """
    if given is not None and not os.path.isdir(given):  # noqa: PTH112  (hot)
        raise UsageError("no-context", f"The context {given} is no folder.", "Give the folder that docker build gets.")
    if ignored(text) is not None:  # it is left alone whatever it says, even where it is no Dockerfile
        folder = given or (Path(path).parent if path is not None else None)
        return Found(NoContext(), None) if folder is None else Found(opened(folder, path), folder)
    tree = read(text)
    if given is not None:
        context = opened(given, path)
        if (words := lacking(context, context_sources(tree))) and not _is_left_alone(tree):
            return _missing(tree, words, f"The context {given} lacks")
        return Found(context, given)
    if path is None:
        return Found(NoContext(), None, "standard input comes without --context: no source was read.")
    nearest = nearest_context(path, context_sources(tree), within, opened)
    if isinstance(nearest, Missing) and _is_left_alone(tree):
        folder = Path(path).parent
        return Found(opened(folder, path), folder)
    if isinstance(nearest, Missing):
        return _missing(tree, nearest.words, "No folder of the repository holds every COPY source; it lacks")
    stated = f"the build context is {nearest.root}, where every COPY source exists." if nearest.stated else ""
    return Found(nearest.context, nearest.root, stated)


def _is_left_alone(tree: Dockerfile) -> bool:
    """Tell whether a file has several stages: then it stays as it is, whatever its sources hold."""
    return len(tree.stages()) > 1


def is_wanted(file: Path, settings: Settings) -> bool:
    """Tell whether a file met in a search of a folder is a Dockerfile: by ``include``, else by its name."""
    included = settings.includes(file)
    return is_dockerfile_name(file.name) if included is None else included


def _missing(tree: Dockerfile, words: tuple[str, ...], what: str) -> Declined:
    span = next(
        (n.span for n in tree.instructions if n.keyword in ("COPY", "ADD") and _names(n.span.of(tree.text), words[0])),
        None,
    )
    return Declined(
        "missing-in-context",
        f"{what} {', '.join(words[:4])}{' and more' if len(words) > 4 else ''}.",  # noqa: PLR2004  (enough to see why)
        span,
        "Give the folder that docker build gets with --context.",
    )


def _names(text: str, word: str) -> bool:
    """Tell whether an instruction holds a word, with nothing of a longer one beside it."""
    at = text.find(word)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(word) :][:1]
        if (before.isspace() or before in _OPENS) and (after.isspace() or after in _CLOSES):
            return True
        at = text.find(word, at + 1)
    return False
