"""What compilers, archivers and file tools leave behind: objects, archives, libraries and programs, by path."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from imgslim.records import dataclass, numerous, replace

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")


class Kind(Enum):
    """What a made file is."""

    OBJECT = "object"
    ARCHIVE = "archive"
    SHARED = "shared library"
    PROGRAM = "program"


@numerous
@dataclass(frozen=True, slots=True)
class Source:
    """A source as one command compiles it."""

    #: Absolute image path.
    path: str
    #: Folders of ``-I``, absolute.
    includes: tuple[str, ...] = ()
    #: String-valued macros of ``-D``.
    macros: tuple[tuple[str, str], ...] = ()


@numerous
@dataclass(frozen=True, slots=True)
class Unit:
    """A made file and everything known of what went into it."""

    path: str
    kind: Kind
    sources: tuple[Source, ...] = ()
    #: Inputs that nothing is known of: objects and archives that no followed command made.
    strangers: tuple[str, ...] = ()
    #: Linker names asked for, in order, each once.
    libs: tuple[str, ...] = ()
    #: Shared libraries of this build that are linked in, by path.
    shared: tuple[str, ...] = ()
    cxx: bool = False
    static: bool = False
    #: Options that change how it is linked (``-pie``, ``-fsanitize=address`` …).
    special: tuple[str, ...] = ()
    #: Words of the link that are not settled.
    holes: tuple[str, ...] = ()
    #: The compilers that ran for it.
    tools: frozenset[str] = frozenset()
    #: False where it may not be made, or its place is not settled.
    certain: bool = True
    #: The command as it ran.
    argv: tuple[str, ...] = ()
    #: Files of a build system that steer it, by image path.
    files: tuple[str, ...] = ()

    def moved(self, path: str, argv: tuple[str, ...]) -> Unit:
        """The same file at another place, put there by ``argv``."""
        return replace(self, path=path, argv=argv)


def unique(items: Iterable[T]) -> tuple[T, ...]:
    """The items, each once, in order."""
    return tuple(dict.fromkeys(items))
