"""Zones: the time zones that a program looks up, where its own library looks for them."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.model import NeedKind
from imgslim.planner.assemble import STAGING, Staged, quote
from imgslim.planner.build import Taken
from imgslim.planner.of_builder import ZONES, asked, is_followed, perhaps, surely

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Need, Project, RuntimeTarget
    from imgslim.planner.build import Build

_FOLDER = ZONES.path


def zones(project: Project, build: Build, target: RuntimeTarget) -> Iterator[Taken]:
    """The builder's, where it surely has them and the target has none."""
    needs = asked(build, ZONES)
    if needs and not _has_zones(target) and surely(project, build, ZONES):
        yield Taken(_FOLDER, _FOLDER, why=f"Time zones: {needs[0].why}")


def if_there(project: Project, build: Build, target: RuntimeTarget) -> Iterator[Staged]:
    """Take along those that the builder turns out to have."""
    if is_followed(project, NeedKind.TIME_ZONES) and (need := open_zones(project, build, target)):
        copied = f"mkdir -p {STAGING}/usr/share; cp -a {_FOLDER} {STAGING}/usr/share/"
        why = f"Time zones, if there are any: {need.why}"
        if build.toolchain == "go":
            # Where the system has none, Go reads those of the folder that it was installed in (package time).
            yield Staged('z="$(go env GOROOT || true)/lib/time/zoneinfo.zip"', why)
            copied += f'; elif [ -e "$z" ]; then mkdir -p "{STAGING}${{z%/*}}"; cp "$z" "{STAGING}$z"'
        yield Staged(f"if [ -d {_FOLDER} ]; then {copied}; fi", why)


def open_zones(project: Project, build: Build, target: RuntimeTarget) -> Need | None:
    """The need for zones that the builder may or may not have, and the target has not."""
    return None if _has_zones(target) else perhaps(project, build, ZONES)


def named_zones(project: Project, build: Build) -> Iterator[Staged]:
    """ZONEINFO names a folder or an archive that Go looks into before all others (package time, LoadLocation)."""
    place = project.trace.final.env.get("ZONEINFO", "")
    needs = build.needing(NeedKind.TIME_ZONES)
    if needs and build.toolchain == "go" and isinstance(place, str) and place.startswith("/") and place != _FOLDER:
        path, above = quote(place), quote(STAGING + posixpath.dirname(place))
        copied = f"mkdir -p {above}; cp -a {path} {above}/"
        yield Staged(f"if [ -e {path} ]; then {copied}; fi", f"Time zones, as ZONEINFO says: {needs[0].why}")


def _has_zones(target: RuntimeTarget) -> bool:
    return target.facts is not None and bool(target.facts.tzdata)
