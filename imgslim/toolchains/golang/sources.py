"""The context files that a Go build consumes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.toolchains.mentions import only_embedded
from imgslim.toolchains.tree import context_below, glob, join

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.toolchains.golang.needs import Needs
    from imgslim.toolchains.golang.packages import Graph, Package
    from imgslim.toolchains.golang.workspace import Workspace
    from imgslim.toolchains.tree import Tree

_SOURCES = (".go", ".c", ".h", ".s", ".S", ".cc", ".cpp", ".cxx", ".hpp", ".hh", ".m", ".f", ".syso", ".proto")
_STEERING = ("go.mod", "go.sum", "go.work", "go.work.sum")


def sources_of(
    tree: Tree, workspace: Workspace, graph: Graph | None, package: Package | None, needs: Needs
) -> tuple[str, ...]:
    """Context paths of everything that only the build reads: Go files, module files, vendored code, embedded files."""
    found: dict[str, None] = {}
    roots = [m.root for m in workspace.modules]
    if not roots and package is not None:
        roots = [package.folder]
    seen: set[str] = set()
    for root in roots:
        found |= dict.fromkeys(_below(tree, root, seen, vendored=False))
    for item in graph.packages.values() if graph is not None else ():
        found |= dict.fromkeys(_below(tree, item.folder, seen, vendored=not item.own))
        for file in item.files:
            for pattern in file.header.embeds:
                found |= only_embedded(_embedded(tree, item.folder, pattern), needs.opened, needs.assumptions)
    return tuple(sorted(found))


def _below(tree: Tree, folder: str, seen: set[str], *, vendored: bool) -> Iterator[str]:
    if folder in seen:
        return
    seen.add(folder)
    for name in tree.entries(folder):
        path = join(folder, name)
        if vendored or name.endswith(_SOURCES) or name in _STEERING:
            origin = tree.origin(path)
            if origin is not None and not tree.is_folder(path):
                yield origin
                continue
        if tree.is_folder(path) and name not in (".git", "node_modules"):
            yield from _below(tree, path, seen, vendored=vendored or name == "vendor")


def _embedded(tree: Tree, folder: str, pattern: str) -> Iterator[str]:
    """The files that a ``//go:embed`` pattern names; a folder stands for all below it (package embed)."""
    for path in glob(tree, folder, pattern) or (pattern,):
        yield from context_below(tree, join(folder, path))
