"""Answers about one path, read backwards from the log of facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from imgslim.meaning.facts import (
    Absent,
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
)
from imgslim.meaning.paths import below, inside, join
from imgslim.records import dataclass, field
from imgslim.values import Unknown

if TYPE_CHECKING:
    from imgslim.meaning.facts import Fact

Origin = FromContext | MadeBy | FromImage | Absent | Unknown
Kind = Literal["file", "folder"]

#: Folders that every base image but scratch has (Filesystem Hierarchy Standard 3.0).
_STANDARD = frozenset(
    {
        "/", "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/media", "/mnt", "/opt", "/proc", "/root",
        "/run", "/sbin", "/srv", "/sys", "/tmp", "/usr", "/usr/bin", "/usr/lib", "/usr/local", "/usr/local/bin",  # noqa: S108
        "/usr/local/lib", "/usr/sbin", "/usr/share", "/var", "/var/cache", "/var/lib", "/var/log", "/var/tmp",  # noqa: S108
    }
)  # fmt: skip
#: Links followed in one look-up before it counts as a loop (Linux: 40, path_resolution(7)).
_LINKS = 40
#: Copies followed one into the other before a look-up gives up.
_COPIES = 100


class Sources(Protocol):
    """What is asked of a build context (:class:`imgslim.context.BuildContext` answers it)."""

    known: bool

    def is_dir(self, path: str) -> bool | None:
        """Tell whether it is a folder."""
        ...

    def is_file(self, path: str) -> bool | None:
        """Tell whether it is a file."""
        ...

    def read(self, path: str) -> bytes | None:
        """The content of a file."""
        ...

    def listdir(self, path: str) -> tuple[str, ...]:
        """The names in a folder."""
        ...

    def glob(self, pattern: str) -> tuple[str, ...]:
        """What a COPY source matches."""
        ...


@dataclass(frozen=True, slots=True)
class Standing:
    """A stretch of one file's life: at ``path`` since the step that put it there."""

    path: str
    #: None: it is of the base image, or a command that reading can't follow made it.
    since: Point | None
    #: The last point at which it is known to stand here (the copy, move or look-up that led on).
    until: Point


@dataclass(frozen=True, slots=True)
class Found:
    """Where a path's content comes from."""

    origin: Origin
    history: tuple[Standing, ...]

    @property
    def settled(self) -> bool:
        """True where the thing is known to exist."""
        return isinstance(self.origin, FromContext | MadeBy)


@dataclass(slots=True)
class Log:
    """The facts of a stage in build order, with the context they speak of."""

    context: Sources
    #: True for ``FROM scratch``: what no step made does not exist.
    empty_base: bool
    facts: list[Fact] = field(default_factory=list)
    #: For each fact: the step that alone sees it (what lies under a ``RUN --mount``), None for all.
    only: list[int | None] = field(default_factory=list)

    def end(self, point: Point) -> int:
        """The number of facts up to and including ``point``."""
        return next((i for i, fact in enumerate(self.facts) if fact.point > point), len(self.facts))

    def find(self, path: str, end: int, point: Point, depth: int = 0) -> Found:
        """Where ``path`` comes from in the first ``end`` facts, asked at ``point``."""
        if depth > _COPIES:
            return Found(Unknown(f"{path} was copied around too often to follow"), ())
        asked, path = path, self.resolve(path, end, point)
        links = () if asked == path else (Standing(asked, None, point),)
        doubt: Unfollowed | None = None
        possible: Found | None = None
        for at in range(end - 1, -1, -1):
            fact = self.facts[at]
            if self.only[at] not in (None, point.step):
                continue
            here = Standing(path, fact.point, point)
            match fact:
                case Unfollowed() if inside(path, fact.path):
                    doubt = doubt or fact
                case Removed() if covers(fact.names, fact.path, path) and (not fact.names or path != fact.path):
                    gone = Unknown(doubt.why) if doubt else Absent(f"{path} was removed")
                    return possible or Found(gone, (*links, here) if doubt else ())
                case Made() if path == fact.path:
                    return Found(MadeBy(fact.point, fact.command, fact.content), (*links, here))
                case ContextTree() if inside(path, fact.path):
                    if (source := self._in_context(fact, below(path, fact.path))) is not None:
                        return Found(FromContext(source), (*links, here))
                case Copied() if covers(fact.names, fact.path, path):
                    earlier = self.find(join(fact.source, below(path, fact.path)), at, fact.point, depth + 1)
                    found = Found(earlier.origin, (*links, here, *earlier.history))
                    if not fact.sure:
                        before = possible.history if possible else ()
                        open_ = Unknown(f"a copy may have put {path} there")
                        possible = Found(open_, (*before, *found.history))
                        continue
                    if path == fact.path or earlier.settled:
                        return found
                    if not isinstance(earlier.origin, Absent):
                        possible = possible or found
                case _:
                    continue
        if possible:
            return possible
        history = (*links, Standing(path, None, point))
        if doubt:
            return Found(Unknown(doubt.why), history)
        return Found(Absent(f"no step makes {path}") if self.empty_base else FromImage(), history)

    def _in_context(self, fact: ContextTree, relative: str) -> str | None:
        """The context path of ``relative`` below a copied folder, None where it is not there."""
        if not relative:
            return fact.source
        if not fact.is_folder or any(inside(relative, out) for out in fact.exclude):
            return None
        source = join(fact.source, relative) if fact.source else relative
        return source if self.context.is_file(source) or self.context.is_dir(source) else None

    def resolve(self, path: str, end: int, point: Point) -> str:
        """``path`` with every known link followed, the last name included."""
        for _ in range(_LINKS):
            followed = self._follow_one(path, end, point)
            if followed is None:
                return path
            path = followed
        return path

    def _follow_one(self, path: str, end: int, point: Point) -> str | None:
        """``path`` with its first link replaced, None where it has none."""
        links = {fact.path for fact in self.facts[:end] if isinstance(fact, Linked)}
        if not links:
            return None
        parts = path.strip("/").split("/")
        for count in range(1, len(parts) + 1):
            prefix = "/" + "/".join(parts[:count])
            target = self._link_at(prefix, end, point)
            if target is not None:
                return join(target, "/".join(parts[count:]))
        return None

    def _link_at(self, path: str, end: int, point: Point) -> str | None:
        """The target of the link that stands at exactly ``path``; copies and moves of links included."""
        for at in range(end - 1, -1, -1):
            fact = self.facts[at]
            if self.only[at] not in (None, point.step):
                continue
            match fact:
                case Linked() if fact.path == path:
                    return fact.target
                case Made() | ContextTree() if fact.path == path:
                    return None
                case Removed() if covers(fact.names, fact.path, path) and (not fact.names or path != fact.path):
                    return None
                case Copied() if covers(fact.names, fact.path, path):
                    target = self._link_at(join(fact.source, below(path, fact.path)), at, fact.point)
                    if target is not None or path == fact.path:
                        return target
                case _:
                    continue
        return None

    def kind(self, path: str, end: int, point: Point) -> Kind | None:
        """What stands at ``path``; None where that is not settled."""
        path = self.resolve(path, end, point)
        if path in _STANDARD and not self.empty_base:
            return "folder"
        for at in range(end - 1, -1, -1):
            fact = self.facts[at]
            if self.only[at] not in (None, point.step):
                continue
            match fact:
                case Made() | ContextTree() if fact.path == path:
                    return "folder" if fact.is_folder else "file"
                case ContextTree() if fact.is_folder and inside(path, fact.path):
                    source = self._in_context(fact, below(path, fact.path))
                    if source is not None:
                        return "folder" if self.context.is_dir(source) else "file"
                case Removed() if covers(fact.names, fact.path, path) and (not fact.names or path != fact.path):
                    return None
                case Copied() if fact.sure and covers(fact.names, fact.path, path):
                    kind = self.kind(join(fact.source, below(path, fact.path)), at, fact.point)
                    if kind is not None or path == fact.path:
                        return kind
                case _:
                    pass
            sure = not isinstance(fact, Removed | Unfollowed) and not (isinstance(fact, Copied) and not fact.sure)
            if sure and fact.path != path and inside(fact.path, path):
                return "folder"
        return None

    def names(self, folder: str, end: int, point: Point) -> set[str]:
        """Names that may stand in ``folder``: each fact's share, whether or not a later one took it away."""
        names: set[str] = set()
        for at in range(end):
            fact = self.facts[at]
            if self.only[at] not in (None, point.step) or isinstance(fact, Removed | Unfollowed):
                continue
            if fact.path != folder and inside(fact.path, folder):
                names.add(below(fact.path, folder).split("/", 1)[0])
            elif isinstance(fact, ContextTree) and fact.is_folder and inside(folder, fact.path):
                relative = below(folder, fact.path)
                names.update(self.context.listdir(join(fact.source, relative) if fact.source else relative))
            elif isinstance(fact, Copied) and inside(folder, fact.path):
                names |= self.names(join(fact.source, below(folder, fact.path)), at, fact.point)
        return names
