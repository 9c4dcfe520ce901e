"""What an analysis saw of the disk, so that it can be told later whether it would see the same again."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imgslim.config import Settings, find
from imgslim.context import DiskContext
from imgslim.context.trees import Disk
from imgslim.errors import UsageError
from imgslim.records import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from imgslim.context.trees import Kind

#: Of a path: what it is, and whether it has been written since; None: nothing that can be looked at.
_Stamp = tuple[int, int, int, int] | None


@dataclass(slots=True)
class Evidence:
    """The configuration and the state of every path that an analysis of one file asked for."""

    path: Path | None
    settings: Settings = field(default_factory=Settings)
    stamps: dict[str, _Stamp] = field(default_factory=dict)
    #: Contexts by folder and Dockerfile, with the answers that they keep: good for as long as the stamps are.
    contexts: dict[tuple[Path | str, Path | str | None], DiskContext] = field(default_factory=dict)

    def configure(self) -> Settings:
        """Find and keep the file's settings.

        Raises:
            UsageError: the configuration file is wrong.
        """
        if self.path is not None:
            self.settings = find(self.path)
        return self.settings

    @property
    def opened(self) -> Callable[[Path | str, Path | str | None], DiskContext]:
        """What makes a context whose every look at the disk is noted here."""

        def opened(root: Path | str, dockerfile: Path | str | None) -> DiskContext:
            key = root, dockerfile
            if key not in self.contexts:
                self.contexts[key] = _Noted(root, dockerfile, self.stamps)
            return self.contexts[key]

        return opened

    def holds(self) -> bool:
        """Tell whether the disk still says the same; asks for the state of each path once."""
        try:
            if self.path is not None and find(self.path) != self.settings:
                return False
        except UsageError:
            return False
        return all(_stamp(path) == stamp for path, stamp in self.stamps.items())


class _Noted(DiskContext):
    """A context on disk that notes the state of each path before it looks at it."""

    def __init__(self, root: Path | str, dockerfile: Path | str | None, stamps: dict[str, _Stamp]) -> None:
        super().__init__(root, dockerfile)
        self._tree = _NotedDisk(root, stamps)


class _NotedDisk(Disk):
    """A folder whose answers are kept: whoever holds them asks for the stamps first."""

    def __init__(self, root: Path | str, stamps: dict[str, _Stamp]) -> None:
        super().__init__(root)
        self._stamps = stamps
        self._listed: dict[str, list[str]] = {}

    def kind(self, path: str) -> Kind | None:
        self._note(path)
        return super().kind(path)

    def names(self, path: str) -> list[str]:
        if path not in self._listed:
            self._note(path)
            self._listed[path] = super().names(path)
        return self._listed[path]

    def bytes(self, path: str, limit: int) -> bytes | None:
        self._note(path)
        return super().bytes(path, limit)

    def _note(self, path: str) -> None:
        full = os.path.join(self._root, path)  # noqa: PTH118  (as Disk itself: Path costs ten times as much)
        if full not in self._stamps:
            self._stamps[full] = _stamp(full)


def _stamp(path: str) -> _Stamp:
    try:
        found = os.stat(path)  # noqa: PTH116
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino, found.st_mode
