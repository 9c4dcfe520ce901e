"""Answers about one path, read backwards from the log of facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from imgslim.meaning.fact_index import FactIndex
from imgslim.meaning.facts import (
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
)
from imgslim.meaning.paths import below, inside, join
from imgslim.records import dataclass, field, numerous
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


@numerous
@dataclass(frozen=True, slots=True)
class Standing:
    """A stretch of one file's life: at ``path`` since the step that put it there."""

    path: str
    #: None: it is of the base image, or a command that reading can't follow made it.
    since: Point | None
    #: The last point at which it is known to stand here (the copy, move or look-up that led on).
    until: Point


@numerous
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
    index: FactIndex = field(default_factory=FactIndex)
    _answers: dict[tuple[int, int], tuple[dict[str, Found], dict[str, Kind | None]]] = field(default_factory=dict)

    def answers(self, point: Point) -> tuple[dict[str, Found], dict[str, Kind | None]]:
        """What was found out about paths at ``point`` since all facts are there: origins, and kinds."""
        at = point.step, point.index
        found = self._answers.get(at)
        if found is None:
            found = self._answers[at] = {}, {}
        return found

    @property
    def facts(self) -> list[Fact]:
        """All of them."""
        return self.index.facts

    def end(self, point: Point) -> int:
        """The number of facts up to and including ``point``."""
        return self.index.end(point)

    def find(self, path: str, end: int, point: Point, depth: int = 0) -> Found:
        """Where ``path`` comes from in the first ``end`` facts, asked at ``point``."""
        if depth > _COPIES:
            return Found(Unknown(f"{path} was copied around too often to follow"), ())
        asked, path = path, self.resolve(path, end, point)
        links = () if asked == path else (Standing(asked, None, point),)
        unfollowed = self.index.doubt(path, end, point.step)
        rewritten = self.index.rewritten(path, end, point.step) if unfollowed >= 0 else -1
        possible: Found | None = None
        for at in self.index.about(path, end, point.step):
            if at < rewritten:
                break
            fact = self.facts[at]
            here = Standing(path, fact.point, point)
            match fact:
                case Removed() if covers(fact.names, fact.path, path) and (not fact.names or path != fact.path):
                    doubt = self._why(unfollowed) if unfollowed > at else None
                    return possible or Found(doubt or Absent(f"{path} was removed"), (*links, here) if doubt else ())
                case Made() if path == fact.path:
                    return Found(MadeBy(fact.point, fact.command, fact.content), (*links, here))
                case Brought():
                    origin = _elsewhere(fact, path)
                    if path == fact.path or isinstance(origin, FromContext | MadeBy):
                        return Found(origin, (*links, here))
                    if not isinstance(origin, Absent):
                        possible = possible or Found(origin, (*links, here))
                case ContextTree():
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
        if unfollowed >= 0:
            return Found(self._why(unfollowed), history)
        return Found(Absent(f"no step makes {path}") if self.empty_base else FromImage(), history)

    def _why(self, at: int) -> Unknown:
        fact = self.facts[at]
        return Unknown(fact.why if isinstance(fact, Unfollowed) else "")

    def _in_context(self, fact: ContextTree, relative: str) -> str | None:
        """The context path of ``relative`` below a copied folder, None where it is not there."""
        if not relative:
            return fact.source
        if not fact.is_folder or (fact.exclude and any(inside(relative, out) for out in fact.exclude)):
            return None
        source = join(fact.source, relative) if fact.source else relative
        return source if self.context.is_file(source) or self.context.is_dir(source) else None

    def resolve(self, path: str, end: int, point: Point) -> str:
        """``path`` with every known link followed, the last name included."""
        links = self.index.links
        if not links or links[0] >= end:
            return path
        for _ in range(_LINKS):
            followed = self._follow_one(path, end, point)
            if followed is None:
                return path
            path = followed
        return path

    def _follow_one(self, path: str, end: int, point: Point) -> str | None:
        """``path`` with its first link replaced, None where it has none."""
        parts = path.strip("/").split("/")
        for count in range(1, len(parts) + 1):
            prefix = "/" + "/".join(parts[:count])
            target = self._link_at(prefix, end, point)
            if target is not None:
                return join(target, "/".join(parts[count:]))
        return None

    def _link_at(self, path: str, end: int, point: Point) -> str | None:
        """The target of the link that stands at exactly ``path``; copies and moves of links included."""
        for at in self.index.about(path, end, point.step):
            fact = self.facts[at]
            match fact:
                case Linked() if fact.path == path:
                    return fact.target
                case Made() | ContextTree() | Brought() if fact.path == path:
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
        holding, facts = -1, self.index.facts
        for at in self.index.below(path, end, point.step):
            if _is_sure(facts[at]):
                holding = at
                break
        for at in self.index.about(path, end, point.step):
            if holding > at:
                break
            fact = self.facts[at]
            match fact:
                case Made() | ContextTree() if fact.path == path:
                    return "folder" if fact.is_folder else "file"
                case Brought() if path == fact.path:
                    return "folder" if fact.is_folder else "file"
                case Brought() if fact.is_folder:
                    kind = fact.stage.kind(join(fact.source, below(path, fact.path)))
                    if kind is not None:
                        return kind
                case ContextTree() if fact.is_folder:
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
        return "folder" if holding >= 0 else None

    def names(self, folder: str, end: int, point: Point) -> set[str]:
        """Names that may stand in ``folder``: each fact's share, whether or not a later one took it away."""
        names: set[str] = set()
        for at in self.index.below(folder, end, point.step):
            names.add(below(self.facts[at].path, folder).split("/", 1)[0])
        for at in self.index.about(folder, end, point.step):
            fact = self.facts[at]
            if isinstance(fact, ContextTree) and fact.is_folder:
                relative = below(folder, fact.path)
                names.update(self.context.listdir(join(fact.source, relative) if fact.source else relative))
            elif isinstance(fact, Brought) and fact.is_folder:
                names.update(fact.stage.list_dir(join(fact.source, below(folder, fact.path))))
            elif isinstance(fact, Copied):
                names |= self.names(join(fact.source, below(folder, fact.path)), at, fact.point)
        return names


def _elsewhere(fact: Brought, path: str) -> Origin:
    """Where a file that another stage brought comes from: of what was made there, this COPY is what put it here."""
    match fact.stage.origin(join(fact.source, below(path, fact.path))):
        case MadeBy(_, command, content):
            return MadeBy(fact.point, command, content)
        case FromContext() as origin:
            return origin
        case Absent() if path != fact.path:
            return Absent(f"{fact.name} does not hold it")
        case _:
            return Unknown(f"{fact.name} holds it (COPY --from)")


def _is_sure(fact: Fact) -> bool:
    """Tell whether a fact puts something in its place without doubt."""
    return not isinstance(fact, Copied) or fact.sure
