"""System: what of the builder's system goes along, each as the original image has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.images import ImageFacts
from imgslim.model import Assumption, Need, NeedKind
from imgslim.planner import trust, zones
from imgslim.planner.accounts import name_service, users
from imgslim.planner.assemble import STAGING, Staged
from imgslim.planner.converters import converters
from imgslim.planner.jvm import read_by_java
from imgslim.planner.locales import locales
from imgslim.planner.look import is_there
from imgslim.planner.of_builder import TRUST_STORE, ZONES, is_changed, is_followed, is_of_alpine
from imgslim.records import dataclass, numerous, replace
from imgslim.toolchains.gathered import MEDIA_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Project, RuntimeTarget
    from imgslim.planner.build import Build, Taken

#: Where Debian's and Alpine's ncurses look, in this order (terminfo(5), "Fetching Compiled Descriptions").
_TERMINALS = "/etc/terminfo /lib/terminfo /usr/share/terminfo"
#: What costs next to nothing and what packages that nobody read ask for most often.
_CHEAP = (
    (NeedKind.TMP, ""), (NeedKind.USERS, ""), (NeedKind.CERTIFICATES, ""), (NeedKind.NAME_SERVICE, "services"),
)  # fmt: skip
#: What an interpreter's own library takes from the system when a package first asks for it: Python's time and mimetypes
#: (tzset(3), ``knownfiles``), Ruby's Time. Node and its packages have both compiled in.
_BY_LIBRARY = {
    "python": ((NeedKind.TIME_ZONES, ""), (NeedKind.MEDIA_TYPES, "")),
    "ruby": ((NeedKind.TIME_ZONES, ""),),
}


@numerous
@dataclass(frozen=True, slots=True)
class System:
    """The system's share of what goes along."""

    taken: tuple[Taken, ...]
    staged: tuple[Staged, ...]
    assumptions: tuple[Assumption, ...]


def from_system(project: Project, build: Build, target: RuntimeTarget) -> System:
    """Say what of the builder's system goes to ``target``."""
    if not build.needs and not build.open_ends and build.toolchain != "java":
        # Accounts are the image's own matter; the rest goes where something asks for it, or may ask.
        return System(tuple(users(project, build, target)), (), ())
    build = _unread(project, build, target)
    named = (*locales(project, build, target), *converters(project, build, target))
    certificates = tuple(trust.certificates(project, build, target))
    return System(
        taken=(*users(project, build, target), *certificates, *zones.zones(project, build, target)),
        staged=(
            *_temporary(build, target),
            *name_service(project, build, target),
            *trust.if_there(project, build, target),
            *zones.if_there(project, build, target),
            *zones.named_zones(project, build),
            *read_by_java(project, build, target),
            *_media_types(project, build),
            *trust.names(project, build, certificates, target),
            *_terminals(project, build, target),
            *(one for one in named if isinstance(one, Staged)),
        ),
        assumptions=(*_missing(project, build, target), *(one for one in named if isinstance(one, Assumption))),
    )


def _unread(project: Project, build: Build, target: RuntimeTarget) -> Build:
    """An application whose packages were not read finds the small things that every image has, and what its own had.

    The slim image of the same family has all of them but the table of media types, which is a matter of the whole one.
    """
    if not (build.applications and build.open_ends):
        return build
    why = build.open_ends[0].message.rstrip(".")
    wanted = [*_CHEAP, *(each for a in build.applications for each in _BY_LIBRARY.get(a.toolchain, ()))]
    if target.facts is not None and target.same_family:
        same = isinstance(project.base, ImageFacts) and project.base.ref == target.facts.ref
        lost = not same and is_there(project, "/etc/mime.types") is not False
        wanted = [each for each in wanted if each[0] is NeedKind.MEDIA_TYPES and lost]
    more = (Need(kind, value, why) for kind, value in wanted if all(n.value != value for n in build.needing(kind)))
    return replace(build, needs=(*build.needs, *more))


def _terminals(project: Project, build: Build, target: RuntimeTarget) -> Iterator[Staged]:
    """What describes terminals: which one it is, who starts the container says (``docker run -t`` sets TERM)."""
    needs = build.needing(NeedKind.TERMINFO)
    if needs and _has_own_terminals(project, target):
        yield Staged(
            f'for d in {_TERMINALS}; do if [ -e "$d" ]; then cp -r --parents "$d" {STAGING}; fi; done',
            f"Terminals: {needs[0].why}",
        )


def _has_own_terminals(project: Project, target: RuntimeTarget) -> bool:
    """Tell whether the builder's descriptions go along, for the library that reads them does."""
    return is_followed(project, NeedKind.TERMINFO) and (target.facts is None or target.facts.distribution == "busybox")


def _media_types(project: Project, build: Build) -> Iterator[Staged]:
    """The tables that say what a file's ending means; they are the builder's on every target.

    They are of packages that the small images lack and the larger builder images have (media-types, once mime-support;
    shared-mime-info; Alpine's mailcap). Where there is none, Go knows some twenty endings and sees what the rest looks
    like (package mime, TypeByExtension).
    """
    needs = build.needing(NeedKind.MEDIA_TYPES)
    if not needs or not is_followed(project, NeedKind.MEDIA_TYPES):
        return
    if not (is_of_alpine(project) and not is_changed(build)):
        # Python's mimetypes has a list of its own, without the other table (``knownfiles``).
        only = MEDIA_TYPES[-1]
        yield Staged(
            f"if [ -e {only} ]; then cp -L --parents {only} {STAGING}; fi"
            if build.toolchain == "python"
            else f'for f in {" ".join(MEDIA_TYPES)}; do if [ -e "$f" ]; then cp -L --parents "$f" {STAGING}; fi; done',
            f"Media types: {needs[0].why}",
        )


def _missing(project: Project, build: Build, target: RuntimeTarget) -> Iterator[Assumption]:
    """What the program asks for and of which nobody knows where the builder has it, or that the target has another."""
    for thing, find in ((TRUST_STORE, trust.open_store), (ZONES, zones.open_zones)):
        need = None if is_followed(project, thing.kind) else find(project, build, target)
        if need is not None:
            why = f"{need.why}; whether the builder has {thing.package} is not known."
            yield Assumption(f"{thing.kind}-unproven", why)
    types = build.needing(NeedKind.MEDIA_TYPES)
    if types and not is_followed(project, NeedKind.MEDIA_TYPES) and is_there(project, MEDIA_TYPES[-1]) is not False:
        yield Assumption("file-unproven", f"{types[0].why}; whether the builder has {MEDIA_TYPES[-1]} is not known.")
    terminals = build.needing(NeedKind.TERMINFO)
    if terminals and not target.same_family and not _has_own_terminals(project, target):
        yield Assumption("terminfo-unproven", f"{terminals[0].why}; the target's terminfo data may differ.")


def _temporary(build: Build, target: RuntimeTarget) -> Iterator[Staged]:
    needs = build.needing(NeedKind.TMP)
    if needs and (target.facts is None or target.facts.tmp is False):
        yield Staged(f"mkdir -p {STAGING}/tmp; chmod 1777 {STAGING}/tmp", f"/tmp: {needs[0].why}")  # noqa: S108
