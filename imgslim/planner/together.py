"""Together: files of one folder that go to the same place are one COPY with several sources, as a person writes it."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.records import dataclass, numerous, replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imgslim.model import Project
    from imgslim.planner.build import Taken

#: As many files of a folder stand on a line each: they are read, and changed, more easily by themselves.
_FEW = 3


@numerous
@dataclass(frozen=True, slots=True)
class Copied:
    """One COPY of the runtime stage."""

    #: Paths in the build stage.
    sources: tuple[str, ...]
    destination: str
    #: ``--chown``; "" for none.
    chown: str = ""
    #: Stands above the line as a comment; "" where the line speaks for itself.
    why: str = ""


def together(project: Project, taken: Sequence[Taken]) -> tuple[Copied, ...]:
    """The COPY instructions that bring ``taken``, in the same order.

    Only plain files that keep their names are put together: of a folder COPY takes what it holds, not the folder
    itself, as soon as there are several sources (Dockerfile reference, COPY).
    """
    found = [Copied((item.source,), item.destination, item.chown, item.why) for item in taken]
    if len(found) <= _FEW:
        return tuple(found)
    groups: dict[tuple[str, str], list[int]] = {}
    for number, item in enumerate(taken):
        folder, name = posixpath.split(item.destination)
        if posixpath.split(item.source) == (folder, name) and project.files.kind(item.source) == "file":
            groups.setdefault((folder, item.chown), []).append(number)
    gone: set[int] = set()
    for (folder, _), at in groups.items():
        if len(at) > _FEW:
            sources = tuple(found[n].sources[0] for n in at)
            why = "\n".join(dict.fromkeys(found[n].why for n in at if found[n].why))
            found[at[0]] = replace(found[at[0]], sources=sources, destination=folder.rstrip("/") + "/", why=why)
            gone.update(at[1:])
    return tuple(copied for n, copied in enumerate(found) if n not in gone)
