"""What a Java machine reads of the system by itself, beside what programs ask for: zone's name, encoding, and fonts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.images import ImageFacts
from imgslim.model import NeedKind
from imgslim.planner.assemble import STAGING, Staged
from imgslim.planner.commands import Packages, Unfollowed
from imgslim.planner.locales import ARCHIVE, LOCALES
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Project, RuntimeTarget
    from imgslim.planner.build import Build

_LOCAL_ZONE = "/etc/localtime"
#: /etc/fonts leads to the first (fonts-conf(5)).
_FONTS = "/usr/share/fontconfig /usr/share/fonts"
#: English: the names of days and months are those of C (glibc, localedata/locales).
_ENGLISH = regex(r"(en_[A-Z]{2})\.utf-?8", 2)


def encoding_alone(project: Project, build: Build, target: RuntimeTarget) -> str:
    """Give the one locale of which nothing but encoding and language counts, as glibc names its folder; "" for none.

    Of the locale's data the Java machine asks for the encoding, and takes language and country from the name that was
    asked for (java.base, java_props_md.c): it sorts and prints dates by tables of its own. The archive is mostly order.

    Args:
        project: what reading and running gave.
        build: the recognised build.
        target: where it goes; only an empty one holds no other program.
    """
    programs = (u for u in build.used if u.product.toolchain != "java")
    others = (*programs, *build.scripts, *build.helpers, *build.needing(NeedKind.COMMAND, NeedKind.SHELL))
    if target.name != "scratch" or build.toolchain != "java" or others or project.evidence.run is None:
        return ""
    read = any(n.value == ARCHIVE for n in build.needing(NeedKind.FILE))
    if not read or not all(a.encoding_alone for a in build.applications):
        return ""
    names = {n.value for n in build.needing(NeedKind.LOCALE)}
    match = _ENGLISH.fullmatch(names.pop()) if len(names) == 1 else None
    return f"{match[1]}.utf8" if match is not None else ""


def _locale(name: str) -> Staged:
    """Lay out C.UTF-8 under the locale's name too, where the archive holds no other one that a run could ask for."""
    there = STAGING + LOCALES
    one = f'[ -d {LOCALES}/C.utf8 ] && [ "$(localedef --list-archive)" = {name} ]'
    copied = f"cp -a {LOCALES}/C.utf8 {there}/; ln -s C.utf8 {there}/{name}"
    command = f"mkdir -p {there}; if {one}; then {copied}; else cp {ARCHIVE} {there}/; fi"
    return Staged(command, "The locale, of which Java takes the encoding: C.UTF-8 has the same, and takes less room")


def read_by_java(project: Project, build: Build, target: RuntimeTarget) -> Iterator[Staged]:
    """Lay out what the builder has of both, for a target that is none of its family.

    Java names the local zone by where /etc/localtime leads, be it there or not (java.base, TimeZone_md.c). Where that
    is no link, as on busybox, and no zone is of the same bytes, it says GMT: where the original says UTC, each date
    that is printed differs. Text is drawn with the system's fonts (java.desktop): what was read draws nothing here, but
    libraries may, and no run need have come to it.
    """
    by_name = isinstance(project.base, ImageFacts) and project.base.package_manager in ("apt", "apk")
    known = by_name or project.evidence.built is not None
    if build.toolchain != "java" or not known:
        return
    # The family's own run-time image has the fonts of its base, not those that a step installed besides.
    draws = any(a.whole for a in build.applications)
    installed = any(isinstance(r.effect, Packages | Unfollowed) for r in build.ran)
    if draws and (installed or not target.same_family):
        yield _fonts("Fonts, if there are any: the program draws")
    if target.same_family:
        return
    copied = f"mkdir -p {STAGING}/etc; cp -P {_LOCAL_ZONE} {STAGING}/etc/"
    yield Staged(f"if [ -L {_LOCAL_ZONE} ]; then {copied}; fi", "The local zone's name, which Java prints with dates")
    if name := encoding_alone(project, build, target):
        yield _locale(name)
    if not draws and any(end.reason == "modules-unread" for end in build.open_ends):
        yield _fonts("Fonts, if there are any: libraries may draw")


def _fonts(why: str) -> Staged:
    copied = (
        f"for d in etc usr/share var/cache/fontconfig; do mkdir -p {STAGING}/$d; done; "
        f"cp -a /etc/fonts {STAGING}/etc/; "
        f'for d in {_FONTS}; do if [ -d "$d" ]; then cp -a "$d" {STAGING}/usr/share/; fi; done'
    )
    return Staged(f"if [ -d /etc/fonts ]; then {copied}; fi", why)
