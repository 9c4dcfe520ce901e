"""The tar reader against the standard library's writer, and against archives that mean harm."""

from __future__ import annotations

import io
import itertools
import tarfile
import time
import tracemalloc
import types
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imgslim.errors import EngineOrSystemError
from imgslim.evidence.archive import read_archive
from imgslim.evidence.feed import Feed, unpacked
from imgslim.evidence.layer import Bounds, read_layer
from imgslim.evidence.tarball import members
from tests.evidence.making import folder, hard, layer, link, member, saved

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMES = st.text(st.characters(exclude_characters="/\0.", exclude_categories=["Cs"]), min_size=1, max_size=60)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(_NAMES, min_size=1, max_size=6),
            st.binary(max_size=1200),
            st.integers(0, 0o7777),
            st.integers(0, 2**31),
            st.integers(0, 3000),
        ),
        max_size=8,
    ),
    st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]),
)
def test_it_reads_what_the_standard_library_writes(
    rows: list[tuple[list[str], bytes, int, int, int]], form: int
) -> None:
    """Names of any length, large numbers, contents; cut into pieces of any size."""
    whole = layer(
        *(member("/".join(parts), data, mode=mode, owner=(uid, 0)) for parts, data, mode, uid, _ in rows), form=form
    )
    step = 1 + (rows[0][4] if rows else 0)
    pieces = (whole[at : at + step] for at in range(0, len(whole), step))
    seen = [(m.name, m.size, m.mode, m.uid, b"".join(m.body)) for m in members(Feed(pieces))]
    assert seen == [("/".join(parts), len(data), mode, uid, data) for parts, data, mode, uid, _ in rows]


def test_ustar_prefixes_and_old_folders() -> None:
    """Two older ways to write a long name and a folder."""
    long = "/".join(["folder"] * 20)
    old = bytearray(layer(member("old/"))[:512])
    old[156:157] = b"\0"
    old[148:156] = b"%06o\0 " % (sum(old[:148]) + sum(old[156:]) + 8 * 32)
    feed = Feed(iter([layer(member(long), form=tarfile.USTAR_FORMAT)[:512], bytes(old)]))
    assert [(m.name, m.flag) for m in members(feed)] == [(long, b"0"), ("old", b"5")]


def test_a_sparse_file_has_its_real_size(tmp_path: object) -> None:  # noqa: ARG001
    """Both ways to write one; its bytes in the archive are not taken for its content."""
    gnu = member("gnu", b"\x7fELF", kind=tarfile.GNUTYPE_SPARSE, mode=0o755)
    block = bytearray(layer(gnu, form=tarfile.GNU_FORMAT)[:512])
    block[386:410] = b"00000000000\0" + b"00000000004\0"
    block[482], block[483:495] = 1, b"00000010000\0"
    block[148:156] = b"%06o\0 " % (sum(block[:148]) + sum(block[156:]) + 8 * 32)
    whole = bytes(block) + bytes(512) + b"\x7fELF".ljust(512, b"\0")
    pax = member("pax", b"1\n0\n4\n", mode=0o755, pax={"GNU.sparse.major": "1", "GNU.sparse.realsize": "99"})
    found = read_layer(Feed(iter([whole, layer(pax)])), Bounds())
    assert {path: entry.size for path, entry in found.entries.items()} == {"/gnu": 4096, "/pax": 99}
    assert list(found.facts.unread) == ["/gnu", "/pax"]


def _claims(size: int, kind: bytes = b"0") -> bytes:
    """A header whose member is said to be of a size."""
    info = tarfile.TarInfo("x")
    info.size, info.type = size, kind
    return info.tobuf(tarfile.GNU_FORMAT)


@pytest.mark.parametrize(
    "harm",
    [
        _claims(10**15) + bytes(10_000),
        _claims(10**15, b"x") + bytes(10_000),
        _claims(10**15, b"L") + bytes(10_000),
        _claims(-1),
        _claims(2**20 + 1, b"g") + bytes(2 << 20),
        _claims(0)[:300],
        layer(member("a/../../etc/passwd")),
        layer(member("x" * 5000)),
        layer(member("a", pax={"size": "9" * 40})),
        layer(member("a", pax={"size": "-1"})),
        _claims(10, b"x") + b"99 path=no".ljust(512, b"\0"),
        _claims(10, b"x") + b"x path=no".ljust(512, b"\0"),
        _claims(0)[:124] + b"zzzzzzzzzzz\0" + _claims(0)[136:],
    ],
)
def test_what_claims_the_impossible_is_refused(harm: bytes) -> None:
    """By its name, at once and in little memory, as the archive and as a layer of it."""
    tracemalloc.start()
    for archive in (harm, saved([harm])):
        with pytest.raises(EngineOrSystemError) as caught:
            read_archive(io.BytesIO(archive))
        assert caught.value.code == "image-unreadable"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 << 20


def test_a_million_members_are_too_many() -> None:
    """The bound is named; reading ends there."""
    bounds = Bounds(paths=5000)

    def endless() -> Iterator[bytes]:
        for number in itertools.count():
            yield tarfile.TarInfo(f"f{number}").tobuf()

    with pytest.raises(EngineOrSystemError) as caught:
        read_layer(Feed(endless()), bounds)
    assert caught.value.code == "image-too-large"
    assert Bounds().paths == 1_000_000


def test_folders_of_one_path_count_too() -> None:
    """A thousand names of two thousand folders each would fill any memory."""
    deep = (tarfile.TarInfo(f"{n}/" + "d/" * 1900 + "f").tobuf(tarfile.GNU_FORMAT) for n in itertools.count())
    tracemalloc.start()
    with pytest.raises(EngineOrSystemError) as caught:
        read_layer(Feed(deep), Bounds(characters=20 << 20))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert caught.value.code == "image-too-large"
    assert peak < 60 << 20


def test_links_in_a_circle_and_in_a_chain() -> None:
    """A hard link to itself or to nothing is nothing; symbolic links end as the kernel ends them."""
    rows = [hard("self", "self"), hard("none", "gone"), link("l0", "l0"), member("end", b"x")]
    rows += [link(f"c{n}", f"c{n + 1}" if n < 60 else "end") for n in range(61)]
    rows += [folder("d"), link("d/up", "../d/up/x")]
    contents = read_archive(io.BytesIO(saved([layer(*rows)])))
    assert "/self" not in contents.entries
    assert contents.resolve("/l0") is contents.resolve("/c0") is contents.resolve("/d/up") is None
    assert contents.resolve("/c30") == "/end"


def test_a_chain_of_hard_links_takes_no_longer_than_its_length() -> None:
    """Each is settled when it is read."""
    rows = [member("h0", b"#!/bin/sh\n"), *(hard(f"h{n}", f"h{n - 1}") for n in range(1, 4000))]
    start = time.process_time()
    contents = read_archive(io.BytesIO(saved([layer(*rows)])))
    assert contents.interpreters["/h3999"] == "/bin/sh"
    assert time.process_time() - start < 5


def test_a_packed_bomb_takes_no_memory() -> None:
    """60 MB in 60 kB are passed over piece by piece."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    size = 60 << 20
    packed = packer.compress(_claims(size))
    packed += b"".join(packer.compress(bytes(1 << 20)) for _ in range(60)) + packer.compress(layer(member("after")))
    packed += packer.flush()
    tracemalloc.start()
    found = read_layer(Feed(unpacked(iter([packed]))), Bounds())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert list(found.entries) == ["/x", "/after"]
    assert peak < 10 << 20


def test_packed_members_behind_each_other() -> None:
    """As a parallel packer writes them, with zeros behind the last."""
    whole = layer(member("a", b"x" * 5000))
    packed = b"".join(zlib_packed(whole[at : at + 3000]) for at in range(0, len(whole), 3000)) + bytes(30)
    for step in (1, 7, 10_000):
        pieces = (packed[at : at + step] for at in range(0, len(packed), step))
        assert b"".join(unpacked(pieces)) == whole


def zlib_packed(data: bytes) -> bytes:
    """One gzip member."""
    packer = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return packer.compress(data) + packer.flush()


class _Pretended:
    """A decompressor with the interface of Python 3.14's, for a format of its own: each byte stands for a thousand."""

    def __init__(self) -> None:
        self.eof = False
        self.unused_data = b""
        self._waiting = b""

    @property
    def needs_input(self) -> bool:
        return not self._waiting and not self.eof

    def decompress(self, data: bytes, most: int) -> bytes:
        self._waiting += bytes(byte for byte in data if byte in b"abc.")
        count = max(most // 1000, 1)
        here, self._waiting = self._waiting[:count], self._waiting[count:]
        if b"." in here:
            here, _, rest = here.partition(b".")
            self.unused_data, self._waiting, self.eof = rest + self._waiting, b"", True
        return b"".join(bytes([byte]) * 1000 for byte in here)


def test_zstd_is_unpacked_where_python_can(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the standard library's module or the one that stands for it; one frame after another."""
    asked: list[str] = []

    def imported(name: str) -> object:
        asked.append(name)
        if name == "compression.zstd":
            raise ImportError(name)
        return types.SimpleNamespace(ZstdDecompressor=_Pretended)

    monkeypatch.setattr("imgslim.evidence.feed.importlib", types.SimpleNamespace(import_module=imported))
    packed = b"\x28\xb5\x2f\xfd" + b"a" * 3000 + b"b.\x28\xb5\x2f\xfdc."
    for step in (1, 5000):
        pieces = (packed[at : at + step] for at in range(0, len(packed), step))
        assert b"".join(unpacked(pieces)) == b"a" * 3_000_000 + b"b" * 1000 + b"c" * 1000
    assert asked == ["compression.zstd", "backports.zstd"] * 2


def test_zstd_without_a_module_is_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is that of an image that can't be read."""

    def imported(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr("imgslim.evidence.feed.importlib", types.SimpleNamespace(import_module=imported))
    with pytest.raises(EngineOrSystemError) as caught:
        unpacked(iter([b"\x28\xb5", b"\x2f\xfd", b"more"]))
    assert (caught.value.code, "zstd" in caught.value.hint) == ("image-unreadable", True)
