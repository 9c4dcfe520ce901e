"""The packages that cargo works with: the one in a folder, its workspace and local dependencies, and their programs."""

from __future__ import annotations

import fnmatch
import posixpath
from typing import TYPE_CHECKING

from imgslim.records import dataclass, field
from imgslim.toolchains.rust.manifest import Manifest, read_manifest
from imgslim.toolchains.tree import glob, join, parents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.toolchains.tree import Tree

_BIN_FOLDER = "src/bin"


@dataclass(frozen=True, slots=True)
class Program:
    """One binary target of a package."""

    name: str
    #: Its root file.
    source: str
    required_features: tuple[str, ...] = ()
    #: False where nothing is known to stand at ``source``.
    there: bool = True


@dataclass(frozen=True, slots=True)
class Package:
    """One local package."""

    folder: str
    manifest: Manifest
    programs: tuple[Program, ...]
    #: The library's root file; "" where there is none.
    library: str
    #: The build script; "" where there is none.
    build_script: str

    @property
    def name(self) -> str:
        """Its name in the manifest."""
        return self.manifest.name


@dataclass(frozen=True, slots=True)
class Workspace:
    """What one cargo command works with."""

    #: The folder of the workspace's manifest: Cargo.lock and target lie there.
    root: str
    manifest: Manifest
    #: The package in the folder of the command; None in a virtual workspace's root.
    current: Package | None
    #: Members by name.
    members: dict[str, Package] = field(default_factory=dict)
    #: Folders of local packages by crate name, those outside of the workspace too.
    local: dict[str, Package] = field(default_factory=dict)

    def default(self) -> tuple[Package, ...]:
        """What is built without ``-p`` (the Cargo Book, "Package Selection")."""
        if self.current is not None and self.current.folder != self.root:
            return (self.current,)
        if self.manifest.default_members:
            folders = {f for m in self.manifest.default_members for f in _spelled(self, m)}
            return tuple(p for p in self.members.values() if p.folder in folders)
        return (self.current,) if self.current is not None else tuple(self.members.values())


def _spelled(workspace: Workspace, pattern: str) -> Iterator[str]:
    wanted = join(workspace.root, pattern)
    yield from (p.folder for p in workspace.members.values() if fnmatch.fnmatchcase(p.folder, wanted))


def find_workspace(tree: Tree, cwd: str, manifest_path: str = "") -> Workspace | None:
    """Find the package of ``cwd`` (or of ``--manifest-path``) and its workspace; None where no manifest is there."""
    start = posixpath.dirname(join(cwd, manifest_path)) if manifest_path else cwd
    folder = next((f for f in parents(start) if tree.text(join(f, "Cargo.toml")) is not None), None)
    if folder is None or (manifest_path and folder != start):
        return None
    own = _manifest(tree, folder)
    if own is None:
        return None
    root, top = folder, own
    if not own.is_workspace:
        for above in parents(posixpath.dirname(folder)):
            candidate = _manifest(tree, above)
            if candidate is not None and candidate.is_workspace and folder not in _excluded(candidate, above):
                root, top = above, candidate
                break
            if above == "/":
                break
    current = _package(tree, folder, own) if own.name else None
    members = {p.name: p for p in _members(tree, root, top)}
    if current is not None:
        members.setdefault(current.name, current)
    workspace = Workspace(root, top, current, members, dict(members))
    _local(tree, workspace)
    return workspace


def _manifest(tree: Tree, folder: str) -> Manifest | None:
    text = tree.text(join(folder, "Cargo.toml"))
    return None if text is None else read_manifest(text)


def _excluded(manifest: Manifest, folder: str) -> set[str]:
    return {join(folder, e) for e in manifest.exclude}


def _members(tree: Tree, root: str, top: Manifest) -> Iterator[Package]:
    if top.name and (package := _package(tree, root, top)) is not None:
        yield package
    for pattern in top.members:
        for folder in _folders(tree, root, pattern):
            manifest = _manifest(tree, folder)
            if manifest is not None and manifest.name and folder not in _excluded(top, root):
                yield _package(tree, folder, manifest)


def _folders(tree: Tree, root: str, pattern: str) -> Iterator[str]:
    if "*" not in pattern and "?" not in pattern:
        yield join(root, pattern)
        return
    yield from (join(root, found) for found in glob(tree, root, pattern.rstrip("/")))


def _local(tree: Tree, workspace: Workspace) -> None:
    """Add the packages that path dependencies name."""
    todo = list(workspace.local.values())
    while todo:
        package = todo.pop()
        for name, path in dependencies(package, workspace).items():
            if path and name not in workspace.local and (manifest := _manifest(tree, path)) is not None:
                workspace.local[name] = found = _package(tree, path, manifest)
                todo.append(found)


def dependencies(package: Package, workspace: Workspace) -> dict[str, str]:
    """The ordinary dependencies of a local package, by crate name: the folder of a local one, else ""."""
    found = {name: join(package.folder, path) if path else "" for name, path in package.manifest.dependencies.items()}
    for name in package.manifest.inherited:
        if path := workspace.manifest.shared.get(name):
            found[name] = join(workspace.root, path)
    return found


def _package(tree: Tree, folder: str, manifest: Manifest) -> Package:
    library = manifest.lib_path or "src/lib.rs"
    build = manifest.build or "build.rs"
    has_library = bool(manifest.lib_path) or _is_file(tree, join(folder, library))
    has_build = not manifest.build_off and (bool(manifest.build) or _is_file(tree, join(folder, build)))
    return Package(
        folder,
        manifest,
        tuple(_programs(tree, folder, manifest)),
        join(folder, library) if has_library else "",
        join(folder, build) if has_build else "",
    )


def _programs(tree: Tree, folder: str, manifest: Manifest) -> Iterator[Program]:
    """``[[bin]]``, then what cargo finds: src/main.rs, src/bin/*.rs, src/bin/*/main.rs ("Target auto-discovery")."""
    found: dict[str, str] = {}
    if manifest.autobins or not manifest.bins:
        if _is_file(tree, join(folder, "src/main.rs")):
            found[manifest.name] = join(folder, "src/main.rs")
        for name in tree.entries(join(folder, _BIN_FOLDER)):
            path = join(folder, f"{_BIN_FOLDER}/{name}")
            if name.endswith(".rs"):
                found.setdefault(name.removesuffix(".rs"), path)
            elif _is_file(tree, join(path, "main.rs")):
                found.setdefault(name, join(path, "main.rs"))
    for table in manifest.bins:
        source = join(folder, table.path) if table.path else _default_source(tree, folder, table.name, manifest)
        for name in [n for n, s in found.items() if s == source]:
            del found[name]
        found.pop(table.name, None)
        yield Program(table.name, source, table.required_features, _is_file(tree, source))
    for name, source in found.items():
        yield Program(name, source)


def _default_source(tree: Tree, folder: str, name: str, manifest: Manifest) -> str:
    for path in (f"{_BIN_FOLDER}/{name}.rs", f"{_BIN_FOLDER}/{name}/main.rs"):
        if _is_file(tree, join(folder, path)):
            return join(folder, path)
    return join(folder, "src/main.rs" if name == manifest.name else f"{_BIN_FOLDER}/{name}.rs")


def _is_file(tree: Tree, path: str) -> bool:
    """Tell whether a file is known to stand there, whether or not it can be read."""
    return posixpath.basename(path) in tree.entries(posixpath.dirname(path)) and not tree.is_folder(path)
