"""``imgslim migrate``: a whole tree of Dockerfiles."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgslim.commands.inputs import one_of
from imgslim.commands.meter import Meter
from imgslim.commands.output import give, say
from imgslim.config.settings import LIBCS, PREFERENCES
from imgslim.errors import EngineOrSystemError, UsageError
from imgslim.files import write_text
from imgslim.migrate.agree import agreed
from imgslim.migrate.journal import default_place
from imgslim.migrate.patches import patch_names, patch_text
from imgslim.migrate.planning import Choice, document, plan
from imgslim.migrate.pool import cores
from imgslim.migrate.report.document import as_json
from imgslim.migrate.report.markdown import as_markdown
from imgslim.migrate.report.page import as_page
from imgslim.migrate.report.summary import Summary
from imgslim.migrate.report.table import as_table
from imgslim.migrate.results import count
from imgslim.migrate.root import Root
from imgslim.migrate.run import Migration
from imgslim.migrate.survey import Selection
from imgslim.migrate.writing import WRITTEN, uncommitted, write
from imgslim.model import Rewritten
from imgslim.records import dataclass, replace
from imgslim.render.place import printable
from imgslim.sources import Input
from imgslim.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imgslim.migrate.planning import Planned, Way
    from imgslim.model import Outcome
    from imgslim.verify.options import VerifyOptions

#: The forms of the summary, by ``--format``.
FORMS: dict[str, Callable[[Summary], Iterator[str]]] = {
    "text": lambda summary: (f"{line}\n" for line in as_table(summary)),
    "json": as_json,
    "markdown": as_markdown,
    "html": as_page,
}
#: The same by the ending of a ``--report``.
_ENDINGS = {".txt": "text", ".json": "json", ".md": "markdown", ".html": "html"}


@dataclass(frozen=True, slots=True)
class Request:
    """The command line's own options."""

    root: Path
    selection: Selection = Selection()
    choice: Choice = Choice()
    #: 0: as many as the process may use.
    jobs: int = 0
    form: str = "text"
    reports: tuple[Path, ...] = ()
    patches: Path | None = None
    write: bool = False
    unsafe: bool = False
    force: bool = False
    #: None: in the user's cache.
    journal: Path | None = None

    def check(self) -> None:
        """Refuse values that no option has.

        Raises:
            UsageError: with the option's name.
        """
        one_of("--format", self.form, FORMS)
        one_of("--libc", self.choice.libc, ("", *LIBCS))
        one_of("--prefer", self.choice.prefer, ("", *PREFERENCES))
        for report in self.reports:
            one_of("--report", report.suffix.lower(), _ENDINGS)
        if self.jobs < 0:
            raise UsageError("bad-option", f"--jobs takes a number of processes, not {self.jobs}.")


def run(request: Request, verification: VerifyOptions | None) -> int:
    """Do what was asked; the exit code.

    Raises:
        UsageError: a path, an option or the configuration makes no sense.
        EngineOrSystemError: the disk, git or the engine refused.
    """
    root = Root(request.root)
    migration = _opened(root, request, "" if verification is None else repr(verification))
    finished = False
    try:
        for note in migration.notes:
            say(f"{printable(str(note))}")
        say(f"{len(migration.jobs)} Dockerfiles, found by {printable(migration.how)}")
        migration.plan(request.jobs or cores(), Meter("planned"))
        if migration.kept:
            say(f"{migration.kept} of them were planned by the run that was stopped")
        if verification is not None:
            _verify(migration, verification)
        if request.patches is not None:
            _write_patches(migration, request.patches)
        if request.write:
            _write(migration, request)
        summary = Summary(
            migration.results, count(migration.tallies()), tuple(str(n) for n in migration.notes), migration.how
        )
        for report in request.reports:
            write_text(report, FORMS[_ENDINGS[report.suffix.lower()]](summary))
        for piece in FORMS[request.form](summary):
            give(piece)
        sys.stdout.flush()
        finished = True
    finally:
        migration.close(finished=finished)
    return summary.totals.code


def _opened(root: Root, request: Request, extra: str) -> Migration:
    place = request.journal or default_place(root)
    try:
        migration = Migration(root, request.selection, request.choice, place, extra)
    except EngineOrSystemError as error:
        if request.journal is not None or error.code != "unwritable":
            raise
        say(printable(str(error)))
        place = None
        migration = Migration(root, request.selection, request.choice, None, extra)
    if place is None:
        say("what is planned is kept nowhere: a run that is killed starts anew (--journal names a file)")
    else:
        say(f"what is planned is kept in {printable(str(place))} until the run is finished")
    return migration


def _write_patches(migration: Migration, folder: Path) -> None:
    names = patch_names(migration.jobs)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EngineOrSystemError("unwritable", f"{folder} can't be made: {error.strerror}.") from error
    for one in migration.results():
        if one.status == "rewritten" and one.diff:
            write_text(folder / names[one.path], patch_text(one))
            migration.change(one.path, patch=names[one.path])


def _write(migration: Migration, request: Request) -> None:
    paths = tuple(one.path for one in migration.results() if one.status == "rewritten")
    dirty = frozenset[str]() if request.force else uncommitted(migration.root, paths)
    for path in paths:
        result = migration.result(path)
        if result is None:
            continue
        said = write(migration.root, result, unsafe=request.unsafe, dirty=path in dirty)
        if said != WRITTEN:
            say(f"{printable(path)}: not written: {printable(said)}")
        migration.change(path, written=said)


def _verify(migration: Migration, verification: VerifyOptions) -> None:
    """Prove every rewrite, one after the other; what the engine refuses is declined."""
    wanted = [one.path for one in migration.results() if one.status == "rewritten" and one.outcome["verdict"] is None]
    meter = Meter("verified")
    for number, path in enumerate(wanted, 1):
        meter(number - 1, len(wanted))
        planned = plan(migration.root, migration.jobs[path], migration.choice)
        source = Input(planned.text, path, migration.root.at(path))
        unknown = [n for way in planned.ways for n, v in way.options.build_args.items() if isinstance(v, Unknown)]
        if unknown:
            say(f"{printable(path)}: not verified: what {printable(unknown[0])} is built with is not literal")
            continue
        proofs = [(way.build, *_proven(source, way, verification)) for way in planned.ways]
        proven = replace(planned, outcome=agreed([(build, outcome) for build, outcome, _ in proofs]))
        unseen = _unseen(proven)
        if unseen:
            say(f"{printable(path)}: not verified: no run shows it: {printable(unseen)}")
            continue
        verdicts = [verdict for _, _, verdict in proofs if verdict is not None]
        against = next((v for v in verdicts if v["status"] != "holds"), None)
        migration.change(path, **document(migration.jobs[path], proven, against or next(iter(verdicts), None)))
    meter(len(wanted), len(wanted))


def _unseen(planned: Planned) -> str:
    """What the rewrite rests on and no run of the image by itself shows; "" for nothing."""
    outcome = planned.outcome
    return outcome.unseen[0].message if isinstance(outcome, Rewritten) and outcome.unseen else ""


def _proven(source: Input, way: Way, verification: VerifyOptions) -> tuple[Outcome, dict[str, Any] | None]:
    from imgslim.commands.cached import prove  # noqa: PLC0415  (the engine's client is slow to import)

    if way.folder is None:
        raise UsageError("no-context", f"{source.name} has no build context.")
    # Those of the command line are among them, and win.
    arguments = tuple(f"{name}={value}" for name, value in way.options.build_args.items())
    options = replace(verification, build=replace(verification.build, build_args=arguments))
    outcome, verdict = prove(source, way.context, Path(way.folder), way.options, options)
    return outcome, verdict.to_json() if verdict is not None else None
