"""The files that a program loads, from its entry on: ``require`` and ``import`` (nodejs.org/api/modules.html)."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.records import dataclass, field
from imgslim.toolchains.node.aliases import Aliases
from imgslim.toolchains.node.names import builtin
from imgslim.toolchains.node.scan import read_script
from imgslim.toolchains.node.typescript import source_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.meaning.effects import Files
    from imgslim.toolchains.node.packages import Packages
    from imgslim.toolchains.node.scan import Import, Script

#: Endings of files that are read; the first ones are tried behind a name without ending.
_TRIED = (".js", ".json", ".node", ".mjs", ".cjs", ".ts", ".tsx", ".jsx", ".mts", ".cts")
CODE = (".js", ".mjs", ".cjs", ".ts", ".tsx", ".jsx", ".mts", ".cts")
#: Files of a project that are read at most, and bytes of one: machine-made bundles are not read.
_FILES, _BYTES = 3000, 2_000_000
#: Folders in which no code of the project's own lies.
_FOREIGN = frozenset(("node_modules", ".git", ".yarn"))


@dataclass(slots=True)
class Graph:
    """What was read, and what was not."""

    #: By path in the image; of a file that a build makes, the path of its source.
    scripts: dict[str, Script] = field(default_factory=dict)
    #: Packages from elsewhere that are loaded by name: where, for people.
    packages: dict[str, str] = field(default_factory=dict)
    #: Files that are loaded and could not be read: where, for people.
    unread: dict[str, str] = field(default_factory=dict)
    #: Where a module's name is computed, for people; "" where every name is literal.
    computed: str = ""
    #: Files that are loaded as they stand and are no code: JSON, machine code.
    data: set[str] = field(default_factory=set)

    @property
    def complete(self) -> bool:
        """Tell whether every file of the program's own was read and every module has a literal name."""
        return bool(self.scripts) and not self.unread and not self.computed


class Reader:
    """Reads files and what they load, each once."""

    def __init__(self, files: Files, packages: Packages) -> None:
        """Start with nothing read."""
        self.graph = Graph()
        self._files = files
        self._packages = packages
        self._aliases = Aliases(files)

    def read(self, paths: Iterable[str], why: str = "the entry") -> None:
        """Read what starts at these paths, and all that it loads."""
        waiting = [(path, why) for path in paths]
        while waiting and len(self.graph.scripts) < _FILES:
            path, at = waiting.pop()
            found = self.find(path)
            if found is None:
                self.graph.unread.setdefault(path, at)
            elif not found.endswith(CODE):
                if posixpath.splitext(found)[1]:
                    self.graph.data.add(found)
                else:
                    waiting += self._script(found)
            elif found not in self.graph.scripts:
                waiting += self._script(found)

    def read_all(self, folder: str) -> None:
        """Read every file of the project's own below ``folder``: where something else decides what it loads."""
        for path, _ in self._files.walk_context(folder):
            if path.endswith(CODE) and not _FOREIGN & set(path.split("/")) and path not in self.graph.scripts:
                self.read([path], path)

    def find(self, path: str) -> str | None:
        """The file that a path names, or its source where a build makes it; None where none is known."""
        if self._files.kind(path) == "folder":
            package = self._packages.at(path)
            inner = [package.manifest.main] if package is not None and package.manifest.main else []
            for name in (*inner, "index"):
                if (found := self._file(posixpath.normpath(posixpath.join(path, name)))) is not None:
                    return found
        return self._file(path)

    def _file(self, path: str) -> str | None:
        if self._files.context_file(path) is not None:
            return path
        for ending in _TRIED:
            if self._files.context_file(path + ending) is not None:
                return path + ending
        if self._files.kind(path) == "folder" and posixpath.basename(path) != "index":
            return self._file(posixpath.join(path, "index"))
        return source_of(self._files, path)

    def _script(self, path: str) -> Iterator[tuple[str, str]]:
        data = self._files.read(path)
        if data is None or len(data) > _BYTES:
            self.graph.unread.setdefault(path, "the program")
            return
        script = self.graph.scripts[path] = self._files.read_as(read_script, path, data)
        for item in script.imports():
            yield from self._loaded(path, item)

    def _loaded(self, path: str, item: Import) -> Iterator[tuple[str, str]]:
        at = f"{posixpath.basename(path)}:{item.line}"
        name = item.name
        if name is None:
            self.graph.computed = self.graph.computed or at
        elif name.startswith((".", "/")):
            yield posixpath.normpath(posixpath.join(posixpath.dirname(path), name)), at
        elif not builtin(name) and not name.startswith(("node:", "data:")):
            yield from self._package(path, name, at)

    def _package(self, path: str, name: str, at: str) -> Iterator[tuple[str, str]]:
        """A module by name: of the package itself, of the same repository, or from elsewhere."""
        own = self._packages.nearest(posixpath.dirname(path))
        bare = package_name(name)
        if own is not None and name in own.manifest.imports:
            yield posixpath.join(own.folder, own.manifest.imports[name]), at
            return
        if own is not None:
            for member in (own, *self._packages.members(self._packages.root(own))):
                if member.manifest.name and member.manifest.name == bare:
                    rest = name[len(bare) :].lstrip("/")
                    inner = rest or member.manifest.exported or member.manifest.main or "index"
                    yield posixpath.normpath(posixpath.join(member.folder, inner)), at
                    return
        if own is None or bare not in own.manifest.dependencies | own.manifest.development:
            for place in self._aliases.of(name, path, own):
                if self.find(place) is not None:
                    yield place, at
                    return
        if not bare:
            # a name that a compiler's settings map (tsconfig, "paths") or that package.json's imports pattern gives
            self.graph.computed = self.graph.computed or f"{at} ({name})"
            return
        self.graph.packages.setdefault(bare, at)


def package_name(name: str) -> str:
    """The package of a module's name: ``a`` of ``a/b``, ``@a/b`` of ``@a/b/c``; "" where it can be none."""
    parts = name.split("/")
    if name.startswith("@"):
        return "/".join(parts[:2]) if len(parts) > 1 and len(parts[0]) > 1 else ""
    return parts[0] if parts[0] and not parts[0].startswith(("#", "~", ".")) else ""
