"""Natives: shared libraries of the system that files of an application's trees are linked with.

Without a look into the image, the build itself looks (ldd over the trees) and lays out what the target is not known to
have: libraries that an installer brought along are found beside their users and stay there. With a look, a target of
the same release installs the packages that own them. What is not found was not found by the original either.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.model import Need, NeedKind
from imgslim.planner.installs import can_install, package_of
from imgslim.planner.rpm import is_of_rpm
from imgslim.planner.trees import within
from imgslim.records import replace
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.evidence import Contents
    from imgslim.model import Project, RuntimeTarget
    from imgslim.planner.build import Linked
    from imgslim.planner.hosted import Hosted
    from imgslim.planner.installs import Installed

#: The C library and its loader: always the target's own, or taken along as one set.
_LIBC = regex(r"(ld-|lib(c|m|dl|rt|pthread|resolv|util|anl|nsl|nss_[a-z]+)\.|libc\.musl)")


def system_libraries(
    project: Project, here: Hosted, target: RuntimeTarget, linked: Linked
) -> tuple[Linked, tuple[Installed, ...]]:
    """Add what the trees' own libraries need to how the programs find theirs; or the packages that hold it."""
    trees = [t.path for a in here.build.applications if a.native for t in a.trees if t.native]
    trees += [t.path for t in here.trees if t.native]
    without = tuple(dict.fromkeys(name for t in here.trees for name in t.without))
    built = project.evidence.built
    if not trees:
        return linked, ()
    natives = tuple(dict.fromkeys(n for a in here.build.applications for n in a.natives))
    linked = replace(linked, natives=natives, by_shell=is_of_rpm(project.base))
    facts = target.facts
    given = (
        tuple(sorted(n for n in facts.libraries if not _is_libc(n))) if facts is not None and not linked.whole else ()
    )
    if built is None or here.trees:
        return replace(linked, trees=tuple(dict.fromkeys(trees)), given=given, without=without), ()
    outside = {p: by for p, by in needed_outside(built, trees).items() if posixpath.basename(p) not in given}
    if not outside:
        return linked, ()
    owners = {path: built.owner(built.resolve(path) or path) for path in outside}
    if not can_install(target) or not all(owners.values()):
        return replace(linked, trees=tuple(dict.fromkeys(trees)), given=given), ()
    first = {owner: path for path, owner in reversed(owners.items())}
    return linked, tuple(package_of(o, target, _why(p, outside[p])) for o, p in sorted(first.items()))


def _why(path: str, by: str) -> Need:
    return Need(NeedKind.FILE, path, f"{by} is linked with {posixpath.basename(path)}")


def needed_outside(built: Contents, trees: Iterable[str]) -> dict[str, str]:
    """Libraries outside of trees, by the library within that is linked with each; the C library's own left out."""
    from imgslim.evidence.loader import closure  # noqa: PLC0415  (only where an image was looked into)

    trees = tuple(trees)
    found: dict[str, str] = {}
    for real in _within(built, trees):
        for name, path in closure(built, real).found.items():
            if not within(built.resolve(path) or path, trees) and not _is_libc(name):
                found.setdefault(path, posixpath.basename(real))
    return found


def _within(built: Contents, trees: tuple[str, ...]) -> Iterator[str]:
    return (real for real in built.elf if within(real, trees))


def _is_libc(name: str) -> bool:
    return _LIBC.match(name) is not None
