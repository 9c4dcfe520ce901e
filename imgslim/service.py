"""The pure core: text, context and options to an outcome. No disk of its own, no clock, no engine, no print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.config.pragmas import ignored
from imgslim.context import NoContext
from imgslim.errors import InputError
from imgslim.evidence import Evidence
from imgslim.images import ImageFacts, UnknownImage, parse_reference, resolve
from imgslim.meaning import BaseState, Files, base_in, stages, trace
from imgslim.model import Declined, Findings, Plan, Project, Rewritten, Unchanged
from imgslim.planner.choose import choose
from imgslim.planner.entry import nothing_started
from imgslim.planner.plan import Drafts
from imgslim.records import dataclass, field, replace
from imgslim.rewriting import rewrite as write
from imgslim.syntax import read
from imgslim.syntax.instructions import from_parts
from imgslim.toolchains import all_toolchains, toolchains_for
from imgslim.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imgslim.config import Settings
    from imgslim.context import BuildContext
    from imgslim.meaning import Stage
    from imgslim.model import Need, Outcome
    from imgslim.syntax.nodes import Dockerfile
    from imgslim.values import Value


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


def configured(  # noqa: PLR0917  (the fields of Options, in their order)
    settings: Settings,
    target: str = "",
    libc: str = "",
    prefer: str = "",
    build_args: Mapping[str, Value] | None = None,
    uses: tuple[Need, ...] = (),
) -> Options:
    """The options that hold: what the caller says, where that is empty what the configuration says, then defaults."""
    return Options(
        target=target or settings.target or "auto",
        libc=libc or settings.libc,
        prefer=prefer or settings.prefer,
        build_args={**dict(settings.build_args), **(build_args or {})},
        uses=uses,
    )


def slim(text: str, context: BuildContext | None = None, options: Options | None = None) -> Outcome:
    """Rewrite a single-stage Dockerfile, or say why not.

    Raises:
        InputError: BuildKit would refuse the file.
        UsageError: the target is no target.
    """
    options = options or Options()
    prepared = prepare(text, context, options)
    if not isinstance(prepared, Prepared):
        return prepared
    return decide(prepared, options.target, options.libc, options.prefer)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that was read once, to be planned for any number of targets."""

    project: Project
    findings: Findings
    #: What the plans for several targets share; filled as they are made.
    drafts: Drafts


def prepare(text: str, context: BuildContext | None, options: Options) -> Prepared | Declined | Unchanged:
    """Read everything that no target changes, or say why nothing can be planned; ``options.target`` is not looked at.

    Raises:
        InputError: BuildKit would refuse the file.
    """
    if (place := ignored(text)) is not None:
        return Unchanged("ignored", "The file asks to be left alone.", place)
    dockerfile = read(text)
    first, *others = dockerfile.stages()
    if others:
        return Unchanged("already-multi-stage", "The file has several stages already.", others[0][0].span)
    graph = stages(dockerfile, options.build_args)
    base = _checked(dockerfile, options, graph)
    if isinstance(base, Declined | Unchanged):
        return base
    # Most files that start nothing are bases for others: there is nothing to fold them for.
    if (nothing := nothing_started(first[1])) is not None:
        return nothing
    project = _folded(dockerfile, base, context or NoContext(), options, graph)
    return Prepared(project, find(project), Drafts())


def decide(prepared: Prepared, target: str = "auto", libc: str = "", prefer: str = "") -> Outcome:
    """Plan for one target and write the plan as text.

    Raises:
        UsageError: the target is no target.
    """
    answer, others, order = choose(prepared.project, prepared.findings, target, libc, prepared.drafts, prefer=prefer)
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


def read_project(dockerfile: Dockerfile, context: BuildContext, options: Options) -> Project | Declined | Unchanged:
    """Fold the file's only stage over its base image."""
    graph = stages(dockerfile, options.build_args)
    base = _checked(dockerfile, options, graph)
    return base if isinstance(base, Declined | Unchanged) else _folded(dockerfile, base, context, options, graph)


def _checked(
    dockerfile: Dockerfile, options: Options, graph: tuple[Stage, ...]
) -> ImageFacts | UnknownImage | Declined | Unchanged:
    """The base image of a file that there is something to plan for."""
    reference = base_in(graph, 0)
    if isinstance(reference, Unknown):
        return Declined(
            "variable-in-from",
            f"The base image is not known: {reference.why}.",
            graph[0].node.span,
            "Give the ARG a default, or pass --build-arg.",
        )
    if reference == "scratch":
        return Unchanged("already-minimal", "The image starts from scratch already.", dockerfile.instructions[0].span)
    try:
        base = _base(reference, options)
    except ValueError as error:
        span = from_parts(graph[0].node).image_span
        hint = "Image names are lower-case: registry/name:tag."
        raise InputError("bad-image-name", f"FROM names no image: {error}.", span, hint) from error
    triggers = [n.span for n in graph[0].body if n.keyword == "ONBUILD"]
    if isinstance(base, ImageFacts) and base.onbuild:
        triggers.append(graph[0].node.span)
    if triggers:
        return Declined(
            "onbuild",
            "ONBUILD runs its instruction in images built from this one; that it still means the same after a split "
            "can't be told from this file.",
            triggers[0],
        )
    return base


def _folded(
    dockerfile: Dockerfile,
    base: ImageFacts | UnknownImage,
    context: BuildContext,
    options: Options,
    graph: tuple[Stage, ...],
) -> Project:
    folded = trace(dockerfile, 0, _state(base), options.build_args, graph)
    files = Files.after(folded, context)
    return Project(dockerfile, folded, context, files, base, options.uses, options.evidence, strip=options.strip)


def _base(reference: str, options: Options) -> ImageFacts | UnknownImage:
    parsed = parse_reference(reference)
    known = options.images.get(reference)
    return known if known is not None else resolve(parsed)


def _state(base: ImageFacts | UnknownImage) -> BaseState:
    """The base image's share in the stage's meaning."""
    if isinstance(base, UnknownImage):
        return BaseState.unknown(base.why)
    open_ = Unknown(f"the tag of {base.ref.raw} does not settle it")
    return BaseState(
        env={name: open_ if value is None else value for name, value in base.env},
        env_known=base.env_known,
        workdir=open_ if base.workdir is None else base.workdir or "/",
        user=open_ if base.user is None else base.user,
        entrypoint=open_ if base.entrypoint is None else base.entrypoint,
        cmd=open_ if base.cmd is None else base.cmd,
        onbuild=base.onbuild or (),
    )


def find(project: Project) -> Findings:
    """Ask every toolchain whose commands may be there."""
    found = [t.find(project) for t in toolchains_for(project.trace)]
    entry = project.trace.entry
    argv = tuple(w for part in (entry.entrypoint_argv, entry.cmd_argv) if isinstance(part, tuple) for w in part)
    replaced = (t.replaces_entry(argv, project) for t in all_toolchains())
    return Findings(
        products=tuple(sorted((p for f in found for p in f.products), key=lambda p: (p.step, p.index))),
        build_commands=frozenset().union(*(f.build_commands for f in found)),
        not_followed=tuple(d for f in found for d in f.not_followed),
        entry=next((r for r in replaced if r is not None), None),
    )
