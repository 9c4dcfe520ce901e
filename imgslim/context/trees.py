"""Where a context's files come from: a folder on disk, or a mapping in memory."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Literal, Protocol

from imgslim.context.wildcards import inside, join

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Kind = Literal["file", "folder"]


class Tree(Protocol):
    """A place that holds files: the part in which disk and memory differ. Paths are normalised."""

    #: What could not be read so far, as sentences.
    problems: list[str]

    def kind(self, path: str) -> Kind | None:
        """What is there, links followed; None: nothing that a build may see."""
        ...

    def real(self, path: str) -> str | None:
        """The same path without links; None where it leaves the root."""
        ...

    def names(self, path: str) -> list[str]:
        """The names in a folder, sorted."""
        ...

    def bytes(self, path: str, limit: int) -> bytes | None:
        """A file's content; None where it is unreadable or longer than ``limit``."""
        ...


class Disk:
    """A folder of a file system."""

    def __init__(self, root: Path | str) -> None:
        """Take the folder that is the root."""
        self._root = self.without_links(root)
        self._prefix = self._root.rstrip("/") + "/"
        #: What is at a path, and the same path without links.
        self._looks: dict[str, tuple[Kind | None, str | None]] = {}
        self.problems: list[str] = []

    @staticmethod
    def without_links(path: Path | str) -> str:
        """Where a path of the machine leads to."""
        return os.path.realpath(path)

    def real(self, path: str) -> str | None:
        """See :class:`Tree`."""
        return self.look(path)[1]

    def _full(self, path: str) -> str:
        """The path for the operating system; an absolute one stands for itself."""
        return path if path.startswith("/") else self._prefix + path if path else self._root

    def kind(self, path: str) -> Kind | None:
        """See :class:`Tree`."""
        return self.look(path)[0]

    def look(self, path: str) -> tuple[Kind | None, str | None]:
        """Both :meth:`kind` and :meth:`real`."""
        found = self._looks.get(path)
        if found is None:
            found = self._looks[path] = self._looked(path)
        return found

    def _looked(self, path: str) -> tuple[Kind | None, str | None]:
        if "\0" in path:  # no file has such a name, and the operating system's calls refuse it
            return None, None
        if not path:
            return _kind_at(self._root), path
        if path.startswith("/"):  # what lies beside the root stands for itself: an ignore file
            return _kind_at(path, rare=True), path
        folder, _, name = path.rpartition("/")
        above = self.look(folder)[1] if folder else ""
        if above is not None:
            plain = join(above, name)
            try:
                full = self._prefix + plain
                # Each context is asked for this one, and few have it: then it is said without an exception.
                if name == ".dockerignore" and not os.access(full, os.F_OK):
                    return None, plain
                mode = os.lstat(full).st_mode
            except (OSError, ValueError):
                return None, plain
            if not stat.S_ISLNK(mode):
                return _kind_of(mode), plain
        full = os.path.realpath(self._full(path))
        if full != self._root and not full.startswith(self._prefix):
            return None, None
        return _kind_at(full), full[len(self._prefix) :]

    def names(self, path: str) -> list[str]:
        """See :class:`Tree`."""
        try:
            return sorted(os.listdir(self._full(path)))  # noqa: PTH208
        except OSError as error:
            self.problems.append(f"{path or '.'}: {error.strerror}")
            return []

    def bytes(self, path: str, limit: int) -> bytes | None:
        """See :class:`Tree`."""
        try:
            data = _read(self._full(path), limit)
        except OSError as error:
            self.problems.append(f"{path}: {error.strerror}")
            return None
        return data if len(data) <= limit else None


def _kind_at(full: str, *, rare: bool = False) -> Kind | None:
    try:
        if rare and not os.access(full, os.F_OK):  # that nothing is there is said without an exception
            return None
        return _kind_of(os.stat(full).st_mode)  # noqa: PTH116 - hot: Path costs ten times as much
    except (OSError, ValueError):
        return None


def _kind_of(mode: int) -> Kind | None:
    return "folder" if stat.S_ISDIR(mode) else "file" if stat.S_ISREG(mode) else None


def _read(path: str, limit: int) -> bytes:
    """The file's content, or more than ``limit`` bytes of it."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        # Room for as much as is there: room for a mebibyte takes longer to make than most files take to read.
        size = os.fstat(handle).st_size or limit
        return os.read(handle, min(size, limit) + 1)
    finally:
        os.close(handle)


class Memory:
    """A mapping from paths to contents."""

    def __init__(self, files: Mapping[str, bytes | str]) -> None:
        """Index the files by folder."""
        self.problems: list[str] = []
        self._files: dict[str, bytes | str] = {}
        self._folders: dict[str, set[str]] = {"": set()}
        for name, content in files.items():
            path = inside(name)
            if not name.endswith("/"):
                self._files[path] = content
            else:
                self._folders.setdefault(path, set())
            while path:
                parent, _, base = path.rpartition("/")
                self._folders.setdefault(parent, set()).add(base)
                path = parent

    def real(self, path: str) -> str | None:
        """See :class:`Tree`."""
        return path

    def kind(self, path: str) -> Kind | None:
        """See :class:`Tree`."""
        return "file" if path in self._files else "folder" if path in self._folders else None

    def names(self, path: str) -> list[str]:
        """See :class:`Tree`."""
        return sorted(self._folders[path])

    def bytes(self, path: str, limit: int) -> bytes | None:
        """See :class:`Tree`."""
        content = self._files[path]
        data = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
        return data if len(data) <= limit else None
