"""Configure: the runtime stage's ENV, WORKDIR, USER, LABEL … as in effect in the original."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.edits import Edit
from imgslim.images import ImageFacts
from imgslim.meaning.trace import Copy, Run
from imgslim.model import Assumption, Declined, Line
from imgslim.planner.commands import Folders, Nothing, Owner, Packages, Placed, Unfollowed, Users, effect
from imgslim.planner.comments import comment_of
from imgslim.planner.inherited import inherited_lines, lost_variables
from imgslim.planner.stated import references, stated, unknown_references
from imgslim.records import dataclass, numerous
from imgslim.syntax.instructions import env_pairs
from imgslim.text import Span
from imgslim.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.meaning.trace import Command, Scope, Step
    from imgslim.model import Project

#: Only configuration: they leave the builder stage and stand in the runtime stage as they were written.
_MOVED = frozenset({"LABEL", "MAINTAINER", "EXPOSE", "VOLUME", "STOPSIGNAL", "HEALTHCHECK"})
_LEAVING = _MOVED | {"CMD", "ENTRYPOINT"}
#: They shape the build too: they move only where no build step follows.
_SHARED = ("ENV", "USER", "WORKDIR", "ARG")


@numerous
@dataclass(frozen=True, slots=True)
class Configured:
    """The configuration part of a plan."""

    #: ARG, ENV, LABEL: before anything is copied.
    head: tuple[Line, ...]
    #: WORKDIR.
    workdir: tuple[Line, ...]
    #: EXPOSE, VOLUME, STOPSIGNAL, HEALTHCHECK, USER.
    tail: tuple[Line, ...]
    #: True where the file set WORKDIR while a USER was in effect: that user owns a folder WORKDIR makes (BuildKit).
    user_first: bool
    removed: frozenset[int]
    edits: tuple[Edit, ...]
    #: The user of the builder stage's last step.
    builder_user: str
    assumptions: tuple[Assumption, ...]
    notes: tuple[str, ...]


def configure(
    project: Project, started: tuple[str, ...] = (), run_by: tuple[str, ...] = (), read: frozenset[str] = frozenset()
) -> Configured | Declined:
    """Collect the runtime stage's configuration.

    Args:
        project: what reading gave.
        started: the programs in use, as the running image has them.
        run_by: the toolchains whose interpreters run something.
        read: variables that something else is known to read.
    """
    trace = project.trace
    if isinstance(trace.final.workdir, Unknown):
        return Declined(
            "unknown-workdir",
            f"The working directory is not known: {trace.final.workdir.why}.",
            trace.node.span,
            "Set WORKDIR to an absolute path in the Dockerfile.",
        )
    pin = _pin(project)
    if isinstance(pin, Declined):
        return pin
    last_build = next((i for i in range(len(trace.steps) - 1, -1, -1) if isinstance(trace.steps[i], Run | Copy)), -1)
    nodes = {id(n): i for i, n in enumerate(project.dockerfile.instructions)}
    removed = {nodes[id(s.node)] for i, s in enumerate(trace.steps) if _leaves(s, i > last_build)}
    head, tail, notes = (
        list(_head(project, last_build)),
        list(_tail(project)),
        list(lost_variables(project, started, run_by, read)),
    )
    inherited = inherited_lines(project, started, run_by, read)
    workdir = trace.final.workdir
    return Configured(
        head=(*inherited[0], *head),
        workdir=(Line(f"WORKDIR {workdir}"),) if workdir != "/" else (),
        tail=(*inherited[1], *tail),
        user_first=_user_first(trace.steps),
        removed=frozenset(removed),
        edits=pin,
        builder_user=_builder_user(trace.steps, last_build),
        assumptions=_assumptions(project),
        notes=tuple(notes),
    )


def _leaves(step: Step, after_build: bool) -> bool:  # noqa: FBT001  (two booleans would hide what is asked)
    keyword = step.node.keyword
    return keyword in _LEAVING or (after_build and keyword in _SHARED)


def _pin(project: Project) -> tuple[Edit, ...] | Declined:
    """State the base image's WORKDIR in the builder where relative paths rested on it (golang's is /go)."""
    trace = project.trace
    rests = next((s for s in trace.steps if s.scope.workdir_inherited and _uses_workdir(s)), None)
    if rests is None and not trace.final.workdir_inherited:
        return ()
    scope = rests.scope if rests is not None else trace.final
    if isinstance(scope.workdir, Unknown):
        return Declined(
            "unknown-workdir",
            f"A step rests on the base image's working directory, which is not known: {scope.workdir.why}.",
            rests.node.span if rests else trace.node.span,
            "Set WORKDIR to an absolute path right after FROM.",
        )
    if scope.workdir == "/" or rests is None:
        return ()
    end = trace.node.span.end
    return (Edit(Span(end, end), f"{project.dockerfile.newline}WORKDIR {scope.workdir}"),)


def _uses_workdir(step: Step) -> bool:
    if isinstance(step, Copy):
        text = step.node.value
        return not text.rstrip('"] ').rsplit(None, 1)[-1].lstrip('"').startswith("/")
    if isinstance(step, Run):
        return bool(step.opaque) or any(_starts_here(command) for command in step.commands)
    return step.node.keyword == "WORKDIR" and not step.node.value.startswith(("/", "$"))


def _starts_here(command: Command) -> bool:
    """Tell whether a command may touch its working directory: any but those whose every path is absolute."""
    match effect(command):
        case Nothing() | Packages() | Users():
            return False
        case Folders() | Owner() | Placed():
            plain = [w.raw for w in command.words[1:] if not w.raw.startswith("-")]
            return command.redirects != () or not all(w.startswith("/") for w in plain[command.name == "chown" :])
        case Unfollowed():
            return True


def _head(project: Project, last_build: int) -> Iterator[Line]:
    """ARG, ENV, LABEL and MAINTAINER in the file's order."""
    declared: set[str] = set()
    own: set[str] = set()
    for number, step in enumerate(project.trace.steps):
        keyword = step.node.keyword
        if keyword not in ("ENV", "LABEL", "MAINTAINER"):
            continue
        yield from _arguments(project, step, declared, own)
        if keyword == "ENV":
            # A comment goes where its instruction goes; where the instruction stands in both stages it stays above.
            comment = comment_of(project, step.node) if number > last_build else ""
            yield Line(stated(project, step, own), comment)
            own |= {pair.name for pair in env_pairs(step.node, project.dockerfile.escape)}
        else:
            yield Line(stated(project, step, own), comment_of(project, step.node))


def _arguments(project: Project, step: Step, declared: set[str], own: set[str]) -> Iterator[Line]:
    """ARG does not reach the next stage: state again those that this instruction reads."""
    for name in references(step.node.value):
        if name in step.scope.args and name not in declared and name not in own:
            declared.add(name)
            yield Line(_argument_text(project, name))


def _argument_text(project: Project, name: str) -> str:
    for step in reversed(project.trace.steps):
        words = step.node.value.split()
        if step.node.keyword == "ARG" and len(words) == 1 and words[0].split("=", 1)[0] == name:
            return step.node.span.of(project.dockerfile.text)
    return f"ARG {name}"


def _tail(project: Project) -> Iterator[Line]:
    """The rest of the configuration in the file's order; of what counts once, the last."""
    last = {s.node.keyword: s for s in project.trace.steps if s.node.keyword in ("USER", "STOPSIGNAL", "HEALTHCHECK")}
    declared: set[str] = set()
    own = set(project.trace.final.env_set)
    for step in project.trace.steps:
        keyword = step.node.keyword
        if keyword in ("EXPOSE", "VOLUME") or last.get(keyword) is step:
            yield from _arguments(project, step, declared, own)
            comment = comment_of(project, step.node) if keyword != "USER" else ""
            yield Line(stated(project, step, own), comment)


def _assumptions(project: Project) -> tuple[Assumption, ...]:
    if isinstance(project.base, ImageFacts):
        return tuple(
            Assumption(
                "unknown-base",
                f"What {project.base.ref.raw} sets {name} to is not known; in the runtime stage it is not set.",
                step.node.span,
            )
            for step in project.trace.steps
            for name in unknown_references(step)
        )
    why = f"What {project.base.ref.raw} configures is not known: {project.base.why}."
    return (Assumption("unknown-base", why, project.trace.node.span),)


def _user_first(steps: tuple[Step, ...]) -> bool:
    last = next((s for s in reversed(steps) if s.node.keyword == "WORKDIR"), None)
    return last is not None and last.scope.user not in ("", "root", "0")


def _builder_user(steps: tuple[Step, ...], last_build: int) -> str:
    scope: Scope | None = steps[last_build].scope if last_build >= 0 else None
    user = scope.user if scope is not None else ""
    return user if isinstance(user, str) else "?"
