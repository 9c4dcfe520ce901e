"""A saved image is read in each of its formats, and refused where it is not one."""

from __future__ import annotations

import gzip
import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imgslim.errors import EngineOrSystemError
from imgslim.evidence import EntryKind
from imgslim.evidence.archive import read_archive
from tests.evidence.making import diff_ids, folder, hard, layer, link, member, read, saved

BASE = layer(folder("bin"), member("bin/sh", b"#!/bin/other -e\n", mode=0o755), link("lib", "usr/lib"))
TOP = layer(member("app", b"two", owner=(1000, 2000), mode=0o4750))


@pytest.mark.parametrize(
    "how", [{}, {"old": True}, {"manifest": False}, {"packed": True}, {"packed": True, "manifest": False}]
)
def test_each_format_shows_the_same(how: dict[str, Any]) -> None:
    """Blobs or folders, packed or not, with Docker's own manifest or the OCI index alone."""
    contents = read_archive(io.BytesIO(saved([BASE, TOP], **how)))
    assert {path: (entry.kind, entry.layer) for path, entry in contents.entries.items()} == {
        "/bin": (EntryKind.FOLDER, 0),
        "/bin/sh": (EntryKind.FILE, 0),
        "/lib": (EntryKind.LINK, 0),
        "/app": (EntryKind.FILE, 1),
    }
    app = contents.entries["/app"]
    assert (app.size, app.mode, app.uid, app.gid) == (3, 0o4750, 1000, 2000)
    assert contents.interpreters == {"/bin/sh": "/bin/other -e"}
    assert contents.architecture == "amd64"


def test_a_layer_that_is_named_twice_stands_twice() -> None:
    """What the layer between them took away is there again."""
    contents = read(BASE, layer(member("bin/.wh.sh")), BASE)
    assert contents.entries["/bin/sh"].layer == 2
    assert contents.layers[1].deleted == ("/bin/sh",)


def test_an_older_format_links_to_a_layer_that_it_has_once() -> None:
    """Docker wrote ``layer.tar`` as a symbolic link to another one's."""
    config = json.dumps({"architecture": "arm64", "history": [], "rootfs": {"diff_ids": diff_ids([BASE, BASE])}})
    manifest = [{"Config": "c.json", "Layers": ["a/layer.tar", "b/layer.tar"]}]
    whole = layer(
        member("a/layer.tar", BASE),
        link("b/layer.tar", "../a/layer.tar"),
        member("c.json", config.encode()),
        member("manifest.json", json.dumps(manifest).encode()),
    )
    assert len(read_archive(io.BytesIO(whole)).layers) == 2


def test_the_configuration_is_the_engines() -> None:
    """What the base image gave is part of it."""
    assert read(BASE, config={"WorkingDir": "/w", "Env": ["A=b"]}).config == {"WorkingDir": "/w", "Env": ["A=b"]}


def test_hard_links_share_what_is_known() -> None:
    """Also where the other name is in a layer below."""
    contents = read(
        layer(member("a", b"#!/bin/sh\n", mode=0o711), hard("b", "a"), hard("c", "/b")), layer(hard("d", "./c"))
    )
    assert contents.interpreters == dict.fromkeys(("/a", "/b", "/c", "/d"), "/bin/sh")
    assert [contents.entries[path].mode for path in ("/a", "/d")] == [0o711, 0o711]
    assert contents.entries["/d"].layer == 1


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"no archive at all" * 100,
        saved([BASE])[:2000],
        saved([BASE])[:4096],
        layer(member("manifest.json", b"[]")),
        layer(member("manifest.json", b'[{"Config": "c", "Layers": []}]')),
        layer(member("manifest.json", b"{nothing")),
        layer(member("manifest.json", b'[{"Config": "c", "Layers": ["x"]}]'), member("c", b'{"history": []}')),
        layer(member("index.json", b'{"manifests": []}')),
        layer(member("manifest.json", b"[" * 1_000_000)),
        saved([gzip.compress(BASE)[:80]]),
        saved([b"\x1f\x8b" + bytes(600)]),
        saved([b"not tar, not packed" * 60]),
    ],
)
def test_what_is_no_image_is_refused(broken: bytes) -> None:
    """One stable name, and no other exception."""
    with pytest.raises(EngineOrSystemError) as caught:
        read_archive(io.BytesIO(broken))
    assert caught.value.code == "image-unreadable"


_WHOLE = saved([BASE, TOP, layer(member("var/lib/dpkg/status", b"Package: a\nStatus: x installed\n\n"))])
_CONTENT = [at for at in range(len(_WHOLE)) if _WHOLE[at]]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(_CONTENT), st.binary(min_size=1, max_size=4)), max_size=4), st.integers(0, 9))
def test_whatever_an_archive_holds_it_is_read_or_refused(changes: list[tuple[int, bytes]], cut: int) -> None:
    """Changed or cut anywhere: no other exception."""
    data = bytearray(_WHOLE)
    for at, noise in changes:
        data[at : at + len(noise)] = noise
    # The checksums are made right again: else every change would end there.
    for at in range(0, len(data) - 512, 512):
        if data[at + 257 : at + 262] == b"ustar":
            data[at + 148 : at + 156] = b"%06o\0 " % (sum(data[at : at + 148]) + sum(data[at + 156 : at + 512]) + 256)
    code = ""
    try:
        read_archive(io.BytesIO(data[: len(data) - cut * 512]))
    except EngineOrSystemError as error:
        code = error.code
    assert code in ("", "image-unreadable", "image-too-large")
