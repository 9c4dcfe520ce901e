"""The log's facts by path, so that a question looks at those alone that can answer it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import lru_cache
from heapq import merge
from typing import TYPE_CHECKING

from imgslim.meaning.facts import Brought, ContextTree, Copied, Linked, Removed, Unfollowed
from imgslim.meaning.paths import normal
from imgslim.records import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.meaning.facts import Fact, Point

#: What may put a file of the context somewhere.
_FILLING = (ContextTree, Copied, Brought)


@dataclass(slots=True)
class FactIndex:
    """Facts in build order; a position is an index into ``facts``, and every list of positions ascends."""

    facts: list[Fact] = field(default_factory=list)
    #: For each fact: the step that alone sees it (what lies under a ``RUN --mount``), None for all.
    only: list[int | None] = field(default_factory=list)
    #: Positions of links, and of copies and links together.
    links: list[int] = field(default_factory=list)
    moves: list[int] = field(default_factory=list)
    #: Where files of the context, of another stage or of another place were put.
    filled: list[str] = field(default_factory=list)
    #: True as long as every step sees every fact.
    _all_seen: bool = True
    _points: list[tuple[int, int]] = field(default_factory=list)
    #: Positions of settled facts by their path, and of unfollowed ones.
    _at: dict[str, list[int]] = field(default_factory=dict)
    _doubts: dict[str, list[int]] = field(default_factory=dict)
    #: Positions of facts that put something below a folder.
    _below: dict[str, list[int]] = field(default_factory=dict)
    #: Of folders: whether a settled fact speaks of them, of what holds them, or of what is in them.
    _spoken_of: dict[str, bool] = field(default_factory=dict)

    def add(self, fact: Fact, only: int | None) -> None:
        """Append a fact."""
        position, path, point = len(self.facts), fact.path, fact.point
        self.facts.append(fact)
        self.only.append(only)
        if only is not None:
            self._all_seen = False
        self._points.append((point.step, point.index))
        if isinstance(fact, Unfollowed):
            self._doubts.setdefault(path, []).append(position)
            return
        self._at.setdefault(path, []).append(position)
        self._spoken_of.clear()
        if isinstance(fact, Linked):
            self.links.append(position)
            self.moves.append(position)
        elif isinstance(fact, _FILLING):
            self.filled.append(path)
            if isinstance(fact, Copied):
                self.moves.append(position)
        if not isinstance(fact, Removed):
            for folder in holders(path)[1:]:
                self._below.setdefault(folder, []).append(position)

    def doubts(self, path: str, end: int) -> Iterator[Unfollowed]:
        """The steps among the first ``end`` facts that may have made ``path``."""
        for folder in holders(path):
            for at in self._doubts.get(folder, ()):
                if at < end and isinstance(fact := self.facts[at], Unfollowed):
                    yield fact

    def may_put(self, path: str) -> bool:
        """Tell whether a settled fact may put something at ``path``: most paths are of the base image's own folders."""
        if path.endswith(("/", ".")):
            path = normal(path)
        at = path.rfind("/")
        folder = path[:at] if at > 0 else "/"
        found = self._spoken_of.get(folder)
        if found is None:
            real = normal(folder)
            found = bool(self.links) or real in self._below or any(one in self._at for one in holders(real))
            self._spoken_of[folder] = found
        return found

    def end(self, point: Point) -> int:
        """The number of facts up to and including ``point``."""
        return bisect_right(self._points, (point.step, point.index))

    def about(self, path: str, end: int, step: int) -> Iterator[int]:
        """Settled facts before ``end`` about ``path`` or what holds it, as ``step`` sees them; latest first."""
        lists = [found for folder in holders(path) if (found := self._at.get(folder)) is not None]
        if not lists:
            return iter(())
        positions = [self._before(found, end, step) for found in lists]
        return positions[0] if len(positions) == 1 else merge(*positions, reverse=True)

    def doubt(self, path: str, end: int, step: int) -> int:
        """The latest unfollowed fact that may have made ``path``, -1 where there is none."""
        latest = -1
        doubts, only = self._doubts, self.only
        for folder in holders(path) if doubts else ():
            found = doubts.get(folder)
            if found is None:
                continue
            at = len(found) if found[-1] < end else bisect_left(found, end)
            while at and found[at - 1] > latest:
                at -= 1
                if only[found[at]] in (None, step):
                    latest = found[at]
        return latest

    def rewritten(self, path: str, end: int, step: int) -> int:
        """The latest fact that a command which may not run writes ``path`` itself, -1 where there is none."""
        for at in reversed(self._doubts.get(path, ())):
            fact = self.facts[at]
            if at < end and self.only[at] in (None, step) and isinstance(fact, Unfollowed) and fact.written:
                return at
        return -1

    def below(self, folder: str, end: int, step: int) -> Iterator[int]:
        """Facts that put something below ``folder``, latest first."""
        return self._before(self._below.get(folder, []), end, step)

    def _before(self, positions: list[int], end: int, step: int) -> Iterator[int]:
        if self._all_seen and positions and positions[-1] < end:
            return reversed(positions)
        return self._seen(positions, end, step)

    def _seen(self, positions: list[int], end: int, step: int) -> Iterator[int]:
        for at in range(bisect_left(positions, end) - 1, -1, -1):
            if self.only[positions[at]] in (None, step):
                yield positions[at]


def holders(path: str) -> tuple[str, ...]:
    """``path`` and every folder that holds it, up to ``/``."""
    return _ordinary(path) if len(path) <= _ORDINARY else _holders(path)


def _holders(path: str) -> tuple[str, ...]:
    found = [path]
    while path != "/":
        path = path[: path.rfind("/")] or "/"
        found.append(path)
    return tuple(found)


#: Characters of a path whose folders are kept: those of thousands of deep ones would fill the memory.
_ORDINARY = 200
#: A file asks about the same few paths again and again, and other files about the same folders.
_ordinary = lru_cache(maxsize=4096)(_holders)
