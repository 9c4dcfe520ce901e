"""Carry: the files that go to the runtime stage, each with the evidence for it; nothing on a guess."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.effects import FromContext, MadeBy
from imgslim.meaning.paths import absolute, inside
from imgslim.model import Assumption, Declined, Need, NeedKind
from imgslim.planner.build import Held, Taken
from imgslim.planner.commands import Packages, Unfollowed
from imgslim.planner.data import VIRTUAL, computes_paths
from imgslim.planner.folders import under, volumes_of
from imgslim.planner.generated import may_be_made
from imgslim.planner.if_there import Unproven, if_there
from imgslim.planner.locales import LOCALES, taken_whole
from imgslim.planner.look import is_folder, is_there, made_by
from imgslim.planner.members import has_too
from imgslim.planner.of_builder import TRUST_STORE, ZONES
from imgslim.planner.places import places, where_links_lead
from imgslim.planner.system import from_system
from imgslim.planner.tools import Tools, carried_tools
from imgslim.records import dataclass, numerous
from imgslim.values import known

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.model import Need, Project, RuntimeTarget
    from imgslim.planner.assemble import Staged
    from imgslim.planner.build import Build, Ran
    from imgslim.planner.data import Data
    from imgslim.planner.installs import Installed

#: Given by the kernel or the engine, made when written to, or seen to by rules of their own.
_GIVEN = (
    *VIRTUAL, "/tmp", "/etc/hosts", "/etc/resolv.conf", "/etc/hostname", "/etc/passwd",  # noqa: S108
    "/etc/group", "/etc/nsswitch.conf", TRUST_STORE.path, ZONES.path,
)  # fmt: skip
#: What they make goes along by the rules of locales.
_LOCALE_TOOLS = frozenset({"locale-gen", "localedef", "update-locale"})
#: Paths that one message names.
_SHOWN = 6


@numerous
@dataclass(frozen=True, slots=True)
class Cargo:
    """What goes along besides libraries."""

    taken: tuple[Taken, ...]
    staged: tuple[Staged, ...]
    assumptions: tuple[Assumption, ...]
    installs: tuple[Installed, ...]
    notes: tuple[str, ...]


def carry(project: Project, build: Build, data: Data, target: RuntimeTarget) -> Cargo | Declined:
    """Decide what goes along to ``target``, beside what goes to any target."""
    tools = carried_tools(project, build, target) if build.needing(NeedKind.SHELL, NeedKind.COMMAND) else Tools()
    if isinstance(tools, Declined):
        return tools
    given = from_system(project, build, target)
    laid, settled = places(project, build, target)
    system = _held(project, build, target, data.covered, settled)
    covered = [*data.covered, *system.settled]
    unproven = tuple(_unproven_files(project, build, covered, target, settled))
    brought = (*given.taken, *system.taken)
    locales = taken_whole(project, build, target)
    data_taken = (t for t in data.taken if not (locales and inside(t.source, LOCALES)))
    return Cargo(
        taken=tuple(_without_nested([*brought, *(Taken(u.path, u.wanted_at) for u in build.used), *data_taken])),
        staged=tuple(
            where_links_lead(
                target,
                (
                    *tools.staged,
                    *data.staged,
                    *given.staged,
                    *system.staged,
                    *laid,
                    *if_there(project, build, unproven),
                    *data.rights,
                ),
            )
        ),
        assumptions=(
            *tools.assumptions,
            *_left_open(project, build, data, [*(t.source for t in brought), *system.settled]),
            *_left_made(project, data, system.settled),
            *(one.assumption for one in unproven),
            *given.assumptions,
        ),
        installs=(*tools.installs, *system.packages),
        notes=tools.notes,
    )


def _held(project: Project, build: Build, target: RuntimeTarget, covered: Iterable[str], laid: frozenset[str]) -> Held:
    """What goes along of the builder's system, as far as the image was looked into."""
    if project.evidence.built is None:
        return Held()
    from imgslim.planner.held import held  # noqa: PLC0415  (only where an image was looked into)

    return held(project, build, target, list(covered), laid)


def _unproven_files(
    project: Project, build: Build, covered: list[str], target: RuntimeTarget, settled: frozenset[str]
) -> Iterator[Unproven]:
    """Files that the program opens in folders of the system, and of which nobody knows whether the builder has them.

    What lies below the working directory, or in a folder that goes along, the program makes itself where it is not of
    the context.
    """
    needs = build.needing(NeedKind.FILE)
    if not needs:
        return
    workdir = project.trace.final.workdir
    held = (*covered, *_GIVEN) if workdir == "/" else (*covered, *_GIVEN, str(workdir))
    filled = any(isinstance(r.effect, Packages | Unfollowed) for r in build.ran)
    volumes = {*volumes_of(project)} if not filled else frozenset()
    for need in {n.value: n for n in reversed(needs)}.values():
        path = need.value
        if path in ("", "/", "*") or path in settled or is_there(project, path) is False:
            continue
        if is_folder(project, path):  # it is laid out (planner/standing), or the target has it
            continue
        if path in volumes:  # whoever starts the image makes it; what steps put into it is laid out (planner/folders)
            continue
        if any(inside(path, h) for h in held) or not path.startswith("/"):
            yield from _made_unseen(project, build, need, covered)
            continue
        if project.files.exists(path) is not False and not isinstance(project.files.origin(path), FromContext | MadeBy):
            why = f"{need.why}; whether the builder has {path} is not known."
            if not has_too(project, build.ran, target, path):
                span = build.used[0].product.command.span if build.used else None
                yield Unproven(need, path, Assumption("file-unproven", why, span))


def _made_unseen(project: Project, build: Build, need: Need, covered: list[str]) -> Iterator[Unproven]:
    """A file below the working directory that a step may have made, where reading does not say what that step makes."""
    path = known(absolute(need.value, project.trace.final.workdir))
    if (
        path is not None
        and is_there(project, path) is not False
        and project.files.exists(path) is None
        and not any(inside(path, h) for h in (*covered, *_GIVEN))
    ):
        yield from (Unproven(need, path, assumption) for assumption in may_be_made(project, build, need, path))


def _without_nested(taken: list[Taken]) -> Iterator[Taken]:
    """Leave out what a taken folder already holds at the same place."""
    roots = {t.source for t in taken if t.source == t.destination and t.source != "/"}
    seen: set[tuple[str, str]] = set()
    for item in taken:
        if (item.source, item.destination) in seen:
            continue
        if item.source == item.destination and under(item.source.rpartition("/")[0], roots):
            continue
        seen.add((item.source, item.destination))
        yield item


def _left_open(project: Project, build: Build, data: Data, brought: list[str]) -> Iterator[Assumption]:
    """What may still be missing, as one assumption that lists it; none where the programs' sources close the case.

    Args:
        project: what reading gave.
        build: the recognised build.
        data: what goes along to any target.
        brought: what goes along to this one beside that.
    """
    if not build.open_ends and not computes_paths(build):
        return
    computed = [end for end in build.open_ends if end.reason == "computed-paths"]
    if computed or (build.open_ends and not project.context.known):
        left = [path for path in data.left if not any(inside(path, b) for b in brought)]
        first = (computed or build.open_ends)[0]
        what = _shown(left) or "what the context holds beyond what is copied"
        yield Assumption("data-files-unproven", f"{first.message.rstrip('.')}. Left behind: {what}.", first.span)
    covered = (*(t.source for t in data.taken), *data.covered, *brought, *(u.path for u in build.used))
    for ran in data.unfollowed:
        if ran.command.name not in _LOCALE_TOOLS and _left_something(project, ran, covered):
            text = ran.command.span.head(project.dockerfile.text)
            yield Assumption("run-effects-unproven", f"What {text!r} leaves behind was not followed.", ran.command.span)
    yield from (end for end in build.open_ends if end.reason != "computed-paths")


def _left_something(project: Project, ran: Ran, covered: tuple[str, ...]) -> bool:
    """Tell whether the step of a command left a file that does not go along; True where nobody looked."""
    made = made_by(project, project.trace.steps[ran.step].node)
    return made is None or any(not any(inside(path, c) for c in (*covered, *_GIVEN)) for path in made)


def _left_made(project: Project, data: Data, settled: Iterable[str]) -> Iterator[Assumption]:
    """What steps made outside of the build's folders and stays there, though the program may open it."""
    paths = [p for p in data.stays if not any(inside(p, one) for one in settled)]
    if paths:
        why = f"Steps of the build may have made {_shown(paths)}; that stays in the build stage."
        yield Assumption("run-effects-unproven", why, project.trace.node.span)


def _shown(paths: list[str]) -> str:
    """The first of several paths, and how many there are beyond."""
    return ", ".join(paths[:_SHOWN]) + (f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else "")
