"""Held: files that the base image or a package brought and that the program was seen, or is known, to use.

They go along as the highest thing that holds them: on the builder's own family the package that owns them, elsewhere
the folder that is all of one package. No path in the new file names an architecture.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from typing import TYPE_CHECKING

from imgslim.evidence import EntryKind
from imgslim.meaning.paths import inside
from imgslim.model import NeedKind
from imgslim.planner.assemble import STAGING, Staged, quote
from imgslim.planner.build import Held, Taken
from imgslim.planner.converters import is_converter
from imgslim.planner.folders import SYSTEM
from imgslim.planner.installs import can_install, closure, has_package, package_of
from imgslim.planner.jvm import encoding_alone
from imgslim.planner.locales import ARCHIVE, LOCALES, taken_whole
from imgslim.planner.places import EMPTY
from imgslim.planner.standing import standing
from imgslim.records import replace
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.evidence import Contents
    from imgslim.model import Need, Project, RuntimeTarget
    from imgslim.planner.build import Build
    from imgslim.planner.installs import Installed

#: A folder that Debian's multiarch names after an architecture (``x86_64-linux-gnu``).
_TRIPLET = regex(r"[a-z0-9_]+-linux-(?:gnu|musl)[a-z0-9_]*")
#: Folders that many packages share, beside those of the system (hier(7)).
_SHARED = frozenset(
    """
    /usr/share/misc /usr/share/locale /usr/share/doc /usr/share/man /usr/share/info /usr/lib/locale /usr/libexec
    /usr/local/share /var/lib /var/cache /etc/default /lib64 /usr/lib64
    """.split()
)
#: More files of one folder are no list that a person would keep.
_MOST = 4


def held(
    project: Project, build: Build, target: RuntimeTarget, covered: list[str], laid: frozenset[str] = frozenset()
) -> Held:
    """Decide how files of the builder's system come to ``target``, beside what is ``covered`` or ``laid`` out."""
    built = project.evidence.built
    if built is None:
        return Held()
    wanted = {n.value: n for n in build.needing(NeedKind.FILE) if n.value not in laid and _is_held(built, n.value)}
    owners = {path: built.owner(built.resolve(path) or path) for path in wanted}
    # Of a package that only its settings are read of nothing else is used.
    whole = {owner for path, owner in owners.items() if owner and not inside(path, "/etc")}
    again = [p for a in build.applications for p in a.packages] if can_install(target) else []
    brought = closure(built, [p.split("=")[0] for p in again])
    packages: dict[str, Installed] = {}
    left: dict[str, Need] = {}
    for path, need in wanted.items():
        owner = owners[path]
        if target.same_family and built.is_from_base(built.resolve(path) or path) and not owner:
            continue
        if owner and (has_package(target, owner) or owner in brought):
            continue
        if inside(path, LOCALES) and taken_whole(project, build, target):
            continue
        if path == ARCHIVE and encoding_alone(project, build, target):
            continue
        if owner in whole and can_install(target):
            packages.setdefault(owner, package_of(owner, target, need))
        elif not is_converter(project, build, target, path):
            left[path] = need
    folded = _folded(built, left)
    taken, staged = [], []
    for path, need in folded.items():
        pattern = _for_any_architecture(path)
        if pattern != path:
            why = need.why.replace(need.value, _for_any_architecture(need.value))
            words = "/".join(name if name in ("", "*") else quote(name) for name in pattern.split("/"))
            followed = "L" if _through_link(built, path) else ""
            staged.append(Staged(f"cp -r{followed} --parents {words} {STAGING}", f"{pattern}: {why}"))
        elif _comes_with(built, path, folded):
            staged.append(_laid(path, "-a", need))
        elif _through_link(built, path):
            staged.append(_laid(path, "-rL", need))
        else:
            taken.append(Taken(path, path, why=f"{path}: {need.why}"))
    staged += standing(project, build, target, [*covered, *wanted, *laid])
    return Held(tuple(taken), tuple(staged), tuple(packages.values()), frozenset(wanted))


def _laid(path: str, how: str, need: Need) -> Staged:
    # Without --parents: with -a, coreutils 9.1 takes an absolute path's parents for relative ones.
    there = quote(STAGING + posixpath.dirname(path))
    return Staged(f"mkdir -p {there}; cp {how} {quote(path)} {there}/", f"{path}: {need.why}")


def _for_any_architecture(path: str) -> str:
    return "/".join("*" if _TRIPLET.fullmatch(name) else name for name in path.split("/"))


def _is_held(built: Contents, path: str) -> bool:
    """Tell whether the base image or a package brought a file, or a folder with something in it."""
    real = built.resolve(path)
    entry = built.entries.get(real) if real is not None else None
    if real is None or entry is None or real in SYSTEM or real in EMPTY:
        return False
    if entry.kind is EntryKind.FOLDER:
        return built.is_from_base(real) and any(True for _ in built.below(real))
    return built.is_from_base(real) or bool(built.owner(real))


def _comes_with(built: Contents, path: str, along: Iterable[str]) -> bool:
    """Tell whether a path is a link to something that goes along itself."""
    entry = built.entries.get(path)
    real = built.resolve(path) or path
    return entry is not None and entry.kind is EntryKind.LINK and any(inside(real, one) for one in along)


def _through_link(built: Contents, path: str) -> bool:
    """Tell whether a path is a link: COPY of a link takes what it leads to, but under the link's own name."""
    entry = built.entries.get(path)
    return entry is None or entry.kind is EntryKind.LINK


def _folded(built: Contents, wanted: dict[str, Need]) -> dict[str, Need]:
    """Each path as the highest folder that is all of one package; nothing twice, and no long list of single files."""
    found: dict[str, Need] = {}
    for path, need in wanted.items():
        _add(found, _top(built, path), need)
    for path, need in tuple(found.items()):
        for place in _led_to(built, path):
            _add(found, place, replace(need, why=f"{need.why}, a link in which leads there"))
    while crowded := _crowded(found):
        _add(found, crowded, next(n for p, n in found.items() if posixpath.dirname(p) == crowded))
    return found


def _led_to(built: Contents, folder: str) -> Iterator[str]:
    """Files outside of a folder that links in it say: copied as they stand, they would lead to nothing."""
    real_folder = built.resolve(folder) or folder
    for path, entry in built.below(real_folder) if built.entries[real_folder].kind is EntryKind.FOLDER else ():
        if entry.kind is EntryKind.LINK:
            place = posixpath.normpath(posixpath.join(posixpath.dirname(path), entry.target))
            real = built.resolve(place)
            if real is not None and not inside(place, folder) and built.entries[real].kind is EntryKind.FILE:
                yield place


def _add(found: dict[str, Need], path: str, need: Need) -> None:
    """Note a path, and forget what lies below it; nothing to do where something above it is noted."""
    if not any(inside(path, one) for one in found):
        for one in [one for one in found if inside(one, path)]:
            del found[one]
        found[path] = need


def _crowded(found: dict[str, Need]) -> str:
    """A folder of which more files are wanted than anybody would list; "" where there is none."""
    count = Counter(posixpath.dirname(path) for path in found)
    return next((f for f, n in count.items() if n > _MOST and not is_shared(f)), "")


def _top(built: Contents, path: str) -> str:
    """The highest folder above a path that no other package shares; the path itself where its own folder is shared."""
    real = built.resolve(path) or path
    if (package := package_of_node(path)) and built.resolve(package) == package:
        return package
    owner = built.owner(real)
    while owner and not _through_link(built, path):
        above = posixpath.dirname(real)
        if is_shared(above) or not _all_of(built, above, owner) or built.resolve(posixpath.dirname(path)) != above:
            break
        real, path = above, posixpath.dirname(path)
    return path


def package_of_node(path: str) -> str:
    """The folder of the outermost package of node that holds a file; "" where none does (nodejs.org/api/modules).

    It loads what else is in it by names that one run does not show all of: npm other files for each of its commands.
    """
    above, marker, rest = path.partition("/node_modules/")
    names = rest.split("/")
    name = "/".join(names[: 2 if rest.startswith("@") else 1])
    return f"{above}{marker}{name}" if marker and rest != name else ""


def is_shared(folder: str) -> bool:
    """Tell whether many packages put things into a folder: no package's, nor a program's, can be all of it."""
    return folder in SYSTEM or folder in _SHARED or _TRIPLET.fullmatch(posixpath.basename(folder)) is not None


def _all_of(built: Contents, folder: str, owner: str) -> bool:
    files = (path for path, entry in built.below(folder) if entry.kind is not EntryKind.FOLDER)
    return all(built.owner(path) == owner for path in files)
