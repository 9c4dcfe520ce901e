"""What libraries of packages read by themselves: their packages' own data, and that of packages made for them.

libmagic reads the database of libmagic-mgc, fontconfig its settings and fonts, ImageMagick its coders. No source of the
author's names them, and a run shows them only where it was asked for what needs them; the package database says what a
library's package can't be without.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.evidence.loader import closure
from imgslim.model import Need, NeedKind
from imgslim.planner.folders import PROGRAMS
from imgslim.planner.libraries import linker_name, opens_more
from imgslim.planner.look import LOADER
from imgslim.planner.whole import data_files, of_the_loader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.evidence import Contents
    from imgslim.planner.build import Used


def read_by_libraries(built: Contents, used: Iterable[Used], needs: Iterable[Need]) -> Iterator[Need]:
    """The files that libraries of packages read, and the libraries of those that are plug-ins.

    Args:
        built: the built image.
        used: the programs and libraries that go along.
        needs: theirs; libraries that are opened by name count as those that are linked.
    """
    linked: dict[str, str] = {}
    asked: list[str] = []
    for one in used:
        linked |= closure(built, one.path).found
        asked += _needed(built, one.path)
    for need in needs:
        if need.kind is NeedKind.PLUGIN and need.value in built.library_cache:
            path = linked[need.value] = built.library_cache[need.value][0]
            linked |= closure(built, path).found
            asked.append(need.value)
    opening = tuple(_opening(built, asked, linked))
    public = _public(built) if opening else frozenset()
    for name in opening:
        packages = _private(built, built.owner(built.resolve(linked[name]) or ""), public)
        for path in sorted(data_files(built, packages)):
            why = f"{name} reads what the package {built.owner(path)} holds"
            yield Need(NeedKind.FILE, path, why)
            for other in closure(built, path).found if path in built.elf else ():
                if other not in linked:
                    yield Need(NeedKind.PLUGIN, other, why)


def _needed(built: Contents, path: str) -> tuple[str, ...]:
    elf = built.elf.get(built.resolve(path) or "")
    return elf.needed if elf is not None else ()


def _opening(built: Contents, asked: Iterable[str], linked: dict[str, str]) -> Iterator[str]:
    """The libraries among these, and below them, that may open what no caller names."""
    seen: set[str] = set()
    left = list(asked)
    while left:
        name = left.pop()
        if name in seen or name not in linked or LOADER.fullmatch(name) or not opens_more(linker_name(name)):
            continue
        seen.add(name)
        left += _needed(built, linked[name])
        yield name


def _public(built: Contents) -> frozenset[str]:
    """Packages that hold programs, or libraries where the loader looks."""
    owners = built.packages.owners if built.packages is not None else {}
    return frozenset(
        package for path, package in owners.items() if posixpath.dirname(path) in PROGRAMS or of_the_loader(built, path)
    )


def _private(built: Contents, owner: str, public: frozenset[str]) -> set[str]:
    """A library's package, and those that it can't be without and that are not ``public``."""
    if built.packages is None or not owner:
        return set()
    found, left = {owner}, [owner]
    while left:
        more = {p for p in built.packages.depends.get(left.pop(), ()) if p not in public and p not in found}
        found |= more
        left += more
    return found
