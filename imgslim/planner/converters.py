"""Converters of character sets: the C library loads one by a name that it is given (iconv_open(3)).

Which one, the input says: an argument, a file, the head of a message. A run shows only those that it was asked for, so
a target without any gets all that the builder has. They are parts of the C library that loads them, and go with it.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from imgslim.images import ImageFacts, Libc
from imgslim.model import Assumption, NeedKind
from imgslim.planner.assemble import STAGING, Staged
from imgslim.planner.rpm import is_lesser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Project, RuntimeTarget
    from imgslim.planner.build import Build

#: Where Debian's C library has them (libc6, libc-gconv-modules-extra).
_FOLDER = "/usr/lib/*/gconv"


def converters(project: Project, build: Build, target: RuntimeTarget) -> Iterator[Staged | Assumption]:
    """Lay them out where a program may ask for one; or say that the target's may be others."""
    needs = build.needing(NeedKind.GCONV)
    if not needs or (target.same_family and not is_lesser(project, target)):
        return
    if not _go_along(project, target):
        yield Assumption("gconv-unproven", f"{needs[0].why}; the target's gconv data may differ.")
        return
    copied = f'for d in {_FOLDER}; do if [ -e "$d" ]; then cp -r --parents "$d" {STAGING}; fi; done'
    yield Staged(copied, f"Converters of character sets: {needs[0].why}")


def is_converter(project: Project, build: Build, target: RuntimeTarget, path: str) -> bool:
    """Tell whether a file goes along with what :func:`converters` lays out."""
    asked = bool(build.needing(NeedKind.GCONV)) and not target.same_family
    return asked and fnmatchcase(path, f"{_FOLDER}/*") and _go_along(project, target)


def _go_along(project: Project, target: RuntimeTarget) -> bool:
    """Tell whether the builder's are known to be of use: the program's own C library goes along."""
    base, facts = project.base, target.facts
    known = isinstance(base, ImageFacts) and base.package_manager == "apt" and base.libc is Libc.GLIBC
    return known and (facts is None or facts.libc is not Libc.GLIBC)
