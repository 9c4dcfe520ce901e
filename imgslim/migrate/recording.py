"""A build context that remembers what it was asked, so that an answer can be told from a stale one later."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from imgslim.context import DiskContext
from imgslim.context.trees import Disk

if TYPE_CHECKING:
    from pathlib import Path

    from imgslim.context.trees import Kind

#: Questions that are remembered of one Dockerfile; where there are more, its plan is made again after a stop.
QUESTIONS = 20_000

#: A question: ``k`` kind, ``r`` real path, ``n`` names, ``b`` bytes; the path; the limit of ``b``.
Question = tuple[str, str, int]


class Recorder:
    """The questions that all contexts of one plan were asked, by context folder, and a digest of the answers."""

    def __init__(self) -> None:
        """Nothing was asked yet."""
        self._folders: dict[str, _Recording] = {}

    def opened(self, root: Path, dockerfile: Path | None) -> DiskContext:
        """A context whose questions are remembered."""
        return DiskContext(root, dockerfile, self.disk(root))

    def disk(self, root: Path) -> _Recording:
        """The disk of a folder, one for each folder."""
        name = str(root)
        if name not in self._folders:
            self._folders[name] = _Recording(root)
        return self._folders[name]

    def asked(self) -> list[tuple[str, list[Question]]] | None:
        """Every question by folder, in the order they were asked; None where there were too many."""
        if sum(len(disk.answers) for disk in self._folders.values()) > QUESTIONS:
            return None
        return [(name, list(disk.answers)) for name, disk in self._folders.items()]

    def digest(self) -> str:
        """Of all answers."""
        whole = hashlib.sha256()
        for name, disk in self._folders.items():
            whole.update(repr((name, list(disk.answers.items()))).encode("utf-8", "surrogatepass"))
        return whole.hexdigest()


def replayed(asked: list[tuple[str, list[Question]]]) -> str:
    """The digest that the same questions give today."""
    from pathlib import Path  # noqa: PLC0415

    recorder = Recorder()
    for name, questions in asked:
        disk = recorder.disk(Path(name))
        for kind, path, limit in questions:
            match kind:
                case "k":
                    disk.kind(path)
                case "r":
                    disk.real(path)
                case "n":
                    disk.names(path)
                case _:
                    disk.bytes(path, limit)
    return recorder.digest()


class _Recording(Disk):
    """A disk that keeps its answers; contents as their digests. Paths below the root come without links already."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.answers: dict[Question, str | None] = {}

    @staticmethod
    def without_links(path: Path) -> str:
        return str(path)

    def real(self, path: str) -> str | None:
        found = super().real(path)
        if found != path:
            self.answers["r", path, 0] = found
        return found

    def kind(self, path: str) -> Kind | None:
        found = self.answers["k", path, 0] = super().kind(path)
        return found

    def names(self, path: str) -> list[str]:
        found = super().names(path)
        self.answers["n", path, 0] = _digest("\0".join(found).encode("utf-8", "surrogateescape"))
        return found

    def bytes(self, path: str, limit: int) -> bytes | None:
        found = super().bytes(path, limit)
        self.answers["b", path, limit] = None if found is None else _digest(found)
        return found


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=12).hexdigest()
