"""What a built image holds: its files, by which step each came to be, and what the executables among them ask for."""

from __future__ import annotations

import posixpath
import stat
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from imgslim.records import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Symbolic links followed before a chain counts as a circle (Linux: path_resolution(7)).
_MOST_LINKS = 40
#: What an image says it is (os-release(5)).
OS_RELEASE = "/etc/os-release"
#: Where official images keep what starts them first, if anything does (docker-library, nodejs/docker-node).
ENTRY_POINT = "/usr/local/bin/docker-entrypoint.sh"


class EntryKind(StrEnum):
    """What stands at a path."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    #: A device, a FIFO, a socket.
    SPECIAL = "special"


@dataclass(frozen=True, slots=True)
class Entry:
    """One path of the merged file system."""

    kind: EntryKind
    #: Bytes; 0 for all but files.
    size: int
    #: Permission bits with set-user-ID, set-group-ID and sticky bit (``0o1777``).
    mode: int
    uid: int
    gid: int
    #: Index into :attr:`Contents.layers` of the layer that last wrote it; a folder's made it, or set its owner or mode.
    layer: int
    #: What a symbolic link says; "" for all others.
    target: str = ""
    #: True where it has ``security.capability`` (setcap(8)).
    has_capabilities: bool = False


@dataclass(frozen=True, slots=True)
class LayerFacts:
    """One layer of the image with the step that made it."""

    #: As the image's history has it.
    created_by: str
    #: Index into the Dockerfile's instructions; None for a layer of the base image, or where that is not settled.
    instruction: int | None
    #: Paths of layers below that it took away, each by itself also where their folder went (whiteouts, opaque folders).
    deleted: tuple[str, ...] = ()
    #: Paths of layers below, other than folders, that it wrote again: content, owner or mode.
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Elf:
    """An executable or shared library (elf(5), gABI; ld.so(8) for the search)."""

    #: ``x86_64``, ``aarch64`` … as ``uname -m`` says it.
    machine: str
    #: PT_INTERP, "" where it has none.
    interpreter: str
    #: DT_NEEDED, in order.
    needed: tuple[str, ...]
    #: DT_RPATH and DT_RUNPATH, split at colons, ``$ORIGIN`` as it stands.
    rpath: tuple[str, ...] = ()
    runpath: tuple[str, ...] = ()
    soname: str = ""
    #: True for a program (ET_EXEC, or ET_DYN with an interpreter or DF_1_PIE).
    is_program: bool = False
    #: Symbol versions that it asks of each library, without those that may be missing (weak):
    #: ``{"libc.so.6": ("GLIBC_2.2.5", "GLIBC_2.38")}``.
    versions: Mapping[str, tuple[str, ...]] | None = None
    #: Of glibc's loader alone: the folders that it has built in, in order.
    searches: tuple[str, ...] = ()
    #: Absolute paths that a program of the system's folders holds as texts of their own, in order.
    names: tuple[str, ...] = ()

    @property
    def is_static(self) -> bool:
        """True for a program that needs no loader and no library."""
        return self.is_program and not self.interpreter and not self.needed


@dataclass(frozen=True, slots=True)
class Packaged:
    """The package database of the distribution."""

    #: ``dpkg``, ``apk`` or ``rpm``.
    manager: str
    #: Package name by path, as the database lists it (files only), links in it resolved.
    owners: Mapping[str, str]
    #: Version by package name.
    versions: Mapping[str, str]
    #: The source that a package was built from, with other packages, by its name (Debian policy, "Source").
    sources: Mapping[str, str] = field(default_factory=dict)
    #: The installed packages that a package can't be without, by its name; of alternatives all that there are.
    depends: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contents:
    """A built image, looked into once."""

    #: Architecture as the image's configuration says: ``amd64``, ``arm64`` …
    architecture: str
    layers: tuple[LayerFacts, ...]
    #: The merged file system; absolute paths, without the root.
    entries: Mapping[str, Entry]
    #: ELF facts by real path (no link in it).
    elf: Mapping[str, Elf]
    #: First line of each script, without ``#!`` and blanks around, by real path.
    interpreters: Mapping[str, str]
    #: None where there is no database, or one that could not be read.
    packages: Packaged | None
    #: Folders that the loader searches besides its built-in ones, in order (ld.so.conf(5), ``/etc/ld-musl-*.path``).
    library_folders: tuple[str, ...]
    #: Number of layers that the base image brought; 0 where that is not settled.
    base_layers: int
    #: What ``/etc/ld.so.cache`` says: paths by library name, best first. glibc's loader looks there, not in folders.
    library_cache: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: What a ``/etc/ld-musl-*.path`` lists, which replaces musl's built-in folders; None where there is none.
    musl_folders: tuple[str, ...] | None = None
    #: The configuration as ``docker image inspect`` shows it under ``Config``, what the base image gave included.
    config: Mapping[str, Any] = field(default_factory=dict)
    #: Small texts below /etc by real path: passwd, group, os-release, nsswitch.conf, and settings of programs; and the
    #: :data:`ENTRY_POINT` of official images and those made from them.
    texts: Mapping[str, str] = field(default_factory=dict)
    #: Real paths of which nothing is known because they could not be read: damaged, or over a bound.
    unread: tuple[str, ...] = ()

    def resolve(self, path: str) -> str | None:
        """The real path of what ``path`` leads to, links followed as the kernel does; None where there is nothing."""
        left = _MOST_LINKS
        parts = [p for p in path.split("/") if p not in ("", ".")]
        real = ""
        while parts:
            part = parts.pop(0)
            if part == "..":
                real = posixpath.dirname(real).rstrip("/")
                continue
            entry = self.entries.get(f"{real}/{part}")
            if entry is None:
                return None
            if entry.kind is not EntryKind.LINK:
                real = f"{real}/{part}"
                continue
            left -= 1
            if left < 0:
                return None
            if entry.target.startswith("/"):
                real = ""
            parts = [p for p in entry.target.split("/") if p not in ("", ".")] + parts
        return real or "/"

    def get(self, path: str) -> Entry | None:
        """What stands at the end of ``path``, links followed; None for the root and where there is nothing."""
        real = self.resolve(path)
        return self.entries.get(real) if real is not None else None

    @property
    def os_release(self) -> str:
        """The text of os-release(5); "" where there is none."""
        return self.texts.get(OS_RELEASE, "")

    @property
    def entry_point(self) -> str:
        """The text of :data:`ENTRY_POINT`; "" where there is none."""
        return self.texts.get(ENTRY_POINT, "")

    def gives_rights(self, path: str) -> bool:
        """Tell whether the program at ``path`` may have rights that its caller lacks; so may one that is not there."""
        entry = self.get(path)
        return entry is None or entry.has_capabilities or bool(entry.mode & (stat.S_ISUID | stat.S_ISGID))

    def below(self, folder: str) -> Iterator[tuple[str, Entry]]:
        """Every path below a real folder, in the order of :attr:`entries`."""
        prefix = folder.rstrip("/") + "/"
        return ((path, entry) for path, entry in self.entries.items() if path.startswith(prefix))

    def is_from_base(self, path: str) -> bool:
        """Tell whether the base image's layers brought what a real path holds, and no later one wrote it."""
        entry = self.entries.get(path)
        return entry is not None and entry.layer < self.base_layers

    def owner(self, path: str) -> str:
        """The package that a real path is of; "" where none lists it."""
        return self.packages.owners.get(path, "") if self.packages is not None else ""
