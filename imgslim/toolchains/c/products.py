"""Products: a made unit with its needs, its ways and its sources, as the planner takes them."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.images import ImageFacts, Libc
from imgslim.meaning.paths import tidy
from imgslim.model import Assumption, Linkage, Need, NeedKind, Product
from imgslim.records import dataclass
from imgslim.toolchains.c import needs as reading_needs
from imgslim.toolchains.c.calls import UNWINDER
from imgslim.toolchains.c.driver import HOLE
from imgslim.toolchains.c.units import Kind
from imgslim.toolchains.c.ways import static_obstacle
from imgslim.toolchains.gathered import is_utf8_of_c

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.model import Way
    from imgslim.toolchains.c.reading import Reading
    from imgslim.toolchains.c.session import Session, Site
    from imgslim.toolchains.c.units import Unit

#: Libraries that every C program has without a word.
_IMPLICIT = frozenset({"c", "gcc", "gcc_s"})
_TERMINAL = frozenset({"ncurses", "ncursesw", "tinfo", "curses", "termcap", "readline"})


@dataclass(frozen=True, slots=True)
class Extra:
    """What a build system adds to a unit."""

    #: Context files that steer the build.
    sources: tuple[str, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    needs: tuple[Need, ...] = ()
    #: False where the build system may link more than was read.
    libraries_known: bool = True
    #: None: as the unit says.
    linkage: Linkage | None = None
    ways: tuple[Way, ...] = ()
    not_static: str = ""


def product(session: Session, site: Site, unit: Unit, reading: Reading, extra: Extra) -> Product:
    """The product that ``unit`` is, made by the command at ``site``."""
    project = session.project
    base = project.base
    found = reading_needs.from_sources(reading, project.image.trace.final.env, lambda p: _exists(session, p))
    native = base.libc if isinstance(base, ImageFacts) else None
    libc = Libc.MUSL if "musl-gcc" in unit.tools else native
    consumed = tuple(dict.fromkeys([*reading.consumed, *extra.sources]))
    why_not = extra.not_static
    if not extra.ways and not why_not and not unit.static:
        why_not = static_obstacle(unit, reading, base)
    ways = extra.ways
    if not unit.static and (asked := _locale_data(found.needs.values())) is not None:
        ways = tuple(way for way in ways if way.linkage is not Linkage.STATIC)
        why_not = why_not or f"{asked.why}, and a static program takes only some of a locale's categories"
    assumptions = [*extra.assumptions, *(_at(a, site) for a in found.open_ends.values())]
    if reading.unread or (unit.strangers and not reading.parts):
        assumptions.append(_unread(unit, reading, site))
    libraries_known = extra.libraries_known and not unit.holes and not unit.strangers
    if not unit.static and unit.kind is Kind.PROGRAM:
        assumptions += _unknown_parts(unit, site, followed=extra.libraries_known and not unit.holes)
    if site.command.conditional or not unit.certain:
        why = f"Whether {unit.path} is made depends on a condition that reading does not settle."
        assumptions.append(Assumption("build-conditional", why, site.command.span))
    if not unit.sources and not unit.strangers and unit.kind is Kind.PROGRAM:
        assumptions.append(_unread(unit, reading, site))
    # Of a path that is not settled the folder is, as far as it goes: something in it is this product.
    folder = unit.path.partition(HOLE)[0].rpartition("/")[0] or "/" if HOLE in unit.path else ""
    return Product(
        toolchain="c",
        path=folder or unit.path,
        is_folder=bool(folder),
        command=site.command,
        step=site.step,
        index=site.index,
        executable=unit.kind is Kind.PROGRAM,
        shared=unit.kind is Kind.SHARED,
        linkage=extra.linkage or _linkage(unit),
        libc=libc,
        needs=(
            *_libraries(unit, site, static=unit.static),
            *extra.needs,
            *_of_its_libc(found.needs.values(), unit, libc),
        ),
        libraries_known=libraries_known,
        ways=ways,
        not_static=why_not,
        sources=consumed,
        archives=tuple(n for n in unit.libs if n not in _IMPLICIT) if unit.static else (),
        mentions=tuple(_mentions(session, reading, frozenset(consumed))),
        assumptions=tuple({a.reason: a for a in reversed(assumptions)}.values())[::-1],
        ignores_arguments=_ignores_arguments(unit, reading),
    )


def _locale_data(needs: Iterable[Need]) -> Need | None:
    """The need of a locale with words, orders and formats of its own.

    glibc's setlocale fills in a static program only the categories that something linked in refers to by a weak symbol:
    strftime, strcoll and streams of C++ do not. C.UTF-8 differs from C in its character set alone.
    """
    return next((n for n in needs if n.kind is NeedKind.LOCALE and not is_utf8_of_c(n.value)), None)


def _ignores_arguments(unit: Unit, reading: Reading) -> bool:
    """Tell whether ``main`` has no parameters, and nothing that is linked in could see what they would hold."""
    seen = {part.scan.takes_none for part in reading.parts}
    return True in seen and False not in seen and not (reading.unread or unit.strangers or unit.holes)


def _of_its_libc(needs: Iterable[Need], unit: Unit, libc: Libc | None) -> Iterator[Need]:
    """Musl unwinds no stack, and a static program opens nothing to do so."""
    plain = unit.static or libc is Libc.MUSL
    return (need for need in needs if not (plain and need.value == UNWINDER))


def _linkage(unit: Unit) -> Linkage:
    """A word of the link that is not settled may say ``-static``."""
    if unit.static:
        return Linkage.STATIC
    return Linkage.UNKNOWN if any(HOLE in h or h.startswith("@") for h in unit.holes) else Linkage.DYNAMIC


def _at(assumption: Assumption, site: Site) -> Assumption:
    return Assumption(assumption.reason, assumption.message, site.command.span)


def _unread(unit: Unit, reading: Reading, site: Site) -> Assumption:
    name = (*reading.unread, *unit.strangers, unit.path)[0]
    why = f"{name} could not be read from the build context: what the program opens and starts is not proven."
    return Assumption("sources-unread", why, site.command.span)


def _unknown_parts(unit: Unit, site: Site, *, followed: bool) -> list[Assumption]:
    """What is linked in and was not read; a shared library by its path is among the libraries, by name."""
    other = [p for p in unit.strangers if not _shared(p)]
    if followed and not other:
        return []
    why = f"{other[0]} is linked in, and what it opens is not known." if other else (
        f"Which libraries {unit.path} is linked with was not followed."
    )  # fmt: skip
    return [Assumption("libraries-unproven", why, site.command.span)]


def _shared(path: str) -> bool:
    return ".so" in posixpath.basename(path)


def _libraries(unit: Unit, site: Site, *, static: bool) -> list[Need]:
    """The shared libraries that the link asks for, none in a static program; and terminals where one drives them."""
    names = [n for n in unit.libs if n not in _IMPLICIT]
    terminal = sorted(_TERMINAL & set(names))
    described = [Need(NeedKind.TERMINFO, "", f"it is linked with -l{terminal[0]}")] if terminal else []
    if static:
        return described
    how = min(unit.tools, default=site.argv[0])
    out = [Need(NeedKind.LIBRARY, n, f"{posixpath.basename(unit.path)} is linked with -l{n}") for n in names]
    out += [Need(NeedKind.LIBRARY, p, f"{posixpath.basename(unit.path)} is linked with {p}") for p in unit.shared]
    out += [
        Need(NeedKind.LIBRARY, p, f"{posixpath.basename(unit.path)} is linked with {p}")
        for p in unit.strangers if _shared(p)
    ]  # fmt: skip
    if unit.cxx:
        out += [
            Need(NeedKind.LIBRARY, n, f"{how} links C++ with lib{n}")
            for n in ("stdc++", "gcc_s") if n not in names and f"-static-lib{_flag(n)}" not in unit.argv
        ]  # fmt: skip
    if "-fopenmp" in unit.special:
        out.append(Need(NeedKind.LIBRARY, "gomp", "it is compiled with -fopenmp"))
    return out + described


def _flag(library: str) -> str:
    return "gcc" if library == "gcc_s" else library


def _exists(session: Session, path: str) -> bool:
    """Tell whether a path, as the running program writes it, is in the finished image, or may be for all we know."""
    folder = session.project.image.trace.final.workdir
    if not path.startswith("/") and not isinstance(folder, str):
        return False
    full = tidy(posixpath.join(str(folder), path))
    return _found(session, full) or session.project.image.files.exists(full) is not False


def _found(session: Session, path: str) -> bool:
    return any(True for _ in session.project.image.files.walk_context(path))


def _mentions(session: Session, reading: Reading, consumed: frozenset[str]) -> list[Need]:
    folder = session.project.image.trace.final.workdir
    if not isinstance(folder, str):
        return []
    files = session.project.image.files

    def free(path: str) -> bool:
        """Whether context files are there, none of which the build consumes."""
        there = [context for _, context in files.walk_context(path)]
        return bool(there) and not consumed.intersection(there)

    return list(reading_needs.mentions(reading, folder, free))
