"""The edge to the disk: read Dockerfiles, find them in folders, write them atomically."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from imgslim.errors import EngineOrSystemError, UsageError
from imgslim.text import decode, encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: A Dockerfile above this size is not one (BuildKit reads at most 2 MiB of it over its session).
_LIMIT = 2 << 20
_NAMES = ("Dockerfile", "Containerfile")
#: Folders that no search enters: what version control, package managers and virtual environments keep.
NEVER_ENTERED = frozenset({".git", ".hg", ".svn", "node_modules", ".venv"})


def read_text(path: Path | str) -> str:
    """The text of a Dockerfile, without loss.

    Raises:
        UsageError: there is no such file, it is not a regular file, or it is too large to be a Dockerfile.
    """
    try:
        return decode(_bytes(path))
    except OSError as error:
        raise UsageError("unreadable", f"{path} can't be read: {error.strerror}.", "Check the path.") from error


def _bytes(path: Path | str) -> bytes:
    """A regular file's bytes by the system's own calls: of thousands of files, file objects take long to make."""
    # Without O_NONBLOCK, opening a named pipe waits for somebody to write to it.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        found = os.fstat(handle)
        if stat.S_ISDIR(found.st_mode):
            raise UsageError("not-a-file", f"{path} is a folder.", "Give the path of a Dockerfile.")
        if not stat.S_ISREG(found.st_mode):
            raise UsageError("not-a-file", f"{path} is not a regular file.", "Use - to read standard input.")
        if found.st_size > _LIMIT:
            raise _too_large(str(path))
        # One call reads it; of a file that is being written, what was there when it was opened. /proc has no sizes.
        return os.read(handle, found.st_size or _LIMIT)
    finally:
        os.close(handle)


def read_stdin() -> str:
    """The text on standard input, without loss.

    Raises:
        UsageError: it is too large to be a Dockerfile, or closed.
    """
    if sys.stdin is None:
        raise UsageError("unreadable", "Standard input is closed.", "Give the path of a Dockerfile.")
    try:
        return decode(_limited(sys.stdin.buffer, "Standard input"))
    except OSError as error:
        raise UsageError("unreadable", f"Standard input can't be read: {error.strerror}.", "Give a path.") from error


def _limited(file: BinaryIO, name: str) -> bytes:
    data = file.read(_LIMIT + 1)
    if len(data) > _LIMIT:
        raise _too_large(name)
    return data


def _too_large(name: str) -> UsageError:
    return UsageError("too-large", f"{name} has more than {_LIMIT} bytes.", "A Dockerfile is smaller.")


def dockerfile_in(path: Path) -> Path:
    """The file that ``path`` means: itself, or the Dockerfile of a folder.

    Raises:
        UsageError: the folder holds none.
    """
    if not path.is_dir():
        return path
    for name in _NAMES:
        if (path / name).is_file():
            return path / name
    raise UsageError(
        "no-dockerfile", f"{path} holds neither Dockerfile nor Containerfile.", "Give the path of the file itself."
    )


def is_dockerfile_name(name: str) -> bool:
    """Tell whether a file's name says that it is a Dockerfile (``Dockerfile.*``, ``*.Dockerfile``, Containerfile)."""
    lower = name.lower()
    if "dockerfile" not in lower and "containerfile" not in lower:
        return False
    if lower.endswith((".dockerignore", ".md", ".swp", "~", ".orig", ".rej", ".patch", ".diff")):
        return False
    whole = lower in ("dockerfile", "containerfile") or lower.startswith(("dockerfile.", "containerfile."))
    return whole or lower.endswith((".dockerfile", ".containerfile"))


def files_below(path: Path) -> Iterator[Path]:
    """Every file below a folder, sorted, or ``path`` itself; no link to a folder is entered, nor ``.git`` and the like.

    Links to files are there, whatever they lead to.
    """
    if not path.is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(f for f in folders if f not in NEVER_ENTERED)
        for name in sorted(names):
            yield Path(folder, name)


def write_text(path: Path, text: str | Iterable[str]) -> None:
    """Replace a file at once: readers see the old text or the new one; mode and, for a link, the link stay.

    A long text may come in pieces. What is no file but a device or a pipe (``/dev/null``, ``/dev/stdout``) is written
    to: it must never be replaced.

    Raises:
        EngineOrSystemError: the disk refused; the file is as it was.
    """
    import tempfile  # noqa: PLC0415  (a diff needs none)

    real = Path(os.path.realpath(path))
    temporary: str | None = None
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as stream:
                stream.write(b"".join(map(encode, (text,) if isinstance(text, str) else text)))
            return
        mode = stat.S_IMODE(real.stat().st_mode) if real.exists() else 0o666 & ~_umask()
        handle, temporary = tempfile.mkstemp(prefix=f".{real.name}.", dir=real.parent)
        with os.fdopen(handle, "wb") as file:
            for piece in (text,) if isinstance(text, str) else text:
                file.write(encode(piece))
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)  # noqa: PTH101
        os.replace(temporary, real)  # noqa: PTH105
        temporary = None
    except OSError as error:
        raise EngineOrSystemError("unwritable", f"{path} can't be written: {error.strerror}.") from error
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def name_in_diff(path: Path) -> tuple[str, Path | None]:
    """The name of ``path`` in a diff, and the folder to apply it in (None: the current one).

    ``git apply`` and ``patch`` refuse absolute names and ``..``: the name is taken from the current folder, else from
    the repository that holds the file, else from the file's own folder.
    """
    real = Path(os.path.abspath(path))  # noqa: PTH100  (links stay: the diff names what the user named)
    here = Path.cwd()
    if real.is_relative_to(here):
        return real.relative_to(here).as_posix(), None
    root = next((p for p in real.parents if (p / ".git").exists()), real.parent)
    return real.relative_to(root).as_posix(), root
