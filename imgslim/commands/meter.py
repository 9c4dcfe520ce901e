"""How far a long run is: one line that is drawn over on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time

from imgslim.commands.output import say

#: Seconds between two lines.
_TERMINAL, _PLAIN = 0.1, 10.0


class Meter:
    """Counts files."""

    def __init__(self, what: str) -> None:
        """Start the clock; ``what`` is what happens to files: ``planned``."""
        self._what = what
        self._start = self._shown = time.monotonic()
        self._terminal = sys.stderr.isatty()

    def __call__(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` files are through, unless it was shown just now."""
        now = time.monotonic()
        last = done == total
        if now - self._shown < (_TERMINAL if self._terminal else _PLAIN) and not last:
            return
        self._shown = now
        spent = max(now - self._start, 1e-3)
        rate = done / spent
        text = f"{done} of {total} {self._what}, {rate:.0f}/s"
        if not last:
            text += f", {_duration((total - done) / rate)} left"
        if self._terminal:
            sys.stderr.write(f"\r\x1b[K{text}" + ("\n" if last else ""))
            sys.stderr.flush()
        else:
            say(text)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
