"""Where an import path is found: main module, workspace, replacement, vendor folder or GOPATH."""

from __future__ import annotations

import re
from functools import cache, partial
from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.toolchains.golang.modfile import ModFile, is_local, read_modfile
from imgslim.toolchains.golang.std import is_std
from imgslim.toolchains.tree import join, parents

if TYPE_CHECKING:
    from collections.abc import Callable

    from imgslim.toolchains.golang.settings import Settings
    from imgslim.toolchains.tree import Tree

#: Vendor folders are used without being asked for from this ``go`` directive on (Go 1.14 release notes).
_VENDOR_SINCE = 14


@dataclass(frozen=True, slots=True)
class LocalModule:
    """A module whose files are in the image."""

    path: str
    root: str
    file: ModFile


@dataclass(frozen=True, slots=True)
class Place:
    """Where a package is read from."""

    folder: str
    #: False for third-party code: vendored.
    own: bool = True


@dataclass(frozen=True, slots=True)
class Unread:
    """A package whose module is fetched by the build."""

    module: str
    #: The import path; of a replaced module the path in the one that stands for it.
    package: str


@dataclass(frozen=True, slots=True)
class Standard:
    """A package of Go's own library."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """What one go command resolves import paths against."""

    tree: Tree
    #: The main module first, then those of go.work and local replacements; empty in GOPATH mode.
    modules: tuple[LocalModule, ...]
    #: Gives the folder of vendored packages in use; few programs import what may lie there.
    vendor: Callable[[], str | None]
    #: ``$GOPATH/src`` in GOPATH mode.
    source_root: str | None

    @property
    def by_modules(self) -> bool:
        """Tell whether the command runs in module mode."""
        return self.source_root is None

    def resolve(self, path: str, importer: str) -> Place | Unread | Standard:
        """Find the package that ``importer`` (a folder) means by ``path``."""
        if self.source_root is not None:
            return self._in_gopath(path, importer, self.source_root)
        for module in sorted(self.modules, key=lambda m: -len(m.path)):
            if _holds(module.path, path):
                return Place(join(module.root, path[len(module.path) :].lstrip("/")), own=True)
        if is_std(path):
            return Standard()
        vendor = self.vendor()
        if vendor is not None and self.tree.is_folder(join(vendor, path)):
            return Place(join(vendor, path), own=False)
        return self.unread(path)

    def _in_gopath(self, path: str, importer: str, root: str) -> Place | Unread | Standard:
        for folder in parents(importer):
            vendored = join(folder, f"vendor/{path}")
            if self.tree.is_folder(vendored):
                return Place(vendored, own=False)
            if folder == root:
                break
        if self.tree.is_folder(join(root, path)):
            return Place(join(root, path), own=True)
        return Standard() if is_std(path) else self.unread(path)

    def unread(self, path: str) -> Unread:
        """The module of a package that is not here, by the longest required path; else by the habits of the hosts."""
        found = [p for m in self.modules for p, _ in m.file.requires if _holds(p, path)]
        if found:
            module = max(found, key=len)
            other = self._replaced(module)
            return Unread(other, other + path[len(module) :])
        depth = 3 if re.match(r"(?:github\.com|gitlab\.com|bitbucket\.org|golang\.org)/", path) else 2
        parts = path.split("/")
        if len(parts) > depth and re.fullmatch(r"v\d+", parts[depth]):
            depth += 1
        return Unread("/".join(parts[:depth]), path)

    def _replaced(self, module: str) -> str:
        """The module that stands for ``module``: another one where go.mod replaces it (Go Modules Reference)."""
        found = (t for m in self.modules for p, t in m.file.replaces if p == module and not is_local(t))
        return next(found, module)

    def import_path(self, folder: str) -> str | None:
        """The import path of the package in ``folder``; None where it is in no module and not in GOPATH."""
        if self.source_root is not None:
            return _below(folder, self.source_root) or None
        for module in sorted(self.modules, key=lambda m: -len(m.root)):
            below = _below(folder, module.root)
            if below is not None:
                return f"{module.path}/{below}".rstrip("/")
        return None

    def required(self) -> tuple[str, ...]:
        """Every module that is fetched: what go.mod requires, before Go 1.17 what go.sum has the content of."""
        here = {m.path for m in self.modules}
        found: dict[str, None] = {}
        for module in self.modules:
            found |= dict.fromkeys(path for path, _ in module.file.requires)
            if not _lists_all(module.file.go):
                found |= dict.fromkeys(_summed(self.tree.text(join(module.root, "go.sum")) or ""))
        return tuple(self._replaced(p) for p in found if p not in here)


def _lists_all(go: str) -> bool:
    """Tell whether go.mod lists indirect requirements too (Go 1.17 release notes, "Pruned module graphs")."""
    match = re.match(r"1\.(\d+)", go)
    return match is not None and int(match[1]) >= 17  # noqa: PLR2004


def _summed(text: str) -> list[str]:
    """The modules whose content go.sum has a hash of; lines that end in /go.mod are of those only considered."""
    words = (line.split() for line in text.splitlines())
    return [w[0] for w in words if len(w) == 3 and not w[1].endswith("/go.mod")]  # noqa: PLR2004


def _holds(module: str, path: str) -> bool:
    return bool(module) and (path == module or path.startswith(module + "/"))


def _below(folder: str, root: str) -> str | None:
    if folder == root:
        return ""
    return folder[len(root.rstrip("/")) + 1 :] if folder.startswith(root.rstrip("/") + "/") else None


def find_workspace(tree: Tree, cwd: str, given: Settings, mod: str | None, started: dict[str, str]) -> Workspace:
    """Find the module or GOPATH that a command in ``cwd`` works in.

    Args:
        tree: the files.
        cwd: where the command runs.
        given: its environment.
        mod: the value of ``-mod``.
        started: module paths by folder, of ``go mod init`` commands before.
    """
    source_root = join(given.gopath, "src") if isinstance(given.gopath, str) else None
    uses = _workspace_modules(tree, cwd) if given.modules != "off" else ()
    # All modules of go.work are main modules, also where it lies above each go.mod (go.dev/ref/mod, "Workspaces").
    main = (_main_module(tree, cwd, started) or next(iter(uses), None)) if given.modules != "off" else None
    if given.modules == "off" or (given.modules == "auto" and main is None):
        return Workspace(tree, (), nowhere, source_root or "/go/src")
    if main is None:
        # without a go.mod a folder below GOPATH builds in GOPATH mode or not at all
        inside = source_root is not None and _below(cwd, source_root) is not None
        return Workspace(tree, (), nowhere, source_root if inside else None)
    modules = {m.root: m for m in (main, *uses)}
    for module in tuple(modules.values()):
        for path, target in module.file.replaces:
            if is_local(target):
                root = join(module.root, target)
                modules.setdefault(root, LocalModule(path, root, _modfile(tree, root) or read_modfile("")))
    root = uses[0].root if uses and not _below(main.root, uses[0].root) else main.root
    return Workspace(tree, tuple(modules.values()), cache(partial(_vendor, tree, root, main, mod)), None)


def nowhere() -> None:
    """Without a main module no folder of vendored packages is in use."""


def _main_module(tree: Tree, cwd: str, started: dict[str, str]) -> LocalModule | None:
    for folder in parents(cwd):
        file = _modfile(tree, folder)
        if file is not None:
            return LocalModule(file.module, folder, file)
        if folder in started:
            return LocalModule(started[folder], folder, read_modfile(""))
    return None


def _modfile(tree: Tree, folder: str) -> ModFile | None:
    text = tree.text(join(folder, "go.mod"))
    return None if text is None else read_modfile(text)


def _workspace_modules(tree: Tree, cwd: str) -> tuple[LocalModule, ...]:
    for folder in parents(cwd):
        text = tree.text(join(folder, "go.work"))
        if text is not None:
            roots = [join(folder, use) for use in read_modfile(text).uses]
            return tuple(LocalModule(f.module, r, f) for r in roots if (f := _modfile(tree, r)) is not None)
    return ()


def _vendor(tree: Tree, root: str, main: LocalModule, mod: str | None) -> str | None:
    folder = join(root, "vendor")
    if mod == "vendor":
        return folder
    match = re.match(r"1\.(\d+)", main.file.go)
    recent = match is not None and int(match[1]) >= _VENDOR_SINCE
    return folder if mod is None and recent and tree.text(join(folder, "modules.txt")) is not None else None
