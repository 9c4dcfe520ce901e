"""The build's file system as far as it is read from the context: what the C readers ask of it."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from typing import Protocol

from imgslim.meaning.paths import has_magic
from imgslim.toolchains.tree import join


class Tree(Protocol):
    """Files by absolute image path."""

    def text(self, path: str) -> str | None:
        """The text of a context file that lies at ``path``; None where there is none that can be read."""
        ...

    def origin(self, path: str) -> str | None:
        """The context path of the file at ``path``."""
        ...

    def entries(self, folder: str) -> tuple[str, ...]:
        """The names of the context's files and folders that lie in ``folder``."""
        ...

    def absent(self, path: str) -> bool:
        """Tell whether nothing stands at ``path`` for certain."""
        ...


def is_folder(tree: Tree, path: str) -> bool:
    """Tell whether something of the context lies below ``path``."""
    return bool(tree.entries(path))


def glob(tree: Tree, cwd: str, pattern: str, extra: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The paths a shell glob gives, relative to ``cwd`` as written; ``extra`` are absolute paths made so far."""
    if not has_magic(pattern):
        path = join(cwd, pattern)
        there = tree.origin(path) is not None or is_folder(tree, path) or path in extra
        return (pattern,) if there else ()
    parts = pattern.split("/")
    found = [""]
    for depth, part in enumerate(parts):
        last = depth == len(parts) - 1
        step: list[str] = []
        for prefix in found:
            if part in {"", ".", ".."} or not has_magic(part):
                step.append(prefix + part + ("" if last else "/"))
                continue
            folder = join(cwd, prefix or ".")
            names = set(tree.entries(folder))
            names.update(posixpath.basename(e) for e in extra if posixpath.dirname(e) == folder)
            matcher = re.compile(fnmatch.translate(part))
            step += [
                prefix + name + ("" if last else "/")
                for name in sorted(names)
                if matcher.match(name) and (part.startswith(".") or not name.startswith("."))
            ]
        found = step
    return tuple(p for p in found if _there(tree, join(cwd, p), extra))


def _there(tree: Tree, path: str, extra: tuple[str, ...]) -> bool:
    return tree.origin(path) is not None or path in extra or is_folder(tree, path)
