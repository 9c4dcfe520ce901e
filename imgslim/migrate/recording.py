"""A build context that remembers what it was asked, so that an answer can be told from a stale one later."""

from __future__ import annotations

import hashlib
from itertools import chain
from typing import TYPE_CHECKING

from imgslim.context import DiskContext
from imgslim.context.trees import Disk

if TYPE_CHECKING:
    from pathlib import Path

    from imgslim.context.trees import Kind

#: Questions that are remembered of one Dockerfile; where there are more, its plan is made again after a stop.
QUESTIONS = 20_000

#: A question as text: ``k`` kind, ``r`` real path, ``n`` names, ``b`` bytes up to a limit; then the path.
Question = str
#: Stands for None among the answers: no path and no digest begins so.
_NONE = "-"


class Recorder:
    """The questions that all contexts of one plan were asked, by context folder, and a digest of the answers."""

    def __init__(self) -> None:
        """Nothing was asked yet."""
        self._folders: dict[str, _Recording] = {}

    def opened(self, root: Path | str, dockerfile: Path | str | None) -> DiskContext:
        """A context whose questions are remembered."""
        return DiskContext(root, dockerfile, self.disk(root))

    def disk(self, root: Path | str) -> _Recording:
        """The disk of a folder, one for each folder."""
        name = str(root)
        if name not in self._folders:
            self._folders[name] = _Recording(root)
        return self._folders[name]

    def asked(self) -> dict[str, list[Question]] | None:
        """Every question by folder, in the order they were asked; None where there were too many."""
        asked = {name: list(disk.answers) for name, disk in self._folders.items()}
        return asked if sum(map(len, asked.values())) <= QUESTIONS else None

    def digest(self) -> str:
        """Of all answers."""
        whole = hashlib.blake2b(digest_size=32)
        for name, disk in self._folders.items():
            said = "\0".join((name, *chain.from_iterable(disk.answers.items())))
            whole.update(f"{said}\n".encode("utf-8", "surrogatepass"))
        return whole.hexdigest()


def replayed(asked: dict[str, list[Question]]) -> str:
    """The digest that the same questions give today."""
    recorder = Recorder()
    for name, questions in asked.items():
        disk = recorder.disk(name)
        for question in questions:
            kind, path = question[0], question[1:]
            match kind:
                case "k":
                    disk.kind(path)
                case "r":
                    disk.real(path)
                case "n":
                    disk.names(path)
                case _:
                    limit, _, path = path.partition(":")
                    disk.bytes(path, int(limit))
    return recorder.digest()


class _Recording(Disk):
    """A disk that keeps its answers; contents as their digests. Paths below the root come without links already."""

    def __init__(self, root: Path | str) -> None:
        super().__init__(root)
        self.answers: dict[Question, str] = {}

    @staticmethod
    def without_links(path: Path | str) -> str:
        return str(path)

    def real(self, path: str) -> str | None:
        found = super().real(path)
        if found != path:
            self.answers[f"r{path}"] = _NONE if found is None else f"/{found}"
        return found

    def kind(self, path: str) -> Kind | None:
        found = self.look(path)[0]
        self.answers[f"k{path}"] = found or _NONE
        return found

    def names(self, path: str) -> list[str]:
        found = super().names(path)
        self.answers[f"n{path}"] = _digest("\0".join(found).encode("utf-8", "surrogateescape"))
        return found

    def bytes(self, path: str, limit: int) -> bytes | None:
        found = super().bytes(path, limit)
        self.answers[f"b{limit}:{path}"] = _NONE if found is None else _digest(found)
        return found


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=12).hexdigest()
