"""Wait until a program ended, or does what it is for: listens, or waits for something."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from imgslim.records import dataclass

if TYPE_CHECKING:
    from imgslim.engine.container import Container, State
    from imgslim.engine.sockets import Listener

#: Seconds that the set of listening sockets must stay the same.
_STABLE = 0.6
#: Seconds without output, new sockets and work after which a program without sockets counts as waiting; twice as long
#: for one that goes on printing.
_QUIET = 3.0
#: Share of one processor below which a program counts as idle, on a machine that has one to give.
_IDLE = 0.1
#: Seconds between two looks.
_FIRST_PAUSE = 0.02
_LONGEST_PAUSE = 0.15


@dataclass(frozen=True, slots=True)
class Settled:
    """How the waiting ended."""

    state: State
    #: None where they could not be seen.
    listeners: frozenset[Listener] | None
    seconds: float
    #: True where it was writing until the time ran out.
    is_flowing: bool


def settle(container: Container, timeout: float, awaited: frozenset[int], patience: float) -> Settled:
    """Watch ``container`` for at most ``timeout`` seconds.

    ``awaited`` are the TCP ports that should listen: those of EXPOSE, of the probes, or those the original listened on.
    Where none of them does, an idle program is given ``patience`` seconds (it may be waiting before it opens them).
    """
    begin = time.monotonic()
    last_change = last_output = begin
    seen: tuple[frozenset[Listener] | None, int] = (None, 0)
    last_look = begin
    cpu: tuple[float, float] | None = None
    pause = _FIRST_PAUSE
    while True:
        state = container.state()
        if not state.is_running:
            return Settled(container.wait(0), frozenset(), time.monotonic() - begin, is_flowing=False)
        sockets = container.listeners(state.pid)
        written = container.stdout.total + container.stderr.total
        now = time.monotonic()
        if sockets != seen[0]:
            last_change = now
        if written != seen[1]:
            last_output = now
        seen = (sockets, written)
        if container.stdout.dropped or container.stderr.dropped:
            return Settled(state, sockets, now - begin, is_flowing=True)
        if now - begin > timeout:
            return Settled(state, sockets, now - begin, is_flowing=now - last_output < _QUIET)
        ports = {one.port for one in sockets or () if one.protocol == "tcp"}
        if ports and awaited <= ports and now - last_change > _STABLE:
            return Settled(state, sockets, now - begin, is_flowing=now - last_output < _STABLE)
        quiet = patience if awaited and not ports else _QUIET
        flows = now - last_output < _QUIET
        if now - last_change > (2 * quiet if flows else quiet) and now - last_look > _STABLE:
            last_look = now
            if cpu is None:
                cpu = (now, container.cpu_seconds())
            elif (container.cpu_seconds() - cpu[1]) / (now - cpu[0]) < _idle():
                return Settled(state, sockets, now - begin, is_flowing=flows)
            else:
                cpu = None
        time.sleep(pause)
        pause = min(pause * 1.3, _LONGEST_PAUSE)


def _idle() -> float:
    """The share below which a program counts as idle: with many that want the processors, a busy one gets less, too."""
    wanting = os.getloadavg()[0] / (os.cpu_count() or 1)
    return _IDLE / max(1.0, wanting)
