"""Data: the files and folders that go along whatever the target is, each with the evidence for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.effects import MadeBy
from imgslim.meaning.paths import absolute, inside
from imgslim.model import NeedKind
from imgslim.planner.again import again, chosen
from imgslim.planner.build import Taken
from imgslim.planner.commands import Unfollowed
from imgslim.planner.folders import folders, owner_within, working
from imgslim.planner.given import is_around
from imgslim.planner.leftovers import left_behind, open_data, secret_in, widened
from imgslim.planner.look import is_there
from imgslim.planner.made import Made, made
from imgslim.planner.mentioned import mentioned
from imgslim.planner.named import Named, named
from imgslim.planner.standing import as_it_is, stays
from imgslim.planner.trees import copied, laid, trees_of, within
from imgslim.records import dataclass, numerous, replace
from imgslim.values import known

if TYPE_CHECKING:
    from imgslim.meaning.trace import Copy
    from imgslim.model import Project, Tree
    from imgslim.planner.again import Again
    from imgslim.planner.assemble import Staged
    from imgslim.planner.build import Build, Ran

#: Given by the kernel at run time, in every image.
VIRTUAL = ("/dev", "/proc", "/sys")
#: What nobody read may open what it is given, or what it computes.
_UNREAD = frozenset({"sources-unread", "modules-unread", "libraries-unproven"})
#: Toolchains that don't say where a program opens a file by a path that it computes.
_COMPUTE = frozenset({"python", "ruby"})


@numerous
@dataclass(frozen=True, slots=True)
class Data:
    """What goes to the runtime stage on any target, beside the programs, and what may be missing beside that."""

    taken: tuple[Taken, ...]
    staged: tuple[Staged, ...]
    #: Folders that are laid out instead of taken: COPY would give them another owner or mode.
    rights: tuple[Staged, ...]
    #: All that the runtime stage then holds lies at or below these paths.
    covered: tuple[str, ...]
    #: Files of the context that neither this nor the programs take along, where the programs may open any.
    left: tuple[str, ...]
    #: Commands that may have left files behind which reading can't name, where the programs may open any.
    unfollowed: tuple[Ran, ...]
    #: What steps made outside of the build's folders and stays there, though the programs may open it.
    stays: tuple[str, ...]
    #: What the runtime stage copies as the original's last stage does.
    again: tuple[Again, ...] = ()
    #: What that copies, and what it brings in a changed form that is not known by its path.
    lost: tuple[Copy, ...] = ()


def data_of(project: Project, build: Build) -> Data:
    """Find what goes along, once for all targets."""
    by_name = named(project, build) if not build.packaged else Named((), frozenset())
    restated = again(project, build)
    again_here = tuple(path for one in restated for path in one.paths)
    whole = (*(t.path for a in build.applications for t in a.trees), *again_here)
    works = working(project, build)
    standing = folders(project, build, (*by_name.copied, *whole), works)
    laid_out = tuple(f for f in standing if not within(f.path, again_here))
    chosen_here = tuple(chosen(project, build, restated))
    along = made(project, build, by_name.sources, works) if not build.packaged else Made((), (), ())
    data = _named(project, build, by_name.copied)
    computed = any(end.reason == "computed-paths" for end in build.open_ends)
    if computed or any(end.reason in _UNREAD for end in build.open_ends):
        data += open_data(project, build, [t.source for t in data])
    data = [t for t in data if not within(t.source, whole)]
    here = {t.source for t in data}
    data += [t for t in along.taken if t.source not in here and not within(t.source, whole)]
    here = {t.source for t in data} | {u.path for u in build.used}
    data += [Taken(path, path) for path, _ in chosen_here if path and path not in here and not within(path, whole)]
    places = {one.place for one in restated if one.alone}
    trees = [t for t in trees_of(build) if not within(t.path, again_here) and t.path not in places]
    data += [Taken(t.path, t.path, why=t.why) for t in trees if copied(t)]
    elsewhere = (*(f.path for f in laid_out if f.whole), *whole)
    if project.evidence.built is not None and build.applications:
        from imgslim.planner.own_left import left_by_own  # noqa: PLC0415  (only where an image was looked into)

        data += left_by_own(project, build, (*(t.source for t in data), *elsewhere))
    data += mentioned(project, build, (*(t.source for t in data), *elsewhere))
    kept = [f.path + "/" for f in laid_out if f.whole]
    data = [t for t in data if not any((t.source + "/").startswith(path) for path in kept)]
    data = [_marked(project, _owned(project, build, t)) for t in data]
    covered = (*(t.source for t in data), *elsewhere)
    rights = {t.source: as_it_is(project, t.source, t.why) for t in data if not t.chown}
    unsure = build.open_ends or computes_paths(build)
    listed = computed or (build.open_ends and not project.context.known)
    return Data(
        taken=tuple(t for t in data if not rights.get(t.source)),
        staged=(*(f.staged for f in laid_out), *along.staged, *laid(trees)),
        rights=tuple(staged for staged in rights.values() if staged),
        covered=covered,
        left=tuple(left_behind(project, [*(u.path for u in build.used), *covered])) if listed else (),
        unfollowed=tuple(r for r in build.ran if unsure and not r.build and isinstance(r.effect, Unfollowed)),
        stays=tuple(_staying(project, build, along.left, covered)),
        again=restated,
        lost=tuple(step for path, step in chosen_here if not path),
    )


def computes_paths(build: Build) -> bool:
    """Tell whether a program is in a language whose computed paths nobody follows, since its folders go along whole."""
    return any(a.toolchain in _COMPUTE for a in build.applications)


def _named(project: Project, build: Build, copied: tuple[str, ...]) -> list[Taken]:
    """Context files and made files that the program, its entry or the author names."""
    # What an interpreter reads of a folder that it is given, a class path, its toolchain says.
    given = [p for p in build.given if not build.applications or project.files.kind(p) != "folder"]
    wanted = [*build.scripts, *build.helpers, *given, *copied]
    opened: list[str] = []
    for need in build.needing(NeedKind.FILE):
        path = known(absolute(need.value, project.trace.final.workdir)) if need.value not in ("", "*") else None
        if path in (None, "/") or any(inside(str(path), one) for one in VIRTUAL):
            continue
        if _is_there(project, build, str(path)):
            opened.append(str(path))
    products = {u.wanted_at for u in build.used}
    wanted += widened(project, build, opened)
    if project.evidence.run is not None and not build.packaged:
        from imgslim.planner.beside import beside  # noqa: PLC0415  (only where a run was watched)

        wanted += beside(project, build, opened)
    return [Taken(path, path) for path in sorted(set(wanted)) if path not in products]


def _is_there(project: Project, build: Build, path: str) -> bool:
    """Tell whether the builder surely holds ``path``, and not only as something that the build consumes."""
    files = [context for _, context in project.files.walk_context(path)]
    if project.evidence.built is not None and stays(project, build, path):
        return False
    if files:
        # Where the program lists or gives out the folder that it starts in, its sources are files like any other.
        return (
            any(f not in build.consumed for f in files)
            or is_around(project, path)
            or _opened_by_call(project, build, path)
            or _given_out(project, build, path)
        )
    if (built := project.evidence.built) is not None:
        real = built.resolve(path)
        # What the base image or a package brought goes by the rules of the system's own files.
        return real is not None and real in built.entries and not built.is_from_base(real) and not built.owner(real)
    return isinstance(project.files.origin(path), MadeBy)


def _opened_by_call(project: Project, build: Build, path: str) -> bool:
    """Tell whether a program opens a file that the build consumes by its literal name: its own source, its manifest."""
    if project.files.context_file(path) is None:
        return False
    each = (*(u.product.needs for u in build.used), *(a.needs for a in build.applications))
    called = (n.value for needs in each for n in needs if n.kind is NeedKind.FILE and n.value not in ("", "*"))
    return any(known(absolute(value, project.trace.final.workdir)) == path for value in called)


def _given_out(project: Project, build: Build, path: str) -> bool:
    """Tell whether a run read a source as a file like any other: a server may give out the folder that it starts in.

    A Java machine has no use for sources, and an entry that compiles them is none that a plan moves.
    """
    run = project.evidence.run
    if run is None or build.toolchain != "java" or project.files.context_file(path) is None:
        return False
    from imgslim.evidence import Access  # noqa: PLC0415  (only where a run was watched)

    return path in run.having(Access.READ)


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


def _staying(project: Project, build: Build, left: tuple[str, ...], covered: tuple[str, ...]) -> list[str]:
    needed = {n.value for n in build.needing(NeedKind.FILE)}
    paths = [p for p in left if p not in needed and not any(inside(p, c) for c in covered)]
    return [p for p in paths if is_there(project, p) is not False]


def with_trees(project: Project, data: Data, more: tuple[Tree, ...]) -> Data:
    """The same with what goes along whole to one target alone."""
    if not more:
        return data
    plain = [Taken(t.path, t.path, why=t.why) for t in more if copied(t)]
    rights = {t.source: as_it_is(project, t.source, t.why) for t in plain}
    whole = tuple(t.source for t in plain)
    return replace(
        data,
        taken=(
            *(t for t in data.taken if not within(t.source, whole)),
            *(t for t in plain if not rights[t.source]),
        ),
        staged=(*data.staged, *laid(more)),
        rights=tuple({s.shell: s for s in (*data.rights, *rights.values()) if s is not None}.values()),
        covered=(*data.covered, *(t.path for t in more)),
    )
