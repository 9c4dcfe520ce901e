"""The packages that a program is compiled from, as far as their files are there to be read."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.records import dataclass, field
from imgslim.toolchains.golang.constraints import Platform, name_fits
from imgslim.toolchains.golang.header import Header, read_header
from imgslim.toolchains.golang.workspace import Place, Standard, Unread
from imgslim.toolchains.tree import join

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imgslim.toolchains.golang.workspace import Workspace
    from imgslim.toolchains.tree import Tree


@dataclass(frozen=True, slots=True)
class GoFile:
    """One file of a build."""

    path: str
    #: For people: the context path, else the image path.
    label: str
    header: Header
    text: str


@dataclass(frozen=True, slots=True)
class Package:
    """One package: the files that the build takes."""

    folder: str
    own: bool
    files: tuple[GoFile, ...]

    @property
    def name(self) -> str:
        """Its package clause."""
        return next((f.header.package for f in self.files if f.header.package), "")


@dataclass(slots=True)
class Graph:
    """Everything a program imports."""

    packages: dict[str, Package] = field(default_factory=dict)
    #: Packages of Go's library with the place of their first import.
    standard: dict[str, str] = field(default_factory=dict)
    #: Modules that the build fetches, with the place of their first import by code that was read.
    unread: dict[Unread, str] = field(default_factory=dict)
    #: Packages that belong here but have no file that is known, with the place of their import.
    absent: dict[str, str] = field(default_factory=dict)

    def files(self, *, own: bool | None = None) -> Iterable[GoFile]:
        """Every file, or only those of own or of third-party packages."""
        return (f for p in self.packages.values() if own is None or p.own is own for f in p.files)


class Reader:
    """Reads packages for one platform; each folder and each file once."""

    def __init__(self, tree: Tree, platform: Platform) -> None:
        """Read from ``tree`` what ``platform`` takes."""
        self.tree = tree
        self.platform = platform
        self._packages: dict[str, Package | None] = {}

    def package(self, folder: str, *, own: bool = True) -> Package | None:
        """The package in ``folder``; None where no Go file there fits."""
        if folder not in self._packages:
            names = [n for n in self.tree.entries(folder) if n.endswith(".go") and name_fits(n, self.platform)]
            files = [f for n in names if (f := self.file(join(folder, n))) is not None and f.header.fits(self.platform)]
            self._packages[folder] = Package(folder, own, tuple(files)) if files else None
        return self._packages[folder]

    def file(self, path: str) -> GoFile | None:
        """One file; None where it can't be read."""
        text = self.tree.text(path)
        if text is None:
            return None
        return GoFile(path, self.tree.origin(path) or path, read_header(text), text)

    def of_files(self, paths: Iterable[str]) -> Package | None:
        """The package that files named on the command line make; None where one can't be read."""
        files = [self.file(p) for p in paths]
        known = tuple(f for f in files if f is not None)
        if not known or len(known) < len(files):
            return None
        return Package(posixpath.dirname(known[0].path), own=True, files=known)


def graph_of(main: Package, workspace: Workspace, reader: Reader) -> Graph:
    """Follow the imports of ``main`` through everything that is there to be read."""
    graph = Graph(packages={main.folder: main})
    waiting = [main]
    while waiting:
        package = waiting.pop()
        for file in package.files:
            for item in (i for i in file.header.imports if i.path != "C"):
                at = f"{file.label}:{item.line}"
                match _resolve(workspace, item.path, package.folder):
                    case Standard():
                        graph.standard.setdefault(item.path, at)
                    case Unread() as module:
                        graph.unread.setdefault(module, at)
                    case Place(folder, own):
                        if folder in graph.packages:
                            continue
                        found = reader.package(folder, own=own)
                        if found is None:
                            graph.absent.setdefault(item.path, at)
                        else:
                            graph.packages[folder] = found
                            waiting.append(found)
    return graph


def _resolve(workspace: Workspace, path: str, importer: str) -> Place | Unread | Standard:
    if path.startswith(("./", "../")):
        return Place(join(importer, path))
    return workspace.resolve(path, importer)
