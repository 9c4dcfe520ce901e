"""Which Dockerfiles a change touches: the file, its build context, or the file that says how it is built."""

from __future__ import annotations

import posixpath
from bisect import bisect_left
from typing import TYPE_CHECKING

from imgslim.errors import ImgslimError
from imgslim.files import read_text
from imgslim.model import Declined
from imgslim.sources import find_context

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from imgslim.migrate.jobs import Job
    from imgslim.migrate.root import Root


def touched(root: Root, jobs: Iterable[Job], changed: frozenset[str]) -> Iterator[Job]:
    """The jobs that one of the changed paths touches."""
    ordered = sorted(changed)
    for job in jobs:
        own = (job.path, f"{job.path}.dockerignore", *(b.place.file for b in job.builds if b.place is not None))
        contexts = {b.context for b in job.builds}
        said = not changed.isdisjoint(own) or any(c is not None and _below(c, ordered) for c in contexts)
        if said or (None in contexts and _below(_nearest(root, job), ordered)):
            yield job


def _below(folder: str, changed: Sequence[str]) -> bool:
    """Tell whether a changed path lies in a folder; both sorted by text."""
    if not folder:
        return bool(changed)
    at = bisect_left(changed, f"{folder}/")
    return at < len(changed) and changed[at].startswith(f"{folder}/")


def _nearest(root: Root, job: Job) -> str:
    """The context that is taken where nobody says one; the file's own folder where there is none."""
    path = root.at(job.path)
    try:
        found = find_context(None, read_text(path), path, root.path)
    except ImgslimError:
        return posixpath.dirname(job.path)
    if isinstance(found, Declined) or found.folder is None:
        return posixpath.dirname(job.path)
    return root.relative(found.folder)
