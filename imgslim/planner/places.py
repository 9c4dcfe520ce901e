"""Places: folders that every distribution has and an empty base lacks, where a program writes into them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.images import ImageFacts
from imgslim.meaning.paths import inside
from imgslim.model import NeedKind
from imgslim.planner.assemble import STAGING, Staged
from imgslim.planner.home import home
from imgslim.planner.look import folder_of
from imgslim.records import replace
from imgslim.regex import regex

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator

    from imgslim.model import Project, RuntimeTarget
    from imgslim.planner.build import Build

#: With the mode each has in Debian, Ubuntu and Alpine images (Debian's base-files, Alpine's alpine-baselayout).
STANDARD = {
    "/etc": "755", "/home": "755", "/media": "755", "/mnt": "755", "/opt": "755", "/root": "700", "/run": "755",
    "/srv": "755", "/usr/local": "755", "/usr/share": "755", "/var": "755", "/var/cache": "755", "/var/lib": "755",
    "/var/lock": "1777", "/var/log": "755", "/var/run": "755", "/var/tmp": "1777",  # noqa: S108
}  # fmt: skip
#: Settings of the system; the mark of a need of all of them.
ETC, WHOLE = "/etc", ("*",)
#: What lies in these a program makes itself: nothing is kept in them.
EMPTY = ("/run", "/var/lock", "/var/run", "/var/tmp")  # noqa: S108
#: With the files that its own links lead to: os-release, the local zone.
_ALL_OF_ETC = (
    f"cp -a {ETC} {STAGING}/; for l in {ETC}/*; do "
    'if [ -L "$l" ] && [ -f "$l" ]; then f=$(readlink -f "$l"); '
    f'case $f in {ETC}/*|/proc/*) ;; *) cp -L --parents "$f" {STAGING};; esac; fi; done'
)
_FULL = frozenset({"alpine", "debian", "ubuntu"})
_LINKED = regex(rf"{STAGING}/var/(run|lock)(?![\w.-])")


def places(project: Project, build: Build, target: RuntimeTarget) -> tuple[tuple[Staged, ...], frozenset[str]]:
    """Lay out the standard folders that the program asks for.

    Returns:
        What lays them out, and the needs that are settled by that or by the target's own folders.
    """
    base = project.base
    if not isinstance(base, ImageFacts) or base.distribution not in _FULL:
        return (), frozenset()
    own = target.facts is not None and target.facts.distribution in _FULL
    if not own and target.name != "scratch" and not target.name.startswith("busybox"):
        return (), frozenset()
    staged: dict[str, Staged] = {}
    settled: set[str] = set()
    for need in (*build.needing(NeedKind.FILE), *home(project, build)):
        wanted = folder_of(project, need.value)
        folder = next((p for p in EMPTY if inside(wanted, p)), wanted)
        if folder in STANDARD:
            settled.add(need.value)
            there = f"install -d -m {STANDARD[folder]} {STAGING}{folder}"
            staged.setdefault(folder, Staged(there, f"{folder}: {need.why}"))
        if need.argv == WHOLE:
            staged[ETC] = Staged(_ALL_OF_ETC, f"All of {ETC}: {need.why}")
    return () if own else tuple(staged.values()), frozenset(settled)


def where_links_lead(target: RuntimeTarget, staged: Iterable[Staged]) -> Iterator[Staged]:
    """What is laid out below a folder that distributions have a link in place of lies where that leads (hier(7)).

    A folder is not put over a link.
    """
    linked = target.facts is not None and target.facts.distribution in _FULL
    if not linked:
        yield from staged
        return
    for one in staged:
        shell = _LINKED.sub(_followed, one.shell)
        yield replace(one, shell=shell) if shell != one.shell else one


def _followed(match: re.Match[str]) -> str:
    return STAGING + ("/run" if match[1] == "run" else "/run/lock")
