"""Where a loader looks for a library: glibc's rules and musl's."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imgslim.evidence.contents import Contents, Elf

#: Names that musl's loader answers with itself (dynlink.c, load_library).
_MUSL_ITSELF = regex(r"lib(c|pthread|rt|m|dl|util|xnet)\.")
#: Folders that musl searches without a path file of its own.
_MUSL_FOLDERS = ("/lib", "/usr/local/lib", "/usr/lib")
#: Debian's folders by machine, for an image whose loader was not there to be asked.
_TRIPLETS = {
    "x86_64": "x86_64-linux-gnu",
    "aarch64": "aarch64-linux-gnu",
    "i686": "i386-linux-gnu",
    "armv7l": "arm-linux-gnueabihf",
    "ppc64le": "powerpc64le-linux-gnu",
    "s390x": "s390x-linux-gnu",
    "riscv64": "riscv64-linux-gnu",
}
#: What a run path may hold. ``$PLATFORM`` is another word on each processor (``haswell``): it stays, and leads nowhere.
_TOKEN = regex(r"\$(?:(ORIGIN|LIB)(?![A-Za-z0-9_])|\{(ORIGIN|LIB)\})")
_CACHE = "/etc/ld.so.cache"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file that was loaded."""

    #: As the loader opened it.
    path: str
    elf: Elf
    #: What asked for it first; None for the program.
    asker: Loaded | None


@dataclass(frozen=True, slots=True)
class _Search:
    """What both loaders have in common."""

    contents: Contents
    program: Loaded
    loader: str
    env: Mapping[str, str]

    def given(self) -> dict[str, Loaded]:
        """What is loaded from the start, by name: the loader itself."""
        elf = self.contents.elf.get(self.contents.resolve(self.loader) or "")
        return {elf.soname or self.loader: Loaded(self.loader, elf, None)} if elf is not None else {}

    def preloaded(self) -> tuple[str, ...]:
        """What LD_PRELOAD names; what of it is not found is left out by the loader."""
        return tuple(self.env.get("LD_PRELOAD", "").replace(":", " ").split())

    def first(self, name: str, folders: Iterable[str], asker: Loaded) -> str | None:
        """The first file of that name in the folders that is for this machine."""
        for folder in folders:
            path = posixpath.join(self.absolute(folder, asker), name)
            if self.fits(path):
                return path
        return None

    def fits(self, path: str) -> bool:
        """Tell whether a library for this machine is there; the loader passes over those for others."""
        elf = self.contents.elf.get(self.contents.resolve(path) or "")
        return elf is not None and elf.machine == self.program.elf.machine

    def absolute(self, folder: str, asker: Loaded) -> str:
        """A folder with its tokens replaced; a relative one, also an empty one, is below the working directory."""

        def replaced(match: re.Match[str]) -> str:
            is_origin = (match[1] or match[2]) == "ORIGIN"
            return posixpath.dirname(asker.path) if is_origin else self.library_word()

        whole = _TOKEN.sub(replaced, folder) if "$" in folder else folder
        return posixpath.join(str(self.contents.config.get("WorkingDir") or "/"), whole)

    def library_word(self) -> str:
        """What ``$LIB`` stands for: ``lib/x86_64-linux-gnu``, ``lib64``."""
        return "lib"

    def library_path(self, separators: str) -> list[str]:
        """The folders of LD_LIBRARY_PATH."""
        value = self.env.get("LD_LIBRARY_PATH", "")
        return re.split(f"[{separators}]", value) if value else []


@dataclass(frozen=True, slots=True)
class Glibc(_Search):
    """glibc's rules (ld.so(8)): DT_RPATH, LD_LIBRARY_PATH, DT_RUNPATH, the cache, the built-in folders."""

    def find(self, name: str, asker: Loaded) -> str | None:
        """The path that is opened for a name that is not loaded yet."""
        if "/" in name:
            given = self.absolute(name, asker)
            return given if self.fits(given) else None
        if not asker.elf.runpath:
            for holder in _chain(asker):
                if not holder.elf.runpath and (path := self.first(name, holder.elf.rpath, holder)):
                    return path
        own = (*self.library_path(":;"), *asker.elf.runpath)
        return self.first(name, own, asker) or self._cached(name) or self.first(name, self.built_in(), asker)

    def _cached(self, name: str) -> str | None:
        """What the cache says; where there is one that could not be read, the folders that it was made of."""
        if _CACHE in self.contents.unread:
            return self.first(name, self.contents.library_folders, self.program)
        return next((path for path in self.contents.library_cache.get(name, ()) if self.fits(path)), None)

    def built_in(self) -> tuple[str, ...]:
        """The folders that the loader itself names; those of Debian and of others where it is not there to be asked."""
        elf = self.contents.elf.get(self.contents.resolve(self.loader) or "")
        if elf is not None and elf.searches:
            return elf.searches
        triplet = _TRIPLETS.get(self.program.elf.machine)
        multiarch = (f"/lib/{triplet}", f"/usr/lib/{triplet}") if triplet else ()
        return (*multiarch, "/lib64", "/usr/lib64", "/lib", "/usr/lib")

    def library_word(self) -> str:
        """The first built-in folder without its root: it was made of the same setting."""
        return self.built_in()[0].removeprefix("/usr").removeprefix("/")


@dataclass(frozen=True, slots=True)
class Musl(_Search):
    """musl's rules: LD_LIBRARY_PATH, the run paths of who asks and of who asked for that, then one list of folders."""

    def find(self, name: str, asker: Loaded) -> str | None:
        """The path that is opened for a name that is not loaded yet."""
        if "/" in name:
            return name if self.fits(name) else None
        if _MUSL_ITSELF.match(name):
            return self.loader
        if path := self.first(name, self.library_path(":\n"), asker):
            return path
        for holder in _chain(asker):
            # DT_RUNPATH takes the place of DT_RPATH, and is passed down all the same.
            if path := self.first(name, holder.elf.runpath or holder.elf.rpath, holder):
                return path
        folders = self.contents.musl_folders
        return self.first(name, _MUSL_FOLDERS if folders is None else folders, asker)


def _chain(asker: Loaded) -> Iterator[Loaded]:
    """Who asks, who asked for that, and so on to the program."""
    holder: Loaded | None = asker
    while holder is not None:
        yield holder
        holder = holder.asker
