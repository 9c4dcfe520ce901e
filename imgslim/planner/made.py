"""Made files: what a RUN, or an ADD that fetches or unpacks, puts outside of the build's own folders."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.effects import Absent, FromContext, MadeBy
from imgslim.meaning.folding import REMOVED_MAYBE
from imgslim.meaning.paths import inside
from imgslim.meaning.trace import Copy, Run
from imgslim.model import NeedKind
from imgslim.planner.assemble import STAGING, Staged, quote
from imgslim.planner.build import Taken
from imgslim.planner.folders import PROGRAMS, SYSTEM
from imgslim.planner.home import asks_for_home, at_home
from imgslim.planner.leftovers import on_a_guess, secret_in
from imgslim.planner.other_image import is_from_another, programs_of
from imgslim.planner.programs import has_settings
from imgslim.records import dataclass
from imgslim.regex import regex
from imgslim.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.meaning.effects import Placement
    from imgslim.model import Project
    from imgslim.planner.build import Build

#: Read by the C library, Go's library or OpenSSL without the program's asking, when it looks up hosts, services,
#: local time or its own defaults (nsswitch.conf(5), gai.conf(5), host.conf(5), services(5), tzset(3), config(5ssl)).
_READ_BY_LIBRARIES = (
    "/etc/gai.conf", "/etc/host.conf", "/etc/localtime", "/etc/nsswitch.conf", "/etc/protocols", "/etc/services",
    "/etc/ssl/openssl.cnf", "/etc/timezone",
)  # fmt: skip
#: Only compilers, package managers and tools of the build look here (Filesystem Hierarchy Standard; hier(7)), what is
#: here has rules of its own (users, trust, zones, libraries), or is gone when the image runs.
OF_THE_BUILD = (
    "/dev", "/proc", "/sys", "/tmp", "/run", "/var/run", "/var/tmp", "/var/cache", "/var/lib/apt", "/var/lib/dpkg",  # noqa: S108
    "/var/log", "/root", "/go", "/usr/local/go", "/usr/include", "/usr/local/include", "/usr/src", "/usr/share/doc",
    "/usr/share/man", "/usr/share/info", "/etc/apt", "/etc/apk", "/etc/yum.repos.d", "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow", "/etc/ssl/certs", "/usr/share/zoneinfo",
    "/usr/local/share/ca-certificates", "/usr/share/ca-certificates", STAGING,
)  # fmt: skip
BUILD_FILE = regex(r".*\.(?:a|c|cc|cpp|cxx|csr|h|hh|hpp|la|o|pc|cmake|deb|apk|rpm|tar(?:\.\w+)?|tgz|zip|gz|xz|bz2)")
_PROGRAMS = (*PROGRAMS, "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib")
#: Where programs that are no part of the build look for their settings (hier(7)).
_OF_SETTINGS = ("/etc", "/usr/local/etc")
#: More made files than this are listed, not copied.
_MOST = 8


@dataclass(frozen=True, slots=True)
class Made:
    """What was made, by what becomes of it."""

    taken: tuple[Taken, ...]
    staged: tuple[Staged, ...]
    #: Paths that stay in the build stage though the program may open them.
    left: tuple[str, ...]


def made(project: Project, build: Build, by_name: frozenset[str], works: set[str]) -> Made:
    """Say what goes along of the files that steps made.

    Where the programs' sources close the case, only what the author named or wrote into the Dockerfile (a heredoc of
    COPY), and what libraries read by themselves.

    Args:
        project: what reading gave.
        build: the recognised build.
        by_name: context paths that the author copied by name and the build does not consume.
        works: folders that the build works in.
    """
    folders = [*works, *OF_THE_BUILD]
    known = {(r.step, r.index): r for r in build.ran}
    products = {u.path for u in build.used} | {u.wanted_at for u in build.used}
    opened = [*(n.value for n in build.needing(NeedKind.FILE)), *programs_of(project, build)]
    taken: dict[str, None] = {}
    left: dict[str, None] = {}
    here = tuple(_by_steps(project))
    there = {placed.path for placed in here}
    staged = [p for p in _READ_BY_LIBRARIES if p in there]
    for placed in here:
        ran, path = known.get((placed.point.step, placed.point.index)), placed.path
        if (ran is not None and ran.build) or path in products or path in staged:
            continue
        origin = project.files.origin(path)
        own = placed.sure and not any(inside(path, f) for f in works) and at_home(project, build, path)
        of_build = (not own and any(inside(path, f) for f in folders)) or BUILD_FILE.fullmatch(path)
        if isinstance(origin, FromContext):
            by_packages = own or _opened_by_packages(build, path)
            if origin.path in by_name or (placed.sure and not of_build and by_packages):
                taken[path] = None
        elif is_from_another(project, placed) and path not in SYSTEM and any(inside(o, path) for o in opened):
            taken[path] = None  # COPY fails where it is not there, in the original already
        elif of_build:
            continue
        elif own and secret_in(project, path) and not asks_for_home(build):
            left[path] = None
        elif placed.sure and isinstance(origin, MadeBy) and (own or _goes_along(build, origin, path)):
            taken[path] = None
        elif build.open_ends:
            left[path] = None
    for path in _fetched(project):
        if _may_be_gone(project, path):
            continue
        if path not in SYSTEM and not any(inside(path, f) for f in folders):
            taken[path] = None
        elif build.open_ends and not any(inside(path, f) for f in folders):
            left[path] = None
    if len(taken) > _MOST:
        left |= taken
        taken = {}
    return Made(tuple(Taken(p, p) for p in taken), tuple(_staged(staged)), tuple(left))


def _goes_along(build: Build, origin: MadeBy, path: str) -> bool:
    """The author's own text does; what a command wrote does where the program may open it, and it is no secret."""
    opened = bool(build.open_ends) or _opened_by_packages(build, path) or _set_for_others(build, path)
    return origin.command is None or (opened and on_a_guess(path))


def _opened_by_packages(build: Build, path: str) -> bool:
    """Tell whether an interpreter runs something, whose packages nobody read: they may open what is no program."""
    return bool(build.applications) and not any(inside(path, one) for one in _PROGRAMS)


def _set_for_others(build: Build, path: str) -> bool:
    """Tell whether a file may be a setting of another program that is started: sudo's, sshd's, a shell's."""
    started = (n.value.rsplit("/", 1)[-1] for n in build.needing(NeedKind.COMMAND, NeedKind.SHELL))
    return any(inside(path, one) for one in _OF_SETTINGS) and any(has_settings(name) for name in started)


def _by_steps(project: Project) -> Iterator[Placement]:
    """What RUN, a heredoc of COPY and COPY from another image put somewhere; ADD is looked at by itself."""
    for placed in project.files.placed():
        step = project.trace.steps[placed.point.step]
        if isinstance(step, Run) or (isinstance(step, Copy) and step.inline) or is_from_another(project, placed):
            yield placed


def _may_be_gone(project: Project, path: str) -> bool:
    """Tell whether a later step takes away what ADD put there, or may: a COPY of it could fail then."""
    origin = project.files.origin(path)
    return isinstance(origin, Absent) or (isinstance(origin, Unknown) and origin.why == REMOVED_MAYBE)


def _fetched(project: Project) -> Iterator[str]:
    """Where ADD puts what it fetches or unpacks, as far as the text says."""
    for step in project.trace.steps:
        if not isinstance(step, Copy) or step.origin is not None or isinstance(step.destination, Unknown):
            continue
        if step.node.keyword != "ADD":
            continue
        folder = step.destination.rstrip("/") or "/"
        for source in step.sources:
            if not isinstance(source, str):
                continue
            if "://" in source:
                name = posixpath.basename(source.split("?", 1)[0])
                yield posixpath.join(folder, name) if step.destination.endswith("/") and name else folder
            elif any(_unpacked(project, found, folder) for found in project.context.glob(source)):
                yield folder


def _unpacked(project: Project, found: str, folder: str) -> bool:
    """Tell whether ADD may have unpacked a context file: then it stands nowhere as itself."""
    at = (posixpath.join(folder, posixpath.basename(found)), folder)
    return project.context.is_file(found) is True and all(project.files.context_file(p) != found for p in at)


def _staged(paths: list[str]) -> Iterator[Staged]:
    """Laid out only where it is there: a link may lead nowhere, which is no fault in the original."""
    for path in paths:
        there = quote(STAGING + posixpath.dirname(path))
        yield Staged(
            f"if [ -e {quote(path)} ]; then mkdir -p {there}; cp -L {quote(path)} {there}/; fi",
            f"{path}: read by libraries, made by a step",
        )
