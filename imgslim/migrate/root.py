"""The one door to the tree: nothing outside the root is read through it, nothing waits, nothing is unbounded."""

from __future__ import annotations

import os
import posixpath
import stat
from pathlib import Path

from imgslim.context.trees import Disk
from imgslim.context.wildcards import is_normal
from imgslim.errors import UsageError

#: Bytes of a compose file, a bake file or a workflow that are read at most.
CONFIG_LIMIT = 1 << 20


class Refused(Exception):  # noqa: N818  (it names what happened to a path)
    """A path that is left alone; the message says why."""


class Root:
    """A folder, and the files below it by relative path."""

    def __init__(self, folder: Path) -> None:
        """Take the folder.

        Raises:
            UsageError: it is none.
        """
        if not folder.is_dir():
            raise UsageError("unreadable", f"{folder} is no folder.", "Give the folder to migrate.")
        #: Absolute, without links.
        self.path = Path(os.path.realpath(folder))
        self._prefix = str(self.path).rstrip("/") + "/"
        self._disk = Disk(self.path)

    def text_at(self, relative: str) -> str:
        """The same as text, where a path is only handed to the operating system."""
        return self._prefix + relative if relative else str(self.path)

    def relative(self, path: Path | str) -> str:
        """The path below the root of a file of the machine that lies there; "" for the root itself."""
        return str(path)[len(self._prefix) :]

    def at(self, relative: str) -> Path:
        """The path of a file below the root."""
        return self.path / relative

    def real(self, relative: str) -> str:
        """The same path without links; what was found once is found again.

        Raises:
            Refused: it leaves the root.
        """
        return self._look(relative)[1]

    def is_plain_file(self, relative: str) -> bool:
        """Tell whether it is a regular file, and no link leads to it."""
        return self._disk.look(relative) == ("file", relative)

    def _look(self, relative: str) -> tuple[str | None, str]:
        """What is there, where a build could see it, and the path without links."""
        kind, real = self._disk.look(relative)
        if real is None:
            raise Refused("it is a link out of the folder that is migrated")
        return kind, real

    def kind(self, relative: str) -> str:
        """``file`` or ``folder``; anything else is refused.

        Raises:
            Refused: with the reason.
        """
        kind, real = self._look(relative)
        if kind is not None:
            return kind
        try:
            mode = os.stat(self._prefix + real).st_mode  # noqa: PTH116  (hot)
        except FileNotFoundError as error:
            raise Refused("it is not there") from error
        except (OSError, ValueError) as error:
            raise Refused(f"it can't be followed: {getattr(error, 'strerror', None) or error}") from error
        if stat.S_ISDIR(mode):
            return "folder"
        if stat.S_ISREG(mode):
            return "file"
        raise Refused("it is no regular file")

    def read(self, relative: str, limit: int = CONFIG_LIMIT) -> bytes:
        """A file's bytes.

        Raises:
            Refused: it is no regular file below the root, has more than ``limit`` bytes, or can't be read.
        """
        if self.kind(relative) != "file":
            raise Refused("it is a folder")
        try:
            # Between the look and this line it may have become a named pipe, which would wait for a writer.
            handle = os.open(self._prefix + self.real(relative), os.O_RDONLY | os.O_NONBLOCK)
            with os.fdopen(handle, "rb") as file:
                data = file.read(limit + 1)
        except OSError as error:
            raise Refused(f"it can't be read: {error.strerror}") from error
        if len(data) > limit:
            raise Refused(f"it has more than {limit} bytes")
        return data

    def joined(self, folder: str, word: str) -> str | None:
        """The relative path that ``word`` means in ``folder``, both as text; None where it leaves the root."""
        if word.startswith("/"):
            if word != str(self.path) and not word.startswith(self._prefix):
                return None
            word, folder = word[len(self._prefix) :], ""
        plain = "" if word == "." else word.removeprefix("./")
        if is_normal(plain) and is_normal(folder):
            return f"{folder}/{plain}" if folder and plain else folder or plain
        path = posixpath.normpath(posixpath.join(folder, word))
        if path == ".." or path.startswith("../"):
            return None
        return "" if path == "." else path
