"""What ``imgslim check`` does with one file: look at it, count it, and apply what is safe."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from imgslim.commands.output import say
from imgslim.commands.statistics import languages, opaque
from imgslim.context import NoContext
from imgslim.diagnostics import Diagnostic, of_error, of_outcome
from imgslim.edits import apply
from imgslim.errors import NESTS_TOO_DEEPLY, InputError, UsageError
from imgslim.files import read_text, write_text
from imgslim.model import Declined, Rewritten
from imgslim.policy import may_write
from imgslim.reasons import Kind
from imgslim.records import dataclass, replace
from imgslim.render.place import printable
from imgslim.service import Prepared, configured, decide, prepare
from imgslim.sources import Found, Input, find_context

if TYPE_CHECKING:
    from collections.abc import Callable

    from imgslim.config import Finder, Settings
    from imgslim.diagnostics import Fix
    from imgslim.model import Outcome


@dataclass(frozen=True, slots=True)
class Checked:
    """What one file has to say."""

    source: Input
    #: In the order of places.
    diagnostics: tuple[Diagnostic, ...]
    #: None where the file can't be read.
    outcome: Outcome | None
    #: The languages that the file builds in, where it was read that far; for statistics.
    languages: tuple[str, ...] = ()
    #: True where the file was planned from its text alone.
    without_context: bool = False
    #: True where shell text in it was not understood.
    opaque: bool = False

    @property
    def code(self) -> int:
        """The exit code that the file asks for."""
        kinds = {d.kind for d in self.diagnostics}
        return 2 if Kind.ERROR in kinds else 1 if Kind.FINDING in kinds else 0

    @property
    def counts_as(self) -> str:
        """The line of the statistics that the file counts in."""
        if self.outcome is None:
            return f"error: {self.diagnostics[0].code}"
        if isinstance(self.outcome, Rewritten):
            return "rewritten: " + self.outcome.plan.applicability.name.lower()
        return f"{'declined' if isinstance(self.outcome, Declined) else 'unchanged'}: {self.outcome.reason}"

    @property
    def not_understood(self) -> bool:
        """Whether it ends as what no toolchain knows, or as it is with shell text in it that was not understood."""
        reason = getattr(self.outcome, "reason", "")
        return reason == "unknown-toolchain" or (self.opaque and not isinstance(self.outcome, Rewritten))


def look(
    file: Path,
    finder: Finder,
    target: str = "",
    prefer: str = "",
    *,
    fix: bool = False,
    bare: Callable[[Path], bool] | None = None,
    last_stage: bool = False,
) -> Checked:
    """Look at one file, and with ``fix`` apply what is safe; what can't be read or configured is what it has to say.

    Args:
        file: its path.
        finder: gives its configuration.
        target: as on the command line.
        prefer: as on the command line.
        fix: whether to apply what is safe.
        bare: where given, a file whose COPY sources are in no folder, or whose folder is bare by this, is planned from
            its text alone: that is how files are counted.
        last_stage: whether to plan the last stage of a file with several.

    Raises:
        UsageError: ``target`` is no target.
        EngineOrSystemError: the file can't be written.
    """
    source = Input("", file.as_posix(), file)
    try:
        source = replace(source, text=read_text(file))
        settings = finder.find(file)
        looked = partial(_looked_at, settings=settings, target=target, prefer=prefer, bare=bare, last_stage=last_stage)
        checked = looked(source)
        return _fixed(checked, looked) if fix else checked
    except InputError as error:
        return Checked(source, (of_error(error),), None)
    except UsageError as error:
        # A target that is no target stops a command line; a configuration stops the files that it is for.
        if error.code == "bad-target" and target:
            raise
        return Checked(source, (Diagnostic(error.code, Kind.ERROR, str(error), None, error.hint),), None)
    except Exception as error:
        if bare is None:
            raise
        # What is met in one file of a collection must not cost the counts of the others.
        deep = isinstance(error, RecursionError)
        message = NESTS_TOO_DEEPLY if deep else f"A fault of imgslim: {type(error).__name__}: {error}."
        code = "too-deep" if deep else "internal-error"
        return Checked(source, (Diagnostic(code, Kind.ERROR, message, None),), None)


def _looked_at(
    source: Input,
    settings: Settings,
    target: str,
    prefer: str,
    *,
    bare: Callable[[Path], bool] | None,
    last_stage: bool,
) -> Checked:
    given = settings.context_of(source.path)
    found = find_context(given, source.text, source.path)
    if bare is not None and given is None:
        lost = isinstance(found, Declined) or (found.folder is not None and bare(Path(found.folder)))
        found = Found(NoContext(), None) if lost else found
    if isinstance(found, Declined):
        return Checked(source, of_outcome(source.text, found, settings.ignore), found)
    options = configured(settings, target, prefer=prefer, last_stage=last_stage)
    prepared = prepare(source.text, found.context, options)
    if not isinstance(prepared, Prepared):
        return Checked(source, of_outcome(source.text, prepared, settings.ignore), prepared)
    outcome = decide(prepared, options.target, options.libc, options.prefer, alternatives=False)
    said = of_outcome(source.text, outcome, settings.ignore)
    if bare is None:
        return Checked(source, said, outcome)
    trace = prepared.project.trace
    return Checked(source, said, outcome, languages(trace), not found.context.known, opaque(trace))


def _fixed(checked: Checked, looked: Callable[[Input], Checked]) -> Checked:
    """Apply one safe fix after the other, looking at the file anew each time, and write the file once.

    It ends: each fix either makes several stages of one, which happens once, or takes a reason out of a comment.
    """
    titles = []
    while (fix := next(filter(_may_be_applied, (f for d in checked.diagnostics for f in d.fixes)), None)) is not None:
        titles.append(fix.title)
        changed = replace(checked.source, text=apply(checked.source.text, fix.edits))
        checked = looked(changed)
    if titles and checked.source.path is not None:
        write_text(checked.source.path, checked.source.text)
        say("\n".join(f"{printable(checked.source.name)}: {printable(title)}" for title in titles))
    return checked


def _may_be_applied(fix: Fix) -> bool:
    return may_write(fix.applicability, verified=False, unsafe=False)
