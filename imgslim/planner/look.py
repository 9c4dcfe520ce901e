"""Look: what the built image says of a program or a path, in place of what reading had to leave open."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.images import Libc
from imgslim.meaning.search import searched
from imgslim.model import Linkage, Need, NeedKind
from imgslim.planner.build import Used
from imgslim.planner.libraries import linker_name
from imgslim.records import replace
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.evidence import Elf
    from imgslim.model import Project
    from imgslim.values import Value

#: Loaders, and the C library under musl's name for itself (ld.so(8); musl, "Dynamic linker").
LOADER = regex(r"ld-(?:linux|musl)?.*\.so[.\d]*|libc\.musl-.*")


def is_there(project: Project, path: str) -> bool | None:
    """Tell whether something stands at ``path`` in the built image; None where nobody looked."""
    built = project.evidence.built
    return None if built is None else built.resolve(path) is not None


def in_image(project: Project, word: str, cwd: Value = "") -> str:
    """The path at which the built image has the program that a word means; "" where it has none, or nobody looked.

    ``cwd`` is where it is started; "": in the image's working directory.
    """
    if project.evidence.built is None:
        return ""
    places = searched(project.trace.final, word, cwd or project.trace.final.workdir)
    return next((place for place in places if is_there(project, place)), "")


def is_folder(project: Project, path: str) -> bool:
    """Tell whether the built image was looked into and has a folder at ``path``."""
    built = project.evidence.built
    entry = built.get(path) if built is not None else None
    return entry is not None and entry.kind == "folder"


def folder_of(project: Project, path: str) -> str:
    """The path of a file or folder that is wanted; its folder, where the image has none: the program may make it."""
    above = path.rpartition("/")[0]
    return above if above and is_there(project, path) is False and is_there(project, above) else path


def looked_at(project: Project, used: Used) -> Used:
    """The same program, with what its own ELF headers say of how it is linked."""
    built = project.evidence.built
    real = built.resolve(used.path) if built is not None else None
    elf = built.elf.get(real) if built is not None and real is not None else None
    if elf is None:
        return used
    product = used.product
    where = f"{used.path} is linked with"
    others = tuple(n for n in product.needs if n.kind is not NeedKind.LIBRARY)
    found = replace(
        product,
        linkage=Linkage.STATIC if elf.is_static else Linkage.DYNAMIC,
        libc=_libc(elf) or product.libc,
        needs=(*others, *(Need(NeedKind.LIBRARY, name, f"{where} {name}") for name in _libraries(elf))),
        libraries_known=True,
    )
    return Used(found, used.path, used.wanted_at)


def _libraries(elf: Elf) -> Iterator[str]:
    """Linker names of what it is linked with, the loader itself left out."""
    for file in elf.needed:
        if not LOADER.fullmatch(posixpath.basename(file)):
            yield linker_name(file)


def _libc(elf: Elf) -> Libc | None:
    """The C library that a loader belongs to; None for a static program or another loader."""
    loader = posixpath.basename(elf.interpreter)
    if loader.startswith("ld-musl"):
        return Libc.MUSL
    return Libc.GLIBC if loader.startswith("ld") else None


def made_by(project: Project, node: object) -> tuple[str, ...] | None:
    """The files and links that an instruction's layer holds in the final image; None where nobody looked.

    Files of packages are left out: a package manager put them there, and they go by their package's rules.
    """
    built = project.evidence.built
    number = next((n for n, one in enumerate(project.dockerfile.instructions) if one is node), None)
    if built is None or number is None:
        return None
    layers = {n for n, layer in enumerate(built.layers) if layer.instruction == number}
    if not layers:
        return None
    return tuple(
        path
        for path, entry in built.entries.items()
        if entry.layer in layers and entry.kind in ("file", "link") and not built.owner(path)
    )


def glibc_asked(project: Project, programs: Iterable[str]) -> tuple[int, ...] | None:
    """The newest symbol version of glibc that programs and their libraries ask for; None where nobody looked.

    Symbol versions decide what starts, not the release that a program was built on.
    """
    built = project.evidence.built
    if built is None:
        return None
    from imgslim.evidence.loader import newest_versions  # noqa: PLC0415  (only where an image was looked into)

    found: list[tuple[int, ...]] = []
    for path in programs:
        real = built.resolve(path)
        if real is None or real not in built.elf:
            return None
        found.append(newest_versions(built, real).get("GLIBC", ()))
    return max(found, default=None)
