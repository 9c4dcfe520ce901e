"""The folders that a ``...`` pattern names (``go help packages``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.toolchains.tree import join

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.toolchains.tree import Tree


def folders_below(tree: Tree, folder: str) -> Iterator[str]:
    """``folder`` and those below that a ``...`` pattern matches (``go help packages``), sorted.

    Folders that begin with ``.`` or ``_``, ``testdata`` and ``vendor``, and other modules are left out.
    """
    yield folder
    for name in tree.entries(folder):
        path = join(folder, name)
        if name.startswith((".", "_")) or name in ("testdata", "vendor", "node_modules") or not tree.is_folder(path):
            continue
        if tree.text(join(path, "go.mod")) is None:
            yield from folders_below(tree, path)
