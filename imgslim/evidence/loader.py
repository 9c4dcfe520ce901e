"""What the loader would load for a program of an image, found without running it (ld.so(8); musl's ldso/dynlink.c)."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.evidence.search import Glibc, Loaded, Musl
from imgslim.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from imgslim.evidence.contents import Contents, Elf

#: What a library that belongs to the C library asks of it.
_PRIVATE = "GLIBC_PRIVATE"
#: Versions that stand for a feature of the loader and not for symbols, with the release that brought it (glibc's NEWS).
_FEATURES = {"GLIBC_ABI_DT_RELR": "GLIBC_2.36"}
_MUSL = "ld-musl-"


@dataclass(frozen=True, slots=True)
class Libraries:
    """What a program is loaded with."""

    #: The path that the loader opens for each name that is asked for; :meth:`Contents.resolve` leads to the file.
    found: Mapping[str, str]
    #: Names that it does not find; the program does not start. An interpreter that is not there is one of them.
    missing: tuple[str, ...]


def closure(contents: Contents, path: str, env: Mapping[str, str] | None = None) -> Libraries:
    """The libraries of a program, or of a library by itself, and theirs.

    Args:
        contents: the image.
        path: of the program; links are followed. A path of no ELF file needs nothing.
        env: what it runs with; None for the image's own ENV.

    Processors that can do more may load another file of the same name (glibc-hwcaps); the one for all is given.
    """
    real = contents.resolve(path)
    elf = contents.elf.get(real) if real is not None else None
    if real is None or elf is None or not (elf.interpreter or elf.needed):
        return Libraries({}, ())
    program = Loaded(real, elf, None)
    variables = environment(contents) if env is None else env
    loader = elf.interpreter or usual_loader(contents, elf)
    kind = Musl if posixpath.basename(loader).startswith(_MUSL) else Glibc
    search = kind(contents, program, loader, variables)
    found: dict[str, str] = {}
    missing: dict[str, None] = {}
    if elf.interpreter and contents.get(elf.interpreter) is None:
        missing[elf.interpreter] = None
    loaded = [program]
    by_name = search.given()
    by_file: dict[str, Loaded] = {}
    # Breadth first, as the loader does: the first that asks for a name decides where it is looked for.
    for asker in loaded:
        names = (*asker.elf.needed, *search.preloaded()) if asker is program else asker.elf.needed
        for name in names:
            if name in found or name in missing:
                continue
            known = by_name.get(name)
            where = known.path if known is not None else search.find(name, asker)
            if where is None:
                if name in asker.elf.needed:
                    missing[name] = None
                continue
            found[name] = where
            file = contents.resolve(where) or where
            if known is None and file not in by_file and file in contents.elf:
                known = by_file[file] = Loaded(where, contents.elf[file], asker)
                by_name[contents.elf[file].soname or name] = known
                loaded.append(known)
    return Libraries(found, tuple(missing))


def newest_versions(
    contents: Contents, path: str, carried: Collection[str] | None = None
) -> dict[str, tuple[int, ...]]:
    """The newest version of each set that a program and its libraries ask for: ``{"GLIBC": (2, 38)}``.

    Args:
        contents: the image.
        path: of the program.
        carried: names of the libraries that go with it; None for all that do not belong to the C library itself.

    A version that is no number (``GLIBC_ABI_…``) stands under its whole name, with ``()``.
    """
    found = closure(contents, path).found
    files = [path, *(where for name, where in found.items() if carried is None or name in carried)]
    newest: dict[str, tuple[int, ...]] = {}
    for file in files:
        elf = contents.elf.get(contents.resolve(file) or "")
        asked = [version for versions in (elf.versions or {}).values() for version in versions] if elf else []
        if _PRIVATE in asked and file != path:
            continue
        for version in asked:
            name, number = _parsed(_FEATURES.get(version, version))
            newest[name] = max(newest.get(name, ()), number)
    return newest


def environment(contents: Contents) -> dict[str, str]:
    """The image's ENV."""
    return {name: value for name, _, value in (str(row).partition("=") for row in contents.config.get("Env") or ())}


def _parsed(version: str) -> tuple[str, tuple[int, ...]]:
    """``("GLIBC", (2, 38))`` of ``GLIBC_2.38``; ``(version, ())`` where there is no number."""
    name, _, number = version.rpartition("_")
    parts = number.split(".")
    if not name or not all(part.isdecimal() for part in parts):
        return version, ()
    return name, tuple(int(part) for part in parts)


def usual_loader(contents: Contents, elf: Elf) -> str:
    """The loader of most programs for the same machine: a library does not name its own."""
    counted: dict[str, int] = {}
    for other in contents.elf.values():
        if other.interpreter and other.machine == elf.machine:
            counted[other.interpreter] = counted.get(other.interpreter, 0) + 1
    return max(counted, key=lambda name: counted[name], default="")
