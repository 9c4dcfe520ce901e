"""What a program was seen to do while it ran under its own entry: which paths it used, and how."""

from __future__ import annotations

from enum import Flag, auto
from typing import TYPE_CHECKING

from imgslim.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Access(Flag):
    """What was done with a path; several may hold."""

    #: Opened for reading.
    READ = auto()
    #: Opened for writing, or changed: truncated, renamed, its owner or mode set.
    WRITTEN = auto()
    #: Made by the run itself: it was not there before.
    CREATED = auto()
    #: Removed.
    REMOVED = auto()
    #: Started (execve(2)).
    EXECUTED = auto()
    #: Mapped as a shared library by the loader or by dlopen(3).
    LOADED = auto()
    #: Asked about (stat(2), access(2), readlink(2)), and it was there.
    ASKED = auto()
    #: Its names were listed (getdents(2)).
    LISTED = auto()
    #: Made the working directory.
    ENTERED = auto()
    #: A socket was bound or connected there.
    SOCKET = auto()
    #: It was not there.
    MISSING = auto()
    #: It was there, or may have been, and who asked was not let at it.
    DENIED = auto()


@dataclass(frozen=True, slots=True)
class Started:
    """One program that was started."""

    #: Absolute path as it was asked for, links not followed.
    path: str
    argv: tuple[str, ...]
    #: The working directory of the caller; "" where that is not known.
    cwd: str = ""


@dataclass(frozen=True, slots=True)
class Observed:
    """One or more runs, taken together."""

    #: By absolute path as the program gave it (made absolute, not resolved).
    uses: Mapping[str, Access]
    #: In order, each once; the entry's own program first.
    started: tuple[Started, ...]
    #: What exercised it: ``GET 8080/``, ``SIGTERM``, ``HEALTHCHECK`` …, for people.
    probes: tuple[str, ...]
    #: Why the view is not whole (log too long, lost), for people; "" where it is.
    cut: str = ""
    #: What still ran when all had been asked, each program once, in the order of their starts.
    lasting: tuple[str, ...] = ()
    #: What it printed and answered, as far as that was read.
    said: str = ""

    def having(self, access: Access) -> tuple[str, ...]:
        """The paths that were used in one of these ways, in the order of their first use."""
        return tuple(path for path, seen in self.uses.items() if seen & access)


def together(runs: Iterable[Observed]) -> Observed:
    """Several runs as one, in their order."""
    runs = tuple(runs)
    uses: dict[str, Access] = {}
    for run in runs:
        for path, access in run.uses.items():
            uses[path] = uses.get(path, access) | access
    return Observed(
        uses,
        tuple(dict.fromkeys(one for run in runs for one in run.started)),
        tuple(dict.fromkeys(one for run in runs for one in run.probes)),
        "; ".join(dict.fromkeys(run.cut for run in runs if run.cut)),
        tuple(dict.fromkeys(path for run in runs for path in run.lasting)),
        "\n".join(run.said for run in runs if run.said),
    )
