"""Where the loader's configuration sends it: ld.so.conf, ld.so.cache, musl's path file."""

from __future__ import annotations

import struct

import pytest

from imgslim.evidence.library_paths import read_cache
from tests.evidence.making import folder, layer, link, member, read


def test_ld_so_conf() -> None:
    """Included files come in the order of their names, where the line stands; a file that includes itself ends."""
    contents = read(
        layer(
            folder("etc/ld.so.conf.d"),
            member("etc/ld.so.conf", b"/first # why\ninclude ld.so.conf.d/*.conf\ninclude /etc/ld.so.conf\n/last/\n"),
            member("etc/ld.so.conf.d/b.conf", b"/b:/b2, /first\nhwcap 1 nosegneg\nrelative\n"),
            link("etc/ld.so.conf.d/a.conf", "/etc/ld.so.conf.d/z.conf"),
            member("etc/ld.so.conf.d/z.conf", b"/z=libc6\n"),
            member("etc/ld.so.conf.d/no.txt", b"/no\n"),
        )
    )
    assert contents.library_folders == ("/first", "/z", "/b", "/b2", "/last")
    assert contents.musl_folders is None


def test_a_path_file_of_musl() -> None:
    """One line or one colon a folder; a link to it is followed, a folder of a like name is none."""
    contents = read(
        layer(
            member("etc/ld-musl-x86_64.d/musl.path", b"/lib\n/usr/local/lib:/opt\n"),
            link("etc/ld-musl-x86_64.path", "ld-musl-x86_64.d/musl.path"),
        )
    )
    assert contents.musl_folders == ("/lib", "/usr/local/lib", "/opt")
    assert contents.library_folders == contents.musl_folders


def _cache(*rows: tuple[str, str], order: str = "<") -> bytes:
    """A cache as ldconfig writes it."""
    at = 48 + 24 * len(rows)
    entries, texts = b"", b""
    for name, path in rows:
        entries += struct.pack(f"{order}iIIIQ", 0x303, at + len(texts), at + len(texts) + len(name) + 1, 0, 0)
        texts += name.encode() + b"\0" + path.encode() + b"\0"
    head = struct.pack(f"{order}20sII4xI12x", b"glibc-ld.so.cache1.1", len(rows), len(texts), 0)
    return head + entries + texts


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("before", [b"", b"ld.so-1.7.0\0" + bytes(36)])
def test_the_cache(order: str, before: bytes) -> None:
    """Both byte orders, with and without the older table before it; builds for some processors alone are left out."""
    rows = ("liba.so", "/x/liba.so"), ("liba.so", "/y/glibc-hwcaps/x86-64-v3/liba.so"), ("liba.so", "/z/liba.so")
    expected = {"liba.so": ("/x/liba.so", "/z/liba.so")}
    assert read_cache(before + _cache(*rows, order=order)) == expected
    assert read(layer(member("etc/ld.so.cache", before + _cache(*rows, order=order)))).library_cache == expected


@pytest.mark.parametrize(
    "content", [b"", b"other", _cache()[:30], _cache(("a", "/a"))[:60], _cache(("a", "/a"))[:-1], _cache(("", ""))]
)
def test_a_cache_that_is_damaged(content: bytes) -> None:
    """It says nothing."""
    assert read_cache(content) == {}
