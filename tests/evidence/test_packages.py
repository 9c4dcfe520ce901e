"""Package databases: which package owns which real path."""

from __future__ import annotations

import contextlib
import lzma
import sqlite3
import struct
from pathlib import Path

import pytest

from imgslim.evidence.layer import KEPT_FILES
from imgslim.evidence.rpm import rpm_packages
from tests.evidence.making import folder, layer, link, member, read

DPKG = layer(
    folder("usr/lib"),
    link("lib", "usr/lib"),
    member("usr/lib/libz.so.1.3"),
    link("usr/lib/libz.so.1", "libz.so.1.3"),
    member("usr/bin/tool.real"),
    member("usr/bin/tool"),
    member("usr/bin/own"),
    member(
        "var/lib/dpkg/status",
        b"Package: zlib1g\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:1.3\nDescription: x\n y: z\n\n"
        b"Package: tool\nStatus: install ok installed\nVersion: 2\nSource: tools (1.9)\n"
        b"Pre-Depends: zlib1g (>= 1:1.2)\nDepends: none | other:any, tool-data\n\n"
        b"Package: other\nStatus: hold ok half-configured\nVersion: 3\n\n"
        b"Package: gone\nStatus: deinstall ok config-files\nVersion: 4\n\n",
    ),
    member("var/lib/dpkg/info/zlib1g:amd64.list", b"/.\n/lib\n/lib/libz.so.1.3\n/lib/libz.so.1\n/usr/share/doc/none\n"),
    member("var/lib/dpkg/info/tool.list", b"/usr/bin/tool\n"),
    member("var/lib/dpkg/info/other.list", b"/usr/bin/tool\n"),
    member("var/lib/dpkg/info/gone.list", b"/usr/bin/own\n"),
    member("var/lib/dpkg/diversions", b"/usr/bin/tool\n/usr/bin/tool.real\nother\n"),
)


def test_dpkg() -> None:
    """Folders that are links today are followed, diversions too; a removed package owns nothing."""
    contents = read(DPKG)
    assert contents.packages is not None
    assert contents.packages.manager == "dpkg"
    assert contents.packages.owners == {
        "/usr/lib/libz.so.1.3": "zlib1g",
        "/usr/lib/libz.so.1": "zlib1g",
        "/usr/bin/tool.real": "tool",
        "/usr/bin/tool": "other",
    }
    assert contents.packages.versions == {"zlib1g": "1:1.3", "tool": "2", "other": "3"}
    assert contents.packages.sources == {"zlib1g": "zlib1g", "tool": "tools", "other": "other"}
    assert contents.packages.depends == {"tool": ("zlib1g", "other")}
    assert contents.owner(contents.resolve("/lib/libz.so.1") or "") == "zlib1g"
    assert contents.owner("/usr/bin/own") == ""


def test_a_database_that_was_taken_away_is_not_there() -> None:
    """A layer above decides."""
    assert read(DPKG, layer(member("var/lib/.wh.dpkg"))).packages is None
    assert read(layer(member("etc/os-release", b"ID=none\n"))).texts == {"/etc/os-release": "ID=none\n"}


def test_a_database_over_its_bound_is_not_half_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named among what was not read."""
    monkeypatch.setitem(KEPT_FILES, "/var/lib/dpkg/status", 10)
    contents = read(DPKG)
    assert contents.packages is None
    assert contents.unread == ("/var/lib/dpkg/status",)


def test_distroless() -> None:
    """One file a package, with the paths in another beside it."""
    contents = read(
        layer(
            member("usr/lib/libc.so.6"),
            member("var/lib/dpkg/status.d/libc6", b"Package: libc6\nVersion: 2.36\n"),
            member("var/lib/dpkg/status.d/libc6.md5sums", b"0123  usr/lib/libc.so.6\n4567  usr/share/none\n"),
        )
    )
    assert contents.packages is not None
    assert contents.packages.owners == {"/usr/lib/libc.so.6": "libc6"}
    assert contents.packages.versions == {"libc6": "2.36"}


@pytest.mark.parametrize("place", ["lib/apk/db/installed", "usr/lib/apk/db/installed"])
def test_apk(place: str) -> None:
    """Folders, then the files in each."""
    text = b"C:Q1\nP:musl\nV:1.2.5-r0\nF:lib\nR:ld-musl-x86_64.so.1\nR:none\n\nP:base\nV:3\nF:\nR:top\nM:0:0:1777\n\n"
    contents = read(layer(member("lib/ld-musl-x86_64.so.1"), member("top"), member(place, text)))
    assert contents.packages is not None
    assert contents.packages.manager == "apk"
    assert contents.packages.owners == {"/lib/ld-musl-x86_64.so.1": "musl", "/top": "base"}
    assert contents.packages.versions == {"musl": "1.2.5-r0", "base": "3"}


def _header(*rows: tuple[int, int, list[str] | list[int]]) -> bytes:
    """An rpm header of tags with their types and values."""
    index, store = b"", b""
    for tag, kind, values in rows:
        if kind == 4:
            store += bytes(-len(store) % 4)
        index += struct.pack(">IIII", tag, kind, len(store), len(values))
        store += b"".join(struct.pack(">I", v) if isinstance(v, int) else v.encode() + b"\0" for v in values)
    return struct.pack(">II", len(rows), len(store)) + index + store


def _database(*headers: bytes) -> bytes:
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL)")
        connection.executemany("INSERT INTO Packages (blob) VALUES (?)", [(header,) for header in headers])
        connection.commit()
        return connection.serialize()


ZLIB = _header(
    (1000, 6, ["zlib"]), (1001, 6, ["1.3"]), (1002, 6, ["2.fc40"]), (1003, 4, [7]), (1004, 9, ["summary"]),
    (1116, 4, [0, 1]), (1117, 8, ["libz.so.1", "README"]), (1118, 8, ["/usr/lib64/", "/usr/share/doc/zlib/"]),
)  # fmt: skip
BARE = _header((1000, 6, ["filesystem"]), (1001, 6, ["3"]), (1002, 6, ["1"]))


@pytest.mark.parametrize("place", ["var/lib/rpm", "usr/lib/sysimage/rpm"])
def test_rpm(place: str) -> None:
    """The header of each package, as rpm 4.16 and later keep it."""
    database = _database(ZLIB, BARE)
    contents = read(layer(member("usr/lib64/libz.so.1"), member(f"{place}/rpmdb.sqlite", database)))
    assert contents.packages is not None
    assert contents.packages.manager == "rpm"
    assert contents.packages.owners == {"/usr/lib64/libz.so.1": "zlib"}
    assert contents.packages.versions == {"zlib": "7:1.3-2.fc40", "filesystem": "3-1"}


def _real(name: str) -> bytes:
    """A database of two packages: rpm 4.18 made the one, db5.3_load the other from the first one's headers."""
    return lzma.decompress((Path(__file__).parent / "rpm" / f"{name}.xz").read_bytes())


REAL = {
    "liba": ("1.2-3", ["/etc/foo.conf", "/usr/lib64/libfoo.so.1", "/usr/lib64/libfoo.so.1.2"]),
    "liba-tools": ("2:1.2-3", ["/usr/bin/footool"]),
}


@pytest.mark.parametrize("name", ["rpmdb.sqlite", "Packages"])
def test_databases_that_rpm_itself_wrote(name: str) -> None:
    """SQLite with its changes in a file beside it, as rpm asks for it; headers on pages of their own."""
    rows = rpm_packages(_real(name))
    assert rows is not None
    assert {package: (version, paths) for package, version, paths in rows} == REAL
    owned = member("usr/bin/footool")
    contents = read(layer(owned, member(f"var/lib/rpm/{name}", _real(name))))
    assert contents.packages is not None
    assert contents.owner("/usr/bin/footool") == "liba-tools"


def test_changes_that_are_not_in_the_database_yet() -> None:
    """What is beside it is not read, so that nothing is; an empty file beside it holds nothing."""
    database = member("var/lib/rpm/rpmdb.sqlite", _real("rpmdb.sqlite"))
    assert read(layer(database, member("var/lib/rpm/rpmdb.sqlite-wal", b"changes"))).packages is None
    assert read(layer(database, member("var/lib/rpm/rpmdb.sqlite-wal"))).packages is not None


@pytest.mark.parametrize(
    ("at", "bytes_"),
    [(20, b"\1\2\0\0"), (0x619, b"\0"), (0x610, b"\3\0\0\0"), (0x616, b"\0\0")],
    ids=["page size", "no page of a chain", "a chain without end", "an empty page"],
)
def test_a_table_that_is_torn(at: int, bytes_: bytes) -> None:
    """None, and no endless walk."""
    database = _real("Packages")
    assert rpm_packages(database[:at] + bytes_ + database[at + len(bytes_) :]) is None


@pytest.mark.parametrize(
    "database",
    [b"", b"Berkeley", _database(b""), _database(b"\xff" * 40), _database(ZLIB[:60]), _database(ZLIB)[:5000]],
)
def test_an_rpm_database_that_can_not_be_read(database: bytes) -> None:
    """None, and not half of it."""
    assert rpm_packages(database) is None


def test_settings_are_kept_as_texts_within_a_bound() -> None:
    """A small text below /etc is, a large one and one with NUL bytes are not; a script there keeps its first line."""
    contents = read(
        layer(
            member("etc/one.conf", b"root = /srv\n"),
            member("etc/large", b"x" * (65 << 10)),
            member("etc/binary", b"a\0b"),
            member("etc/init.d/x", b"#!/bin/sh\nexit\n"),
            member("srv/one.conf", b"root = /srv\n"),
        )
    )
    assert contents.texts == {"/etc/one.conf": "root = /srv\n", "/etc/init.d/x": "#!/bin/sh\nexit\n"}
    assert contents.interpreters == {"/etc/init.d/x": "/bin/sh"}
    assert contents.unread == ()


def test_what_an_official_image_starts_with_is_kept_as_text() -> None:
    """Its first line is known as any script's; a script beside it is only that, and what is no text has none."""
    text, path = b"#!/bin/sh\nexec\n", "usr/local/bin/docker-entrypoint.sh"
    contents = read(layer(member(path, text), member("usr/local/bin/other.sh", text)))
    assert contents.texts == {f"/{path}": text.decode()}
    assert contents.interpreters == {f"/{path}": "/bin/sh", "/usr/local/bin/other.sh": "/bin/sh"}
    assert not read(layer(member(path, b"#!/bin/sh\n\0"))).texts
