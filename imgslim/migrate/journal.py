"""The journal of a run: every plan as soon as it is made, so that a run that is killed goes on where it stopped.

It is a file of JSON lines. An entry says what its plan was made from, as digests of contents: the Dockerfile, what the
caller and the tree's other files say of it, and every question that was put to its build context, with a digest of the
answers. An entry whose answers are others today is planned again. A line that was torn is dropped.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

from imgslim.errors import EngineOrSystemError
from imgslim.migrate.results import Result
from imgslim.places import cache_folder
from imgslim.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from imgslim.config import Settings
    from imgslim.migrate.jobs import Job
    from imgslim.migrate.recording import Question
    from imgslim.migrate.root import Root

#: Of the file's form.
_VERSION = 4


def default_place(root: Root) -> Path | None:
    """Where the journal of a root lies: ``$XDG_CACHE_HOME/imgslim`` (else ``~/.cache/imgslim``), one file a root.

    None for a user without a home.
    """
    folder = cache_folder()
    if folder is None:
        return None
    return folder / f"migrate-{hashlib.sha256(os.fsencode(root.path)).hexdigest()[:16]}.jsonl"


def key_of(settings: str, job: Job, content: str | None) -> str:
    """Of everything that a plan is made from, but for its build context; ``content``: a digest, None: unreadable."""
    # Every field of each: as plain values, whose text takes a third of the time that records' own takes.
    builds = [(b.context, b.args, b.target, b.place and (b.place.file, b.place.line), b.who) for b in job.builds]
    said = f"{content}\0{settings}\0{job.path!r}{builds!r}{job.uses!r}{_said(job.settings)}"
    return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=32).hexdigest()


@lru_cache(maxsize=64)  # one configuration holds for many files
def _said(settings: Settings) -> str:
    return repr(settings)


@dataclass(frozen=True, slots=True)
class Entry:
    """One plan, written down."""

    path: str
    key: str
    #: What the build contexts were asked, by folder; None: too much to ask it again.
    asked: dict[str, list[Question]] | None
    #: The digest of the answers.
    answers: str
    result: dict[str, Any]

    def line(self) -> str:
        """The entry as a line; what is not ASCII is escaped, so that a line has one line end."""
        tally = Result("", self.result).tally
        return _json({
            "path": self.path, "key": self.key, "asked": self.asked, "answers": self.answers, "tally": tally,
            "result": self.result,
        })  # fmt: skip

    @classmethod
    def read(cls, line: str) -> Self:
        """Undo :meth:`line`."""
        fields = json.loads(line)
        return cls(fields["path"], fields["key"], fields["asked"], fields["answers"], fields["result"])


#: As :func:`json.dumps`, without its look for what holds itself: nothing in an entry does.
_json = json.JSONEncoder(check_circular=False).encode
#: What stands before a tally and a result, and nowhere before them: within a text its quotes would be escaped.
_TALLY, _RESULT = ', "tally": "', ', "result": '


def result_of(line: str) -> str:
    """The result in a line, as JSON."""
    return line[line.index(_RESULT) + len(_RESULT) : line.rindex("}")]


def tally_of(line: str) -> str:
    """The tally of the result in a line: names that JSON writes as they are."""
    start = line.index(_TALLY) + len(_TALLY)
    return line[start : line.index('"', start)]


class Journal:
    """The journal of one run, open for adding and reading."""

    def __init__(self, place: Path | None, settings: str) -> None:
        """Open it, and take over what a run with the same settings left.

        Args:
            place: the file; None for one that is gone with the process.
            settings: what the caller chose; entries of a run with other settings are dropped.

        Raises:
            EngineOrSystemError: it can't be written, or another run has it open.
        """
        self._place = place
        #: Where each path's latest entry starts.
        self._at: dict[str, int] = {}
        #: Where the next one goes, and whether the file stands elsewhere.
        self._end = 0
        self._has_moved = False
        try:
            if place is None:
                import tempfile  # noqa: PLC0415

                self._file = tempfile.TemporaryFile()  # noqa: SIM115  (open as long as the journal is)
            else:
                place.parent.mkdir(parents=True, exist_ok=True)
                self._file = os.fdopen(os.open(place, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "r+b")
                # Not flock: the processes that plan would hold the lock of a parent that was killed.
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise EngineOrSystemError("busy", f"another run has the journal {place} open.", "Wait for it.") from error
        except OSError as error:
            hint = "Name another place with --journal."
            raise EngineOrSystemError("unwritable", f"{place} can't be written: {error.strerror}.", hint) from error
        self._take_over(json.dumps({"imgslim": _VERSION, "settings": settings}) + "\n")

    def _take_over(self, header: str) -> None:
        """Index the whole lines that are there, and cut what follows them."""
        end = 0
        if self._file.readline().decode("ascii", "replace") == header:
            end = self._file.tell()
            for line in self._file:
                try:
                    path = json.loads(line)["path"] if line.endswith(b"\n") else None
                except (ValueError, KeyError, TypeError):
                    path = None
                if path is None:
                    break
                self._at[path] = end
                end += len(line)
        self._file.seek(end)
        self._file.truncate()
        if not end:
            end = self._file.write(header.encode())
            self._file.flush()
        self._end = end

    def line(self, path: str) -> str | None:
        """The latest entry of a path."""
        if path not in self._at:
            return None
        self._has_moved = True
        self._file.seek(self._at[path])
        return self._file.readline().decode("ascii")

    def add(self, entries: Iterable[tuple[str, str]]) -> None:
        """Write entries, each with its path; they survive the process from here on, killed or not."""
        if self._has_moved:
            self._file.seek(self._end)
            self._has_moved = False
        for path, line in entries:
            self._at[path] = self._end
            self._end += self._file.write(line.encode("ascii") + b"\n")
        self._file.flush()

    def close(self, *, finished: bool) -> None:
        """Close it; a run that is finished leaves none."""
        if finished and self._place is not None:
            self._place.unlink(missing_ok=True)
        self._file.close()
