"""``imgslim check``: what is to be said about files and folders, for people, programs and CI."""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgslim.commands.inputs import one_of
from imgslim.commands.output import give_json, say
from imgslim.config import Finder, Settings
from imgslim.config.settings import PREFERENCES
from imgslim.diagnostics import Diagnostic, of_error, of_outcome
from imgslim.errors import InputError, UsageError
from imgslim.files import files_below, read_text
from imgslim.model import Declined, Rewritten
from imgslim.reasons import Kind
from imgslim.records import dataclass, replace
from imgslim.render import github, human, machine, sarif
from imgslim.render.place import printable
from imgslim.service import configured, slim
from imgslim.sources import Input, find_context, is_wanted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Outcome


@dataclass(frozen=True, slots=True)
class Request:
    """The command line's own options."""

    paths: tuple[Path, ...] = (Path(),)
    #: "" for both: as the configuration says.
    target: str = ""
    prefer: str = ""
    form: str = "text"
    #: Count outcomes by reason, show none.
    statistics: bool = False

    def check(self) -> None:
        """Refuse values that no option has.

        Raises:
            UsageError: with the option's name.
        """
        one_of("--format", self.form, ("text", "json") if self.statistics else FORMATS)
        one_of("--prefer", self.prefer, ("", *PREFERENCES))


@dataclass(frozen=True, slots=True)
class Checked:
    """What one file has to say."""

    source: Input
    #: In the order of places.
    diagnostics: tuple[Diagnostic, ...]
    #: None where the file can't be read.
    outcome: Outcome | None

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


def run(request: Request) -> int:
    """Check every Dockerfile below the paths; 1 where one has findings, 2 where one can't be read.

    Raises:
        UsageError: a path does not exist, or holds no Dockerfile.
    """
    worst, counts = 0, Counter[str]()
    collected: list[dict[str, Any]] = []
    finder = Finder()
    for file in tuple(_files(request.paths, finder)):
        checked = _one(file, request, finder)
        worst = max(worst, checked.code)
        counts[checked.counts_as] += 1
        collected += _errors(checked) if request.statistics else _SHOW[request.form](checked)
    if request.form == "sarif":
        give_json(sarif.log(collected))
    elif request.form == "json":
        give_json(counts if request.statistics else collected)
    elif request.statistics:
        for key, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            sys.stdout.write(f"{count:>8}  {key}\n")
    return worst


def _files(paths: tuple[Path, ...], finder: Finder) -> Iterator[Path]:
    seen: set[Path] = set()
    for path in paths:
        if not path.exists():
            raise UsageError("unreadable", f"{path} does not exist.", "Give Dockerfiles or folders.")
        empty = True
        for file in files_below(path):
            settings = _found(file, finder)
            if path.is_dir() and not (is_wanted(file, settings) and file.is_file()):
                continue
            empty = False
            if settings.excludes(file):
                if file == path:
                    say(f"{printable(file.as_posix())}: excluded by {printable(str(settings.file))}")
            elif file not in seen:
                seen.add(file)
                yield file
        if empty:
            raise UsageError("no-dockerfile", f"There is no Dockerfile in {path} or below.", "Give another path.")


def _found(file: Path, finder: Finder) -> Settings:
    """The settings to choose files by; a configuration that can't be used is told with the files that it is for."""
    try:
        return finder.find(file)
    except UsageError:
        return Settings()


def _one(file: Path, request: Request, finder: Finder) -> Checked:
    source = Input("", file.as_posix(), file)
    try:
        source = replace(source, text=read_text(file))
        settings = finder.find(file)
        outcome = _outcome(source, request, settings)
        return Checked(source, of_outcome(source.text, outcome, settings.ignore), outcome)
    except InputError as error:
        return Checked(source, (of_error(error),), None)
    except UsageError as error:
        # A target that is no target stops a command line; a configuration stops the files that it is for.
        if error.code == "bad-target" and request.target:
            raise
        return Checked(source, (Diagnostic(error.code, Kind.ERROR, str(error), None, error.hint),), None)


def _outcome(source: Input, request: Request, settings: Settings) -> Outcome:
    found = find_context(settings.context_of(source.path), source)
    if isinstance(found, Declined):
        return found
    return slim(source.text, found.context, configured(settings, request.target, prefer=request.prefer))


def _errors(checked: Checked) -> tuple[dict[str, Any], ...]:
    """Tell what can't be read on standard error."""
    for diagnostic in checked.diagnostics:
        if diagnostic.kind is Kind.ERROR:
            say(human.diagnostic(diagnostic, checked.source.text, checked.source.name))
    return ()


def _text(checked: Checked) -> tuple[dict[str, Any], ...]:
    """Print what is found; what a rewrite rests on is named in the line of the finding."""
    _errors(checked)
    for diagnostic in checked.diagnostics:
        if diagnostic.kind not in (Kind.ERROR, Kind.ASSUMPTION):
            sys.stdout.write(human.diagnostic(diagnostic, checked.source.text, checked.source.name) + "\n")
    return ()


def _json(checked: Checked) -> tuple[dict[str, Any], ...]:
    _errors(checked)
    if checked.outcome is None:
        return ()
    document = machine.outcome_json(checked.outcome, checked.source.text, checked.source.name)
    return (document | {"findings": machine.diagnostics_json(checked.diagnostics, checked.source.text)},)


def _github(checked: Checked) -> tuple[dict[str, Any], ...]:
    for line in github.workflow_commands(checked.diagnostics, checked.source.text, _from_root(checked.source.name)):
        sys.stdout.write(line + "\n")
    return ()


def _sarif(checked: Checked) -> tuple[dict[str, Any], ...]:
    return tuple(sarif.results(checked.diagnostics, checked.source.text, _from_root(checked.source.name)))


def _from_root(name: str) -> str:
    """The name as GitHub shows it: from the folder of the checkout, which may be above the current one."""
    root = os.environ.get("GITHUB_WORKSPACE") or os.getcwd()  # noqa: PTH109
    relative = os.path.relpath(name, root)
    return os.path.abspath(name) if f"{relative}/".startswith("../") else relative  # noqa: PTH100


#: Each shows what one file has to say, or gives what is printed when all files are read.
_SHOW = {"text": _text, "json": _json, "github": _github, "sarif": _sarif}
FORMATS = tuple(_SHOW)
