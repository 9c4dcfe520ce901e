"""The contexts themselves: a tree of files as the build sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.context.ignore import compile_patterns
from imgslim.context.protocol import READ_LIMIT, WALK_LIMIT, Matched
from imgslim.context.trees import Disk, Memory
from imgslim.context.wildcards import has_wildcard, inside, join, segment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from e2b_dockerfile_utils import PatternMatcher

    from imgslim.context.trees import Kind, Tree


class SeenTree:
    """A tree as the build sees it: ``.dockerignore`` applied, wildcards resolved, answers kept."""

    known = True

    def __init__(self, tree: Tree, ignore_files: Callable[[], Sequence[str]]) -> None:
        """Take the tree and what names the ignore files that count, first one first, when they are asked for."""
        self._tree = tree
        self._ignore_files = ignore_files
        self._matcher: PatternMatcher | None = None
        self._ready = False
        self._kinds: dict[str, Kind | None] = {}
        self._bytes: dict[tuple[str, int], bytes | None] = {}
        self._globs: dict[str, tuple[str, ...]] = {}

    @property
    def problems(self) -> tuple[str, ...]:
        """See :class:`BuildContext`."""
        self._ignored("")
        return tuple(self._tree.problems)

    def exists(self, path: str) -> bool | None:
        """See :class:`BuildContext`."""
        return self._kind(inside(path)) is not None

    def is_dir(self, path: str) -> bool | None:
        """See :class:`BuildContext`."""
        return self._kind(inside(path)) == "folder"

    def is_file(self, path: str) -> bool | None:
        """See :class:`BuildContext`."""
        return self._kind(inside(path)) == "file"

    def read(self, path: str, limit: int = READ_LIMIT) -> bytes | None:
        """See :class:`BuildContext`."""
        path = inside(path)
        if (path, limit) not in self._bytes:
            is_file = self._kind(path) == "file"
            self._bytes[path, limit] = self._tree.bytes(path, limit) if is_file else None
        return self._bytes[path, limit]

    def listdir(self, path: str) -> tuple[str, ...]:
        """See :class:`BuildContext`."""
        path = inside(path)
        return tuple(name for name in self._names(path) if self._kind(join(path, name)) is not None)

    def _names(self, path: str) -> list[str]:
        """What is in a folder, with what the build does not see of it."""
        return self._tree.names(path) if self._kind(path) == "folder" else []

    def walk(self, path: str = "") -> Iterator[str]:
        """See :class:`BuildContext`."""
        for count, found in enumerate(self._walk(inside(path))):
            if count == WALK_LIMIT:
                self._tree.problems.append(f"The context holds more than {WALK_LIMIT} files; the rest was not read.")
                return
            yield found

    def _walk(self, path: str) -> Iterator[str]:
        """Depth first; a folder that is ignored is still entered where a ``!`` pattern may bring a file back."""
        match self._tree.kind(path):
            case "file":
                if self._kind(path) == "file":
                    yield path
            case "folder":
                if path and self._ignored(path) and not self._may_return(path):
                    return
                for name in self._tree.names(path):
                    below = join(path, name)
                    if self._tree.kind(below) == "file" or self._tree.real(below) == below:
                        yield from self._walk(below)
            case None:
                return

    def glob(self, pattern: str) -> tuple[str, ...]:
        """See :class:`BuildContext`."""
        if pattern not in self._globs:
            self._globs[pattern] = self._glob(pattern)
        return self._globs[pattern]

    def _glob(self, pattern: str) -> tuple[str, ...]:
        path = inside(pattern)
        if not has_wildcard(path):
            return (path,) if self._kind(path) is not None else ()
        found = [""]
        for part in path.split("/"):
            if not has_wildcard(part):
                found = [join(at, part) for at in found]
            elif (wanted := segment(part)) is None:
                return ()
            else:
                found = [join(at, name) for at in found for name in self._names(at) if wanted.fullmatch(name)]
        return tuple(sorted(path for path in found if self._kind(path) is not None))

    def sources(self, words: Sequence[str]) -> tuple[Matched, ...]:
        """See :class:`BuildContext`."""
        return tuple(Matched(word, self.glob(word)) for word in words)

    def _kind(self, path: str) -> Kind | None:
        if path not in self._kinds:
            self._kinds[path] = self._kind_of(path)
        return self._kinds[path]

    def _kind_of(self, path: str) -> Kind | None:
        kind = self._tree.kind(path)
        if kind is None or not path or not self._ignores:
            return kind
        real = self._tree.real(path) or ""
        # A link is only worth what it points at: where that file is ignored, the build sees a dangling link.
        if self._ignored(path) or (real != path and self._ignored(real)):
            comes_back = kind == "folder" and self._may_return(path) and next(self._walk(path), None) is not None
            return "folder" if comes_back else None
        return kind

    @property
    def _ignores(self) -> bool:
        """Whether there is an ignore file; it is read when a first path is asked for."""
        if not self._ready:
            self._ready = True
            self._matcher = self._read_ignore_file()
        return self._matcher is not None

    def _ignored(self, path: str) -> bool:
        return bool(path) and self._ignores and self._matcher is not None and self._matcher.matches(path)

    def _may_return(self, path: str) -> bool:
        return self._matcher is not None and self._matcher.may_match_under(path)

    def _read_ignore_file(self) -> PatternMatcher | None:
        """The first ignore file that exists decides alone (Docker docs, "Build context", "Filename and location")."""
        for name in self._ignore_files():
            if self._tree.kind(name) == "file":
                data = self._tree.bytes(name, READ_LIMIT) or b""
                try:
                    return compile_patterns(data.decode("utf-8", "surrogateescape"))
                except ValueError as error:
                    self._tree.problems.append(f"{name}: {error}")
        return None


class DiskContext(SeenTree):
    """A context folder on disk. Nothing outside of ``root`` is read, except the Dockerfile's own ignore file."""

    def __init__(self, root: Path | str, dockerfile: Path | str | None = None, disk: Disk | None = None) -> None:
        """Remember where it is; files are read when asked for.

        Args:
            root: the context folder.
            dockerfile: the file being built; ``<dockerfile>.dockerignore`` beside it wins over ``.dockerignore``.
            disk: what looks at the folder; None: one of its own.
        """
        disk = disk or Disk(root)
        own = () if dockerfile is None else (dockerfile,)
        super().__init__(disk, lambda: (*(f"{disk.without_links(p)}.dockerignore" for p in own), ".dockerignore"))


class MemoryContext(SeenTree):
    """A context given as a mapping from path to content; a path that ends in ``/`` is an empty folder."""

    def __init__(self, files: Mapping[str, bytes | str], dockerfile: str = "Dockerfile") -> None:
        """Take the files as they are now.

        Args:
            files: relative paths to their content.
            dockerfile: the path of the file being built, for its own ``.dockerignore``.
        """
        super().__init__(Memory(files), lambda: (f"{dockerfile}.dockerignore", ".dockerignore"))
