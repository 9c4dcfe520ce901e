"""Carry: the files that go to the runtime stage, each with the evidence for it; nothing on a guess."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.effects import FromContext, FromImage, MadeBy
from imgslim.meaning.paths import absolute, inside
from imgslim.model import Assumption, Declined, Need, NeedKind
from imgslim.planner.build import Taken
from imgslim.planner.commands import Unfollowed
from imgslim.planner.folders import owner_within
from imgslim.planner.generated import may_be_made
from imgslim.planner.held import held
from imgslim.planner.leftovers import left_behind, open_data, secret_in, widened
from imgslim.planner.look import is_there, made_by
from imgslim.planner.made import made
from imgslim.planner.places import places
from imgslim.planner.standing import as_it_is, standing, stays
from imgslim.planner.system import from_system
from imgslim.planner.tools import carried_tools
from imgslim.records import dataclass, replace
from imgslim.values import known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Need, Project, RuntimeTarget
    from imgslim.planner.assemble import Staged
    from imgslim.planner.build import Build, Ran
    from imgslim.planner.folders import Folder
    from imgslim.planner.installs import Installed
    from imgslim.planner.named import Named

#: Given by the kernel at run time, in every image.
_VIRTUAL = ("/dev", "/proc", "/sys")
#: Given by the kernel or the engine, made when written to, or seen to by rules of their own.
_GIVEN = (
    *_VIRTUAL, "/tmp", "/etc/hosts", "/etc/resolv.conf", "/etc/hostname", "/etc/passwd",  # noqa: S108
    "/etc/group", "/etc/nsswitch.conf", "/etc/ssl", "/usr/share/zoneinfo", "/etc/localtime",
)  # fmt: skip
#: Paths that one message names.
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Cargo:
    """What goes along besides libraries."""

    taken: tuple[Taken, ...]
    staged: tuple[Staged, ...]
    assumptions: tuple[Assumption, ...]
    installs: tuple[Installed, ...]
    notes: tuple[str, ...]


def carry(
    project: Project, build: Build, named: Named, laid_out: tuple[Folder, ...], target: RuntimeTarget
) -> Cargo | Declined:
    """Decide what goes along to ``target``, beside the folders that go to any target."""
    tools = carried_tools(project, build, target)
    if isinstance(tools, Declined):
        return tools
    along = made(project, build, named.sources)
    data = _data(project, build, named)
    if any(end.reason == "computed-paths" for end in build.open_ends):
        data += open_data(project, build, [t.source for t in data])
    here = {t.source for t in data}
    data += [t for t in along.taken if t.source not in here]
    given = from_system(project, build, target)
    system = held(project, build, target)
    kept = [f.path + "/" for f in laid_out if f.whole]
    data = [t for t in data if not any((t.source + "/").startswith(path) for path in kept)]
    data = [_marked(project, _owned(project, build, t)) for t in data]
    covered = [*(t.source for t in data), *(f.path for f in laid_out if f.whole), *system.settled]
    laid, settled = places(project, build, target)
    unproven = tuple(_unproven_files(project, build, covered, target, settled))
    rights = {t.source: as_it_is(project, t.source) for t in data if not t.chown}
    data = [t for t in data if not rights.get(t.source)]
    taken = [*given.taken, *system.taken, *(Taken(u.path, u.wanted_at) for u in build.used), *data]
    return Cargo(
        taken=tuple(_without_nested(taken)),
        staged=(
            *tools.staged,
            *(f.staged for f in laid_out),
            *along.staged,
            *given.staged,
            *system.staged,
            *laid,
            *(staged for staged in rights.values() if staged),
            *standing(project, build, target, covered),
        ),
        assumptions=(
            *tools.assumptions,
            *_left_open(project, build, [*(t.source for t in taken), *covered]),
            *_left_made(project, build, along.left, covered),
            *unproven,
            *given.assumptions,
        ),
        installs=(*tools.installs, *system.packages),
        notes=tools.notes,
    )


# --- data files ---------------------------------------------------------------------------------------------


def _data(project: Project, build: Build, named: Named) -> list[Taken]:
    """Context files and made files that the program, its entry or the author names."""
    wanted = [*build.scripts, *named.copied]
    opened: list[str] = []
    for need in build.needing(NeedKind.FILE):
        path = known(absolute(need.value, project.trace.final.workdir)) if need.value not in ("", "*") else None
        if path in (None, "/") or any(inside(str(path), one) for one in _VIRTUAL):
            continue
        if _is_there(project, build, str(path)):
            opened.append(str(path))
    products = {u.wanted_at for u in build.used}
    wanted += widened(project, build, opened)
    return [Taken(path, path) for path in sorted(set(wanted)) if path not in products]


def _is_there(project: Project, build: Build, path: str) -> bool:
    """Tell whether the builder surely holds ``path``, and not only as something that the build consumes."""
    files = [context for _, context in project.files.walk_context(path)]
    if project.evidence.built is not None and stays(project, build, path):
        return False
    if files:
        return any(f not in build.consumed for f in files)
    if (built := project.evidence.built) is not None:
        real = built.resolve(path)
        # What the base image or a package brought goes by the rules of the system's own files.
        return real is not None and real in built.entries and not built.is_from_base(real) and not built.owner(real)
    return project.files.exists(path) is True and isinstance(project.files.origin(path), MadeBy)


def _unproven_files(
    project: Project, build: Build, covered: list[str], target: RuntimeTarget, settled: frozenset[str]
) -> Iterator[Assumption]:
    """Files that the program opens in folders of the system, and of which nobody knows whether the builder has them.

    What lies below the working directory, or in a folder that goes along, the program makes itself where it is not of
    the context.
    """
    workdir = project.trace.final.workdir
    held = (*covered, *_GIVEN) if workdir == "/" else (*covered, *_GIVEN, str(workdir))
    for need in build.needing(NeedKind.FILE):
        path = need.value
        if path in ("", "/", "*") or path in settled or is_there(project, path) is False:
            continue
        if any(inside(path, h) for h in held) or not path.startswith("/"):
            yield from _made_unseen(project, build, need, covered)
            continue
        if project.files.exists(path) is not False and not isinstance(project.files.origin(path), FromContext | MadeBy):
            why = f"{need.why}; {path} is not copied: whether the builder has it is not known."
            if not (target.same_family and isinstance(project.files.origin(path), FromImage)):
                yield Assumption("file-unproven", why, build.used[0].product.command.span if build.used else None)


def _made_unseen(project: Project, build: Build, need: Need, covered: list[str]) -> Iterator[Assumption]:
    """A file below the working directory that a step may have made, where reading does not say what that step makes."""
    path = known(absolute(need.value, project.trace.final.workdir))
    if (
        path is not None
        and is_there(project, path) is not False
        and project.files.exists(path) is None
        and not any(inside(path, h) for h in (*covered, *_GIVEN))
    ):
        yield from may_be_made(project, build, need, path)


def _owned(project: Project, build: Build, item: Taken) -> Taken:
    """A folder's own entry is made anew by COPY, root's: give it back to whom all of it belonged."""
    if project.files.kind(item.source) != "folder":
        return item
    owner = owner_within(project, build, item.source)
    return replace(item, chown=owner) if owner else item


def _marked(project: Project, item: Taken) -> Taken:
    """What looks like a secret goes along only where the original image has it, and never without a word."""
    name = secret_in(project, item.source)
    if not name or item.source in {"/etc/passwd", "/etc/group"}:
        return item
    why = f"{name} looks like a secret; the original image holds it, too"
    return replace(item, why="\n".join(filter(None, (item.why, why))))


def _without_nested(taken: list[Taken]) -> Iterator[Taken]:
    """Leave out what a taken folder already holds at the same place."""
    roots = {t.source for t in taken if t.source == t.destination}
    seen: set[tuple[str, str]] = set()
    for item in taken:
        parts = item.source.split("/")
        above = {"/".join(parts[:n]) for n in range(2, len(parts))}
        if (item.source, item.destination) in seen or (item.source == item.destination and above & roots):
            continue
        seen.add((item.source, item.destination))
        yield item


def _left_open(project: Project, build: Build, covered: list[str]) -> Iterator[Assumption]:
    """What may still be missing, as one assumption that lists it; none where the programs' sources close the case."""
    if not build.open_ends:
        return
    computed = [end for end in build.open_ends if end.reason == "computed-paths"]
    if computed or not project.context.known:
        left = list(left_behind(project, covered))
        shown = ", ".join(left[:_SHOWN]) + (f" and {len(left) - _SHOWN} more" if len(left) > _SHOWN else "")
        first = (computed or build.open_ends)[0]
        why = f"{first.message.rstrip('.')}. Left behind: {shown or 'what the context holds beyond what is copied'}."
        yield Assumption("data-files-unproven", why, first.span)
    for ran in build.ran:
        if not ran.build and isinstance(ran.effect, Unfollowed) and _left_something(project, ran, covered):
            text = ran.command.span.of(project.dockerfile.text).split("\n", 1)[0][:60]
            yield Assumption("run-effects-unproven", f"What {text!r} leaves behind was not followed.", ran.command.span)
    yield from (end for end in build.open_ends if end.reason != "computed-paths")


def _left_something(project: Project, ran: Ran, covered: list[str]) -> bool:
    """Tell whether the step of a command left a file that does not go along; True where nobody looked."""
    made = made_by(project, project.trace.steps[ran.step].node)
    return made is None or any(not any(inside(path, c) for c in (*covered, *_GIVEN)) for path in made)


def _left_made(project: Project, build: Build, left: tuple[str, ...], covered: list[str]) -> Iterator[Assumption]:
    """What steps made outside of the build's folders and stays there, though the program may open it."""
    needed = {n.value for n in build.needing(NeedKind.FILE)}
    paths = [p for p in left if p not in needed and not any(inside(p, c) for c in covered)]
    paths = [p for p in paths if is_there(project, p) is not False]
    if paths:
        shown = ", ".join(paths[:_SHOWN]) + (f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else "")
        why = f"Steps of the build may have made {shown}; that stays in the build stage."
        yield Assumption("run-effects-unproven", why, project.trace.node.span)
