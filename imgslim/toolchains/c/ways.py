"""Other ways to link a program, where they are sound; and why not, where they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.edits import Edit
from imgslim.images import ImageFacts, Libc
from imgslim.model import Assumption, Linkage, Way
from imgslim.records import dataclass
from imgslim.text import Span
from imgslim.toolchains.c.calls import KINDS, NOT_STATIC, PLAIN
from imgslim.toolchains.c.glibc_only import GLIBC_ONLY, foreign_header, unread_header
from imgslim.toolchains.c.units import Kind, Unit

if TYPE_CHECKING:
    from imgslim.images import UnknownImage
    from imgslim.meaning.trace import Word
    from imgslim.toolchains.c.reading import Reading

#: Libraries whose archives come with the C library and the compiler, and that load nothing by themselves.
_ALWAYS_ARCHIVES = frozenset({"c", "m", "pthread", "rt", "gcc", "gcc_eh", "stdc++", "util", "stdc++fs", "atomic"})
_MUSL_LIBRARIES = frozenset({"c", "m", "pthread", "rt", "util"})
_THREAD_HEADERS = frozenset(
    {"thread", "future", "mutex", "condition_variable", "shared_mutex", "pthread.h", "threads.h"}
)
#: Since this release all of libpthread is in libc.a; before, a static C++ program with threads calls weak
#: symbols that are null (glibc NEWS 2.34; GCC bug 58909).
_ONE_LIBC = (2, 34)


@dataclass(frozen=True, slots=True)
class Hands:
    """The commands in the file that a way would change."""

    #: The word of each command that names the compiler, the linking one last.
    compilers: tuple[Word, ...]
    #: Compilers by those words, such as ``gcc``.
    tools: tuple[str, ...]


def static_obstacle(unit: Unit, reading: Reading, base: ImageFacts | UnknownImage) -> str:
    """Why a static link of ``unit`` is not known to be sound; "" where it is.

    Sound means: every linked object is known and none of them opens modules of the C library at run time.
    """
    if unit.kind is Kind.SHARED:
        return "it is a shared library"
    if not isinstance(base, ImageFacts):
        return "the base image is not known, so whether it holds libc.a is not either"
    # what a program links at its start (crt1.o) is in the package that holds libc.a: libc6-dev, musl-dev
    if base.static_libc is not True and base.package_manager not in {"apt", "apk"}:
        return "the base image is not known to hold libc.a"
    if unit.holes:
        return "the link command is not literal"
    if unit.strangers:
        return f"{unit.strangers[0]} is linked and was not made by a command that could be followed"
    if unit.shared:
        return f"it is linked with the shared library {unit.shared[0]}"
    if unit.special:
        return f"it is linked with {unit.special[0]}"
    other = [n for n in unit.libs if n not in _ALWAYS_ARCHIVES]
    if other:
        return f"it is linked with -l{other[0]}, whose static form is not known to be there and sound"
    return _source_obstacle(unit, reading, base)


def _source_obstacle(unit: Unit, reading: Reading, base: ImageFacts) -> str:
    musl = base.libc is Libc.MUSL
    for part in reading.parts:
        for call in part.scan.calls:
            kind = KINDS.get(call.name)
            # musl has no modules of its own: only dlopen fails in a static program
            bad = kind in NOT_STATIC if not musl else call.name in {"dlopen", "dlmopen"}
            if bad and (call.name not in PLAIN or call.arguments is not None):
                return f"{part.label}:{call.line} calls {call.name}"
            if kind is not None and kind.name == "LOCALE" and _names_locale(call.arguments):
                return f"{part.label}:{call.line} calls {call.name} with a locale by name"
    foreign = unread_header(reading.system_headers)
    if foreign is not None:
        return f"it includes <{foreign}>, whose code was not read"
    threads = reading.system_headers & _THREAD_HEADERS
    if unit.cxx and threads and not musl:
        low = base.libc_version.low
        if low is None or low < _ONE_LIBC:
            return f"it is C++ with <{min(threads)}>, and a C library older than 2.34 does not link that statically"
    return ""


def _names_locale(arguments: tuple[str | None, ...] | None) -> bool:
    name = arguments[-1] if arguments else None
    return name is not None and name not in {"", "C", "POSIX", "C.UTF-8"}


def musl_obstacle(unit: Unit, reading: Reading, base: ImageFacts | UnknownImage) -> str:
    """Why musl's wrapper is not known to build ``unit`` with the same meaning; "" where it is."""
    if not isinstance(base, ImageFacts) or base.package_manager != "apt":
        return "musl-tools can't be installed in the base image"
    if unit.cxx:
        return "it is C++, and musl-tools has no C++ library"
    if unit.holes or unit.strangers or unit.shared or unit.special or reading.unread:
        return "not everything that is linked was read"
    other = [n for n in unit.libs if n not in _MUSL_LIBRARIES]
    if other:
        return f"it is linked with -l{other[0]}"
    header = foreign_header(reading.system_headers)
    if header is not None:
        return f"it includes <{header}>, which musl-tools may not have"
    for part in reading.parts:
        for call in part.scan.calls:
            if call.name in GLIBC_ONLY or KINDS.get(call.name) in NOT_STATIC:
                return f"{part.label}:{call.line} uses {call.name}"
            # without a setting, too: musl's own locale is UTF-8 then, glibc's is not
            if call.name == "setlocale" and (call.computed(1) or call.literal(1) not in {None, "C", "POSIX"}):
                return f"{part.label}:{call.line} asks for a locale, and musl has none"
    return ""


def unread_assumption(reading: Reading, span: Span) -> tuple[Assumption, ...]:
    """That nothing is known of sources that could not be read."""
    if not reading.unread:
        return ()
    why = f"{reading.unread[0]} could not be read: that it opens no library at run time is not proven."
    return (Assumption("sources-unread", why, span),)


def direct_ways(unit: Unit, reading: Reading, base: ImageFacts | UnknownImage, hands: Hands) -> tuple[Way, ...]:
    """The ways to link a program that a compiler command in the file links itself, best first."""
    if unit.static or not hands.compilers or unit.kind is not Kind.PROGRAM:
        return ()
    last = hands.compilers[-1]
    ways: list[Way] = []
    if not static_obstacle(unit, reading, base) and isinstance(base, ImageFacts):
        libc = base.libc if base.libc is not None else Libc.GLIBC
        edit = Edit(Span(last.span.end, last.span.end), " -static")
        why = "every source was read and none opens a library at run time"
        ways.append(Way(Linkage.STATIC, libc, (edit,), assumptions=unread_assumption(reading, last.span), why=why))
    native = isinstance(base, ImageFacts) and base.libc is Libc.MUSL
    if not native and all(t in {"gcc", "cc"} for t in hands.tools) and not musl_obstacle(unit, reading, base):
        swaps = tuple(Edit(w.span, "musl-gcc") for w in hands.compilers)
        static = (*swaps[:-1], Edit(last.span, "musl-gcc -static"))
        why = "it is C that uses standard headers alone"
        ways.append(Way(Linkage.STATIC, Libc.MUSL, static, ("musl-tools",), why=why))
        ways.append(Way(Linkage.DYNAMIC, Libc.MUSL, swaps, ("musl-tools",), why=why))
    return tuple(ways)
