"""A whole migration: survey, plan, and what is kept of it on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import imgslim.migrate.pool as pool_
from imgslim.migrate.journal import Entry, Journal, result_of, tally_of
from imgslim.migrate.pool import Planner, Task
from imgslim.migrate.results import Result
from imgslim.migrate.survey import survey
from imgslim.records import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import Any

    from imgslim.migrate.jobs import Job, Note
    from imgslim.migrate.planning import Choice
    from imgslim.migrate.root import Root
    from imgslim.migrate.survey import Selection


class Migration:
    """A tree that was surveyed, and the plans of its Dockerfiles as they are made."""

    def __init__(
        self, root: Root, selection: Selection, choice: Choice, journal: Path | None = None, extra: str = ""
    ) -> None:
        """Survey the tree and open the journal.

        Args:
            root: the tree.
            selection: which of its Dockerfiles are wanted.
            choice: what holds for all of them.
            journal: where plans are kept until the run is finished; None: in a file that ends with the process.
            extra: what else the caller chose; a stopped run that chose otherwise is not gone on with.

        Raises:
            UsageError: a pattern, a revision or a configuration file makes no sense.
            EngineOrSystemError: the journal can't be written, or another run has it open.
        """
        found = survey(root, selection)
        self.root = root
        self.choice = choice
        self.jobs: dict[str, Job] = {job.path: job for job in found.jobs}
        self.notes: tuple[Note, ...] = found.notes
        #: How files were found, as a sentence.
        self.how = found.how
        #: How many plans of a stopped run still hold.
        self.kept = 0
        self._settings = f"{_version()} {choice!r} {extra}"
        self._journal = Journal(journal, self._settings)

    def plan(self, jobs: int = 1, progress: Callable[[int, int], None] | None = None) -> None:
        """Plan what no earlier run has planned, on ``jobs`` cores.

        ``progress`` hears how many of how many files are done.

        Raises:
            EngineOrSystemError: a process was killed.
        """
        paths = tuple(self.jobs)
        tasks = (Task(n, self.jobs[path], self._journal.line(path)) for n, path in enumerate(paths))
        planner = Planner(self.root, self.choice, self._settings)
        count = 0
        for portion in pool_.run(planner, tasks, min(jobs, -(-len(paths) // 16))):
            made = [(paths[done.number], done.line) for done in portion if done.line is not None]
            self._journal.add(made)
            self.kept += len(portion) - len(made)
            count += len(portion)
            if progress is not None:
                progress(count, len(paths))

    def results(self) -> Iterator[Result]:
        """Every result in the order of the paths, read from disk one at a time."""
        for path in self.jobs:
            found = self.result(path)
            if found is not None:
                yield found

    def tallies(self) -> Iterator[str]:
        """The :attr:`~imgslim.migrate.results.Result.tally` of every result, which takes no reading of it."""
        for path in self.jobs:
            line = self._journal.line(path)
            if line is not None:
                yield tally_of(line)

    def result(self, path: str) -> Result | None:
        """The result of one path; None where it is not planned yet."""
        line = self._journal.line(path)
        return Result(result_of(line)) if line is not None else None

    def change(self, path: str, /, **changes: Any) -> None:  # noqa: ANN401  (keys of a result)
        """Keep more about one result: that it was written, verified, or has a patch."""
        line = self._journal.line(path)
        if line is not None:
            entry = Entry.read(line)
            self._journal.add([(path, replace(entry, result={**entry.result, **changes}).line())])

    def close(self, *, finished: bool) -> None:
        """End the run; the journal of one that is not finished stays."""
        self._journal.close(finished=finished)


def _version() -> str:
    from importlib.metadata import version  # noqa: PLC0415

    return version("dockerfile-imgslim")
