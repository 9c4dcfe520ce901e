"""What an executable or shared library says in its headers (gABI, elf(5)), read from segments alone.

Sections may be stripped, and in a stream a large file can't be kept whole: what the loader itself reads is enough, and
it is in the loaded segments. pyelftools, which the tests compare with, needs the sections to name symbol versions and
the whole file to seek in.
"""

from __future__ import annotations

import itertools
import struct
from typing import TYPE_CHECKING

from imgslim.evidence.contents import Elf
from imgslim.records import dataclass
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MAGIC = b"\x7fELF"
#: Bytes that are read before anything else: the header, and where the linker puts the program headers.
HEAD = 1 << 16
#: Bytes of one file that are kept while it is read.
MOST_KEPT = 32 << 20
#: Those of its beginning: where the first segment holds code as well, the tables come first.
_START = 4 << 20
_32, _64 = 1, 2
_LITTLE, _BIG = 1, 2
_ET_EXEC, _ET_DYN = 2, 3
_PT_LOAD, _PT_DYNAMIC, _PT_INTERP = 1, 2, 3
_PF_X = 1
_DT_NEEDED, _DT_STRTAB, _DT_STRSZ, _DT_SONAME, _DT_RPATH, _DT_RUNPATH = 1, 5, 10, 14, 15, 29
_DT_FLAGS_1, _DT_VERNEED, _DT_VERNEEDNUM = 0x6FFFFFFB, 0x6FFFFFFE, 0x6FFFFFFF
_DF_1_PIE = 0x08000000
_VER_FLG_WEAK = 2
_LONGEST_TEXT = 4096
_MOST_RECORDS = 1 << 16
_EM_MIPS, _EM_PPC64, _EM_X86_64 = 8, 21, 62
#: ``uname -m`` by e_machine.
_MACHINES = {
    3: "i686", 22: "s390x", 40: "armv7l", _EM_X86_64: "x86_64", 183: "aarch64", 243: "riscv64", 258: "loongarch64",
}  # fmt: skip
#: The folders that a loader of glibc has built in: texts beside each other, each with a slash at its end.
_SYSTEM_FOLDERS = regex(rb"(?:/(?:usr/)?lib[\w./-]*/\0){2,16}")


#: A path between two NULs.
_PATH = regex(rb"(?<=\0)(/[A-Za-z][\w.+@-]*(?:/[\w.+@-]+)*/?)(?=\0)")
_MOST_NAMES = 2048


class Damaged(ValueError):  # noqa: N818  (what the file is; it is no error of ours)
    """The headers lead to what is not there, or not kept."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """What is kept of a file: its parts by where they begin."""

    parts: Sequence[tuple[int, bytes | bytearray]]

    def at(self, offset: int, size: int) -> bytes:
        """``size`` bytes from ``offset``; raises Damaged."""
        for start, data in self.parts:
            if start <= offset and offset + size <= start + len(data):
                return bytes(data[offset - start : offset - start + size])
        raise Damaged

    def text(self, offset: int) -> bytes:
        """The bytes from ``offset`` up to a NUL; raises Damaged."""
        for start, data in self.parts:
            if start <= offset < start + len(data):
                end = data.find(b"\0", offset - start, offset - start + _LONGEST_TEXT)
                if end >= 0:
                    return bytes(data[offset - start : end])
        raise Damaged


@dataclass(frozen=True, slots=True)
class _Header:
    """The ELF header."""

    is_64: bool
    order: str
    type: int
    machine: int
    segments: int
    segment_size: int
    segment_count: int


@dataclass(frozen=True, slots=True)
class _Segment:
    type: int
    flags: int
    offset: int
    address: int
    size: int


def wanted(head: bytes, size: int) -> tuple[tuple[int, int], ...]:
    """Where to read, as ``(start, end)`` in order, of a file of ``size`` bytes that begins with ``head``.

    A small file is read whole. Of a large one the loaded segments without the code, the small ones first: debugging
    information is not loaded, and the tables that the loader reads are no code. Linkers put them at the start of the
    first segment, Go's own behind all constants, and embedded files, of the second: of a segment that is too large
    both ends are kept.
    """
    if size <= MOST_KEPT:
        return ((0, size),)
    pieces = Pieces(((0, head),))
    segments = _segments(pieces, _header(pieces))
    left = MOST_KEPT - _START
    spans = [(0, _START)]
    tables = [s for s in segments if s.type in (_PT_DYNAMIC, _PT_INTERP)]
    data = sorted((s for s in segments if s.type == _PT_LOAD and not s.flags & _PF_X), key=lambda s: s.size)
    for segment in (*tables, *data):
        start, end = segment.offset, segment.offset + segment.size
        if segment.size <= left:
            spans.append((start, end))
        else:
            spans += [(start, start + left // 4), (end - left + left // 4, end)]
        left -= min(segment.size, left)
    return _joined((start, min(end, size)) for start, end in spans)


def _joined(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The same bytes as spans that don't meet."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        elif start < end:
            found.append((start, end))
    return tuple(found)


def read_elf(pieces: Pieces, *, names: bool = False) -> Elf | None:
    """The facts of an executable or shared library; None for other kinds: objects, core dumps, debugging information.

    ``names`` asks for the paths that a program holds as texts, too. Raises Damaged.
    """
    header = _header(pieces)
    if header.type not in (_ET_EXEC, _ET_DYN):
        return None
    segments = _segments(pieces, header)
    loaded = [s for s in segments if s.type == _PT_LOAD]
    dynamic = next((s for s in segments if s.type == _PT_DYNAMIC), None)
    if not any(s.size for s in loaded) or (dynamic is not None and not dynamic.size):
        # What objcopy --only-keep-debug leaves: headers over nothing.
        return None
    interp = next((s for s in segments if s.type == _PT_INTERP), None)
    interpreter = _decoded(pieces.text(interp.offset)) if interp is not None else ""
    tags = list(_dynamic(pieces, header, dynamic)) if dynamic is not None else []
    first = dict(reversed(tags))
    strings = _place(loaded, first[_DT_STRTAB]) if _DT_STRTAB in first else 0
    is_program = header.type == _ET_EXEC or bool(interpreter) or bool(first.get(_DT_FLAGS_1, 0) & _DF_1_PIE)
    needed = tuple(_decoded(pieces.text(strings + value)) for tag, value in tags if tag == _DT_NEEDED)

    def said(tag: int) -> str:
        return _decoded(pieces.text(strings + first[tag])) if tag in first else ""

    soname = said(_DT_SONAME)
    is_loader = header.type == _ET_DYN and not interpreter and not needed and soname.startswith("ld")
    return Elf(
        machine=_machine(header),
        interpreter=interpreter,
        needed=needed,
        rpath=_folders(said(_DT_RPATH)),
        runpath=_folders(said(_DT_RUNPATH)),
        soname=soname,
        is_program=is_program,
        versions=_versions(pieces, header, _place(loaded, first[_DT_VERNEED]), first.get(_DT_VERNEEDNUM, 0), strings)
        if _DT_VERNEED in first
        else None,
        searches=_built_in(pieces) if is_loader else (),
        names=_named(pieces, interpreter) if names and is_program else (),
    )


def _named(pieces: Pieces, interpreter: str) -> tuple[str, ...]:
    """The absolute paths that stand as texts of their own: a compiler ends each literal with NUL."""
    found = dict.fromkeys(m[1] for _, data in pieces.parts for m in _PATH.finditer(data))
    return tuple(name for name in map(_decoded, itertools.islice(found, _MOST_NAMES)) if name != interpreter)


def _header(pieces: Pieces) -> _Header:
    ident = pieces.at(0, 16)
    if not ident.startswith(MAGIC) or ident[4] not in (_32, _64) or ident[5] not in (_LITTLE, _BIG):
        raise Damaged
    is_64, order = ident[4] == _64, "<" if ident[5] == _LITTLE else ">"
    layout = f"{order}HHI{'QQQ' if is_64 else 'III'}IHHH"
    kind, machine, _, _, offset, _, _, _, size, count = struct.unpack(layout, pieces.at(16, struct.calcsize(layout)))
    if size < struct.calcsize(_segment_layout(order, is_64=is_64)) and count:
        raise Damaged
    return _Header(is_64, order, kind, machine, offset, size, count)


def _segment_layout(order: str, *, is_64: bool) -> str:
    return f"{order}{'IIQQQQQQ' if is_64 else 'IIIIIIII'}"


def _segments(pieces: Pieces, header: _Header) -> list[_Segment]:
    """The program headers."""
    layout = _segment_layout(header.order, is_64=header.is_64)
    found = []
    for number in range(header.segment_count):
        row = pieces.at(header.segments + number * header.segment_size, struct.calcsize(layout))
        if header.is_64:
            kind, flags, offset, address, _, size, _, _ = struct.unpack(layout, row)
        else:
            kind, offset, address, _, size, _, flags, _ = struct.unpack(layout, row)
        found.append(_Segment(kind, flags, offset, address, size))
    return found


def _place(loaded: Sequence[_Segment], address: int) -> int:
    """Where in the file an address of the loaded program is."""
    for segment in loaded:
        if segment.address <= address < segment.address + segment.size:
            return segment.offset + address - segment.address
    raise Damaged


def _dynamic(pieces: Pieces, header: _Header, segment: _Segment) -> Iterator[tuple[int, int]]:
    """The entries of the dynamic section up to DT_NULL."""
    layout = struct.Struct(f"{header.order}{'QQ' if header.is_64 else 'II'}")
    count = min(segment.size // layout.size, _MOST_RECORDS)
    for tag, value in layout.iter_unpack(pieces.at(segment.offset, count * layout.size)):
        if not tag:
            return
        yield tag, value


def _versions(pieces: Pieces, header: _Header, at: int, count: int, strings: int) -> dict[str, tuple[str, ...]]:
    """The versions asked of each library (LSB, "Version Requirements"); those that may be missing are left out."""
    found: dict[str, tuple[str, ...]] = {}
    left = _MOST_RECORDS
    for _ in range(min(count, _MOST_RECORDS)):
        _, aux_count, file, aux, step = struct.unpack(f"{header.order}HHIII", pieces.at(at, 16))
        names = []
        place = at + aux
        for _ in range(aux_count):
            left -= 1
            if left < 0:
                raise Damaged
            _, flags, _, name, aux_step = struct.unpack(f"{header.order}IHHII", pieces.at(place, 16))
            if not flags & _VER_FLG_WEAK:
                names.append(_decoded(pieces.text(strings + name)))
            place += aux_step
            if not aux_step:
                break
        library = _decoded(pieces.text(strings + file))
        found[library] = (*found.get(library, ()), *names)
        at += step
        if not step:
            break
    return found


def _machine(header: _Header) -> str:
    """The machine as ``uname -m`` names it."""
    little = header.order == "<"
    if header.machine == _EM_X86_64 and not header.is_64:
        return "x32"
    if header.machine == _EM_PPC64:
        return "ppc64le" if little else "ppc64"
    if header.machine == _EM_MIPS:
        return f"mips{'64' if header.is_64 else ''}{'el' if little else ''}"
    return _MACHINES.get(header.machine, f"e_machine {header.machine}")


def _built_in(pieces: Pieces) -> tuple[str, ...]:
    """The folders that a loader has built in; () where they are not found."""
    for _, data in pieces.parts:
        if (found := _SYSTEM_FOLDERS.search(data)) is not None:
            return tuple(_decoded(folder).rstrip("/") for folder in found[0].split(b"\0") if folder)
    return ()


def _folders(text: str) -> tuple[str, ...]:
    return tuple(text.split(":")) if text else ()


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "surrogateescape")
