"""``imgslim rewrite``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgslim.commands.inputs import one_of, pairs, read_input
from imgslim.commands.output import give, give_json, say
from imgslim.config import find
from imgslim.config.pragmas import ignored
from imgslim.config.settings import LIBCS, PREFERENCES
from imgslim.diagnostics import split_ignored
from imgslim.edits import unified_diff
from imgslim.errors import InputError, UsageError
from imgslim.files import name_in_diff, read_text, write_text
from imgslim.model import Declined, Rewritten
from imgslim.policy import may_write
from imgslim.records import dataclass, replace
from imgslim.render import human
from imgslim.render.place import printable
from imgslim.service import configured, slim
from imgslim.sources import Input, find_context

if TYPE_CHECKING:
    from imgslim.model import Outcome
    from imgslim.verify.options import VerifyOptions


#: How far imgslim looks: at the texts, into the built original as well, at a run of it as well.
EVIDENCE = ("read", "built", "run")


@dataclass(frozen=True, slots=True)
class Request:
    """The command line's own options."""

    #: A file, a folder, or ``-``.
    path: str = "."
    context: Path | None = None
    #: "" for these three: as the configuration says.
    target: str = ""
    #: ``glibc`` or ``musl``.
    libc: str = ""
    #: ``smallest`` or ``debuggable``.
    prefer: str = ""
    #: A file, ``-``, or "" for a diff.
    output: str = ""
    in_place: bool = False
    #: ``text`` or ``json``.
    form: str = "text"
    unsafe: bool = False
    verify: bool = False
    #: One of :data:`EVIDENCE`.
    evidence: str = "read"
    explain: bool = False
    strip: bool = False
    last_stage: bool = False
    build_args: tuple[str, ...] = ()

    @property
    def json(self) -> bool:
        """Whether standard output takes a document for programs."""
        return self.form == "json"

    @property
    def asks_engine(self) -> bool:
        """Whether an engine is needed."""
        return self.verify or self.evidence != "read"

    def check(self) -> None:
        """Refuse values that no option has, and options that exclude each other.

        Raises:
            UsageError: with the option's name.
        """
        one_of("--format", self.form, ("text", "json"))
        one_of("--evidence", self.evidence, EVIDENCE)
        one_of("--libc", self.libc, ("", *LIBCS))
        one_of("--prefer", self.prefer, ("", *PREFERENCES))
        if self.json and self.output == "-":
            raise UsageError("contradiction", "-o - and --format json both go to standard output.", "Name a file.")
        if self.in_place and (self.output or self.path == "-"):
            raise UsageError(
                "contradiction", "-i replaces the file itself: it goes with neither -o nor standard input."
            )


def run(request: Request, verification: VerifyOptions | None) -> int:
    """Do what was asked; the exit code.

    Raises:
        UsageError: a path, an option or the configuration makes no sense.
        EngineOrSystemError: the disk or the engine refused.
    """
    source = read_input(request.path)
    _check_output(request, source)
    try:
        kept = _kept(request, source)
        outcome, document = _outcome(request, source, None if kept else verification)
    except InputError as error:
        say(human.input_error(error, source.text, source.name))
        return 2
    verified = document is not None and document["status"] == "holds"
    if document is not None and not request.json:
        say("\n".join(human.verdict(document)))
    if not request.json:
        _tell(request, source, outcome, verified=verified)
    code = _write(request, source, outcome, kept, verified=verified)
    if request.json:
        from imgslim.render import machine  # noqa: PLC0415  (only where JSON is asked for)

        give_json(machine.outcome_json(outcome, source.text, source.name, document))
    else:
        _show(request, source, outcome)
    return code


def _check_output(request: Request, source: Input) -> None:
    output = Path(request.output)
    if request.output in ("", "-") or source.path is None or not output.exists():
        return
    if output.samefile(source.path):
        raise UsageError("contradiction", "-o names the file that is read.", "Use -i to replace it.")


def _outcome(
    request: Request, source: Input, verification: VerifyOptions | None
) -> tuple[Outcome, dict[str, Any] | None]:
    settings = find(source.path or Path("Dockerfile"))
    found = find_context(request.context or settings.context_of(source.path), source.text, source.path)
    if isinstance(found, Declined):
        return found, None
    if found.stated:
        say(f"{printable(source.name)}: {printable(found.stated)}")
    options = configured(settings, request.target, request.libc, request.prefer, pairs(request.build_args))
    options = replace(options, strip=request.strip, last_stage=request.last_stage or options.last_stage)
    if verification is None or ignored(source.text) is not None:
        return slim(source.text, found.context, options), None
    from imgslim.commands.cached import evident, prove  # noqa: PLC0415  (the engine's client is slow to import)
    from imgslim.commands.options import with_arguments  # noqa: PLC0415

    if found.folder is None:
        raise UsageError(
            "no-context", "Asking an engine takes a build: it needs the build context.", "Give it with --context."
        )
    folder = Path(found.folder)
    verification = replace(with_arguments(verification, settings), watch=request.evidence == "run")
    if not request.verify:
        return evident(source, found.context, folder, options, verification), None
    outcome, verdict = prove(source, found.context, folder, options, verification)
    return outcome, verdict.to_json() if verdict is not None else None


def _tell(request: Request, source: Input, outcome: Outcome, *, verified: bool) -> None:
    if isinstance(outcome, Rewritten):
        say("\n".join(human.summary(outcome, source.name, verified=verified, explain=request.explain)))
    else:
        say(human.refusal(outcome, source.text, source.name))


def _kept(request: Request, source: Input) -> str:
    """Who asks that the file itself is not split; "" for nobody.

    Raises:
        InputError: BuildKit would refuse the text.
    """
    if not request.in_place or source.path is None or ignored(source.text) is not None:
        return ""
    kept = split_ignored(source.text, find(source.path).ignore)
    return kept[0] if kept is not None else ""


def _write(request: Request, source: Input, outcome: Outcome, kept: str, *, verified: bool) -> int:
    if isinstance(outcome, Declined):
        return 1
    if isinstance(outcome, Rewritten) and request.in_place and source.path is not None:
        if kept:
            say(f"{printable(source.name)}: not written: {printable(kept)} Without -i the diff is printed.")
            return 1
        resting = outcome.unseen if verified else outcome.plan.assumptions
        if not may_write(outcome.plan.applicability, verified=verified and not resting, unsafe=request.unsafe):
            rests = "what no run shows" if verified else "assumptions"
            say(f"{printable(source.name)}: not written: the rewrite rests on {rests} (--unsafe writes it):")
            say("\n".join(human.assumptions(outcome, resting)))
            return 1
        write_text(source.path, outcome.after)
    elif request.output not in ("", "-"):
        write_text(Path(request.output), outcome.after if isinstance(outcome, Rewritten) else source.text)
        _ignore_file(source, Path(request.output))
    return 0


def _ignore_file(source: Input, target: Path) -> None:
    """The file's own ignore file goes with it: BuildKit looks for ``<Dockerfile>.dockerignore`` by the file's name."""
    if source.path is None:
        return
    own = source.path.with_name(source.path.name + ".dockerignore")
    copy = target.with_name(target.name + ".dockerignore")
    if not own.is_file() or (copy.exists() and copy.samefile(own)):
        return
    text = read_text(own)
    if copy.exists() and read_text(copy) != text:
        say(f"{printable(str(copy))}: differs from {printable(str(own))}, which the original is built with.")
    elif not copy.exists():
        write_text(copy, text)


def _show(request: Request, source: Input, outcome: Outcome) -> None:
    """Write what was asked for on standard output: the whole text, or the diff."""
    if request.output == "-" and not isinstance(outcome, Declined):
        give(outcome.after if isinstance(outcome, Rewritten) else source.text)
    elif not request.output and not request.in_place and isinstance(outcome, Rewritten):
        name, folder = ("Dockerfile", None) if source.path is None else name_in_diff(source.path)
        if folder is not None:
            say(f"{printable(source.name)}: the diff applies in {printable(str(folder))}")
        give(unified_diff(outcome.before, outcome.after, name))
