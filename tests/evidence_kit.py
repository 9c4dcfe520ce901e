"""Built images and runs, made by hand: what an engine would have shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.evidence import Access, Contents, Elf, Entry, EntryKind, LayerFacts, Observed, Packaged, Started

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LOADER = "/lib64/ld-linux-x86-64.so.2"
#: The base image's own layer, and then one for each of the instructions that are named.
BASE = 0


def elf(*needed: str, program: bool = True, versions: Mapping[str, tuple[str, ...]] | None = None) -> Elf:
    """A program linked with ``needed``; static without any."""
    interpreter = LOADER if program and needed else ""
    return Elf(
        "x86_64", interpreter, needed, is_program=program, versions=versions or {}, soname="" if program else "x"
    )


def contents(
    files: Mapping[str, int],
    *,
    instructions: Sequence[int] = (),
    elves: Mapping[str, Elf] | None = None,
    packages: Mapping[str, str] | None = None,
    scripts: Mapping[str, str] | None = None,
    links: Mapping[str, str] | None = None,
) -> Contents:
    """An image of these files, each with its layer: 0 is the base's, 1 that of the first of ``instructions``."""
    entries: dict[str, Entry] = {}
    for path, layer in files.items():
        parts = path.split("/")
        for end in range(2, len(parts)):
            entries.setdefault("/".join(parts[:end]), Entry(EntryKind.FOLDER, 0, 0o755, 0, 0, layer))
        if path.endswith("/"):
            entries.setdefault(path.rstrip("/"), Entry(EntryKind.FOLDER, 0, 0o755, 0, 0, layer))
        else:
            entries[path] = Entry(EntryKind.FILE, 10, 0o644, 0, 0, layer)
    for path, target in (links or {}).items():
        entries[path] = Entry(EntryKind.LINK, 0, 0o777, 0, 0, BASE, target)
    return Contents(
        architecture="amd64",
        layers=(LayerFacts("base", None), *(LayerFacts(f"RUN {n}", n) for n in instructions)),
        entries=entries,
        elf=dict(elves or {}),
        interpreters=dict(scripts or {}),
        packages=Packaged("dpkg", dict(packages), {}) if packages is not None else None,
        library_folders=("/usr/local/lib", "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu"),
        base_layers=1,
        library_cache={path.rpartition("/")[2]: (path,) for path in files if ".so" in path},
    )


def run(uses: Mapping[str, Access], *started: tuple[str, ...]) -> Observed:
    """A run that used these paths and started these programs."""
    return Observed(dict(uses), tuple(Started(argv[0], argv) for argv in started), ("SIGTERM",))
