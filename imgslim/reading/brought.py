"""Brought: programs of other stages, at the places that COPY --from gives them."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.facts import name_matches
from imgslim.meaning.paths import below, has_magic, inside, join, normal
from imgslim.meaning.trace import Copy
from imgslim.records import replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from imgslim.meaning import Files
    from imgslim.model import Product, Project


def places_of(files: Files, product: Product) -> tuple[str, ...]:
    """Where a product lies at the end of its stage."""
    if product.is_folder:
        return (product.path,)
    return files.places(product.path, product.step, product.index)


def brought(project: Project, others: Mapping[str, Sequence[tuple[Product, tuple[str, ...]]]]) -> Iterator[Product]:
    """The products of other stages that the steps of a stage copy, as products of the step that copies them.

    Args:
        project: the stage that copies.
        others: for each name of another stage, in lower case, its products and where they lie at its end.
    """
    for number, step in enumerate(project.trace.steps):
        if not isinstance(step, Copy) or step.origin is None or not isinstance(step.destination, str):
            continue
        for product, places in others.get(step.origin.lower(), ()):
            for source in step.sources:
                for place in places if isinstance(source, str) else ():
                    whole = _within(normal("/" + str(source).lstrip("/")), place)
                    if whole is None:
                        continue
                    path = _target(project, step, number, whole, place)
                    # Its sources are those of the other stage: what this one copies of the context, it wants itself.
                    yield replace(product, path=path, step=number, index=0, sources=())


def _within(source: str, place: str) -> str | None:
    """What of ``place`` a source of COPY names: the path itself, or a folder above it; None where it does not."""
    if not has_magic(source):
        return source if inside(place, source) else None
    pattern, parts = source.strip("/").split("/"), place.strip("/").split("/")
    if len(pattern) > len(parts) or not all(map(name_matches, pattern, parts[: len(pattern)])):
        return None
    return "/" + "/".join(parts[: len(pattern)])


def _target(project: Project, step: Copy, number: int, whole: str, place: str) -> str:
    """Where COPY puts it: the content of a folder, or a file, into the destination or in its place."""
    written, destination = str(step.destination), normal(str(step.destination))
    if whole != place:
        return join(destination, below(place, whole))
    several = len(step.sources) > 1
    folder = written.endswith("/") or several or project.files.before(number).kind(destination) == "folder"
    return join(destination, posixpath.basename(place)) if folder else destination
