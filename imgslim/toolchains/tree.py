"""The build's files as one command finds them: what the readers of sources ask."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from typing import TYPE_CHECKING, Protocol

from imgslim.meaning.effects import FromContext
from imgslim.meaning.paths import tidy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.meaning.effects import Files


class Tree(Protocol):
    """Files by absolute image path."""

    def text(self, path: str) -> str | None:
        """The text of the file at ``path``; None where there is none that can be read."""
        ...

    def origin(self, path: str) -> str | None:
        """The context path of the file or folder at ``path``; None where it is not from the context."""
        ...

    def entries(self, folder: str) -> tuple[str, ...]:
        """The names that are known to stand in ``folder``."""
        ...

    def is_folder(self, path: str) -> bool:
        """Tell whether a folder is known to stand at ``path``."""
        ...


class FilesTree:
    """The build's files at one point of its trace; answers are kept, since packages are asked for again and again."""

    def __init__(self, files: Files) -> None:
        """Look at ``files``."""
        self._files = files
        self._texts: dict[str, str | None] = {}
        self._names: dict[str, tuple[str, ...]] = {}

    def text(self, path: str) -> str | None:
        """See :class:`Tree`."""
        if path not in self._texts:
            data = self._files.read(path)
            self._texts[path] = None if data is None else data.decode("utf-8", "replace").removeprefix("\ufeff")
        return self._texts[path]

    def origin(self, path: str) -> str | None:
        """See :class:`Tree`."""
        found = self._files.origin(path)
        return found.path if isinstance(found, FromContext) else None

    def entries(self, folder: str) -> tuple[str, ...]:
        """See :class:`Tree`."""
        if folder not in self._names:
            self._names[folder] = self._files.list_dir(folder)
        return self._names[folder]

    def is_folder(self, path: str) -> bool:
        """See :class:`Tree`."""
        # What was read is a file.
        return self._texts.get(path) is None and self._files.kind(path) == "folder"


def join(folder: str, path: str) -> str:
    """``path`` seen from ``folder``, absolute and normalised."""
    if not path:
        return folder
    return tidy(path if path.startswith("/") or not folder else f"{folder}/{path}")


def parents(folder: str) -> Iterator[str]:
    """``folder`` and every folder above it, nearest first."""
    yield folder
    while (above := posixpath.dirname(folder)) != folder:
        folder = above
        yield folder


def context_below(tree: Tree, path: str) -> Iterator[str]:
    """The context paths of the file at ``path``, or of all files below that folder."""
    if tree.is_folder(path):
        for name in tree.entries(path):
            yield from context_below(tree, join(path, name))
    elif (origin := tree.origin(path)) is not None:
        yield origin


def glob(tree: Tree, cwd: str, pattern: str) -> tuple[str, ...]:
    """The paths that a shell glob gives, as written, sorted; none where an element before the last has a glob."""
    head, slash, last = pattern.rpartition("/")
    if re.search(r"[*?\[]", head):
        return ()
    matcher = re.compile(fnmatch.translate(last))
    names = (n for n in tree.entries(join(cwd, head or ("/" if slash else ""))) if not n.startswith("."))
    return tuple(f"{head}{slash}{name}" for name in names if matcher.match(name))
