"""What goes along for a program that node runs."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.paths import inside
from imgslim.meaning.trace import Run
from imgslim.model import Declined, Tree
from imgslim.records import dataclass
from imgslim.regex import regex
from imgslim.toolchains.node.find import steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.model import Project
    from imgslim.text import Span
    from imgslim.toolchains.node.application import Reading
    from imgslim.toolchains.node.find import Step

#: Folders of which no copy is taken whole: the system's own.
SYSTEM = frozenset("/ /bin /etc /home /lib /opt /root /srv /usr /usr/local /usr/src /var /tmp".split())
#: Folders of programs, libraries and settings, with all below them.
_OF_OTHERS = tuple("/bin /sbin /lib /etc /usr/bin /usr/sbin /usr/lib /usr/share /usr/local/bin /usr/local/lib".split())
_NATIVE = regex(r".*\.(?:node|so[.\d]*)")
#: Folders at the top that every image has (Filesystem Hierarchy Standard).
_TOP = frozenset("bin boot dev etc home lib lib32 lib64 media mnt opt proc root run sbin srv sys tmp usr var".split())


@dataclass(frozen=True, slots=True)
class Trees:
    """Folders and files that go along."""

    taken: tuple[Tree, ...]
    native: bool
    sources: tuple[str, ...]
    span: Span | None
    #: Whether packages lie outside of the folder they were installed in.
    moved: bool = False


def trees_of(project: Project, found: Reading) -> Trees | Declined:
    """The folder of the package, with node_modules and what the build made in it."""
    root = found.packages.root(found.package)
    installs = [
        s for s in steps(project)
        if s.call.is_install and not s.call.is_global and s.folder is not None and inside(s.folder, root.folder)
    ]  # fmt: skip
    span = installs[-1].command.span if installs else None
    lock = found.packages.lock(root.folder)
    native = (lock is None or lock.native is None or bool(lock.native)) and not _as_copied(project, root.folder)
    made = [s for s in steps(project) if not s.call.is_install and s.call.verb in ("run", "exec")]
    known = not made or project.evidence.built is not None
    if root.folder == "/" and (installs or _only_copied(project)) and known and (parts := _at_the_root(project, found)):
        return Trees((*parts, *_made_at_the_root(project, parts)), native, (), span)
    if root.folder in SYSTEM or any(inside(root.folder, one) for one in _OF_OTHERS):
        return Declined(
            "build-not-followed",
            f"The package lies in {root.folder}, a folder of the system: what of it is the program's can't be told.",
            span or project.trace.node.span,
            "Set WORKDIR to a folder of the program's own.",
        )
    moved = tuple(_moved_away(project, installs, root.folder))
    taken = (Tree(root.folder, "The program with its packages"), *moved)
    return Trees(taken, native, (), span, moved=bool(moved))


def _only_copied(project: Project) -> bool:
    return not any(isinstance(s, Run) for s in project.trace.steps)


def _as_copied(project: Project, folder: str) -> bool:
    """Tell whether all that lies in ``folder`` is the context's, and none of it a module in machine code."""
    return _only_copied(project) and not any(_NATIVE.fullmatch(path) for path, _ in project.files.walk_context(folder))


def _moved_away(project: Project, installs: Iterable[Step], root: str) -> Iterator[Tree]:
    """Packages that a step put outside of the folder they were installed in.

    Node looks into the node_modules of every folder above as well (nodejs.org/api/modules.html, "Loading from
    node_modules folders"), so they are often moved up, out of the reach of a mounted folder.
    """
    for step in installs:
        made = posixpath.join(step.folder or "/", "node_modules")
        for place in project.files.places(made, step.step, step.index):
            if not inside(place, root):
                yield Tree(place, "The program's packages")


def _at_the_root(project: Project, found: Reading) -> list[Tree]:
    """Without a WORKDIR the package lies in ``/``: its packages, and each file and folder that was copied there.

    Nothing where a folder of the system got files as well: which of them are the program's can't be told then.
    """
    files = project.files
    copied = [name for name in files.list_dir("/") if any(True for _ in files.walk_context(f"/{name}"))]
    if any(f"/{name}" in SYSTEM or name in _TOP for name in copied):
        return []
    packages = found.package.manifest
    installed = (
        [Tree("/node_modules", "The program's packages")] if packages.dependencies | packages.development else []
    )
    return [*installed, *(Tree(f"/{name}", "") for name in copied if name != "node_modules")]


def _made_at_the_root(project: Project, parts: Iterable[Tree]) -> Iterator[Tree]:
    """What the build made beside them, as the built image has it: folders that the base image did not bring."""
    built = project.evidence.built
    if built is None or not built.base_layers:
        return
    known = {t.path for t in parts}
    tops = dict.fromkeys(
        f"/{path.split('/')[1]}" for path, entry in built.entries.items() if entry.layer >= built.base_layers
    )
    yield from (Tree(top, "What the build made") for top in tops if top not in known and top[1:] not in _TOP)
