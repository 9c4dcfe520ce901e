"""Folders that the build made or gave to a user: laid out with owner and mode, which a COPY of them would lose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.effects import Absent
from imgslim.meaning.paths import absolute, inside
from imgslim.meaning.trace import Copy, Other
from imgslim.model import NeedKind
from imgslim.planner.assemble import STAGING, Staged, quote
from imgslim.planner.commands import Folders, Owner, Placed, Users
from imgslim.records import dataclass
from imgslim.syntax.instructions import words as words_of
from imgslim.values import Unknown, known

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterator

    from imgslim.model import Project
    from imgslim.planner.build import Build

_NOT_HERE = frozenset(("/dev", "/proc", "/sys", "/tmp", "/var/lib/apt", "/var/cache"))  # noqa: S108
#: Folders of the system: what a step puts there mixes with what the base image has (Filesystem Hierarchy Standard).
SYSTEM = frozenset(
    "/ /bin /etc /home /lib /lib64 /media /mnt /opt /root /sbin /srv /usr /usr/bin /usr/lib /usr/local /usr/local/bin "
    "/usr/local/include /usr/local/lib /usr/local/sbin /usr/local/share /usr/sbin /usr/share /var /var/lib".split()
)
#: Those of them, and of games, that hold programs.
PROGRAMS = frozenset({"/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/games", "/usr/local/bin", "/usr/local/sbin"})


@dataclass(frozen=True, slots=True)
class Right:
    """Owner and mode as chown(1) and chmod(1) take them; "" where none was given."""

    owner: str
    mode: str


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder on its way to the runtime stage."""

    path: str
    staged: Staged
    #: False where only the folder's own entry is laid out, not what it holds.
    whole: bool = True


def folders(project: Project, build: Build, data: Collection[str], works: set[str]) -> Iterator[Folder]:
    """The folders that the running program may count on, with the reason for each; the build works in ``works``."""
    given = _given(project, build, data)
    owners = {path: right.owner for path, right in given.items() if right.owner}
    modes = {path: right.mode for path, right in given.items() if right.mode}
    made = dict.fromkeys(p for r in build.ran if isinstance(r.effect, Folders) for p in r.effect.paths)
    users = [r.effect for r in build.ran if isinstance(r.effect, Users)]
    homes = dict.fromkeys(home for one in users for home in one.homes)
    perhaps = {home for one in users for home in one.perhaps}
    volumes = dict.fromkeys(v for v in volumes_of(project) if _filled(project, build, v))
    seen: set[str] = set()
    # COPY keeps whose a file is.
    files = {u.path for u in build.used if not u.product.is_folder}
    for path in dict.fromkeys([*homes, *volumes, *given, *made]):
        if path == "/" or under(path, _NOT_HERE) or under(path, seen) or (path in data and path not in given):
            continue
        if path in files or isinstance(project.files.origin(path), Absent):
            continue
        # Of a folder of the system, a whole copy would be the builder's system laid over the target's.
        built = _holds_build(project, build, path, works) or (path in SYSTEM and path not in volumes)
        if built and path in given:
            there = f"{STAGING}{quote(path)}"
            owner = f"; chown {quote(owners[path])} {there}" if path in owners else ""
            mode = f"; chmod {quote(modes[path])} {there}" if path in modes else ""
            why = f"{path} belongs to {owners[path]}" if path in owners else f"{path} has the mode {modes[path]}"
            yield Folder(path, Staged(f"mkdir -p {there}{owner}{mode}", why), whole=False)
        elif not built and (
            path not in made or path in given or path in volumes or _counted_on(project, build, path, works)
        ):
            # Without --parents: with -a, coreutils 9.1 takes an absolute path's parents for relative ones.
            above = STAGING + path.rpartition("/")[0]
            made_above = f"mkdir -p {quote(above)}; " if above != STAGING else ""
            copied = f"{made_above}cp -a {quote(path)} {quote(above)}/"
            if path in perhaps and path not in given:
                copied = f"if [ -d {quote(path)} ]; then {copied}; fi"
            yield Folder(path, Staged(copied, f"{path} with its owner and mode"))
            seen.add(path)
        elif built and path in homes and path not in {*SYSTEM, *perhaps} and _for_user(project):
            yield _as_it_stands(path)
            given.setdefault(path, Right("", ""))
    laid = {*given, *seen}
    for path in dict.fromkeys(p for tree in _by_users(project, build) for p in _down_to(tree)):
        if path not in laid and not under(path, seen):
            yield _as_it_stands(path)


def _as_it_stands(path: str) -> Folder:
    """The folder's own entry, with the owner and mode that it has in the builder."""
    there, here = f"{STAGING}{quote(path)}", quote(path)
    kept = f'chown "$(stat -c %u:%g {here})" {there}; chmod "$(stat -c %a {here})" {there}'
    return Folder(path, Staged(f"mkdir -p {there}; {kept}", f"{path} is a user's own"), whole=False)


def _by_users(project: Project, build: Build) -> Iterator[str]:
    """Folders that installers may have made as the user that the program runs as; a built image shows whose they are.

    COPY makes a folder that is not there yet root's, and leaves one that is there as it is.
    """
    users = {r.command.user for r in build.ran if r.build} - {"", "root", "0"}
    if project.evidence.built is not None or project.trace.final.user not in users or not _for_user(project):
        return
    for tree in (t for a in build.applications for t in a.trees):
        if not inside(tree.path, "/usr") and not owner_within(project, build, tree.path):
            yield tree.path


def _down_to(path: str) -> Iterator[str]:
    """The folders that lead to a path, and it, from the first that is no folder of the system."""
    parts = path.split("/")
    yield from (p for p in ("/".join(parts[: n + 1]) for n in range(1, len(parts))) if p not in SYSTEM)


def _for_user(project: Project) -> bool:
    """Tell whether the program runs as another than root, who may write anywhere."""
    return project.trace.final.user not in ("", "root", "0")


def _given(project: Project, build: Build, data: Collection[str]) -> dict[str, Right]:
    """Folders whose own entry has an owner or a mode that a COPY of them would lose, and files that chown names."""
    found: dict[str, Right] = {}
    for step in project.trace.steps:
        if isinstance(step, Copy) and step.origin is None and isinstance(step.destination, str):
            right = Right(*(f.value or "" if (f := step.node.flag(n)) is not None else "" for n in ("chown", "chmod")))
            path = step.destination.rstrip("/")
            alike = path in data and not right.mode  # one owner for all of it: COPY --chown says the same once more
            if (right.owner or right.mode) and path and not alike and project.files.kind(path) == "folder":
                found[path] = right
    for ran in build.ran:
        if isinstance(ran.effect, Owner):
            for path in ran.effect.paths:
                found[path] = Right(ran.effect.owner, found[path].mode if path in found else "")
        elif isinstance(ran.effect, Folders) and (ran.effect.owner or ran.effect.mode):
            found |= dict.fromkeys(ran.effect.paths, Right(ran.effect.owner, ran.effect.mode))
        elif isinstance(ran.effect, Placed) and ran.command.name == "chgrp":
            words = [w for w in ran.command.argv[1:] if isinstance(w, str) and not w.startswith("-")]
            for path in ran.effect.paths if words else ():
                if project.files.kind(path) == "folder":
                    before = found.get(path, Right("", ""))
                    found[path] = Right(f"{before.owner.partition(':')[0]}:{words[0]}", before.mode)
        elif isinstance(ran.effect, Placed) and ran.command.name == "chmod":
            mode = next((w for w in ran.command.argv[1:] if isinstance(w, str) and not w.startswith("-R")), "")
            for path in ran.effect.paths:
                if project.files.kind(path) == "folder":
                    found[path] = Right(found[path].owner if path in found else "", mode)
    return found


def owner_within(project: Project, build: Build, path: str) -> str:
    """Whose a folder is that was given away with all that it holds, or lies in such a folder; "" where root's."""
    owner = ""
    for step in project.trace.steps:
        flag = step.node.flag("chown") if isinstance(step, Copy) and step.origin is None else None
        if isinstance(step, Copy) and flag is not None and isinstance(step.destination, str):
            owner = flag.value or "" if inside(path, step.destination.rstrip("/") or "/") else owner
    for ran in build.ran:
        if isinstance(ran.effect, Owner) and ran.effect.recursive:
            within = any(inside(path, p) and path != p for p in ran.effect.paths)
            owner = ran.effect.owner if within else owner
    return owner


def volumes_of(project: Project) -> Iterator[str]:
    """The volumes that VOLUME names."""
    for step in project.trace.steps:
        if step.node.keyword == "VOLUME":
            yield from (w.text.rstrip("/") for w in words_of(step.node) if w.text.startswith("/") and "$" not in w.text)


def _filled(project: Project, build: Build, path: str) -> bool:
    """A volume keeps what the image holds below it when it is first mounted (Dockerfile reference, VOLUME)."""
    placed = (p for r in build.ran if isinstance(r.effect, Placed | Folders) for p in r.effect.paths)
    return any(inside(p, path) for p in placed) or any(True for _ in project.files.walk_context(path))


def working(project: Project, build: Build) -> set[str]:
    """Where the build works: folders that hold sources and intermediate files."""
    found = {str(r.command.cwd) for r in build.ran if r.build and not isinstance(r.command.cwd, Unknown)}
    for step in project.trace.steps:
        if not isinstance(step, Other) and isinstance(step.scope.workdir, str):
            found.add(step.scope.workdir)
    return found - {"/"}


def _holds_build(project: Project, build: Build, path: str, working: set[str]) -> bool:
    """Tell whether sources, intermediate files or products lie in the folder: then it is not taken as a whole."""
    return (
        any(inside(w, path) for w in working)
        or any(inside(u.path, path) for u in build.used)
        or any(context in build.consumed for _, context in project.files.walk_context(path))
    )


def _counted_on(project: Project, build: Build, path: str, working: set[str]) -> bool:
    """A folder made inside the build's own is the build's, unless the program names something in it.

    Where builders keep to folders of their own, one that none of their commands names is there for the program, which
    may put its name together: ``mkdir logs``. Build systems of C put files where a makefile says.
    """
    named = (known(absolute(n.value, project.trace.final.workdir)) for n in build.needing(NeedKind.FILE) if n.value)
    if not under(path, working) or any(n is not None and inside(n, path) for n in named):
        return True
    if any(u.product.toolchain == "c" for u in build.used) or project.files.kind(path) != "folder":
        return False
    given = (absolute(w, r.command.cwd) for r in build.ran if r.build for w in r.command.argv[1:])
    return not any(isinstance(word, str) and inside(word, path) for word in given)


def under(path: str, above: Container[str]) -> bool:
    """Tell whether a path, or a folder that it lies in, is one of ``above``: asked upwards, as there may be many."""
    while path not in above:
        if path in ("/", ""):
            return False
        path = path.rpartition("/")[0] or "/"
    return True
