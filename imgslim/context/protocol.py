"""What one may ask a build context."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from imgslim.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Bytes of one file that are read at most; larger files answer None.
READ_LIMIT = 1 << 20
#: Files that one walk yields at most.
WALK_LIMIT = 200_000


@dataclass(frozen=True, slots=True)
class Matched:
    """What one source word of COPY or ADD stands for."""

    word: str
    #: Context paths, sorted; empty where nothing matches (the build fails then, unless the word is a pattern).
    paths: tuple[str, ...]


class BuildContext(Protocol):
    """What a build may see. Paths are relative to its root with ``/`` between names; "" is the root itself.

    A leading ``/`` and leading ``..`` stay inside the root, as BuildKit reads COPY sources. Files that
    ``.dockerignore`` excludes, links that leave the root, and devices, sockets and FIFOs are absent.
    """

    #: False where nothing is known about the context: every question then answers None or nothing.
    known: bool

    @property
    def problems(self) -> tuple[str, ...]:
        """What could not be read so far, as sentences: unreadable folders, a broken ``.dockerignore``."""
        ...

    def exists(self, path: str) -> bool | None:
        """Tell whether there is such a file or folder; None: not known."""
        ...

    def is_dir(self, path: str) -> bool | None:
        """Tell whether it is a folder; None: not known."""
        ...

    def is_file(self, path: str) -> bool | None:
        """Tell whether it is a regular file; None: not known."""
        ...

    def read(self, path: str, limit: int = READ_LIMIT) -> bytes | None:
        """The file's bytes; None where it is absent, unreadable or longer than ``limit`` bytes."""
        ...

    def listdir(self, path: str) -> tuple[str, ...]:
        """The names in a folder, sorted."""
        ...

    def walk(self, path: str = "") -> Iterator[str]:
        """Every file at or below ``path``, sorted, at most :data:`WALK_LIMIT`; links are not entered."""
        ...

    def glob(self, pattern: str) -> tuple[str, ...]:
        """The paths that match, as COPY matches wildcards (Go's ``filepath.Match``), sorted."""
        ...

    def sources(self, words: Sequence[str]) -> tuple[Matched, ...]:
        """What each COPY source stands for."""
        ...


class NoContext:
    """A context nobody knows: only the Dockerfile's text is there."""

    known = False
    problems: tuple[str, ...] = ()

    def exists(self, path: str) -> bool | None:  # noqa: ARG002
        """Not known."""
        return None

    is_dir = is_file = exists

    def read(self, path: str, limit: int = READ_LIMIT) -> bytes | None:  # noqa: ARG002
        """Not known."""
        return None

    def listdir(self, path: str) -> tuple[str, ...]:  # noqa: ARG002
        """Nothing known."""
        return ()

    def walk(self, path: str = "") -> Iterator[str]:  # noqa: ARG002
        """Nothing known."""
        return iter(())

    def glob(self, pattern: str) -> tuple[str, ...]:  # noqa: ARG002
        """Nothing known."""
        return ()

    def sources(self, words: Sequence[str]) -> tuple[Matched, ...]:
        """Nothing known."""
        return tuple(Matched(word, ()) for word in words)
