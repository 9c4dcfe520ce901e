"""What a build is known to do to paths, one fact after the other: the log that :class:`Files` reads backwards."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from imgslim.meaning.paths import below, inside
from imgslim.records import dataclass, numerous

if TYPE_CHECKING:
    from imgslim.meaning.lookup import Kind, Origin
    from imgslim.meaning.trace import Command


@numerous
@dataclass(frozen=True, slots=True, order=True)
class Point:
    """A place in a trace: right after ``steps[step]``'s command ``index`` (0 for a COPY or another step)."""

    step: int
    index: int


@numerous
@dataclass(frozen=True, slots=True)
class FromContext:
    """It is this file or folder of the build context, unchanged."""

    path: str


@numerous
@dataclass(frozen=True, slots=True)
class MadeBy:
    """A step made it: a command by itself or by redirection, a heredoc of COPY (``command`` is None then)."""

    point: Point
    command: Command | None = None
    #: The content, where the text gives it.
    content: str | None = None


@dataclass(frozen=True, slots=True)
class FromImage:
    """No step before can have made it: if it exists, the base image holds it."""


@dataclass(frozen=True, slots=True)
class Absent:
    """It is known not to exist."""

    why: str


@numerous
@dataclass(frozen=True, slots=True)
class ContextTree:
    """A context file or folder stands at ``path``; a folder lies over what was there."""

    point: Point
    path: str
    source: str
    is_folder: bool
    #: Context paths or patterns (``COPY --exclude``) that stay out, relative to ``source``.
    exclude: tuple[str, ...] = ()


@numerous
@dataclass(frozen=True, slots=True)
class Copied:
    """``path`` holds what ``source`` held right before; of a folder, everything below."""

    point: Point
    path: str
    source: str
    #: A shell pattern that the first name below both must match (``cp src/*.so /lib/``); "" for the whole.
    names: str = ""
    #: False where it depends on whether the destination is a folder, which is not settled.
    sure: bool = True


@numerous
@dataclass(frozen=True, slots=True)
class Linked:
    """``path`` is a symbolic link to the absolute path ``target``."""

    point: Point
    path: str
    target: str


@numerous
@dataclass(frozen=True, slots=True)
class Made:
    """A file or folder came to be or got new content."""

    point: Point
    path: str
    is_folder: bool
    command: Command | None = None
    content: str | None = None


@numerous
@dataclass(frozen=True, slots=True)
class Removed:
    """``path`` and everything below is gone; with ``names`` only what matches that pattern in the folder ``path``."""

    point: Point
    path: str
    names: str = ""


@numerous
@dataclass(frozen=True, slots=True)
class Unfollowed:
    """A step that may make any file at or below ``path``."""

    point: Point
    path: str
    why: str
    #: A package manager does, which puts files into the system's own folders alone: see :data:`SYSTEM`.
    packages: bool = False
    #: It names the very path: what stood there before is not known to stand there still.
    written: bool = False


#: The folders of the Filesystem Hierarchy Standard 3.0: packages put nothing beside them, in the root itself neither
#: (3.2; Debian Policy 9.1.1 holds packages to it).
SYSTEM = frozenset(
    {"bin", "boot", "dev", "etc", "home", "lib", "lib32", "lib64", "libx32", "media", "mnt", "opt", "proc", "root",
     "run", "sbin", "srv", "sys", "tmp", "usr", "var"}
)  # fmt: skip


class Elsewhere(Protocol):
    """The files of another stage, as they are after its last step (:class:`imgslim.meaning.effects.Files`)."""

    def origin(self, path: str) -> Origin:
        """Where the file or folder at ``path`` comes from."""
        ...

    def kind(self, path: str) -> Kind | None:
        """What stands at ``path``; None where that is not settled."""
        ...

    def list_dir(self, path: str) -> tuple[str, ...]:
        """The names known to stand in a folder."""
        ...


@dataclass(frozen=True, slots=True)
class StageFiles:
    """What COPY --from finds in another stage of the same file."""

    #: For people.
    name: str
    files: Elsewhere
    #: Files that builds are known to leave there, which reading the commands' words alone does not show.
    programs: frozenset[str] = frozenset()

    def kind(self, path: str) -> Kind | None:
        """What stands at ``path``; None where that is not settled."""
        if path in self.programs:
            return "file"
        return "folder" if any(inside(p, path) for p in self.programs) else self.files.kind(path)


@dataclass(frozen=True, slots=True)
class Brought:
    """``path`` holds what ``source`` is in another stage of the file (COPY --from); of a folder, everything below."""

    point: Point
    path: str
    source: str
    stage: Elsewhere
    #: For people: the stage.
    name: str
    is_folder: bool


Fact = ContextTree | Copied | Linked | Made | Removed | Unfollowed | Brought


def covers(names: str, folder: str, path: str) -> bool:
    """Tell whether a fact about ``folder`` (restricted to the pattern ``names``) speaks of ``path``."""
    if not inside(path, folder):
        return False
    return not names or name_matches(names, below(path, folder).split("/", 1)[0])


def name_matches(pattern: str, name: str) -> bool:
    """Match one name as a POSIX shell does: ``*`` and ``?`` pass over a leading dot (POSIX.1-2017, XCU 2.13.3)."""
    if not name or (name.startswith(".") and not pattern.startswith(".")):
        return False
    parts = re.split(r"(\*|\?|\[[!^]?[^\]]+\])", pattern)
    out = []
    for part in parts:
        match part[:1]:
            case "*":
                out.append(".*")
            case "?":
                out.append(".")
            case "[" if part.endswith("]") and len(part) > len("[]"):
                mark = "^" if part[1] in "!^" else ""
                out.append(f"[{mark}{re.escape(part[1 + len(mark) : -1]).replace(chr(92) + '-', '-')}]")
            case _:
                out.append(re.escape(part))
    try:
        return re.fullmatch("".join(out), name, re.DOTALL) is not None
    except re.error:
        return False
