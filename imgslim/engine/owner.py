"""Whose work something on the engine is: a mark in every name, by which a later session knows what nobody needs."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from imgslim.records import dataclass
from imgslim.regex import regex

#: Seconds after which the work of a process that can't be seen from here counts as left behind: by the engine's clock,
#: since the machines' own may disagree. No verification takes that long.
LONGEST = 24 * 3600
#: Where processes can't be told apart: no process is ever found at it.
_NOWHERE = "x"
_MARK = regex(r"(x|[0-9a-f]{12})-([0-9a-f]+)-([0-9a-f]+)-([0-9a-f]+)-[0-9a-f]{10}\Z")


@dataclass(frozen=True, slots=True)
class Owner:
    """A piece of work of one process."""

    #: The machine, its boot and its namespace of process ids, in which alone a process id means something.
    place: str
    pid: int
    #: When the process started, in the kernel's ticks: an id is given to another process some time.
    born: int
    #: When the work began by the engine's clock, Unix seconds; 0 where the engine did not tell.
    since: int
    #: ``<place>-<pid>-<born>-<since>-<random>``, as a part of names and as the value of a label.
    mark: str

    def is_gone(self, here: str, now: int) -> bool:
        """Tell whether nobody works on this any more: surely where its process can be seen from ``here``, else by age.

        ``now`` is the engine's clock.
        """
        if self.place == here != _NOWHERE:
            return not _lives(self.pid, self.born)
        return 0 < self.since < now - LONGEST


def new_owner(now: int) -> Owner:
    """A mark for a new piece of work of this process; ``now`` is the engine's clock."""
    place, pid = place_of_this_process(), os.getpid()
    born = _stat(pid)[1] if place != _NOWHERE else 0
    return Owner(place, pid, born, now, f"{place}-{pid:x}-{born:x}-{now:x}-{secrets.token_hex(5)}")


def read_owner(mark: str) -> Owner | None:
    """The owner that a mark names; None where it is no mark."""
    match = _MARK.match(mark)
    if match is None:
        return None
    pid, born, since = (int(part, 16) for part in match.groups()[1:])
    return Owner(match[1], pid, born, since, mark)


def place_of_this_process() -> str:
    """Where this process's id means something; ``x`` on systems without Linux's /proc.

    Containers share the boot of their host and have process ids of their own: the namespace and the host's name are
    part of it, so that an imgslim in a container never takes another container's process 7 for its own.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii")
        space = os.readlink("/proc/self/ns/pid")  # noqa: PTH115  (no path: ``pid:[4026531836]``)
        _stat(os.getpid())
    except (OSError, ValueError, IndexError):
        return _NOWHERE
    return hashlib.sha256(f"{boot}\0{space}\0{os.uname().nodename}".encode()).hexdigest()[:12]


def _lives(pid: int, born: int) -> bool:
    """Tell whether process ``pid`` is there, and is the one that was born then; what can't be seen counts as alive."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        # Another user's; where /proc is hidden from us (hidepid) it can't be looked at either.
        pass
    try:
        state, started = _stat(pid)
    except (OSError, ValueError, IndexError):
        return True
    return started == born and state not in "ZX"


def _stat(pid: int) -> tuple[str, int]:
    """State and start time of a process: fields 3 and 22 of /proc/PID/stat (proc(5)); the name may hold blanks."""
    fields = Path("/proc", str(pid), "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    return fields[0], int(fields[19])
