"""Of builder: whether the image that builds has something of the system: looked at, known of its base, or installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.images import ImageFacts
from imgslim.model import Need, NeedKind
from imgslim.planner.commands import Packages, Unfollowed, packages
from imgslim.planner.look import is_there
from imgslim.planner.rpm import is_of_rpm
from imgslim.records import dataclass

if TYPE_CHECKING:
    from imgslim.model import Project
    from imgslim.planner.build import Build

#: What every distribution that is known has at the same place.
_SAME_EVERYWHERE = frozenset({NeedKind.TIME_ZONES, NeedKind.MEDIA_TYPES})


@dataclass(frozen=True, slots=True)
class Thing:
    """Something of the system that a package brings and base images have or lack."""

    kind: NeedKind
    #: The field of :class:`ImageFacts` that says whether a base image has it.
    field: str
    package: str
    #: Where Debian and Alpine keep it.
    path: str


TRUST_STORE = Thing(NeedKind.CERTIFICATES, "ca_bundle", "ca-certificates", "/etc/ssl/certs/ca-certificates.crt")
ZONES = Thing(NeedKind.TIME_ZONES, "tzdata", "tzdata", "/usr/share/zoneinfo")


def asked(build: Build, thing: Thing) -> tuple[Need, ...]:
    """Who needs it; the author's own word, where the sources leave it open: a package that is installed by name."""
    if needs := build.needing(thing.kind):
        return needs
    return (
        (Need(thing.kind, "", f"the build installs {thing.package}"),) if build.open_ends and _put(build, thing) else ()
    )


def surely(project: Project, build: Build, thing: Thing) -> bool:
    """Tell whether the builder surely has it at that path."""
    return _has(project, thing) or (_put(build, thing) and not _is_elsewhere(project, thing))


def perhaps(project: Project, build: Build, thing: Thing) -> Need | None:
    """The need for what the builder may or may not have; None where it surely has it, surely lacks it, or none asks."""
    needs = build.needing(thing.kind)
    if not needs or surely(project, build, thing):
        return None
    lacking = isinstance(project.base, ImageFacts) and getattr(project.base, thing.field) is False
    return None if lacking and not is_changed(build) else needs[0]


def is_changed(build: Build) -> bool:
    """Tell whether steps may bring what no one names: apt takes along what a package recommends."""
    return any(isinstance(r.effect, Packages | Unfollowed) for r in build.ran)


def is_of_alpine(project: Project) -> bool:
    """Tell whether the builder is known to be Alpine, or one made from it."""
    return isinstance(project.base, ImageFacts) and project.base.package_manager == "apk"


def _is_elsewhere(project: Project, thing: Thing) -> bool:
    """Tell whether the builder keeps it at another path: the trust store below /etc/pki (update-ca-trust(8))."""
    return thing is TRUST_STORE and is_of_rpm(project.base)


def is_followed(project: Project, kind: NeedKind) -> bool:
    """Tell whether the builder keeps these files where Debian and Alpine do; all that are known do so with some."""
    if kind in _SAME_EVERYWHERE and isinstance(project.base, ImageFacts):
        return True
    built = project.evidence.built
    if built is not None and built.packages is not None:
        return built.packages.manager in ("dpkg", "apk")
    return isinstance(project.base, ImageFacts) and project.base.package_manager in ("apt", "apk")


def _put(build: Build, thing: Thing) -> bool:
    return thing.package in packages(r.effect for r in build.ran)


def _has(project: Project, thing: Thing) -> bool:
    there = is_there(project, thing.path)
    return (
        there
        if there is not None
        else isinstance(project.base, ImageFacts) and bool(getattr(project.base, thing.field))
    )
