"""Find the context folder where none was given."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from imgslim.context.kinds import DiskContext
from imgslim.context.wildcards import has_wildcard
from imgslim.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from imgslim.context.protocol import BuildContext


@dataclass(frozen=True, slots=True)
class Nearest:
    """The folder that serves as build context when none was given."""

    root: Path
    context: DiskContext
    #: True where it is not the Dockerfile's own folder, so that people must be told.
    stated: bool


@dataclass(frozen=True, slots=True)
class Missing:
    """No folder of the repository holds every source."""

    #: The words that match nothing in the Dockerfile's own folder.
    words: tuple[str, ...]


def nearest_context(
    dockerfile: Path | str,
    sources: Sequence[tuple[str, ...]],
    within: Path | None = None,
    opened: Callable[[Path | str, Path | str | None], DiskContext] = DiskContext,
) -> Nearest | Missing:
    """Find the file's folder, or the nearest parent inside its repository, where every COPY source exists.

    Args:
        dockerfile: the file's path.
        sources: of each COPY and ADD, the sources that come from the context (no URLs, no ``--from``).
        within: a folder above which none is looked at, in place of the repository's root; absolute.
        opened: makes the context of a folder and a Dockerfile.
    """
    folder = Path(os.path.abspath(dockerfile)).parent  # noqa: PTH100 - links in the path are the user's own choice
    context = opened(folder, dockerfile)
    if not (missing := lacking(context, sources)):
        return Nearest(folder, context, stated=False)
    for root in _above(folder, within):
        context = opened(root, dockerfile)
        if next(_lacking(context, sources), None) is None:
            return Nearest(root, context, stated=True)
    return Missing(missing)


def lacking(context: BuildContext, sources: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """The words without which a folder is not the one that an image is built in, each once.

    A pattern may match nothing beside a source that is there (BuildKit takes each as it comes, the older builder asks
    for one match in an instruction): ``COPY package.json yarn.lock* ./`` is how people write "where there is one".
    Where all of an instruction match nothing, BuildKit copies nothing; whoever wrote them had files there.
    """
    return tuple(dict.fromkeys(_lacking(context, sources)))


def _lacking(context: BuildContext, sources: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for words in sources:
        if none := [word for word in words if not context.glob(word)]:
            others = len(none) < len(words)
            yield from (word for word in none if not (others and has_wildcard(word)))


def _above(folder: Path, within: Path | None) -> Iterator[Path]:
    """The folders that hold one, up to the repository's root."""
    repository = within or next((p for p in (folder, *folder.parents) if (p / ".git").exists()), None)
    above = tuple(folder.parents)
    if repository in above:
        yield from above[: above.index(repository) + 1]
