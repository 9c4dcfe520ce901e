"""What a Java machine reads of the system by itself, beside what programs ask for: the local zone's name, and fonts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.images import ImageFacts
from imgslim.planner.assemble import STAGING, Staged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Project, RuntimeTarget
    from imgslim.planner.build import Build

_LOCAL_ZONE = "/etc/localtime"
#: /etc/fonts leads to the first (fonts-conf(5)).
_FONTS = "/usr/share/fontconfig /usr/share/fonts"


def read_by_java(project: Project, build: Build, target: RuntimeTarget) -> Iterator[Staged]:
    """Lay out what the builder has of both, for a target that is none of its family.

    Java names the local zone by where /etc/localtime leads, be it there or not (java.base, TimeZone_md.c). Where that
    is no link, as on busybox, and no zone is of the same bytes, it says GMT: where the original says UTC, each date
    that is printed differs. Text is drawn with the system's fonts (java.desktop): what was read draws nothing here, but
    libraries may, and no run need have come to it.
    """
    known = isinstance(project.base, ImageFacts) and project.base.package_manager in ("apt", "apk")
    if build.toolchain != "java" or target.same_family or not known:
        return
    copied = f"mkdir -p {STAGING}/etc; cp -P {_LOCAL_ZONE} {STAGING}/etc/"
    yield Staged(f"if [ -L {_LOCAL_ZONE} ]; then {copied}; fi", "The local zone's name, which Java prints with dates")
    if any(end.reason == "modules-unread" for end in build.open_ends):
        copied = (
            f"for d in etc usr/share var/cache/fontconfig; do mkdir -p {STAGING}/$d; done; "
            f"cp -a /etc/fonts {STAGING}/etc/; "
            f'for d in {_FONTS}; do if [ -d "$d" ]; then cp -a "$d" {STAGING}/usr/share/; fi; done'
        )
        yield Staged(f"if [ -d /etc/fonts ]; then {copied}; fi", "Fonts, if there are any: libraries may draw")
