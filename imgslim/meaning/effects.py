"""The file system of a stage as its steps are known to leave it, at any point of the build.

Nothing is executed: COPY, ADD, WORKDIR, ``cp``, ``mv``, ``ln``, ``install``, ``mkdir``, ``touch``, ``rm``, redirections
are followed by their own rules. Any other command may make new files, so that a path that nobody placed is Unknown
after it; what the build context brought is taken to stay as it is (a build that rewrites its own sources, or removes
them only under a condition, is not seen).
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any, TypeVar

from imgslim.meaning.facts import (
    SYSTEM,
    Absent,
    Brought,
    ContextTree,
    Copied,
    FromContext,
    FromImage,
    Linked,
    Made,
    MadeBy,
    Point,
    Removed,
    Unfollowed,
    covers,
    name_matches,
)
from imgslim.meaning.folding import fold_files
from imgslim.meaning.lookup import Log, Origin, Sources, Standing
from imgslim.meaning.paths import below, inside, join, normal
from imgslim.records import dataclass
from imgslim.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from imgslim.meaning.facts import StageFiles
    from imgslim.meaning.lookup import Found, Kind
    from imgslim.meaning.trace import BuildTrace

__all__ = [
    "Absent",
    "Files",
    "FromContext",
    "FromImage",
    "MadeBy",
    "Origin",
    "Placement",
    "Point",
    "Sources",
    "Standing",
]

_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class Placement:
    """A file, link or copied folder that a step put at a path of its own."""

    path: str
    point: Point
    #: False where it depends on something that is not settled.
    sure: bool


class Files:
    """The files of a stage at one point; a view of the log of facts, cheap to move to another point."""

    __slots__ = ("_before", "_end", "_found", "_kinds", "_log", "_made", "_placed", "_point", "_walked")

    def __init__(self, log: Log, point: Point) -> None:
        """Look at ``log`` as of right after ``point``; prefer :meth:`after`."""
        self._log = log
        self._point = point
        self._end = log.end(point)
        #: Answers by path: the plans for several targets, and several toolchains at one command, ask the same.
        self._found, self._kinds = log.answers(point)
        self._placed: tuple[Placement, ...] | None = None
        #: Those as commands find them: each toolchain asks about each command.
        self._before: dict[tuple[int, int], Files] = {}
        #: What each folder held that was walked to its end: a large context is walked for many questions.
        self._walked: dict[str, list[tuple[str, str]]] = {}
        self._made: dict[tuple[Callable[[str, str], Any], str], Any] = {}

    @classmethod
    def after(cls, trace: BuildTrace, context: Sources, stages: Mapping[str, StageFiles] | None = None) -> Files:
        """The files after the last step; ``stages``: what COPY --from can name of the same file, in lower case."""
        return cls(fold_files(trace, context, stages or {}), Point(len(trace.steps), 0))

    @classmethod
    def at(cls, trace: BuildTrace, context: Sources, step: int, index: int = 0) -> Files:
        """The files as the command ``index`` of ``trace.steps[step]`` finds them: right before it."""
        return cls.after(trace, context).before(step, index)

    def before(self, step: int, index: int = 0) -> Files:
        """The files right before a command of the same trace."""
        found = self._before.get((step, index))
        if found is None:
            found = self._before[step, index] = Files(self._log, Point(step, index - 1))
        return found

    def just_after(self, step: int, index: int = 0) -> Files:
        """The files right after a command of the same trace."""
        return Files(self._log, Point(step, index))

    def read_as(self, make: Callable[[str, str], _Made], path: str, data: bytes) -> _Made:
        """What ``make`` makes of a file's text and its path, made once for these files: one is read for many questions.

        ``data`` is what :meth:`read` gave for ``path``.
        """
        key = make, path
        if key not in self._made:
            self._made[key] = make(data.decode("utf-8-sig", "replace"), path)
        made: _Made = self._made[key]
        return made

    # --- questions ------------------------------------------------------------------------------------------

    def resolve(self, path: str) -> str:
        """``path`` with every known symbolic link followed (links of the base image are not known)."""
        return self._log.resolve(normal(path), self._end, self._point)

    def origin(self, path: str) -> Origin:
        """Where the file or folder at ``path`` comes from, links followed."""
        return self._find(path).origin

    def history(self, path: str) -> tuple[Standing, ...]:
        """Where the same file stood before, latest first: links, ``cp`` and ``mv`` followed backwards."""
        return self._find(path).history

    def _find(self, path: str) -> Found:
        found = self._found.get(path)
        if found is None:
            found = self._found[path] = self._log.find(normal(path), self._end, self._point)
        return found

    def is_from(self, path: str, earlier: str, step: int, index: int) -> bool:
        """Tell whether ``path`` is the file that the command at (step, index) left at ``earlier``."""
        made = Point(step, index)
        source = self.just_after(step, index).resolve(earlier)
        return any(
            s.path == source and s.until >= made and (s.since is None or s.since <= made) for s in self.history(path)
        )

    def places(self, earlier: str, step: int, index: int) -> tuple[str, ...]:
        """Every path at which the file that (step, index) left at ``earlier`` stands now, in order of appearance."""
        made = self.just_after(step, index)
        earlier = made.resolve(earlier)
        found = [earlier]
        moves = self._log.index.moves
        for at in moves[: bisect_left(moves, self._end)]:
            fact = self._log.facts[at]
            if isinstance(fact, Copied) and fact.sure:
                source, names = fact.source, fact.names
                found += [join(fact.path, below(p, source)) for p in list(found) if covers(names, source, p)]
            elif isinstance(fact, Linked):
                source, names = self._log.resolve(fact.target, self._end, self._point), ""
                found += [join(fact.path, below(p, source)) for p in list(found) if covers(names, source, p)]
        return tuple(p for p in dict.fromkeys(found) if self.is_from(p, earlier, step, index))

    def placed(self) -> tuple[Placement, ...]:
        """What steps put at paths of their own and did not take away again, in build order; folders alone left out."""
        if self._placed is None:
            self._placed = tuple(self._put())
        return self._placed

    def _put(self) -> Iterator[Placement]:
        seen: set[str] = set()
        for at, fact in enumerate(self._log.facts[: self._end]):
            if self._log.index.only[at] is not None or isinstance(fact, ContextTree | Removed) or fact.path == "/":
                continue
            if isinstance(fact, Made) and fact.is_folder:
                continue
            for path in self._named(fact):
                if path not in seen and not isinstance(self.origin(path), Absent):
                    seen.add(path)
                    yield Placement(path, fact.point, not isinstance(fact, Unfollowed) and self.exists(path) is True)

    def _named(self, fact: Made | Copied | Linked | Unfollowed | Brought) -> Iterator[str]:
        """The paths that a fact speaks of: with a pattern, what matches it."""
        if isinstance(fact, Copied) and fact.names:
            yield from (join(fact.path, n) for n in self.list_dir(fact.path) if name_matches(fact.names, n))
        else:
            yield fact.path

    def kind(self, path: str) -> Kind | None:
        """What stands at ``path``; None where that is not settled."""
        if path not in self._kinds:
            self._kinds[path] = self._log.kind(normal(path), self._end, self._point)
        return self._kinds[path]

    def exists(self, path: str) -> bool | None:
        """Tell whether something stands at ``path``; None where that is not settled."""
        match self.origin(path):
            case FromContext() | MadeBy():
                return True
            case Absent():
                return False
            case _:
                return True if self.kind(path) else None

    def untouched(self, path: str) -> bool:
        """Tell whether no step can have made ``path``: if it stands, the base image holds it, or nothing does.

        Other than :meth:`origin`, this counts on packages to keep to the system's folders.
        """
        origin, path = self.origin(path), self.resolve(path)
        if not isinstance(origin, Unknown):
            return isinstance(origin, FromImage | Absent)
        first, _, rest = path[1:].partition("/")
        index = self._log.index
        facts = (self._log.facts[at] for at in index.about(path, self._end, self._point.step))
        copied = any(isinstance(fact, Copied | Brought) for fact in facts)
        own = not rest or first not in SYSTEM
        return own and not copied and all(doubt.packages for doubt in index.doubts(path, self._end))

    def context_file(self, path: str) -> str | None:
        """The context file that stands at ``path`` unchanged, else None."""
        if not self._log.index.may_put(path):
            return None
        origin = self.origin(path)
        return origin.path if isinstance(origin, FromContext) and self._log.context.is_file(origin.path) else None

    def read(self, path: str) -> bytes | None:
        """The content of the file at ``path`` where the context or the Dockerfile holds it, else None."""
        if not self._log.index.may_put(path):
            return None
        match self.origin(path):
            case FromContext(source):
                return self._log.context.read(source)
            case MadeBy(content=str(content)):
                return content.encode("utf-8", "surrogateescape")
            case _:
                return None

    def list_dir(self, path: str) -> tuple[str, ...]:
        """The names known to stand in the folder ``path``, sorted; there may be more."""
        path = self.resolve(path)
        names = self._log.names(path, self._end, self._point)
        return tuple(sorted(name for name in names if self.exists(join(path, name))))

    def walk_context(self, folder: str) -> Iterator[tuple[str, str]]:
        """Every file at or below ``folder`` that is a context file unchanged, as (image path, context path).

        Links to folders are not entered, except ``folder`` itself.
        """
        folder, index = normal(folder), self._log.index
        if (known := self._walked.get(folder)) is not None:
            yield from known
            return
        if not index.links and not any(inside(p, folder) or inside(folder, p) for p in index.filled):
            return
        found = []
        for pair in self._walk(folder):
            found.append(pair)
            yield pair
        self._walked[folder] = found

    def _walk(self, folder: str) -> Iterator[tuple[str, str]]:
        if (source := self.context_file(folder)) is not None:
            yield folder, source
        elif self.kind(folder) == "folder":
            real = self.resolve(folder)
            for name in self.list_dir(folder):
                below_ = join(folder, name)
                if self.context_file(below_) is not None or self.resolve(below_) == join(real, name):
                    yield from self.walk_context(below_)
