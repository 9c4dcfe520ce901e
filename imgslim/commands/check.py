"""``imgslim check``: what is to be said about files and folders, for people, programs and CI."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from imgslim.commands.checked import look
from imgslim.commands.inputs import one_of
from imgslim.commands.output import give, give_json, say
from imgslim.commands.statistics import Statistics, holds_only
from imgslim.config import Finder, Settings
from imgslim.config.settings import PREFERENCES
from imgslim.errors import UsageError
from imgslim.files import files_below
from imgslim.reasons import Kind
from imgslim.records import dataclass
from imgslim.render import github, human, machine, sarif
from imgslim.render.place import printable
from imgslim.sources import is_wanted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.commands.checked import Checked


@dataclass(frozen=True, slots=True)
class Request:
    """The command line's own options."""

    paths: tuple[Path, ...] = (Path(),)
    #: "" for both: as the configuration says.
    target: str = ""
    prefer: str = ""
    form: str = "text"
    #: Count outcomes by reason and by language, show none.
    statistics: bool = False
    #: Apply what is safe to be applied, and report what is left, or with ``fix_only`` nothing but what can't be read.
    fix: bool = False
    fix_only: bool = False
    #: Plan the last stage of files with several.
    last_stage: bool = False

    def check(self) -> None:
        """Refuse values that no option has.

        Raises:
            UsageError: with the option's name.
        """
        one_of("--format", self.form, ("text", "json") if self.statistics else FORMATS)
        one_of("--prefer", self.prefer, ("", *PREFERENCES))
        if self.fix_only and (self.statistics or self.form != "text"):
            raise UsageError("contradiction", "--fix-only reports nothing: it goes with no --format or --statistics.")


def run(request: Request) -> int:
    """Check every Dockerfile below the paths; 1 where one has findings, 2 where one can't be read.

    Raises:
        UsageError: a path does not exist, or holds no Dockerfile.
    """
    worst, statistics = 0, Statistics()
    collected: list[dict[str, Any]] = []
    finder = Finder()
    files = dict.fromkeys(_files(request.paths, finder))
    # What is written rests on the build context that is there; what is only counted need not have any.
    counted = request.statistics and not request.fix
    bare = partial(holds_only, files={f.absolute() for f in files}, known={}) if counted else None
    fix = request.fix or request.fix_only
    for file in files:
        start = perf_counter()
        checked = look(file, finder, request.target, request.prefer, fix=fix, bare=bare, last_stage=request.last_stage)
        statistics.add(checked, perf_counter() - start)
        worst = max(worst, 0 if request.fix_only and checked.code == 1 else checked.code)
        collected += (_errors if request.statistics or request.fix_only else _SHOW[request.form])(checked)
    if request.form == "sarif":
        give_json(sarif.log(collected))
    elif request.form == "json":
        give_json(statistics.document() if request.statistics else collected)
    elif request.statistics:
        sys.stdout.writelines(f"{line}\n" for line in statistics.text())
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
        give(line + "\n")
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
