"""The pure core: text, context and options to an outcome. No disk of its own, no clock, no engine, no print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.config.pragmas import ignored
from imgslim.context import NoContext
from imgslim.evidence import Evidence
from imgslim.meaning import stages
from imgslim.model import Declined, Plan, Rewritten, Unchanged
from imgslim.planner.choose import choose
from imgslim.planner.entry import nothing_started, refused_entry
from imgslim.planner.plan import Drafts
from imgslim.reading.single import checked, find, folded, read_project, replaced
from imgslim.records import dataclass, field, replace
from imgslim.rewriting import rewrite as write
from imgslim.syntax import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imgslim.config import Settings
    from imgslim.context import BuildContext
    from imgslim.images import ImageFacts
    from imgslim.model import Findings, Need, Outcome, Project
    from imgslim.syntax.nodes import Dockerfile
    from imgslim.values import Value

__all__ = ["Options", "Prepared", "as_text", "configured", "decide", "find", "prepare", "read_project", "slim"]


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller may choose."""

    #: A name of :mod:`imgslim.targets`, an image reference, or ``auto``.
    target: str = "auto"
    #: ``glibc`` or ``musl`` where the C library is asked for, else "".
    libc: str = ""
    #: ``debuggable`` where ``auto`` is to take the smallest target with a shell; ``smallest`` or "": the smallest.
    prefer: str = ""
    #: ``--build-arg``; Unknown for one that is given a value nobody knows here.
    build_args: Mapping[str, Value] = field(default_factory=dict)
    #: What an engine says of images, by reference; it wins over the embedded facts.
    images: Mapping[str, ImageFacts] = field(default_factory=dict)
    #: What others ask of the image: a shell, a program by name or path ("*": not followed which), a file by path ("*":
    #: whatever the image holds).
    uses: tuple[Need, ...] = ()
    #: What an engine showed of this very file's image.
    evidence: Evidence = Evidence()
    #: Whether compiled programs are stripped of their symbols.
    strip: bool = False
    #: Whether the last stage of a file with several is planned; else such a file is left alone.
    last_stage: bool = False
    #: Names or numbers of stages that others ask for (``--target``), in lower case; they are not changed.
    kept_stages: tuple[str, ...] = ()


def configured(  # noqa: PLR0917  (the fields of Options, in their order)
    settings: Settings,
    target: str = "",
    libc: str = "",
    prefer: str = "",
    build_args: Mapping[str, Value] | None = None,
    uses: tuple[Need, ...] = (),
    *,
    last_stage: bool = False,
) -> Options:
    """The options that hold: what the caller says, where that is empty what the configuration says, then defaults."""
    return Options(
        target=target or settings.target or "auto",
        libc=libc or settings.libc,
        prefer=prefer or settings.prefer,
        build_args={**dict(settings.build_args), **(build_args or {})},
        uses=uses,
        last_stage=last_stage or settings.last_stage,
    )


def slim(
    text: str, context: BuildContext | None = None, options: Options | None = None, *, alternatives: bool = True
) -> Outcome:
    """Rewrite a single-stage Dockerfile, or say why not; ``alternatives`` as for :func:`decide`.

    Raises:
        InputError: BuildKit would refuse the file.
        UsageError: the target is no target.
    """
    options = options or Options()
    prepared = prepare(text, context, options)
    if not isinstance(prepared, Prepared):
        return prepared
    return decide(prepared, options.target, options.libc, options.prefer, alternatives=alternatives)


@dataclass(slots=True)
class Prepared:
    """A file that was read once, to be planned for any number of targets."""

    project: Project
    #: What the plans for several targets share; filled as they are made.
    drafts: Drafts
    _findings: Findings | None = None

    @property
    def findings(self) -> Findings:
        """What the toolchains find, looked for once."""
        if self._findings is None:
            self._findings = find(self.project)
        return self._findings


def prepare(text: str, context: BuildContext | None, options: Options) -> Prepared | Declined | Unchanged:
    """Read everything that no target changes, or say why nothing can be planned; ``options.target`` is not looked at.

    Raises:
        InputError: BuildKit would refuse the file.
    """
    if (place := ignored(text)) is not None:
        return Unchanged("ignored", "The file asks to be left alone.", place)
    dockerfile = read(text)
    _, *others = [node for node in dockerfile.instructions if node.keyword == "FROM"]
    if others and options.last_stage:
        return _last(dockerfile, context or NoContext(), options)
    if others:
        return Unchanged("already-multi-stage", "The file has several stages already.", others[0].span)
    graph = stages(dockerfile, options.build_args)
    base = checked(graph, options)
    if isinstance(base, Declined | Unchanged):
        return base
    # Most files that start nothing are bases for others: there is nothing to fold them for.
    if (nothing := nothing_started(graph[0].body)) is not None:
        return nothing
    project = folded(dockerfile, base, context or NoContext(), options, graph)
    return Prepared(project, Drafts())


def _last(dockerfile: Dockerfile, context: BuildContext, options: Options) -> Prepared | Declined | Unchanged:
    """The last stage of a file with several."""
    from imgslim.reading.several import read_last  # noqa: PLC0415  (only where it is asked for)

    found = read_last(dockerfile, context, options)
    if isinstance(found, Declined | Unchanged):
        return found
    project, findings = found
    return Prepared(project, Drafts(), findings)


def decide(
    prepared: Prepared, target: str = "auto", libc: str = "", prefer: str = "", *, alternatives: bool = True
) -> Outcome:
    """Plan for one target and write the plan as text.

    Without ``alternatives`` the outcome need not hold what other targets would give: only the answer is asked for.

    Raises:
        UsageError: the target is no target.
    """
    # Nothing that the steps make changes this answer, and there are many such files.
    if target == "auto" and (refused := refused_entry(prepared.project)) and replaced(prepared.project) is None:
        return refused
    answer, others, order = choose(
        prepared.project,
        prepared.findings,
        target,
        libc,
        prepared.drafts,
        prefer=prefer,
        alternatives=alternatives,
    )
    if not isinstance(answer, Plan):
        return answer
    written = as_text(prepared, answer)
    return replace(written, alternatives=others, order=order) if isinstance(written, Rewritten) else written


def as_text(prepared: Prepared, plan: Plan) -> Rewritten | Declined:
    """Write a plan of this file as text, or say why the text would not be what was meant."""
    written = write(prepared.project, plan)
    if isinstance(written, Declined):
        return written
    after, edits = written
    return Rewritten(plan, prepared.project.dockerfile.text, after, edits)
