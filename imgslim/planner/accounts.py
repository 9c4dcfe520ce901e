"""Accounts: users and groups, and what the C library reads by itself to look names up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.images import ImageFacts, Libc
from imgslim.model import NeedKind
from imgslim.planner.assemble import STAGING, Staged
from imgslim.planner.build import Taken
from imgslim.planner.commands import Users
from imgslim.planner.link import modular_names
from imgslim.planner.look import is_there

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Need, Project, RuntimeTarget
    from imgslim.planner.build import Build


def users(project: Project, build: Build, target: RuntimeTarget) -> list[Taken]:
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


def _missing_on(target: RuntimeTarget) -> tuple[str, ...]:
    """What says where names are looked up, and that one of /etc/hosts has all of its addresses (host.conf(5), multi).

    Images of distributions have both, busybox's has the first.
    """
    if target.facts is None:
        return ("/etc/nsswitch.conf", "/etc/host.conf")
    return ("/etc/host.conf",) if target.facts.distribution == "busybox" else ()


def name_service(project: Project, build: Build, target: RuntimeTarget) -> Iterator[Staged]:
    """What the C library reads by itself to look up names; Go's library reads the last two (nsswitch.conf(5)).

    An empty base has none. /etc/services and /etc/protocols are of a package of their own that Debian, Ubuntu and
    busybox images lack and the larger builder images have (netbase): they are the builder's on every target.
    """
    kinds = (NeedKind.NAME_SERVICE, NeedKind.USERS) if modular_names(project) else (NeedKind.NAME_SERVICE,)
    needs = [n for n in build.needing(*kinds) if n.value != "home"]
    services = next((n for n in needs if n.value == "services"), None)
    glibc = isinstance(project.base, ImageFacts) and project.base.libc is Libc.GLIBC
    files: list[str] = []
    if needs and glibc and build.toolchain != "go":
        files += _missing_on(target)
    if services is not None:
        files += ["/etc/services", "/etc/protocols"]
    if files:
        words = " ".join(files)
        yield Staged(
            f'for f in {words}; do if [ -e "$f" ]; then mkdir -p {STAGING}/etc; cp "$f" {STAGING}/etc/; fi; done'
            if len(files) > 1
            else f"if [ -e {words} ]; then mkdir -p {STAGING}/etc; cp {words} {STAGING}/etc/; fi",
            f"Name look-ups: {(services or needs[0]).why}",
        )
