"""What the author copied by its own name: it goes along, unless the build consumes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.paths import has_magic
from imgslim.meaning.trace import Copy
from imgslim.records import dataclass
from imgslim.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Project
    from imgslim.planner.build import Build


@dataclass(frozen=True, slots=True)
class Named:
    """Files and folders of the context that a COPY names, and of which the build consumes nothing; for any target."""

    #: Where they lie in the image at the end.
    copied: tuple[str, ...]
    #: Their context paths, and those of the files below.
    sources: frozenset[str]


def named(project: Project, build: Build) -> Named:
    """Look at each COPY once."""
    found = tuple(_by_name(project, build))
    return Named(
        tuple(path for step, source, word in found for path in image_paths(project, step, source, word)),
        frozenset(path for _, source, _ in found for path in (source, *project.context.walk(source))),
    )


def _by_name(project: Project, build: Build) -> Iterator[tuple[Copy, str, str]]:
    """Each COPY with a context path that it names, and the word that names it."""
    for step in project.trace.steps:
        if not isinstance(step, Copy) or step.origin is not None or isinstance(step.destination, Unknown):
            continue
        words = [w for w in step.sources if isinstance(w, str)]
        for matched in project.context.sources(words):
            for found in filter(None, matched.paths):  # the whole context is no name
                files = list(project.context.walk(found))
                if files and not any(f in build.consumed for f in files):
                    yield step, found, matched.word


def image_paths(project: Project, step: Copy, found: str, word: str) -> Iterator[str]:
    """Where a copied context path lies in the image, if it is still there at the end."""
    destination = str(step.destination)
    if project.context.is_dir(found):
        here = destination.rstrip("/") or "/"
        whole = all(c == found or c.startswith(found + "/") for _, c in project.files.walk_context(here))
        if here != "/" and whole:
            yield here
            return
        for name in project.context.listdir(found):
            yield f"{here.rstrip('/')}/{name}"
        return
    name = found.rsplit("/", 1)[-1]
    several = len(step.sources) > 1 or has_magic(word)
    path = f"{destination.rstrip('/')}/{name}" if destination.endswith("/") or several else destination
    if project.files.context_file(path) == found:
        yield path
    elif project.files.context_file(f"{destination.rstrip('/')}/{name}") == found:
        yield f"{destination.rstrip('/')}/{name}"
