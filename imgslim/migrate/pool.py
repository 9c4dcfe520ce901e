"""Plan many Dockerfiles on several cores; what comes back is the same whatever the number of them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imgslim.errors import EngineOrSystemError, UsageError
from imgslim.files import read_text
from imgslim.migrate.journal import Entry, key_of
from imgslim.migrate.planning import digest, result
from imgslim.migrate.recording import Recorder, replayed
from imgslim.records import dataclass, numerous

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from imgslim.migrate.jobs import Job
    from imgslim.migrate.planning import Choice
    from imgslim.migrate.root import Root

#: Jobs that a process takes at once, and portions that wait for each process.
_PORTION, _WAITING = 16, 3


@numerous
@dataclass(frozen=True, slots=True)
class Task:
    """One job with what an earlier run wrote down of it."""

    number: int
    job: Job
    earlier: str | None = None


@numerous
@dataclass(frozen=True, slots=True)
class Done:
    """A task's end; the line is None where the earlier one still holds."""

    number: int
    line: str | None


class Planner:
    """What a process needs to plan: made once, sent to each."""

    def __init__(self, root: Root, choice: Choice, settings: str) -> None:
        """Take the root, what the caller chose, and the text of both for keys."""
        self._root = root
        self._choice = choice
        self._settings = settings

    def __call__(self, tasks: Sequence[Task]) -> list[Done]:
        """Plan a portion."""
        return [Done(task.number, self._line(task)) for task in tasks]

    def _line(self, task: Task) -> str | None:
        try:
            text: str | None = read_text(self._root.text_at(task.job.path))
        except UsageError:  # planning says why
            text = None
        key = key_of(self._settings, task.job, None if text is None else digest(text))
        if task.earlier is not None and self._holds(Entry.read(task.earlier), key, text):
            return None
        recorder = Recorder()
        made = result(self._root, task.job, self._choice, recorder, text)
        return Entry(task.job.path, key, recorder.asked(), recorder.digest(), made).line()

    @staticmethod
    def _holds(earlier: Entry, key: str, text: str | None) -> bool:
        """Tell whether a plan of a stopped run is what planning would give now."""
        if earlier.key == key:
            return earlier.asked is not None and replayed(earlier.asked) == earlier.answers
        # The stopped run may have written the file already.
        after = earlier.result["after"]
        return text is not None and bool(after) and after != earlier.result["before"] and after == digest(text)


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(planner: Callable[[Sequence[Task]], list[Done]], tasks: Iterable[Task], jobs: int) -> Iterator[list[Done]]:
    """Every task's end, in no order, as many at once as were planned at once.

    Raises:
        EngineOrSystemError: a process was killed; what it had finished has been yielded.
    """
    portions = _portions(tasks)
    if jobs <= 1:
        for portion in portions:
            yield planner(portion)
        return
    from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait  # noqa: PLC0415
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415

    with ProcessPoolExecutor(jobs, initializer=_take, initargs=(planner,)) as pool:
        waiting: set[Future[list[Done]]] = set()
        try:
            for portion in portions:
                waiting.add(pool.submit(_plan, portion))
                if len(waiting) >= jobs * _WAITING:
                    ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    for future in ready:
                        yield future.result()
            while waiting:
                ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in ready:
                    yield future.result()
        except BrokenProcessPool as error:
            message = "A process that planned was killed; it may have run out of memory."
            raise EngineOrSystemError("worker-lost", message, "Run it again: it goes on where it stopped.") from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _portions(tasks: Iterable[Task]) -> Iterator[list[Task]]:
    portion: list[Task] = []
    for task in tasks:
        portion.append(task)
        if len(portion) == _PORTION:
            yield portion
            portion = []
    if portion:
        yield portion


_planner: Callable[[Sequence[Task]], list[Done]] | None = None


def _take(planner: Callable[[Sequence[Task]], list[Done]]) -> None:
    """Keep the planner of this process; Ctrl-C is the parent's to answer, and without the parent it ends."""
    import signal  # noqa: PLC0415
    import threading  # noqa: PLC0415

    global _planner  # noqa: PLW0603  (a process has one, and a task would carry it each time)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _planner = planner
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A parent that was killed can't end its processes: they would wait for tasks for ever."""
    from multiprocessing import parent_process  # noqa: PLC0415
    from multiprocessing.connection import wait  # noqa: PLC0415

    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _plan(tasks: Sequence[Task]) -> list[Done]:
    if _planner is None:
        raise RuntimeError("a task came before its planner")
    return _planner(tasks)
