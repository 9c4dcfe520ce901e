"""System: trust store, time zones, users, name look-ups and /tmp, as the original image has them."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.images import ImageFacts, Libc
from imgslim.model import Assumption, Need, NeedKind
from imgslim.planner.assemble import STAGING, Staged, quote
from imgslim.planner.build import Taken
from imgslim.planner.commands import Packages, Unfollowed, Users, packages
from imgslim.planner.converters import converters
from imgslim.planner.jvm import read_by_java
from imgslim.planner.link import modular_names
from imgslim.planner.locales import locales
from imgslim.planner.look import is_there
from imgslim.records import dataclass, replace
from imgslim.toolchains.gathered import MEDIA_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Project, RuntimeTarget
    from imgslim.planner.build import Build

_CA_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
#: OpenSSL reads this one, the bundle alone gives it no certificate: OPENSSLDIR/cert.pem, as Debian and Alpine make it.
_OPENSSL_FILE, _OPENSSL_FILE_OF_ALPINE = "/usr/lib/ssl/cert.pem", "/etc/ssl/cert.pem"
_USES_OPENSSL = frozenset({"ssl", "crypto"})
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
_ZONES = "/usr/share/zoneinfo"
#: What every distribution that is known has at the same place.
_SAME_EVERYWHERE = frozenset({NeedKind.TIME_ZONES, NeedKind.MEDIA_TYPES})


@dataclass(frozen=True, slots=True)
class System:
    """The system's share of what goes along."""

    taken: tuple[Taken, ...]
    staged: tuple[Staged, ...]
    assumptions: tuple[Assumption, ...]


def from_system(project: Project, build: Build, target: RuntimeTarget) -> System:
    """Say what of the builder's system goes to ``target``."""
    build = _unread(project, build, target)
    named = (*locales(project, build, target), *converters(project, build, target))
    certificates = tuple(_certificates(project, build, target))
    return System(
        taken=(*_users(project, build, target), *certificates, *_time_zones(project, build, target)),
        staged=(
            *_temporary(build, target),
            *_name_service(project, build, target),
            *_if_there(project, build, target),
            *_named_zones(project, build),
            *read_by_java(project, build, target),
            *_media_types(project, build),
            *_second_name(project, build, certificates, target),
            *_openssl(project, build, target),
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


def _installed(build: Build, *names: str) -> bool:
    return not set(names).isdisjoint(packages(r.effect for r in build.ran))


def _asked_for(build: Build, kind: NeedKind, package: str) -> tuple[Need, ...]:
    """The author's own word, where the sources leave it open: a package that is installed by name."""
    if build.open_ends and _installed(build, package):
        return (Need(kind, "", f"the build installs {package}"),)
    return ()


def _certificates(project: Project, build: Build, target: RuntimeTarget) -> Iterator[Taken]:
    """The trust store of the builder, where a program dials out with TLS and finds none of the target's."""
    needs = build.needing(NeedKind.CERTIFICATES) or _asked_for(build, NeedKind.CERTIFICATES, "ca-certificates")
    if not needs or _has_store(project, build, target):
        return
    if _has(project, "ca_bundle") or _installed(build, "ca-certificates"):
        yield Taken(_CA_BUNDLE, _CA_BUNDLE, why=f"CA certificates: {needs[0].why}")
        if _uses_openssl(project, build) and target.facts is not None:
            yield Taken(_CA_BUNDLE, _openssl_file(project))


def _has_store(project: Project, build: Build, target: RuntimeTarget) -> bool:
    """Tell whether the program finds the trust store of the target: the builder's OpenSSL has its own name for it."""
    facts = target.facts
    if facts is None or not facts.ca_bundle:
        return False
    own = facts.package_manager == "apk"
    return own is _is_of_alpine(project) or "SSL_CERT_FILE" in dict(facts.env) or not _uses_openssl(project, build)


def _uses_openssl(project: Project, build: Build) -> bool:
    """Tell whether the program is linked with OpenSSL, or is run by an interpreter, which loads it as a module."""
    return _linked_with_openssl(build) or (bool(build.applications) and bool(is_there(project, _openssl_file(project))))


def _linked_with_openssl(build: Build) -> bool:
    return any(n.value in _USES_OPENSSL for n in build.needing(NeedKind.LIBRARY))


def _openssl_file(project: Project) -> str:
    """Where the builder's OpenSSL looks for the trust store."""
    return _OPENSSL_FILE_OF_ALPINE if _is_of_alpine(project) else _OPENSSL_FILE


def _is_of_alpine(project: Project) -> bool:
    return isinstance(project.base, ImageFacts) and project.base.package_manager == "apk"


def _second_name(project: Project, build: Build, taken: tuple[Taken, ...], target: RuntimeTarget) -> Iterator[Staged]:
    """The bundle under OpenSSL's name, as a link: an empty base is given what was laid out, and nothing twice."""
    bundle = next((t for t in taken if t.source == _CA_BUNDLE), None)
    if bundle is not None and _linked_with_openssl(build) and target.facts is None:
        there = STAGING + _openssl_file(project)
        yield Staged(f"mkdir -p {posixpath.dirname(there)}; ln -sf {_CA_BUNDLE} {there}", bundle.why)


def _openssl(project: Project, build: Build, target: RuntimeTarget) -> Iterator[Staged]:
    """The name under which OpenSSL looks for the trust store, for interpreters, which load it as a module."""
    needs, file = build.needing(NeedKind.CERTIFICATES), _openssl_file(project)
    if needs and build.applications and target.facts is None and is_there(project, file):
        folder = posixpath.dirname(file)
        copied = f"mkdir -p {STAGING}{folder}; cp -a {file} {STAGING}{folder}/"
        yield Staged(copied, f"{file}: {needs[0].why}")


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
    return _followed(project, NeedKind.TERMINFO) and (target.facts is None or target.facts.distribution == "busybox")


def _time_zones(project: Project, build: Build, target: RuntimeTarget) -> Iterator[Taken]:
    needs = build.needing(NeedKind.TIME_ZONES) or _asked_for(build, NeedKind.TIME_ZONES, "tzdata")
    given = target.facts is not None and target.facts.tzdata
    if needs and not given and (_has(project, "tzdata") or _installed(build, "tzdata")):
        yield Taken(_ZONES, _ZONES, why=f"Time zones: {needs[0].why}")


def _maybe(project: Project, build: Build, target: RuntimeTarget, kind: NeedKind) -> Need | None:
    """The need for something of the system that the builder may or may not have."""
    field, package = {
        NeedKind.CERTIFICATES: ("ca_bundle", "ca-certificates"), NeedKind.TIME_ZONES: ("tzdata", "tzdata")
    }[kind]  # fmt: skip
    needs = build.needing(kind)
    given = _has_store(project, build, target) if field == "ca_bundle" else target.facts and target.facts.tzdata
    if not needs or given or _has(project, field) or _installed(build, package):
        return None
    lacking = isinstance(project.base, ImageFacts) and getattr(project.base, field) is False
    # What is installed may bring it along: apt takes what a package recommends.
    changed = any(isinstance(r.effect, Packages | Unfollowed) for r in build.ran)
    return None if lacking and not changed else needs[0]


def _followed(project: Project, kind: NeedKind) -> bool:
    """Tell whether the builder keeps these files where Debian and Alpine do; all that are known do so with some."""
    if kind in _SAME_EVERYWHERE and isinstance(project.base, ImageFacts):
        return True
    built = project.evidence.built
    if built is not None and built.packages is not None:
        return built.packages.manager in ("dpkg", "apk")
    return isinstance(project.base, ImageFacts) and project.base.package_manager in ("apt", "apk")


def _if_there(project: Project, build: Build, target: RuntimeTarget) -> Iterator[Staged]:
    """Take along what the builder turns out to have: the program finds what it would have found in the original."""
    kinds = (NeedKind.CERTIFICATES, NeedKind.TIME_ZONES)
    certificates, zones = (_maybe(project, build, target, kind) if _followed(project, kind) else None for kind in kinds)
    if need := certificates:
        copied = f"mkdir -p {STAGING}{posixpath.dirname(_CA_BUNDLE)}; cp -L {_CA_BUNDLE} {STAGING}{_CA_BUNDLE}"
        if _linked_with_openssl(build):
            there = STAGING + _openssl_file(project)
            copied += f"; mkdir -p {posixpath.dirname(there)}; ln -sf {_CA_BUNDLE} {there}"
        yield Staged(f"if [ -e {_CA_BUNDLE} ]; then {copied}; fi", f"CA certificates, if there are any: {need.why}")
    if need := zones:
        copied = f"mkdir -p {STAGING}/usr/share; cp -a {_ZONES} {STAGING}/usr/share/"
        why = f"Time zones, if there are any: {need.why}"
        if build.toolchain == "go":
            # Where the system has none, Go reads those of the folder that it was installed in (package time).
            yield Staged('z="$(go env GOROOT || true)/lib/time/zoneinfo.zip"', why)
            copied += f'; elif [ -e "$z" ]; then mkdir -p "{STAGING}${{z%/*}}"; cp "$z" "{STAGING}$z"'
        yield Staged(f"if [ -d {_ZONES} ]; then {copied}; fi", why)


def _named_zones(project: Project, build: Build) -> Iterator[Staged]:
    """ZONEINFO names a folder or an archive that Go looks into before all others (package time, LoadLocation)."""
    place = project.trace.final.env.get("ZONEINFO", "")
    needs = build.needing(NeedKind.TIME_ZONES)
    if needs and build.toolchain == "go" and isinstance(place, str) and place.startswith("/") and place != _ZONES:
        path, above = quote(place), quote(STAGING + posixpath.dirname(place))
        copied = f"mkdir -p {above}; cp -a {path} {above}/"
        yield Staged(f"if [ -e {path} ]; then {copied}; fi", f"Time zones, as ZONEINFO says: {needs[0].why}")


def _media_types(project: Project, build: Build) -> Iterator[Staged]:
    """The tables that say what a file's ending means; they are the builder's on every target.

    They are of packages that the small images lack and the larger builder images have (media-types, once mime-support;
    shared-mime-info; Alpine's mailcap). Where there is none, Go knows some twenty endings and sees what the rest looks
    like (package mime, TypeByExtension).
    """
    needs = build.needing(NeedKind.MEDIA_TYPES)
    if not needs or not _followed(project, NeedKind.MEDIA_TYPES):
        return
    changed = any(isinstance(r.effect, Packages | Unfollowed) for r in build.ran)
    bare = isinstance(project.base, ImageFacts) and project.base.package_manager == "apk" and not changed
    if not bare:
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
    for kind, what in ((NeedKind.CERTIFICATES, "ca-certificates"), (NeedKind.TIME_ZONES, "tzdata")):
        need = None if _followed(project, kind) else _maybe(project, build, target, kind)
        if need is not None:
            yield Assumption(f"{kind}-unproven", f"{need.why}; whether the builder has {what} is not known.")
    types = build.needing(NeedKind.MEDIA_TYPES)
    if types and not _followed(project, NeedKind.MEDIA_TYPES) and is_there(project, MEDIA_TYPES[-1]) is not False:
        yield Assumption("file-unproven", f"{types[0].why}; whether the builder has {MEDIA_TYPES[-1]} is not known.")
    terminals = build.needing(NeedKind.TERMINFO)
    if terminals and not target.same_family and not _has_own_terminals(project, target):
        yield Assumption("terminfo-unproven", f"{terminals[0].why}; the target's terminfo data may differ.")


def _has(project: Project, field: str) -> bool:
    """Tell whether the builder surely has its ``ca_bundle`` or ``tzdata``: it was looked at, or its base is known."""
    there = is_there(project, {"ca_bundle": _CA_BUNDLE, "tzdata": _ZONES}[field])
    return there if there is not None else isinstance(project.base, ImageFacts) and bool(getattr(project.base, field))


def _users(project: Project, build: Build, target: RuntimeTarget) -> list[Taken]:
    """/etc/passwd and /etc/group where a user is named, made, or looked up, and the target has another set."""
    user = project.trace.final.user
    # A name is looked up when the container starts, root's as any other; a number is not (OCI runtime, "User").
    names = [part for part in user.split(":", 1) if not part.isdigit() and part] if isinstance(user, str) else ["?"]
    known = {"root", *(u.name for u in target.facts.users)} if target.facts is not None else set()
    made = [n for r in build.ran if isinstance(r.effect, Users) for n in r.effect.names]
    needs = build.needing(NeedKind.USERS)
    if known.issuperset(names) and not made and (not needs or target.facts is not None):
        return []
    why = next((n.why for n in needs if n.value != "home" or not made), "")
    why = f"Users and groups: {why}" if why else "Users and groups of the original image"
    files = ["/etc/passwd", "/etc/group", *_shadows(project, needs)]
    return [Taken(file, file, why=why if file == files[0] else "") for file in files]


def _shadows(project: Project, needs: tuple[Need, ...]) -> Iterator[str]:
    """The files with the secret half of accounts, where something asks for it; every image of Debian has them."""
    always = isinstance(project.base, ImageFacts) and project.base.package_manager == "apt"
    for file in ("/etc/shadow", "/etc/gshadow") if any(n.value == "shadow" for n in needs) else ():
        there = is_there(project, file)
        if there or (there is None and always):
            yield file


def _name_service(project: Project, build: Build, target: RuntimeTarget) -> Iterator[Staged]:
    """What the C library reads by itself to look up names; Go's library reads the last two (nsswitch.conf(5)).

    An empty base has none. /etc/services and /etc/protocols are of a package of their own that Debian, Ubuntu and
    busybox images lack and the larger builder images have (netbase): they are the builder's on every target.
    """
    kinds = (NeedKind.NAME_SERVICE, NeedKind.USERS) if modular_names(project) else (NeedKind.NAME_SERVICE,)
    needs = [n for n in build.needing(*kinds) if n.value != "home"]
    services = next((n for n in needs if n.value == "services"), None)
    glibc = isinstance(project.base, ImageFacts) and project.base.libc is Libc.GLIBC
    files: list[str] = []
    if needs and glibc and target.facts is None and build.toolchain != "go":
        files.append("/etc/nsswitch.conf")
    if services is not None:
        files += ["/etc/services", "/etc/protocols"]
    if files:
        words = " ".join(files)
        yield Staged(
            f'for f in {words}; do if [ -e "$f" ]; then mkdir -p {STAGING}/etc; cp "$f" {STAGING}/etc/; fi; done'
            if len(files) > 1
            else f"if [ -e {files[0]} ]; then mkdir -p {STAGING}/etc; cp {files[0]} {STAGING}/etc/; fi",
            f"Name look-ups: {(services or needs[0]).why}",
        )


def _temporary(build: Build, target: RuntimeTarget) -> Iterator[Staged]:
    needs = build.needing(NeedKind.TMP)
    if needs and (target.facts is None or target.facts.tmp is False):
        yield Staged(f"mkdir -p {STAGING}/tmp; chmod 1777 {STAGING}/tmp", f"/tmp: {needs[0].why}")  # noqa: S108
