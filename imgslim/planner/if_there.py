"""If there: what a program opens by name and a step of the build may have put there goes along, where it did."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.paths import inside
from imgslim.planner.assemble import STAGING, Staged, quote
from imgslim.planner.generated import makers
from imgslim.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.model import Assumption, Need, Project
    from imgslim.planner.build import Build

#: Folders of which images have links in place of some (merged /usr, /var/run), or what the engine and the target's own
#: packages put there: a tree that is copied onto those does not fit, or hides theirs.
_OF_THE_SYSTEM = (
    "/bin", "/boot", "/dev", "/lib", "/lib32", "/lib64", "/libx32", "/proc", "/run", "/sbin", "/sys", "/tmp",  # noqa: S108
    "/usr/bin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/sbin", "/var/lock", "/var/run",
)  # fmt: skip
#: A file or folder right below these is shared with everything else that the builder holds.
_SHARED = frozenset(
    "/ /etc /home /opt /srv /usr /usr/local /usr/local/share /usr/local/etc /usr/share /var /var/lib /var/cache".split()
)


@dataclass(frozen=True, slots=True)
class Unproven:
    """A file that a program opens, and of which nobody knows whether the builder has it."""

    need: Need
    #: Absolute.
    path: str
    assumption: Assumption


def if_there(project: Project, build: Build, unproven: Iterable[Unproven]) -> Iterator[Staged]:
    """Lay out what the builder turns out to have; nothing where no step may have made it, or the image was looked into.

    The assumption stays: what such a file refers to was not read.
    """
    by_path = {one.path: one for one in unproven}
    if not by_path or project.evidence.built is not None or next(makers(build.ran), None) is None:
        return
    for one in by_path.values():
        above, name = posixpath.split(one.path)
        if above in _SHARED or any(inside(one.path, f) for f in _OF_THE_SYSTEM) or one.path.endswith("/"):
            continue
        path, there = quote(one.path), quote(STAGING + above)
        whole = quote(f"{STAGING}{above}/{name}")
        file = f"if [ -f {path} ]; then mkdir -p {there}; cp -pL {path} {there}/"
        folder = f"elif [ -d {path} ]; then mkdir -p {whole}; cp -a {path}/. {whole}/; fi"
        yield Staged(f"{file}; {folder}", f"{one.path}, if it is there: {one.need.why}")
