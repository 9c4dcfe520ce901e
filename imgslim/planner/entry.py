"""Entry: what the runtime stage starts, by Docker's own rules (Dockerfile reference, CMD and ENTRYPOINT)."""

from __future__ import annotations

from json.encoder import encode_basestring
from typing import TYPE_CHECKING

from imgslim.images import ImageFacts, UnknownImage
from imgslim.meaning.shell_nested import SHELLS
from imgslim.model import Assumption, Declined, EntryWords, Line, Unchanged
from imgslim.records import dataclass, numerous, replace
from imgslim.syntax.shell import SimpleCommand, simple_command
from imgslim.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imgslim.meaning.trace import Command, Entry
    from imgslim.model import EntryBuild, Product, Project, RuntimeTarget
    from imgslim.syntax.nodes import Instruction
    from imgslim.text import Span


@numerous
@dataclass(frozen=True, slots=True)
class Started:
    """One program that the entry starts."""

    argv: tuple[str, ...]
    span: Span


@numerous
@dataclass(frozen=True, slots=True)
class EntryPlan:
    """The runtime stage's ENTRYPOINT and CMD, and what they start."""

    #: SHELL (where shell form stays and the file sets it), ENTRYPOINT, CMD.
    lines: tuple[Line, ...]
    started: tuple[Started, ...]
    #: Commands of shell text that stays.
    commands: tuple[Command, ...]
    #: The shell's path where the runtime stage needs one to start, else "".
    shell: str
    #: Why it needs one.
    shell_why: str
    shell_span: Span | None
    assumptions: tuple[Assumption, ...] = ()
    notes: tuple[str, ...] = ()


_STARTING = frozenset({"CMD", "ENTRYPOINT"})
_NOTHING = Unchanged(
    "no-entry", "The file sets neither CMD nor ENTRYPOINT: nothing says which program the image is for."
)


def nothing_started(instructions: Iterable[Instruction]) -> Unchanged | None:
    """The answer for a stage without CMD and ENTRYPOINT; nothing else of it needs to be read."""
    return _NOTHING if _STARTING.isdisjoint([node.keyword for node in instructions]) else None


def refused_entry(project: Project) -> Declined | None:
    """Why no build of this file can be followed, where the base image decides what CMD means and is not known."""
    entry = project.trace.entry
    if not isinstance(project.base, UnknownImage) or entry.entrypoint is not None or entry.cmd is None:
        return None
    inherited = _inherited(project, entry)
    return inherited if isinstance(inherited, Declined) else None


def plan_entry(project: Project, *, has_shell: bool) -> EntryPlan | Declined | Unchanged:
    """Say how the runtime stage starts the program.

    Args:
        project: what reading gave.
        has_shell: whether the target holds a POSIX shell at ``/bin/sh``; where it does, shell form that means
            more than one literal command stays as it is.
    """
    entry = project.trace.entry
    if entry.entrypoint is None and entry.cmd is None:
        return _NOTHING
    if entry.entrypoint is not None and entry.entrypoint_argv != ():
        return _own_entrypoint(project, entry, entry.entrypoint, has_shell=has_shell)
    if entry.entrypoint is None:
        inherited = _inherited(project, entry)
        if isinstance(inherited, Declined):
            return inherited
    else:
        inherited = _Inherited((Line(_text(project, entry.entrypoint)),), (), ())
    if entry.cmd is None or entry.cmd_argv == ():
        return Unchanged("no-entry", "CMD and ENTRYPOINT are empty: nothing says which program the image is for.")
    return _command(project, entry, entry.cmd, inherited, has_shell=has_shell)


def replaced_entry(project: Project, replaced: EntryBuild | EntryWords) -> EntryPlan | Declined:
    """The entry in other words: as the program that a build step makes instead, or without a detour."""
    entry = project.trace.entry
    node = entry.entrypoint or entry.cmd or project.trace.node
    inherited = _Inherited((), (), ()) if entry.entrypoint is not None else _inherited(project, entry)
    if isinstance(inherited, Declined):
        return inherited
    argv, lines = replaced.argv, []
    if entry.entrypoint is not None:
        arguments = entry.cmd_argv if entry.cmd is not None and isinstance(entry.cmd_argv, tuple) else ()
        if arguments and argv[-len(arguments) :] == arguments and entry.entrypoint_shell is None:
            lines = [Line("CMD " + exec_form(arguments))]
            argv = argv[: -len(arguments)]
        lines.insert(0, Line("ENTRYPOINT " + exec_form(argv)))
    else:
        lines = [Line("CMD " + exec_form(argv))]
    started, assumptions, notes = (Started(replaced.argv, node.span),), inherited.assumptions, inherited.notes
    if isinstance(replaced, EntryWords):
        assumptions, notes = (*assumptions, *replaced.assumptions), (*notes, replaced.why)
    return EntryPlan(tuple(lines), started, (), "", "", None, assumptions, notes)


def enters_alike(project: Project, target: RuntimeTarget) -> bool:
    """Tell whether the original starts through its base image's entry point, and the target has the very same."""
    base, facts = project.base, target.facts
    return (
        project.trace.entry.entrypoint is None
        and isinstance(base, ImageFacts)
        and facts is not None
        and (bool(base.entrypoint) or (base.entrypoint is None and _may_have_one(base)))
        and (base.family, base.entrypoint) == (facts.family, facts.entrypoint)
        and target.same_family
    )


def _may_have_one(base: ImageFacts) -> bool:
    """Tell whether the tag leaves open if there is an entry point, and what any such does is known."""
    return base.family in _MAY_PREPARE or base.entrypoint_execs_args is True


def without_arguments(entry: EntryPlan, programs: Iterable[Product]) -> EntryPlan:
    """The plan where each program that is started never looks at its arguments: then none are missed, or too many."""
    if not all(program.ignores_arguments for program in programs):
        return entry
    return replace(entry, assumptions=tuple(a for a in entry.assumptions if a.reason != "run-arguments"))


def through_the_same(entry: EntryPlan) -> EntryPlan:
    """The plan where the base image's own entry point is not left out after all."""
    dropped = [a for a in entry.assumptions if a.reason == "entrypoint-left-out"]
    return replace(
        entry,
        assumptions=tuple(a for a in entry.assumptions if a not in dropped),
        notes=tuple(n for n in entry.notes if n not in {a.message for a in dropped}),
    )


@numerous
@dataclass(frozen=True, slots=True)
class _Inherited:
    lines: tuple[Line, ...]
    assumptions: tuple[Assumption, ...]
    notes: tuple[str, ...]


#: Entry points that run their arguments after something that matters to other programs, or where a variable asks for
#: it, and that variable: carlossg/docker-maven, eclipse-temurin-21/mvn-entrypoint.sh; adoptium/containers,
#: 21/jdk/ubuntu/noble/entrypoint.sh.
_PREPARING = {
    "/usr/local/bin/mvn-entrypoint.sh": ("lays out Maven's settings", ""),
    "/__cacert_entrypoint.sh": ("adds certificates where USE_SYSTEM_CA_CERTS asks for it", "USE_SYSTEM_CA_CERTS"),
}
#: The families with such an entry point where the tag does not settle whether it is one with or without.
_MAY_PREPARE = dict.fromkeys(("eclipse-temurin", "gradle"), "/__cacert_entrypoint.sh")


def _preparing(project: Project, argv: tuple[str, ...] | Unknown) -> _Inherited | None:
    """The base image's entry point as one that only prepares; None for any other."""
    word = _MAY_PREPARE.get(getattr(project.base, "family", "")) if isinstance(argv, Unknown) else argv[0]
    if word not in _PREPARING or (not isinstance(argv, Unknown) and len(argv) != 1):
        return None
    what, variable = _PREPARING[str(word)]
    if variable in project.trace.final.env:
        return None
    note = f"The base image's entry point {word} {what} and runs its arguments; it is left out."
    return _Inherited((), (Assumption("entrypoint-left-out", note, project.trace.node.span),), (note,))


def _inherited(project: Project, entry: Entry) -> _Inherited | Declined:
    """The base image's own entry point: left out where it only execs its arguments, else a reason to refuse."""
    argv = entry.entrypoint_argv
    if argv and (prepares := _preparing(project, argv)) is not None:
        return prepares
    if isinstance(argv, Unknown) and getattr(project.base, "entrypoint_execs_args", None):
        note = f"Any entry point that the base image may have only runs its arguments ({argv.why}); it is left out."
        return _Inherited((), (Assumption("entrypoint-left-out", note, project.trace.node.span),), (note,))
    if isinstance(argv, Unknown):
        return Declined(
            "unknown-base",
            f"The base image's ENTRYPOINT is not known ({argv.why}), so what CMD means is not known either.",
            project.trace.node.span,
            "Add the image's ENTRYPOINT to the Dockerfile, or use --verify so that the engine is asked.",
        )
    if not argv:
        return _Inherited((), (), ())
    if getattr(project.base, "entrypoint_execs_args", None):
        note = f"The base image's entry point {argv[0]} only runs its arguments; it is left out."
        return _Inherited((), (Assumption("entrypoint-left-out", note, project.trace.node.span),), (note,))
    if project.evidence.built is None and not getattr(project.base, "family", ""):
        return Declined(
            "unknown-base",
            f"The base image starts through its own entry point {argv[0]}, and what that does is not known.",
            project.trace.node.span,
        )
    return Declined(
        "base-entrypoint",
        f"The base image starts through its own entry point {argv[0]}, which does more than run its arguments.",
        project.trace.node.span,
    )


def _own_entrypoint(
    project: Project, entry: Entry, node: Instruction, *, has_shell: bool
) -> EntryPlan | Declined | Unchanged:
    """The file has a non-empty ENTRYPOINT."""
    if node.exec_form is not None:
        lines = [Line(_text(project, node))]
        started = [Started(node.exec_form, node.span)]
        if entry.cmd is not None:
            # What CMD holds are the entry point's arguments, whatever its form: the same words again.
            lines.append(Line(_text(project, entry.cmd)))
            arguments = entry.cmd_argv if isinstance(entry.cmd_argv, tuple) else ()
            started = [Started((*node.exec_form, *arguments), node.span)]
            if entry.cmd_shell is not None and tuple(entry.shell) != ("/bin/sh", "-c"):
                lines.insert(0, _shell_line(entry))
        return _with_shell_of(EntryPlan(tuple(lines), tuple(started), (), "", "", None), entry)
    shell = entry.shell[0]
    text = entry.entrypoint_shell or ""
    if has_shell:
        lines = ([_shell_line(entry)] if tuple(entry.shell) != ("/bin/sh", "-c") else []) + [Line(_text(project, node))]
        if entry.cmd is not None:
            lines.append(Line(_text(project, entry.cmd)))
        return EntryPlan(tuple(lines), (), entry.commands, shell, "ENTRYPOINT is in shell form", node.span)
    simple = simple_command(text)
    if not isinstance(simple, SimpleCommand):
        return _shell_needed("ENTRYPOINT", simple.why, node.span)
    change = Assumption(
        "run-arguments",
        "In shell form ENTRYPOINT ignores CMD and the arguments of docker run; in exec form it obeys the arguments.",
        node.span,
    )
    return EntryPlan(
        (Line("ENTRYPOINT " + exec_form(simple.argv)),), (Started(simple.argv, node.span),), (), "", "", None, (change,)
    )


def _command(
    project: Project, entry: Entry, node: Instruction, inherited: _Inherited, *, has_shell: bool
) -> EntryPlan | Declined:
    """CMD is what starts."""
    lines = list(inherited.lines)
    if node.exec_form is not None:
        plan = EntryPlan(
            (*lines, Line(_text(project, node))), (Started(node.exec_form, node.span),), (), "", "", None,
            inherited.assumptions, inherited.notes,
        )  # fmt: skip
        return _with_shell_of(plan, entry)
    simple = simple_command(entry.cmd_shell or "")
    if isinstance(simple, SimpleCommand):
        note = "CMD is one literal command: in exec form it needs no shell and receives signals itself."
        return EntryPlan(
            (*lines, Line("CMD " + exec_form(simple.argv))), (Started(simple.argv, node.span),), (), "", "", None,
            inherited.assumptions, (*inherited.notes, note),
        )  # fmt: skip
    if not has_shell:
        return _shell_needed("CMD", simple.why, node.span)
    if tuple(entry.shell) != ("/bin/sh", "-c"):
        lines.append(_shell_line(entry))
    return EntryPlan(
        (*lines, Line(_text(project, node))), (), entry.commands, entry.shell[0], f"CMD holds {simple.why}", node.span,
        inherited.assumptions, inherited.notes,
    )  # fmt: skip


def _with_shell_of(plan: EntryPlan, entry: Entry) -> EntryPlan:
    """Note the shell that an exec form starts by itself: ``["sh", "-c", …]``."""
    argv = plan.started[0].argv
    if argv and argv[0].rsplit("/", 1)[-1] in SHELLS:
        why = f"the entry starts {argv[0]} itself"
        return EntryPlan(
            plan.lines, plan.started, entry.commands, argv[0], why, plan.started[0].span, plan.assumptions, plan.notes
        )
    return plan


def _shell_needed(keyword: str, why: str, span: Span) -> Declined:
    return Declined(
        "shell-needed",
        f"{keyword} holds {why}, which only a shell can do, and the target has none.",
        span,
        f"Write {keyword} in exec form, or choose a target with a shell (busybox:glibc, alpine, debian-slim, ubuntu).",
    )


def _shell_line(entry: Entry) -> Line:
    return Line("SHELL " + exec_form(entry.shell))


def exec_form(argv: tuple[str, ...]) -> str:
    """The JSON array that Docker's exec form asks for."""
    return f"[{', '.join(map(encode_basestring, argv))}]"


def _text(project: Project, node: Instruction) -> str:
    return node.span.of(project.dockerfile.text)
