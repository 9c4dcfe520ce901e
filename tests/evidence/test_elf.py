"""ELF facts against pyelftools, on this machine's own programs, and on files that are damaged or large."""

from __future__ import annotations

import io
import struct
import sys
from pathlib import Path
from typing import Any

import pytest
from elftools.elf.dynamic import DynamicSegment
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection
from elftools.elf.segments import InterpSegment
from hypothesis import given, settings
from hypothesis import strategies as st

from imgslim.evidence import Elf, elf
from imgslim.evidence.elf import Damaged, Pieces, read_elf, wanted
from tests.evidence.making import layer, member, read

_LIBRARIES = sorted(Path("/usr/lib").glob("*-linux-gnu/*.so*"))
_PROGRAMS = [p for p in sorted(Path("/usr/bin").iterdir()) if p.is_file()]
_SYSTEM = [
    path
    for path in [*_PROGRAMS[::40], *_LIBRARIES[::40], Path(sys.executable)]
    if path.is_file() and path.read_bytes()[:4] == elf.MAGIC
]


def _whole(data: bytes) -> Elf | None:
    return read_elf(Pieces([(0, data)]))


def _by_pyelftools(data: bytes) -> tuple[object, ...]:
    """The same facts by an independent reader, which takes the symbol versions from the sections."""
    file = ELFFile(io.BytesIO(data))
    interpreter = next((s.get_interp_name() for s in file.iter_segments() if isinstance(s, InterpSegment)), "")
    tags: list[Any] = [tag for s in file.iter_segments() if isinstance(s, DynamicSegment) for tag in s.iter_tags()]
    found = {
        kind: [tag for tag in tags if tag.entry.d_tag == kind] for kind in ("DT_NEEDED", "DT_RUNPATH", "DT_SONAME")
    }
    versions: dict[str | None, tuple[str, ...]] = {}
    for section in file.iter_sections():
        if isinstance(section, GNUVerNeedSection):
            for library, names in section.iter_versions():
                strong = tuple(aux.name for aux in names if not aux.entry.vna_flags & 2)
                versions[library.name] = versions.get(library.name, ()) + strong
    return (
        interpreter,
        tuple(tag.needed for tag in found["DT_NEEDED"]),
        ":".join(tag.runpath for tag in found["DT_RUNPATH"]),
        "".join(tag.soname for tag in found["DT_SONAME"]),
        versions,
    )


@pytest.mark.parametrize("path", _SYSTEM, ids=lambda path: path.name)
def test_it_says_what_pyelftools_says(path: Path) -> None:
    """Interpreter, libraries, run path, name and symbol versions."""
    data = path.read_bytes()
    facts = _whole(data)
    assert facts is not None
    ours = (facts.interpreter, facts.needed, ":".join(facts.runpath), facts.soname, dict(facts.versions or {}))
    assert ours == _by_pyelftools(data)


def test_there_is_something_to_compare_with() -> None:
    """Programs and libraries, both."""
    kinds = {facts.is_program for path in _SYSTEM if (facts := _whole(path.read_bytes())) is not None}
    assert kinds == {True, False}


_SAMPLE = Path(sys.executable).resolve().read_bytes()[: 1 << 16]


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(_SAMPLE)), st.integers(0, 4095), st.binary(min_size=1, max_size=8))
def test_a_damaged_file_is_damaged_and_nothing_else(length: int, at: int, noise: bytes) -> None:
    """Cut anywhere, changed anywhere: no other exception, and no wait."""
    data = bytearray(_SAMPLE[:length])
    data[at : at + len(noise)] = noise
    try:
        _whole(bytes(data))
        wanted(bytes(data), 1 << 40)
    except Damaged:
        pass


def _made(
    *, order: str = "<", is_64: bool = True, kind: int = 3, machine: int = 62, needed: bytes = b"libx.so", gap: int = 0
) -> bytes:
    """A library of one data segment, with its tables ``gap`` bytes behind the headers."""
    ident = b"\x7fELF" + bytes([1 + is_64, 1 if order == "<" else 2, 1]).ljust(12, b"\0")
    header_size, segment_size = (64, 56) if is_64 else (52, 32)
    tables = header_size + 2 * segment_size + gap
    strings = b"\0" + needed + b"\0"
    pair = f"{order}{'QQ' if is_64 else 'II'}"
    dynamic = struct.pack(pair, 5, tables) + struct.pack(pair, 1, 1) + struct.pack(pair, 0, 0)
    size = tables + len(strings) + len(dynamic)

    def segment(kind: int, offset: int, length: int) -> bytes:
        if is_64:
            return struct.pack(f"{order}IIQQQQQQ", kind, 4, offset, offset, offset, length, length, 1)
        return struct.pack(f"{order}IIIIIIII", kind, offset, offset, offset, length, length, 4, 1)

    rest = struct.pack(
        f"{order}HHI{'QQQ' if is_64 else 'III'}IHHHHHH",
        kind, machine, 1, 0, header_size, 0, 0, header_size, segment_size, 2, 0, 0, 0,
    )  # fmt: skip
    segments = segment(1, 0, size) + segment(2, tables + len(strings), len(dynamic))
    return ident + rest + segments + bytes(gap) + strings + dynamic


@pytest.mark.parametrize(
    ("how", "machine"),
    [
        ({"machine": 62}, "x86_64"),
        ({"machine": 62, "is_64": False}, "x32"),
        ({"machine": 3, "is_64": False}, "i686"),
        ({"machine": 183}, "aarch64"),
        ({"machine": 22, "order": ">"}, "s390x"),
        ({"machine": 21, "order": ">"}, "ppc64"),
        ({"machine": 21}, "ppc64le"),
        ({"machine": 8, "is_64": False}, "mipsel"),
        ({"machine": 8, "order": ">"}, "mips64"),
        ({"machine": 999}, "e_machine 999"),
    ],
)
def test_each_machine(how: dict[str, object], machine: str) -> None:
    """32 and 64 bits, both byte orders."""
    facts = _whole(_made(**how))  # type: ignore[arg-type]
    assert facts is not None
    assert (facts.machine, facts.needed, facts.is_program) == (machine, ("libx.so",), False)


def test_objects_and_debugging_information_are_no_programs() -> None:
    """An object, a core dump, and headers whose content was taken away."""
    assert _whole(_made(kind=1)) is None
    assert _whole(_made(kind=4)) is None
    empty = bytearray(_made())
    struct.pack_into("<Q", empty, 64 + 32, 0)
    assert _whole(bytes(empty)) is None


def test_tables_behind_large_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """Go has them there, behind what it embeds; the bytes between are not kept."""
    monkeypatch.setattr(elf, "MOST_KEPT", 1 << 20)
    monkeypatch.setattr(elf, "_START", 1 << 18)
    data = _made(gap=4 << 20)
    spans = wanted(data[: elf.HEAD], len(data))
    assert sum(end - start for start, end in spans) <= elf.MOST_KEPT + elf.HEAD
    contents = read(layer(member("app", data, mode=0o755)))
    assert contents.elf["/app"].needed == ("libx.so",)
    assert contents.unread == ()


def test_what_can_not_be_read_is_said() -> None:
    """Beside what can."""
    good = _made()
    contents = read(layer(member("good", good), member("bad", good[:70]), member("odd", b"\x7fELF")))
    assert list(contents.elf) == ["/good"]
    assert contents.unread == ("/bad", "/odd")


def test_a_loader_says_where_it_searches() -> None:
    """This machine's own has its folders built in."""
    loaders = [*Path("/lib64").glob("ld-linux-*.so.*"), *Path("/lib").glob("ld-linux-*.so.*")]
    for path in loaders:
        facts = _whole(path.read_bytes())
        assert facts is not None
        assert "/usr/lib" in facts.searches or "/usr/lib64" in facts.searches
    other = _whole(Path(sys.executable).read_bytes())
    assert other is not None
    assert other.searches == ()
