"""Write the log of facts: what each step of a trace does to paths."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, assert_never

from imgslim.meaning.facts import Brought, ContextTree, Copied, Fact, Linked, Made, Point, Removed, Unfollowed
from imgslim.meaning.file_commands import file_facts
from imgslim.meaning.lookup import Log
from imgslim.meaning.paths import absolute, has_magic, inside, join, normal
from imgslim.meaning.trace import Copy, Other, Run
from imgslim.records import replace
from imgslim.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imgslim.meaning.facts import StageFiles
    from imgslim.meaning.lookup import Sources
    from imgslim.meaning.trace import BuildTrace, Scope

#: Why it is not known whether a path is there that a command under a condition takes away.
REMOVED_MAYBE = "a command that may not run removes it"
WRITTEN_MAYBE = "a command that may not run writes it"
#: First bytes of what ADD unpacks when it is a local tar archive: gzip, bzip2, xz, zstd (Dockerfile reference, ADD).
_PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd")
_USTAR = slice(257, 262)
_REMOTE = ("http://", "https://", "git@", "git://", "ssh://")


def fold_files(trace: BuildTrace, context: Sources, stages: Mapping[str, StageFiles]) -> Log:
    """The log of a whole stage; ``stages``: those of the same file that COPY --from can name, in lower case."""
    log = Log(context, empty_base=trace.base == "scratch")
    for number, step in enumerate(trace.steps):
        match step:
            case Copy():
                if step.origin is None:
                    facts = _copy(step, number, log)
                elif (stage := stages.get(step.origin.lower())) is not None:
                    facts = _from_stage(step, number, stage, log)
                else:
                    facts = _remote_stage(step, number)
                for fact in facts:
                    _add(log, fact)
            case Run():
                _run(step, number, log)
            case Other() if step.node.keyword == "WORKDIR":
                after = trace.steps[number + 1].scope if number + 1 < len(trace.steps) else trace.final
                _workdir(after, number, log)
            case Other():
                pass
            case _:
                assert_never(step)
    return log


def _add(log: Log, fact: Fact, only: int | None = None) -> None:
    """Append a fact, its paths as they are once the links on the way are followed (path_resolution(7))."""
    if log.index.links:
        path = _real(log, fact.path, fact.point, whole=_is_folder(fact))
        if isinstance(fact, Copied):
            fact = replace(fact, path=path, source=_real(log, fact.source, fact.point, whole=bool(fact.names)))
        else:
            fact = replace(fact, path=path)
    log.index.add(fact, only)


def _is_folder(fact: Fact) -> bool:
    """Tell whether a fact is about what is in the folder ``path``, so that a link in its place is followed too."""
    match fact:
        case ContextTree() | Made() | Brought():
            return fact.is_folder
        case Copied() | Removed():
            return bool(fact.names)
        case _:
            return False


def _real(log: Log, path: str, point: Point, *, whole: bool) -> str:
    if whole or path == "/":
        return log.resolve(path, len(log.facts), point)
    return join(log.resolve(posixpath.dirname(path), len(log.facts), point), posixpath.basename(path))


def _workdir(after: Scope, number: int, log: Log) -> None:
    """WORKDIR makes its folder where it does not exist (Dockerfile reference, WORKDIR)."""
    if isinstance(after.workdir, str):
        folder = after.workdir
        if log.kind(folder, len(log.facts), Point(number, 0)) != "folder":
            _add(log, Made(Point(number, 0), folder, is_folder=True))


# --- COPY and ADD -------------------------------------------------------------------------------------------


def _remote_stage(step: Copy, number: int) -> Iterator[Fact]:
    """COPY --from an image: what that holds is not read here."""
    point = Point(number, 0)
    if isinstance(step.destination, Unknown):
        yield Unfollowed(point, "/", step.destination.why)
        return
    why = f"it may come from {step.origin} (COPY --from)"
    destination = normal(step.destination)
    for source in step.sources:
        name = posixpath.basename(source.rstrip("/")) if isinstance(source, str) else ""
        if step.destination.endswith("/") and name and not has_magic(name):
            yield Unfollowed(point, join(destination, name), why)
    yield Unfollowed(point, destination, why)


def _from_stage(step: Copy, number: int, stage: StageFiles, log: Log) -> Iterator[Fact]:
    """COPY --from a stage of the same file: a folder's content goes to the destination, a file into it or there."""
    point = Point(number, 0)
    if isinstance(step.destination, Unknown):
        yield Unfollowed(point, "/", step.destination.why)
        return
    why = f"it may come from {stage.name} (COPY --from)"
    destination = normal(step.destination)
    is_folder = (
        step.destination.endswith("/") or destination == "/" or log.kind(destination, len(log.facts), point) == "folder"
    )
    chosen = any(flag.name in ("parents", "exclude") for flag in step.node.flags)
    for source in step.sources:
        path = normal("/" + source.lstrip("/")) if isinstance(source, str) else ""
        kind = stage.kind(path) if path and not chosen and not has_magic(path) else None
        if kind == "folder":
            yield Brought(point, destination, path, stage.files, stage.name, is_folder=True)
        elif kind == "file":
            target = join(destination, posixpath.basename(path)) if is_folder else destination
            yield Brought(point, target, path, stage.files, stage.name, is_folder=False)
        else:
            name = posixpath.basename(path)
            if is_folder and name and not has_magic(name):
                yield Unfollowed(point, join(destination, name), why)
            yield Unfollowed(point, destination, why)


def _copy(step: Copy, number: int, log: Log) -> Iterator[Fact]:
    """COPY and ADD from the context, by BuildKit's rules for files, folders, wildcards and trailing slashes."""
    point = Point(number, 0)
    if isinstance(step.destination, Unknown):
        yield Unfollowed(point, "/", step.destination.why)
        return
    destination = normal(step.destination)
    is_folder = (
        step.destination.endswith("/") or destination == "/" or log.kind(destination, len(log.facts), point) == "folder"
    )
    contents = {
        h.name: None if h.expand and ("$" in h.content or "\\" in h.content) else h.content for h in step.node.heredocs
    }
    for name in step.inline:
        yield Made(
            point, join(destination, name) if is_folder else destination, is_folder=False, content=contents.get(name)
        )
    flags = step.node.flags
    exclude = tuple(flag.value for flag in flags if flag.name == "exclude" and flag.value) if flags else ()
    parents = bool(flags) and step.node.flag("parents") is not None
    for source in step.sources:
        if isinstance(source, Unknown):
            yield Unfollowed(point, destination, source.why)
        elif step.node.keyword == "ADD" and source.startswith(_REMOTE):
            yield Unfollowed(point, destination, f"ADD fetches {source}")
        elif not log.context.known:
            yield Unfollowed(point, destination, "the build context is not known")
        elif parents or (exclude and any(any(ch in pattern for ch in "*?[!") for pattern in exclude)):
            yield Unfollowed(point, destination, f"COPY --{'parents' if parents else 'exclude'} chooses what is copied")
        else:
            for path in log.context.glob(source):
                yield _placed(step, point, path, destination, is_folder=is_folder, exclude=exclude, log=log)


def _placed(
    step: Copy, point: Point, path: str, destination: str, *, is_folder: bool, exclude: tuple[str, ...], log: Log
) -> Fact:
    """One matched source: a folder's content goes to the destination, a file into it or in its place."""
    if log.context.is_dir(path):
        return ContextTree(point, destination, path, is_folder=True, exclude=exclude)
    if step.node.keyword == "ADD" and _may_be_archive(log.context.read(path)):
        return Unfollowed(point, destination, f"ADD unpacks {path}")
    target = join(destination, posixpath.basename(path)) if is_folder else destination
    return ContextTree(point, target, path, is_folder=False)


def _may_be_archive(data: bytes | None) -> bool:
    """Tell whether ADD may unpack a file: Docker goes by its content, not by its name; too long to read is open."""
    return data is None or data.startswith(_PACKED) or data[_USTAR] == b"ustar"


# --- RUN ----------------------------------------------------------------------------------------------------


def _run(step: Run, number: int, log: Log) -> None:
    mounted = _mounts(step.mounts, step.scope, number, log) if step.mounts else []
    for opaque in step.opaque:
        _add(log, Unfollowed(Point(number, -1), "/", opaque.why))
    for index, command in enumerate(step.commands):
        point = Point(number, index)
        for fact in file_facts(command, point, log):
            hidden = bool(mounted) and any(inside(fact.path, folder) for folder in mounted)
            _add(log, _maybe(fact) if command.conditional else fact, number if hidden else None)


def _maybe(fact: Fact) -> Fact:
    """A fact about a command that may not run."""
    match fact:
        case Made() | Copied() | Linked() | ContextTree() | Brought():
            return Unfollowed(fact.point, fact.path, WRITTEN_MAYBE, written=True)
        case Removed():
            return Unfollowed(fact.point, fact.path, REMOVED_MAYBE)
        case Unfollowed():
            return fact
        case _:
            assert_never(fact)


def _mounts(mounts: tuple[Mapping[str, str], ...], scope: Scope, number: int, log: Log) -> list[str]:
    """What RUN --mount lays over folders, for this step alone; returns those folders.

    Nothing written there stays in the image (Dockerfile reference, RUN --mount).
    """
    folders = []
    for mount in mounts:
        target = mount.get("target") or mount.get("dst") or mount.get("destination")
        where = absolute(target, scope.workdir) if target else Unknown("the mount has no target")
        if isinstance(where, Unknown):
            continue
        folders.append(where)
        source = mount.get("source") or mount.get("src") or "."
        point = Point(number, -1)
        if mount.get("type", "bind") == "bind" and "from" not in mount and log.context.known:
            _add(log, Removed(point, where), number)
            for path in log.context.glob(source):
                _add(log, ContextTree(point, where, path, is_folder=bool(log.context.is_dir(path))), number)
        else:
            _add(log, Made(point, where, is_folder=True), number)
            _add(log, Unfollowed(point, where, "a mount may hold it"), number)
    return folders
