"""Members of a family: what of a base image's own files the slim member has, too."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.images import ImageFacts
from imgslim.meaning.effects import FromImage
from imgslim.meaning.paths import inside
from imgslim.planner.commands import Packages
from imgslim.planner.folders import PROGRAMS, SYSTEM
from imgslim.planner.generated import makers
from imgslim.planner.places import STANDARD
from imgslim.planner.programs import ESSENTIAL
from imgslim.toolchains.gathered import is_of_packages
from imgslim.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imgslim.model import Project, RuntimeTarget
    from imgslim.planner.build import Ran

#: Files and folders of packages that no image of the family is without (Debian's base-files, base-passwd, libc-bin,
#: login, libpam-runtime, ncurses-base; Alpine's alpine-baselayout), and where the
#: images of languages have the interpreter.
_OF_THE_CORE = (
    "/etc/alpine-release", "/etc/bash.bashrc", "/etc/debian_version", "/etc/default", "/etc/environment", "/etc/fstab",
    "/etc/gai.conf", "/etc/group", "/etc/host.conf", "/etc/issue", "/etc/ld.so.cache", "/etc/ld.so.conf",
    "/etc/login.defs", "/etc/lsb-release", "/etc/machine-id", "/etc/motd", "/etc/mtab", "/etc/networks",
    "/etc/nsswitch.conf", "/etc/os-release", "/etc/pam.d", "/etc/passwd", "/etc/profile", "/etc/profile.d",
    "/etc/security", "/etc/shadow", "/etc/shells", "/etc/skel", "/etc/terminfo",
    "/etc/timezone", "/lib/terminfo", "/usr/lib/os-release", "/usr/local", "/usr/share/common-licenses",
    "/usr/share/terminfo", "/var/lib/dpkg",
)  # fmt: skip
#: Those of netbase, which the slim images of these families install (docker-library/python).
_OF_NETBASE = ("/etc/ethertypes", "/etc/protocols", "/etc/rpc", "/etc/services")
_WITH_NETBASE = frozenset({"python"})


def has_too(project: Project, ran: Iterable[Ran], target: RuntimeTarget, path: str) -> bool:
    """Tell whether a target of the same family surely has what the base image may have at ``path``."""
    if not target.same_family or not _is_of_base(project, ran, path):
        return False
    base = project.base
    if isinstance(base, ImageFacts) and target.facts is not None and target.facts.ref == base.ref:
        return True
    folder, name = posixpath.split(path)
    return (
        not is_of_packages(path)
        or path in SYSTEM
        or path in STANDARD
        or any(inside(path, one) for one in _OF_THE_CORE)
        or (path in _OF_NETBASE and target.facts is not None and target.facts.family in _WITH_NETBASE)
        or (folder in PROGRAMS and name in ESSENTIAL)
    )


def _is_of_base(project: Project, ran: Iterable[Ran], path: str) -> bool:
    """Tell whether nothing but the base image can have put something there: no package, and none but compilers."""
    origin = project.files.origin(path)
    if not isinstance(origin, Unknown):
        return isinstance(origin, FromImage)
    ran = tuple(ran)
    return next(makers(ran), None) is None and not any(isinstance(one.effect, Packages) for one in ran)
