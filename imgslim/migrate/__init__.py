"""Migrate a tree of Dockerfiles: find them, learn how each is built, plan all of them.

>>> from imgslim.migrate import plans
>>> for service in plans("path/to/monorepo"):
...     print(service.state, service.path, service.target)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from os import PathLike

    from imgslim.migrate.results import Result

__all__ = ["plans"]


def plans(
    root: PathLike[str] | str,
    *,
    target: str = "",
    libc: str = "",
    prefer: str = "",
    include: Iterable[str] = (),
    exclude: Iterable[str] = (),
    since: str = "",
    jobs: int = 1,
    last_stage: bool = False,
) -> Iterator[Result]:
    """Plan every Dockerfile below ``root``; nothing in the tree is written and nothing of it is executed.

    Args:
        root: the folder; nothing outside of it is read.
        target: a name of ``imgslim targets``, any image reference, or ``auto``; "": as the configuration says.
        libc: ``musl`` or ``glibc`` to ask for that C library.
        prefer: ``debuggable`` for the smallest target with a shell.
        include: patterns, as in ``.dockerignore``, of the Dockerfiles that are wanted; none: all.
        exclude: patterns of those that are not.
        since: a revision of git's: only files that changed since then, or whose context did.
        jobs: processes that plan. The results and their order are the same whatever their number.
        last_stage: plan the last stage of files with several, which are left alone otherwise.

    Raises:
        imgslim.errors.UsageError: the folder, the target, a pattern, the revision or a configuration makes no sense.
        imgslim.errors.EngineOrSystemError: a process was killed, or the disk is full.
    """
    from pathlib import Path  # noqa: PLC0415

    from imgslim.migrate.planning import Choice  # noqa: PLC0415
    from imgslim.migrate.root import Root  # noqa: PLC0415
    from imgslim.migrate.run import Migration  # noqa: PLC0415
    from imgslim.migrate.survey import Selection  # noqa: PLC0415

    selection = Selection(tuple(include), tuple(exclude), since)
    migration = Migration(Root(Path(root)), selection, Choice(target, libc, prefer, last_stage=last_stage))
    try:
        migration.plan(jobs)
        yield from migration.results()
    finally:
        migration.close(finished=True)
