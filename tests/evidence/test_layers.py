"""Layers on top of each other: whiteouts, opaque folders, links in place of folders, and what each layer did."""

from __future__ import annotations

from imgslim.evidence import EntryKind
from tests.evidence.making import folder, hard, layer, link, member, read

FIRST = layer(
    folder("a"),
    folder("a/b"),
    member("a/b/one", b"1"),
    member("a/b/two", b"22"),
    member("a/x", b"#!/bin/sh\n"),
    member("z"),
)


def test_a_whiteout_takes_away_all_that_is_below() -> None:
    """Its own layer's files stay, wherever in the archive it stands."""
    contents = read(FIRST, layer(member("a/b/new", b"n"), member("a/.wh.b"), member(".wh.none"), member("a/.wh.x")))
    assert list(contents.entries) == ["/a", "/z", "/a/b", "/a/b/new"]
    assert set(contents.layers[1].deleted) == {"/a/b/one", "/a/b/two", "/a/x"}
    assert contents.interpreters == {}


def test_an_opaque_folder_hides_what_was_in_it() -> None:
    """A file that is written again is changed, not deleted."""
    contents = read(FIRST, layer(folder("a/b"), member("a/b/.wh..wh..opq"), member("a/b/two", b"3")))
    assert set(contents.layers[1].deleted) == {"/a/b/one"}
    assert contents.layers[1].changed == ("/a/b/two",)
    assert contents.entries["/a/b/two"].layer == 1
    assert contents.entries["/a/b"].layer == 0


def test_an_opaque_folder_is_opaque_to_lower_layers_alone() -> None:
    """The mark may come behind the folder's own files."""
    contents = read(FIRST, layer(member("a/b/three"), member("a/b/.wh..wh..opq"), member("a/.wh..wh.plnk")))
    assert [path for path in contents.entries if path.startswith("/a/b/")] == ["/a/b/three"]
    assert set(contents.layers[1].deleted) == {"/a/b/one", "/a/b/two"}


def test_a_link_takes_the_place_of_a_folder_and_back() -> None:
    """What was below is gone each time."""
    contents = read(FIRST, layer(link("a", "/z")))
    assert contents.entries["/a"].kind is EntryKind.LINK
    assert set(contents.entries) == {"/a", "/z"}
    assert set(contents.layers[1].deleted) == {"/a/b", "/a/b/one", "/a/b/two", "/a/x"}
    assert contents.layers[1].changed == ("/a",)
    back = read(layer(link("a", "z")), layer(folder("a"), member("a/new")))
    assert back.entries["/a"].kind is EntryKind.FOLDER
    assert back.layers[1].deleted == ()


def test_a_folder_belongs_to_the_layer_that_made_it() -> None:
    """Layers hold the folders of what they write; only another owner or mode is a change."""
    contents = read(FIRST, layer(folder("a"), member("a/new")), layer(folder("a", mode=0o700)))
    assert contents.entries["/a"].layer == 2
    assert read(FIRST, layer(folder("a"), member("a/new"))).entries["/a"].layer == 0
    assert contents.layers[2].changed == ()


def test_folders_that_only_their_content_names() -> None:
    """Made as Docker makes them; one of a lower layer stays as it is."""
    contents = read(layer(folder("a", mode=0o700)), layer(member("./a/b//c/file"), member("/top")))
    assert {path: entry.mode for path, entry in contents.entries.items()} == {
        "/a": 0o700,
        "/a/b": 0o755,
        "/a/b/c": 0o755,
        "/a/b/c/file": 0o644,
        "/top": 0o644,
    }


def test_the_last_of_two_members_counts() -> None:
    """Within one layer, too; what the first said is forgotten."""
    contents = read(layer(member("a", b"#!/bin/sh\n"), hard("b", "a"), member("a", b"x"), member("b/c")))
    assert contents.interpreters == {}
    assert contents.entries["/a"].size == 1
    assert contents.entries["/b"].kind is EntryKind.FOLDER
    file = read(layer(folder("a"), member("a/x", b"#!/bin/sh\n"), folder("a/d"), hard("a/y", "a/x"), member("a", b"1")))
    assert [path for path, entry in file.entries.items() if entry.kind is EntryKind.FILE] == ["/a"]
    assert list(file.entries) == ["/a"]
    assert file.interpreters == {}


def test_special_files_and_names_that_are_no_text() -> None:
    """A device has no size; a name of any bytes is kept as Python keeps it."""
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    contents = read(layer(member("dev/null", kind=b"3"), member("pipe", kind=b"6"), member(name, b"x")))
    assert contents.entries["/dev/null"].kind is contents.entries["/pipe"].kind is EntryKind.SPECIAL
    assert contents.entries[f"/{name}"].size == 1


def test_capabilities() -> None:
    """A pax header has the attribute; others are no capability."""
    able = member("able", pax={"SCHILY.xattr.security.capability": "\x01\x00\x00\x02"})
    contents = read(layer(able, member("plain", pax={"SCHILY.xattr.user.note": "x"})))
    assert contents.entries["/able"].has_capabilities
    assert not contents.entries["/plain"].has_capabilities
