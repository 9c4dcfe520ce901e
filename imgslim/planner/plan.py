"""Plan: one target's whole rewrite, from the four steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.edits import Edit
from imgslim.model import Assumption, Declined, Disposition, Line, Linkage, Plan, Unchanged
from imgslim.planner.again import apart
from imgslim.planner.assemble import builder_lines, has_shell, runtime_lines
from imgslim.planner.carry import carry
from imgslim.planner.commands import Users
from imgslim.planner.comments import with_comments
from imgslim.planner.configure import Configured, configure
from imgslim.planner.data import Data, data_of, with_trees
from imgslim.planner.entry import (
    EntryPlan,
    enters_alike,
    plan_entry,
    replaced_entry,
    through_the_same,
    without_arguments,
)
from imgslim.planner.hosted import hosted
from imgslim.planner.inherited import shared_variables, stated_by, unsettled
from imgslim.planner.installs import install_lines
from imgslim.planner.last import already_minimal, not_followed, without_tools
from imgslim.planner.link import link
from imgslim.planner.natives import system_libraries
from imgslim.planner.recognise import recognise
from imgslim.planner.rpm import other_repositories
from imgslim.planner.shells import shell_differs
from imgslim.planner.strip import PRICE, strip_lines, stripped
from imgslim.planner.together import together
from imgslim.planner.tools import brings_shell
from imgslim.planner.undo import undo
from imgslim.planner.uses import installed_for_others, kept_for_others
from imgslim.planner.wanted import wanted
from imgslim.records import dataclass, numerous, replace
from imgslim.rewriting import stage_name
from imgslim.text import Span
from imgslim.toolchains.variables import named_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Findings, InPlace, Preparation, Project, RuntimeTarget
    from imgslim.planner.build import Build, Linked


@numerous
@dataclass(frozen=True, slots=True)
class Draft:
    """What a plan holds whatever the target is, as long as it has a shell or has none."""

    build: Build
    configured: Configured | Declined
    data: Data
    #: Variables of the base image that the programs name, and of which nobody knows the values.
    unsettled: tuple[str, ...]
    #: By the span of each command, in the order of the text; that the runtime stage repeats an install is not in it.
    dispositions: tuple[tuple[Span, Disposition], ...]
    #: What the build stage is called.
    stage: str


_Drafted = Draft | Declined | Unchanged


class Drafts:
    """The drafts of one project: one for targets with a shell, one for those without."""

    __slots__ = ("_by_shell", "_entries")

    def __init__(self) -> None:
        """Draft nothing yet."""
        self._by_shell: dict[bool, _Drafted] = {}
        self._entries: list[tuple[EntryPlan, _Drafted]] = []

    def get(self, project: Project, findings: Findings, *, shell: bool) -> _Drafted:
        """Entry, build and configuration; none of them knows the target, only whether it has a shell."""
        if shell not in self._by_shell:
            entry = self._entry(project, findings, shell=shell)
            self._by_shell[shell] = drafted = self._draft(project, findings, entry)
            if not shell and isinstance(entry, EntryPlan) and not _may_keep_shell(project):
                self._by_shell[True] = drafted
        return self._by_shell[shell]

    @staticmethod
    def _entry(project: Project, findings: Findings, *, shell: bool) -> EntryPlan | Declined | Unchanged:
        if findings.entry is not None:
            return replaced_entry(project, findings.entry)
        return plan_entry(project, has_shell=shell)

    def _draft(self, project: Project, findings: Findings, entry: EntryPlan | Declined | Unchanged) -> _Drafted:
        if isinstance(entry, Declined | Unchanged):
            return entry
        for known, drafted in self._entries:
            if known == entry:
                return drafted
        build = recognise(project, entry, findings)
        drafted = build if isinstance(build, Declined | Unchanged) else _drafted(project, build)
        self._entries.append((entry, drafted))
        return drafted


def _may_keep_shell(project: Project) -> bool:
    """Tell whether an entry that can do without a shell keeps the one that there is: ENTRYPOINT in shell form does."""
    node = project.trace.entry.entrypoint
    return node is not None and node.exec_form is None


def _drafted(project: Project, build: Build) -> Draft:
    programs = (*(u.wanted_at for u in build.used), *(a.runtime.program for a in build.applications if a.runtime))
    sources = dict.fromkeys(context for u in build.used for context in u.product.sources)
    read = named_in(project, (project.context.read(path) or b"" for path in sources))
    read |= frozenset(name for a in build.applications for name in a.variables)
    configured = configure(project, programs, tuple(a.toolchain for a in build.applications), read)
    dispositions = tuple(_dispositions(project, build))
    data = data_of(project, build)
    return Draft(build, configured, data, unsettled(project, read), dispositions, stage_name(project.dockerfile))


def _unsettled(names: tuple[str, ...], shared: frozenset[str], span: Span) -> Iterator[Assumption]:
    lost = [name for name in names if name not in shared]
    if lost:
        why = f"The program names {', '.join(lost)}: the base image sets that, to what its tag leaves open."
        yield Assumption("target-configures", why, span)


def plan_for(
    project: Project, findings: Findings, target: RuntimeTarget, libc: str = "", drafts: Drafts | None = None
) -> Plan | Declined | Unchanged:
    """Plan the rewrite onto ``target``, or say why not; ``drafts`` keeps for the next target what they share."""
    if (minimal := already_minimal(project, findings, target)) is not None:
        return minimal
    shell = has_shell(target) or brings_shell(project, target)
    drafted = (drafts or Drafts()).get(project, findings, shell=shell)
    if isinstance(drafted, Declined | Unchanged):
        return drafted
    build, configured = drafted.build, drafted.configured
    entry = build.entry
    if not shell and (entry.shell or build.scripts):
        what = entry.shell_why or f"{build.scripts[0]} is a shell script"
        return Declined(
            "shell-needed", f"The target has no shell, and {what}.", entry.shell_span or project.trace.node.span,
            "Choose a target with a shell (busybox:glibc, alpine, debian-slim, ubuntu).",
        )  # fmt: skip
    if isinstance(configured, Declined):
        return configured
    here = hosted(project, build, target)
    if isinstance(here, Declined | Unchanged):
        return here
    build = here.build
    linked = link(project, build, target, libc)
    if isinstance(linked, Declined):
        return linked
    linked, packages = system_libraries(project, here, target, linked)
    cargo = carry(project, build, with_trees(project, drafted.data, here.trees), target)
    if isinstance(cargo, Declined):
        return cargo
    more = wanted(project, build, target, (*here.installs, *packages, *cargo.installs))
    if isinstance(more, Declined):
        return more
    again = (*here.installs, *packages, *cargo.installs, *filter(None, (more,)))
    again += installed_for_others(project, build, target)
    others = kept_for_others(project, build, target, cargo.taken)
    if isinstance(others, Declined):
        return others
    escape = project.dockerfile.escape
    symbols = stripped(project, build)
    installs = install_lines(again)
    staged = (*here.staged, *cargo.staged)
    if drafted.data.lost:
        return not_followed(drafted.data.lost[0])
    taken, restated = apart(
        project, build, tuple(t for t in cargo.taken if t.source not in linked.laid), drafted.data.again
    )
    lines = tuple(
        runtime_lines(
            target,
            configured,
            linked,
            staged,
            together(project, taken),
            installs,
            entry,
            drafted.stage,
            tuple(a.line for a in restated),
            escape=escape,
        )
    )
    own = project.stages.first if project.stages is not None else 0
    removed = frozenset(n for n in configured.removed if n >= own)
    lines, lost = with_comments(project, removed, lines)
    enters = enters_alike(project, target)
    entry = through_the_same(entry) if enters else entry
    if build.used and not build.applications and not build.scripts and project.trace.entry.cmd is None:
        entry = without_arguments(entry, (used.product for used in build.used))
    notes = (*entry.notes, *configured.notes, *linked.notes, *cargo.notes, *build.notes, *lost)
    shared = shared_variables(project, target)
    undone = undo(target, lines, project.trace.node.span, shared, enters=enters)
    if isinstance(undone, Declined):
        return undone
    needless = stated_by(project, target)
    assumptions = (
        *undone.assumptions,
        *entry.assumptions,
        *configured.assumptions,
        *_unsettled(drafted.unsettled, shared, project.trace.node.span),
        *here.assumptions,
        *linked.assumptions,
        *cargo.assumptions,
        *other_repositories(project, target, again),
        *others,
        *shell_differs(project, build, target),
    )
    steps = (
        *_compiled(findings),
        *strip_lines(symbols, configured.builder_user),
        *builder_lines(
            target, linked, staged, _prepared(build), user="" if symbols else configured.builder_user, escape=escape
        ),
    )
    if steps and (bare := without_tools(project)) is not None:
        return bare
    lines = tuple(line for line in undone.lines if line.text not in needless)
    stays = None
    if project.stages is not None and not steps:
        lines, stays = _last_stage(project, build, lines, {a.line.text for a in restated}, drafted.stage)
    return Plan(
        target=target,
        toolchain=build.toolchain,
        builder_edits=linked.edits if stays else (*configured.edits, *_install(project, linked), *linked.edits),
        builder_lines=steps,
        runtime_lines=lines,
        removed=removed,
        dispositions=_with_installs(drafted.dispositions, {i.span for i in cargo.installs if i.span is not None}),
        assumptions=_unique(assumptions),
        size=target.facts.size if target.facts is not None else 0,
        notes=tuple(dict.fromkeys((*notes, PRICE) if symbols else notes)),
        in_place=stays,
    )


def _last_stage(
    project: Project, build: Build, lines: tuple[Line, ...], restated: set[str], stage: str
) -> tuple[tuple[Line, ...], InPlace | None]:
    """The lines of a last stage to which no step is appended, and what is changed of it where it can stay in place."""
    from imgslim.planner.in_place import alias, in_place  # noqa: PLC0415  (only for a file with several stages)

    # A stage that only configures another one anew has that one to copy from.
    own, other = f"--from={stage} ", alias(project)
    if other:
        lines = tuple(replace(line, text=line.text.replace(own, f"--from={other} ")) for line in lines)
    return lines, in_place(project, build, lines, restated, stage)


def _prepared(build: Build) -> tuple[Preparation, ...]:
    return tuple(dict.fromkeys(p for a in build.applications for p in a.preparations))


def _compiled(findings: Findings) -> Iterator[Line]:
    if findings.entry is not None and findings.entry.run_line:
        yield Line(findings.entry.run_line, "The entry compiled this at each start")


def _install(project: Project, linked: Linked) -> Iterator[Edit]:
    """A step of its own right after FROM, where the user is still the base image's, for what the builder lacks."""
    if linked.packages:
        end = project.trace.node.span.end
        names = " ".join(linked.packages)
        yield Edit(
            Span(end, end),
            f"{project.dockerfile.newline}RUN apt-get update && apt-get install -y --no-install-recommends {names} "
            "&& rm -rf /var/lib/apt/lists/*",
        )


def _dispositions(project: Project, build: Build) -> Iterator[tuple[Span, Disposition]]:
    """One disposition per command, in the order of the text."""
    changed = {u.product.command.span for u in build.used if u.product.linkage is not Linkage.STATIC}
    for ran in build.ran:
        if isinstance(ran.effect, Users):
            yield ran.command.span, Disposition.BOTH
        elif ran.command.span in changed:
            yield ran.command.span, Disposition.REPLACED
        else:
            yield ran.command.span, Disposition.BUILD
    for step in project.trace.steps:
        if step.node.keyword in ("CMD", "ENTRYPOINT"):
            kept = step.node in (project.trace.entry.cmd, project.trace.entry.entrypoint)
            yield step.node.span, Disposition.RUNTIME if kept else Disposition.DROPPED


def _with_installs(
    dispositions: tuple[tuple[Span, Disposition], ...], again: set[Span]
) -> tuple[tuple[Span, Disposition], ...]:
    """The same where the runtime stage installs ``again`` what these commands did."""
    if not again:
        return dispositions
    return tuple((span, Disposition.BOTH if span in again else what) for span, what in dispositions)


def _unique(assumptions: tuple[Assumption, ...]) -> tuple[Assumption, ...]:
    return tuple(dict.fromkeys(assumptions))
