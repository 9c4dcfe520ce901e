"""The packages of a project as they lie in the image: manifests, lockfiles, workspaces."""

from __future__ import annotations

import posixpath
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from imgslim.meaning.paths import has_magic
from imgslim.records import dataclass
from imgslim.regex import regex
from imgslim.toolchains.node.locks import LOCKFILES, read_lock
from imgslim.toolchains.node.manifest import read_manifest
from imgslim.toolchains.tree import parents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.meaning.effects import Files
    from imgslim.toolchains.node.locks import Locked
    from imgslim.toolchains.node.manifest import Manifest

#: ``  - "packages/*"`` below ``packages:`` in pnpm-workspace.yaml.
_ITEM = regex(r"^\s*-\s*['\"]?([^'\"#\n]+?)['\"]?\s*(?:#.*)?$", 8)


@dataclass(frozen=True, slots=True)
class Package:
    """A package of the project's own: a folder with a package.json."""

    folder: str
    manifest: Manifest


class Packages:
    """Answers about packages at one point of the build; each file is read once."""

    def __init__(self, files: Files) -> None:
        """Look at the image as ``files`` has it."""
        self._files = files
        self._found: dict[str, Package | None] = {}
        self._locks: dict[str, Locked | None] = {}

    def at(self, folder: str) -> Package | None:
        """The package whose package.json stands in ``folder``."""
        if folder not in self._found:
            data = self._files.read(posixpath.join(folder, "package.json"))
            manifest = read_manifest(data) if data is not None else None
            self._found[folder] = Package(folder, manifest) if manifest is not None else None
        return self._found[folder]

    def nearest(self, folder: str) -> Package | None:
        """The package that ``folder`` is, or lies in."""
        return next((found for above in parents(folder) if (found := self.at(above)) is not None), None)

    def lock(self, folder: str) -> Locked | None:
        """The lockfile in ``folder``."""
        if folder not in self._locks:
            self._locks[folder] = None
            for name in LOCKFILES:
                data = self._files.read(posixpath.join(folder, name))
                if data is not None:
                    self._locks[folder] = read_lock(name, data)
                    break
        return self._locks[folder]

    def root(self, package: Package) -> Package:
        """The root of the workspace that a package is part of; a package of its own is its root."""
        for folder in parents(posixpath.dirname(package.folder)):
            above = self.at(folder)
            if above is not None and any(one.folder == package.folder for one in self.members(above)):
                return above
        return package

    def members(self, root: Package) -> Iterator[Package]:
        """The other packages of a workspace, by the patterns that its root lists."""
        patterns = self._patterns(root)
        for pattern in patterns:
            if not pattern.startswith("!"):
                for folder in self._matching(root.folder, pattern.removeprefix("./").rstrip("/").split("/")):
                    shown = posixpath.relpath(folder, root.folder)
                    excluded = any(fnmatchcase(shown, p[1:].rstrip("/")) for p in patterns if p.startswith("!"))
                    if not excluded and (found := self.at(folder)) is not None:
                        yield found

    def _patterns(self, root: Package) -> tuple[str, ...]:
        data = self._files.read(posixpath.join(root.folder, "pnpm-workspace.yaml"))
        if data is None:
            return root.manifest.workspaces
        _, found, below = data.decode("utf-8", "replace").replace("\r\n", "\n").partition("packages:")
        items: list[str] = []
        for line in below.split("\n")[1:] if found else ():
            match = _ITEM.match(line)
            if match is None and line.strip() and not line.lstrip().startswith("#"):
                break
            if match is not None:
                items.append(match[1])
        return tuple(items)

    def _matching(self, folder: str, parts: list[str]) -> Iterator[str]:
        """The folders that a pattern names; ``**`` is any number of folders, node_modules never among them."""
        if not parts:
            yield folder
            return
        first, rest = parts[0], parts[1:]
        if first == "**":
            yield from self._matching(folder, rest)
        if not has_magic(first):
            yield from self._matching(posixpath.normpath(posixpath.join(folder, first)), rest)
            return
        for name in self._files.list_dir(folder):
            if name != "node_modules" and not name.startswith(".") and fnmatchcase(name, first):
                below = posixpath.join(folder, name)
                if self._files.kind(below) == "folder":
                    yield from self._matching(below, parts if first == "**" else rest)
