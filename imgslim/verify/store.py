"""Results of verifications on disk: one file each, written at once, bounded in number, size and age."""

from __future__ import annotations

import hashlib
import os
import pickle
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgslim.places import cache_folder
from imgslim.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Entries beyond these go, the oldest first.
MOST_ENTRIES = 500
MOST_BYTES = 64 << 20
#: Seconds that a result is believed: programs are built from more than Dockerfile and context (packages of the day).
LONGEST = 30 * 24 * 3600
#: Bytes of the digest that an entry begins with.
_HEAD = hashlib.sha256().digest_size
_SUFFIX = ".verdict"


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of results by key."""

    folder: Path

    def get(self, key: str) -> Any:  # noqa: ANN401  (what was put there)
        """What was kept under ``key``; None where there is nothing whole, or nothing young enough."""
        try:
            with os.fdopen(os.open(self._path(key), os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
                found = os.fstat(file.fileno())
                # What others may write is not read: a pickle is a program of sorts.
                if found.st_uid != os.geteuid() or found.st_mode & 0o022 or time.time() - found.st_mtime > LONGEST:
                    return None
                head, data = file.read(_HEAD), file.read()
            return _Reader(data).load() if hashlib.sha256(data).digest() == head else None
        except (OSError, pickle.UnpicklingError, AttributeError, EOFError, ImportError, TypeError, ValueError):
            return None

    def put(self, key: str, value: object) -> None:
        """Keep ``value``; nothing happens where the disk refuses: a cache is no reason to fail."""
        temporary: str | None = None
        try:
            data = pickle.dumps(value, protocol=5)
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(prefix=".new-", dir=self.folder)
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(data).digest() + data)
            os.replace(temporary, self._path(key))  # noqa: PTH105
            temporary = None
            self._trim()
        except (OSError, pickle.PicklingError, AttributeError, TypeError):
            return
        finally:
            if temporary is not None:
                Path(temporary).unlink(missing_ok=True)

    def sizes(self) -> dict[str, int]:
        """Bytes by key."""
        return {name.removesuffix(_SUFFIX): size for _, size, name in self._entries()}

    def clear(self) -> int:
        """Remove everything; the number of results."""
        count = 0
        for _, _, name in self._entries(left_over=True):
            (self.folder / name).unlink(missing_ok=True)
            count += name.endswith(_SUFFIX)
        return count

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}{_SUFFIX}"

    def _entries(self, *, left_over: bool = False) -> Iterator[tuple[float, int, str]]:
        """Time, size and name of each entry; with ``left_over`` also of those that a killed process was writing."""
        if not self.folder.is_dir():
            return
        with os.scandir(self.folder) as entries:
            for entry in entries:
                if entry.name.endswith(_SUFFIX) or (left_over and entry.name.startswith(".new-")):
                    found = entry.stat(follow_symlinks=False)
                    yield found.st_mtime, found.st_size, entry.name

    def _trim(self) -> None:
        """Remove what is too old or too much."""
        now, size = time.time(), 0
        for number, (made, bytes_, name) in enumerate(sorted(self._entries(left_over=True), reverse=True)):
            size += bytes_
            unfinished = name.startswith(".new-") and now - made > 3600  # noqa: PLR2004  (an hour: nobody writes it)
            if unfinished or now - made > LONGEST or number >= MOST_ENTRIES or size > MOST_BYTES:
                (self.folder / name).unlink(missing_ok=True)


class _Reader(pickle.Unpickler):
    """Makes instances of our own classes only."""

    def __init__(self, data: bytes) -> None:
        import io  # noqa: PLC0415

        super().__init__(io.BytesIO(data))

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401  (whatever class it is)
        """Refuse what is no class of this package."""
        if module.startswith("imgslim."):
            found = super().find_class(module, name)
            if isinstance(found, type):
                return found
        raise pickle.UnpicklingError(f"{module}.{name}")


def default_store() -> Store | None:
    """The user's; None for one without a home."""
    folder = cache_folder()
    return None if folder is None else Store(folder / "verdicts")
