"""The steps of a verification on a terminal: one line drawn over while a step lasts, one that stays when it is done."""

from __future__ import annotations

import shutil
import threading
import time
from typing import TYPE_CHECKING

from imgslim.regex import regex
from imgslim.render.place import columns, printable

if TYPE_CHECKING:
    from typing import TextIO

#: How BuildKit counts the instructions of a stage: ``[2/4] RUN …``, ``[build 2/4] RUN …``.
_COUNT = regex(r"\[(?:[^\]/]* )?(\d+)/(\d+)\]")
#: What a step is called: ``building the original``, ``version: running the original (1)``; other lines are remarks.
_STEP = regex(r"(^|: )[a-z]+ing (the|into) ")
#: Seconds between two drawings.
_PAUSE = 0.2
_BAR = 12


class Live:
    """Shows the lines of a verification; those that are indented are details of the step before them.

    A thread draws, so that the time goes on while nothing else happens.
    """

    def __init__(self, out: TextIO) -> None:
        """Wait for the first step; ``out`` is a terminal."""
        self._out = out
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._step = self._detail = ""
        self._count: tuple[int, int] | None = None
        self._began = time.monotonic()
        self._thread = threading.Thread(target=self._draw_on, daemon=True)
        self._thread.start()

    def show(self, line: str) -> None:
        """Take the next line: a step, or a detail of the present one."""
        with self._lock:
            if line.startswith(" "):
                self._detail = line.strip()
                if (match := _COUNT.match(self._detail)) is not None:
                    self._count = int(match[1]), int(match[2])
                return
            self._finish()
            if _STEP.search(line) is None:
                self._out.write(printable(line.strip()) + "\n")
                return
            self._step, self._detail, self._count = line.strip(), "", None
            self._began = time.monotonic()
            self._draw()

    def close(self) -> None:
        """End the present step, and leave the terminal's line to others."""
        self._ended.set()
        self._thread.join()
        with self._lock:
            self._finish()

    def _draw_on(self) -> None:
        while not self._ended.wait(_PAUSE):
            with self._lock:
                self._draw()

    def _draw(self) -> None:
        if not self._step:
            return
        words = [self._step]
        if self._count is not None:
            done, total = self._count
            full = _BAR * min(done, total) // max(total, 1)
            words.append(f"[{'#' * full}{'-' * (_BAR - full)}]")
        words.append(f"{time.monotonic() - self._began:.0f} s")
        if self._detail:
            words.append(self._detail)
        self._out.write("\r\x1b[K" + _cut(printable(" ".join(words)), shutil.get_terminal_size().columns - 1))
        self._out.flush()

    def _finish(self) -> None:
        if self._step:
            self._out.write(f"\r\x1b[K{printable(self._step)}: {time.monotonic() - self._began:.1f} s\n")
            self._out.flush()
        self._step = ""


def _cut(text: str, width: int) -> str:
    """As much as fits in one line of a terminal: one that wraps could not be drawn over."""
    text = text[:width]
    while columns(text) > width:
        text = text[:-1]
    return text
