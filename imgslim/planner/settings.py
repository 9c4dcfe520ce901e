"""Settings: what a packaged program's own texts, its settings and the author's scripts name of the system.

Its sources can't be read; a path that stands in the program, or in what configures it, and that the image has is one
that it may open or start another time than when it was watched.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.evidence import Access, EntryKind
from imgslim.evidence.attribution import ENGINE
from imgslim.meaning.paths import inside
from imgslim.meaning.shell_nested import SHELLS
from imgslim.model import Need, NeedKind
from imgslim.planner.data import VIRTUAL
from imgslim.planner.folders import PROGRAMS, SYSTEM, under
from imgslim.planner.held import is_shared
from imgslim.planner.interpreted import needs_of_sources
from imgslim.planner.look import in_image
from imgslim.planner.places import EMPTY
from imgslim.planner.scripts import read_script
from imgslim.planner.seen import ruled
from imgslim.regex import regex
from imgslim.syntax.simple_command import BUILTINS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from imgslim.evidence import Contents
    from imgslim.model import Project
    from imgslim.planner.brought import Brought

_PATH = regex(r"(?<![\w.+@%}/*?<-])/[\w.+@-]+(?:/[\w.+@-]+)*")
#: Lines that settings files of every kind pass over.
_COMMENT = regex(r"\s*(?:#(?!!)|;|//)")
_LARGEST = 256 << 10
#: A program writes below these: of a file that is not there yet the folder has to be.
_WRITTEN = ("/var/", "/run/")


def asked_for(
    project: Project, brought: Brought, packages: Collection[str], made: tuple[str, ...], data: tuple[str, ...]
) -> Iterator[Need]:
    """What may be opened or started beside what goes along with the program in any case.

    Args:
        project: what reading gave.
        brought: the program.
        packages: those whose data goes along.
        made: the paths of what steps made, which goes along.
        data: those of the packages' data.
    """
    built, program = brought.built, brought.real
    along = (*made, *data)
    found: dict[tuple[NeedKind, str], Need] = {}
    for path, why in _named(project, built, program, made):
        if path in ENGINE or any(inside(path, one) for one in VIRTUAL) or path == "/" or built.resolve(path) == program:
            continue
        if any(inside(path, one) for one in along) and built.resolve(path) not in built.interpreters:
            continue
        for need in need_of(built, path, packages, why):
            found.setdefault((need.kind, need.value), need)
    for path, real in _leading_out(built, frozenset(along)):
        for need in need_of(built, real, packages, f"{path} leads there"):
            found.setdefault((need.kind, need.value), need)
    for path in _scripts(built, made):
        for need in _of_script(project, built, path):
            found.setdefault((need.kind, need.value), need)
    for need in needs_of_sources(project, made):
        found.setdefault((need.kind, need.value), need)
    yield from found.values()


def _named(project: Project, built: Contents, program: str, made: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Each path that is named, and where."""
    elf = built.elf.get(program)
    for name in elf.names if elf is not None else ():
        why, path = f"{posixpath.basename(program)} names {name}", name.rstrip("/")
        yield path, why
        if built.resolve(path) is None and path.startswith(_WRITTEN):
            yield posixpath.dirname(path), why
    run = project.evidence.run
    read = {built.resolve(path) for path in run.having(Access.READ)} if run is not None else set()
    for path, text in built.texts.items():
        owned = bool(built.owner(path))
        # Settings that lie there for another time (mods-available) are in nobody's way.
        if (path in read and owned and not built.is_from_base(path)) or (
            not owned and any(inside(path, one) for one in made)
        ):
            yield from in_text(path, text)
    for path, _ in project.files.walk_context("/"):
        if not any(inside(path, one) for one in made):
            continue
        data = project.files.read(path)
        if data is not None and len(data) <= _LARGEST and b"\0" not in data[:1024] and not _is_page(path):
            yield from in_text(path, data.decode("utf-8", "replace"))


def _is_page(path: str) -> bool:
    """Tell whether a file is served, and its paths are those of a site."""
    return path.endswith((".html", ".htm", ".css", ".js", ".svg", ".md", ".xml", ".map"))


def _leading_out(built: Contents, along: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Links that go along, with where they lead to in what does not."""
    for path, entry in built.entries.items():
        if entry.kind is EntryKind.LINK and under(path, along):
            real = built.resolve(path)
            if real is not None and not under(real, along) and not any(inside(real, one) for one in VIRTUAL):
                yield path, real


def in_text(path: str, text: str) -> Iterator[tuple[str, str]]:
    """Each absolute path that settings name outside of comments, and where."""
    for line in text.splitlines():
        if not _COMMENT.match(line):
            for named in _PATH.findall(line):
                yield named.rstrip(".") or "/", f"{path} names {named}"


def need_of(built: Contents, path: str, packages: Collection[str], why: str) -> Iterator[Need]:
    """What a path is there for, where the image has it and it is no data of ``packages``, which goes along."""
    real = built.resolve(path)
    entry = built.entries.get(real) if real is not None else None
    if real is None or entry is None or _is_data(built, real, packages):
        return
    if entry.kind is EntryKind.FILE and real in built.interpreters and built.owner(real):
        yield Need(NeedKind.COMMAND, path, why)
        return
    if entry.kind is EntryKind.FOLDER and (path == "/tmp" or path in EMPTY):  # noqa: S108
        yield Need(NeedKind.TMP, "", why) if path == "/tmp" else Need(NeedKind.FILE, path, why)  # noqa: S108
    elif entry.kind is EntryKind.FOLDER and path.startswith(_WRITTEN) and not is_shared(real):
        yield Need(NeedKind.FILE, path, why)
    elif entry.kind is EntryKind.FOLDER:
        holds = any(True for _ in built.below(real))
        if real in SYSTEM or is_shared(real) or not holds or posixpath.dirname(real) == "/":
            return
        yield ruled(path, real, why) or Need(NeedKind.FILE, path, why)
    elif entry.kind is EntryKind.FILE and (real in built.elf or entry.mode & 0o111) and _is_program(path, real):
        name = posixpath.basename(path)
        yield Need(NeedKind.SHELL if name in SHELLS else NeedKind.COMMAND, path, why)
    elif entry.kind is EntryKind.FILE:
        yield ruled(path, real, why) or Need(NeedKind.FILE, path, why)


def _is_data(built: Contents, real: str, packages: Collection[str]) -> bool:
    """Tell whether a file is of the packages' data, which goes along: programs and scripts are looked at."""
    return built.owner(real) in packages and posixpath.dirname(real) not in PROGRAMS and real not in built.interpreters


def _is_program(path: str, real: str) -> bool:
    return any(posixpath.dirname(p) in PROGRAMS for p in (path, real))


def _scripts(built: Contents, made: tuple[str, ...]) -> Iterator[str]:
    """The author's scripts: what serves them starts them by their first lines."""
    return (p for p in built.interpreters if any(inside(p, one) for one in made) and not built.owner(p))


def _of_script(project: Project, built: Contents, path: str) -> Iterator[Need]:
    words = built.interpreters[path].split()
    if not words or not words[0].startswith("/"):
        return
    name = words[1] if words[0].endswith("/env") and len(words) > 1 else words[0]
    why = f"{path} is a script for {name}"
    shell = posixpath.basename(name) in SHELLS
    if words[0].endswith("/env"):
        yield Need(NeedKind.COMMAND, words[0], why)
    yield Need(NeedKind.SHELL if shell else NeedKind.COMMAND, name, why)
    script = read_script(project, path) if shell else None
    said = script.open_end if script is not None else "no file of the context shows what it starts"
    if shell and (script is None or script.open_end):
        yield Need(NeedKind.COMMAND, "*", f"{path} is started or may be: {said}")
    for argv in script.commands if script is not None else ():
        if argv[0] and argv[0] not in BUILTINS and (place := in_image(project, argv[0], "/")):
            yield Need(NeedKind.COMMAND, place, f"{path} starts {argv[0]}")
