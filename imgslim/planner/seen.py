"""Seen: what a watched run used, as needs like those that reading finds; never a list of single files of the system."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.evidence import Access, EntryKind
from imgslim.evidence.attribution import Origin, attribute
from imgslim.meaning.paths import inside
from imgslim.meaning.search import searched
from imgslim.meaning.shell_nested import SHELLS
from imgslim.model import Linkage, Need, NeedKind
from imgslim.planner.libraries import comes_with_compiler, linker_name
from imgslim.planner.trees import within
from imgslim.regex import regex
from imgslim.toolchains.gathered import is_trust

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from imgslim.evidence import Contents
    from imgslim.evidence.attribution import Attributed
    from imgslim.evidence.observed import Started
    from imgslim.model import Application, Project
    from imgslim.planner.build import Used

#: What every image is given.
_GIVEN = frozenset({Origin.KERNEL, Origin.ENGINE})
#: Of the base image, or installed over it.
_OF_SYSTEM = frozenset({Origin.PACKAGE, Origin.BASE})
#: Made anew where libraries are laid out (ld.so(8)).
_OF_THE_LOADER = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/ld.so.preload")
#: Folders for what lives no longer than the container.
_TEMPORARY = ("/tmp", "/var/tmp")  # noqa: S108
#: What npm keeps between its runs, in the home folder of who starts it (npm config, "cache", "logs-dir").
_OF_NPM = "/.npm/"
#: What a Java machine says of itself while it runs, by its process number; one of the build's is read when the next one
#: starts, and goes then (java command, "-XX:+UsePerfData").
_OF_JVM = regex(r"/tmp/hsperfdata_[^/]+/\d+")  # noqa: S108
#: What the rules of the system take along, by folder or file (planner/system).
_RULED = (
    (("/etc/ssl/certs", "/etc/ssl/cert.pem", "/usr/lib/ssl/certs", "/usr/lib/ssl/cert.pem",
      "/usr/share/ca-certificates", "/usr/local/share/ca-certificates",
      "/etc/pki/tls/certs", "/etc/pki/tls/cert.pem", "/etc/pki/ca-trust"),
     NeedKind.CERTIFICATES),
    (("/usr/share/zoneinfo",), NeedKind.TIME_ZONES),
    (("/etc/passwd", "/etc/group"), NeedKind.USERS),
    (("/etc/nsswitch.conf", "/etc/services", "/etc/protocols"), NeedKind.NAME_SERVICE),
    (("/etc/mime.types", "/usr/share/mime"), NeedKind.MEDIA_TYPES),
    (("/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo"), NeedKind.TERMINFO),
)  # fmt: skip
#: Certificates of the trust store are links here, beside the one file; what is a file of its own somebody put there.
_LINKS_TO_TRUST = ("/etc/ssl/certs", "/etc/pki/tls/certs")
#: Read where no TZ names a zone; without it the C library takes UTC (tzset(3)). Who reads it reads the zone that TZ
#: names instead, once who starts the image sets one.
_LOCAL_ZONE = "/etc/localtime"
_UTC = frozenset({"UTC", "UCT", "Zulu", "Etc/UTC", "Etc/UCT", "Etc/Zulu"})
#: Interpreters that bring zones along: Java's java.base (tzdb.dat), Node's ICU.
_WITH_ZONES = frozenset({"java", "node"})
#: Settings of OpenSSL lie among its certificates.
_SETTINGS = (".cnf", ".conf")
_ZONES = "/usr/share/zoneinfo"
#: The C library looks into its list of converters for each character set, its own ones too (iconv(1), FILES); only one
#: that is loaded was needed.
_CONVERTERS = "/gconv/"


def needs_seen(
    project: Project,
    used: Collection[Used],
    *,
    wrapped: bool,
    applications: Collection[Application] = (),
    left_out: str = "",
) -> Iterator[Need]:
    """What the run used beyond the programs of the build, and beyond what every image is given.

    Args:
        project: with its evidence; nothing comes of one that was not watched.
        used: the build's programs and libraries that go along in any case.
        wrapped: True where the original's entry is started by a shell and the rewritten one is not.
        applications: their trees go along whole, and their interpreters by rules of their own.
        left_out: where the base image's entry point is left out: the program that it starts in the end.
    """
    built, run = project.evidence.built, project.evidence.run
    if built is None or run is None:
        return
    own = {built.resolve(u.path) or u.path for u in used}
    if wrapped and run.started and run.started[0].path not in {s.path for s in run.started[1:]}:
        own.add(built.resolve(run.started[0].path) or run.started[0].path)
    dynamic = any(u.product.linkage is not Linkage.STATIC for u in used if u.product.executable)
    used_paths = tuple(attribute(run, built))
    if left_out:
        own |= {built.resolve(path) or path for path in _before(run.started, left_out)}
    trees = tuple(t.path for a in applications for t in (*a.trees, *(a.library or ())))
    trees += tuple(a.runtime.tree.path for a in applications if a.runtime is not None)
    own |= {built.resolve(path) or path for a in applications for path in _interpreters(project, a)}
    linked = _linked(built, used_paths, trees)
    listed = {one.real for one in used_paths if one.access & Access.LISTED}
    # Links, too, are come by, and then asked for by the paths that they lead to.
    met = {one.real for one in used_paths if _is_met(built, one, listed)}
    zoned = _WITH_ZONES.isdisjoint(a.toolchain for a in applications)
    converted = next((o for o in used_paths if _CONVERTERS in o.path and o.access & Access.LOADED), None)
    if converted is not None:
        yield Need(NeedKind.GCONV, "", f"a run of the original opened {posixpath.basename(converted.path)}")
    for one in used_paths:
        if one.origin in _GIVEN or any(inside(one.path, place) for place in _OF_THE_LOADER):
            continue
        if within(one.real or one.path, trees):
            continue
        if (_CONVERTERS in one.path and converted is None) or _OF_NPM in one.path or _OF_JVM.fullmatch(one.path):
            continue
        if one.origin in {Origin.RUN, Origin.MISSING} or one.real in own:
            yield from _made_by_run(built, one.path, one.access)
        elif one.access & Access.EXECUTED:
            if (built.resolve(one.opened_for) or one.opened_for) not in own:
                yield from _program(built, one)
        elif one.access & Access.LOADED:
            if one.real not in linked:
                yield from _library(built, one.path, one.real, dynamic=dynamic)
        elif one.origin in _OF_SYSTEM and one.real in met and not _is_taken(built, one):
            continue
        elif one.access & (Access.READ | Access.LISTED | Access.ASKED | Access.ENTERED | Access.WRITTEN):
            yield from _file(built, one.path, one.real, one.access, zoned=zoned)


def _is_met(built: Contents, one: Attributed, listed: Collection[str]) -> bool:
    """Tell whether the program only came by on its way through a folder, which gave it the name, and read no content.

    It would not have missed it: what watches or counts files goes through all that is there (nftw(3), inotify(7)).
    """
    folder = posixpath.dirname(one.path)
    return (built.resolve(folder) or folder) in listed and not _is_taken(built, one)


def _is_taken(built: Contents, one: Attributed) -> bool:
    """Tell whether something was done with it beyond asking whether it is there; a folder is opened to be listed."""
    entry = built.get(one.real)
    is_file = entry is not None and entry.kind is not EntryKind.FOLDER
    return bool(one.access & (Access.WRITTEN | Access.READ if is_file else Access.WRITTEN))


def _before(started: tuple[Started, ...], program: str) -> Iterator[str]:
    """What an entry point that is left out started before it came to ``program``, and nothing else did later."""
    name = posixpath.basename(program)
    first = next((n for n, one in enumerate(started) if posixpath.basename(one.path) == name), 0)
    later = {one.path for one in started[first:]}
    return (one.path for one in started[:first] if one.path not in later)


def _interpreters(project: Project, application: Application) -> Iterator[str]:
    yield from searched(project.trace.final, application.interpreter, project.trace.final.workdir)


def _linked(built: Contents, used: Iterable[Attributed], trees: tuple[str, ...]) -> set[str]:
    """Real paths of the libraries that the loader brings by itself, for all that was started or lies in trees."""
    from imgslim.evidence.loader import closure  # noqa: PLC0415  (only where an image was looked into)

    found: set[str] = set()
    for one in used:
        loaded = one.access & Access.LOADED and within(one.real, trees)
        if (one.access & Access.EXECUTED or loaded) and one.real in built.elf:
            interpreter = built.elf[one.real].interpreter
            found |= {built.resolve(path) or path for path in closure(built, one.real).found.values()}
            found.add(built.resolve(interpreter) or interpreter)
    return found


def _program(built: Contents, one: Attributed) -> Iterator[Need]:
    """A program that was started, by another one or by the kernel for a script's first line (execve(2))."""
    why = f"a run of the original started {one.path}" + (f" for {one.opened_for}" if one.opened_for else "")
    if one.real in built.interpreters or one.origin in {Origin.CONTEXT, Origin.STEP}:
        yield Need(NeedKind.FILE, one.path, why)
    else:
        yield from _started(one.path, why)


def _started(path: str, why: str) -> Iterator[Need]:
    kind = NeedKind.SHELL if posixpath.basename(path) in SHELLS else NeedKind.COMMAND
    yield Need(kind, path, why)


def _library(built: Contents, path: str, real: str, *, dynamic: bool) -> Iterator[Need]:
    """A library that no program is linked with: one that was opened, by a name that the loader looks up or by a path.

    Where no program of the build opens libraries, another program that it starts does: then the file itself is needed.
    """
    name = posixpath.basename(path)
    why = f"a run of the original opened {path}"
    elf = built.elf.get(real)
    searched = posixpath.dirname(path) in built.library_folders or posixpath.dirname(real) in built.library_folders
    if dynamic and (comes_with_compiler(linker_name(name)) or (searched and elf is not None and elf.soname)):
        yield Need(NeedKind.PLUGIN, name, why)
        # By that name the loader would have opened the cache's path; this one was asked for by the path itself.
        if path not in (built.library_cache.get(name) or (path,))[:1]:
            yield Need(NeedKind.FILE, path, why)
    else:
        yield Need(NeedKind.FILE, path, why)


def _made_by_run(built: Contents, path: str, access: Access) -> Iterator[Need]:
    """What was not there before: the folder that it was made in has to be."""
    if not access & (Access.CREATED | Access.WRITTEN | Access.SOCKET):
        return
    folder = posixpath.dirname(path)
    if any(inside(path, place) for place in _TEMPORARY):
        yield Need(NeedKind.TMP, "", f"a run of the original made {path}")
    elif folder != "/" and built.resolve(folder) is not None:
        yield Need(NeedKind.FILE, folder, f"a run of the original made {path}")


def ruled(path: str, real: str, why: str) -> Need | None:
    """What a file or folder of the system is, where rules of the system take it along; None for any other."""
    if posixpath.dirname(path) in _LINKS_TO_TRUST and path == real and not is_trust(path):
        return None
    for places, kind in _RULED:
        if any(inside(path, place) or inside(real, place) for place in places) and not path.endswith(_SETTINGS):
            return Need(kind, "services" if posixpath.basename(path) in ("services", "protocols") else "", why)
    return None


def _file(built: Contents, path: str, real: str, access: Access, *, zoned: bool) -> Iterator[Need]:
    """A file or folder that was there already; ``zoned`` where what reads the local zone has no zones of its own."""
    if path == "/" or path in _TEMPORARY:
        return
    entry, temporary = built.entries[real], any(inside(path, place) for place in _TEMPORARY)
    if temporary and entry.kind is EntryKind.FOLDER:
        yield Need(NeedKind.TMP, "", f"a run of the original looked into {path}")
        return
    # The lock of a program that ran in the build, too: empty, it is made again by who locks it.
    if temporary and entry.kind is EntryKind.FILE and not entry.size and access & Access.WRITTEN:
        yield Need(NeedKind.TMP, "", f"a run of the original wrote {path}")
        return
    verb = "wrote" if access & Access.WRITTEN else "read" if access & Access.READ else "asked for"
    why = f"a run of the original {verb} {path}"
    if path == _LOCAL_ZONE:
        if zoned and access & Access.READ:
            yield Need(NeedKind.TIME_ZONES, "", f"{why}: it takes the zone that TZ names")
        if real.removeprefix(_ZONES + "/") not in _UTC:
            yield Need(NeedKind.FILE, path, why)
        return
    if (need := ruled(path, real, why)) is not None:
        if access & (Access.READ | Access.LISTED):
            yield need
        return
    # A folder that was only passed through or asked about says nothing of what it holds.
    if built.entries[real].kind is EntryKind.FOLDER and not access & (Access.LISTED | Access.ENTERED):
        return
    yield Need(NeedKind.FILE, path, why)
