"""One layer of an image, read once from its archive: what it writes, what it takes away, and what its files say."""

from __future__ import annotations

import stat
import zlib
from typing import TYPE_CHECKING, Any

from imgslim.evidence.contents import ENTRY_POINT, Elf, Entry, EntryKind
from imgslim.evidence.elf import HEAD, MAGIC, Damaged, Pieces, read_elf, wanted
from imgslim.evidence.feed import PIECE, too_large
from imgslim.evidence.tarball import members
from imgslim.records import dataclass, field

if TYPE_CHECKING:
    from imgslim.evidence.feed import Feed, Part
    from imgslim.evidence.tarball import Member

#: Where programs lie that are found by their names (Filesystem Hierarchy Standard): what they name is kept.
_PROGRAMS = frozenset({"/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/usr/libexec"})
#: Settings of programs lie here; a text that is larger is none that a person wrote.
_SETTINGS = "/etc/"
_LARGEST_SETTINGS = 64 << 10
#: What a layer calls the file that takes away another (OCI image specification, "Whiteouts").
_WHITEOUT = ".wh."
_OPAQUE = ".wh..wh..opq"
#: Bytes of a script's first line (Linux takes 256, BINPRM_BUF_SIZE).
_FIRST_LINE = 256
_KINDS = {
    b"0": EntryKind.FILE,
    b"7": EntryKind.FILE,
    b"S": EntryKind.FILE,
    b"2": EntryKind.LINK,
    b"5": EntryKind.FOLDER,
    b"3": EntryKind.SPECIAL,
    b"4": EntryKind.SPECIAL,
    b"6": EntryKind.SPECIAL,
}
_HARD_LINK = b"1"
#: Layer number of a folder that the archive does not hold: what a lower layer has there stays as it is.
IMPLIED = -1

#: Small files that are kept, with the bytes they may have.
_SMALL = 1 << 20
_LARGE = 48 << 20
KEPT_FILES = {
    "/etc/passwd": _SMALL,
    "/etc/group": _SMALL,
    "/etc/os-release": _SMALL,
    "/usr/lib/os-release": _SMALL,
    "/etc/nsswitch.conf": _SMALL,
    "/etc/ld.so.conf": _SMALL,
    "/etc/ld.so.cache": 8 << 20,
    "/var/lib/dpkg/status": _LARGE,
    "/var/lib/dpkg/diversions": _SMALL,
    "/lib/apk/db/installed": _LARGE,
    "/usr/lib/apk/db/installed": _LARGE,
    "/var/lib/rpm/rpmdb.sqlite": _LARGE,
    "/var/lib/rpm/rpmdb.sqlite-wal": _LARGE,
    "/usr/lib/sysimage/rpm/rpmdb.sqlite": _LARGE,
    "/usr/lib/sysimage/rpm/rpmdb.sqlite-wal": _LARGE,
    "/var/lib/rpm/Packages": _LARGE,
}
#: The same by where they are, and how their names end.
_KEPT_PLACES = (
    ("/var/lib/dpkg/info/", ".list", 8 << 20),
    ("/var/lib/dpkg/status.d/", "", _SMALL),
    ("/etc/ld.so.conf.d/", ".conf", _SMALL),
    ("/etc/ld-musl-", ".path", _SMALL),
)


@dataclass(slots=True)
class Bounds:
    """What one image may have, counted over its layers; what is over it raises ``image-too-large``."""

    #: Paths, folders that only their content names included.
    paths: int = 1_000_000
    #: Characters in them.
    characters: int = 128 << 20
    #: Bytes of small files, packed; those that come later are not kept.
    kept: int = 48 << 20
    #: The same of settings.
    settings: int = 4 << 20

    def count(self, path: str) -> None:
        """Count one path."""
        self.paths -= 1
        self.characters -= len(path)
        if self.paths < 0 or self.characters < 0:
            raise too_large("it has over a million paths, or very long ones")


@dataclass(slots=True)
class Facts:
    """What files say, by path."""

    elf: dict[str, Elf] = field(default_factory=dict)
    interpreters: dict[str, str] = field(default_factory=dict)
    #: The small files, packed by zlib.
    kept: dict[str, bytes] = field(default_factory=dict)
    unread: dict[str, bool] = field(default_factory=dict)

    def tables(self) -> tuple[dict[str, Any], ...]:
        """Each kind of fact."""
        return self.elf, self.interpreters, self.kept, self.unread

    def forget(self, path: str) -> None:
        """Drop what is known of a path."""
        for table in self.tables():
            table.pop(path, None)

    def share(self, path: str, target: str) -> None:
        """Know of a path what is known of another."""
        for table in self.tables():
            if target in table:
                table[path] = table[target]


@dataclass(slots=True)
class Layer:
    """What one layer holds; the layer number of its entries is 0 until they are put on top of others."""

    entries: dict[str, Entry] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)
    #: Paths of lower layers that it takes away.
    whiteouts: list[str] = field(default_factory=list)
    #: Folders whose content in lower layers is hidden.
    opaque: list[str] = field(default_factory=list)
    #: Hard links to what is in no earlier member: of a layer below.
    links: dict[str, str] = field(default_factory=dict)


def read_layer(feed: Feed, bounds: Bounds) -> Layer:
    """Read a layer's archive up to its end marker.

    Raises EngineOrSystemError (``image-unreadable``, ``image-too-large``).
    """
    layer = Layer()
    for member in members(feed):
        if not member.name:
            # The root itself.
            continue
        path = "/" + member.name
        folder, _, name = path.rpartition("/")
        bounds.count(path)
        if name.startswith(_WHITEOUT):
            _take_away(layer, folder, name)
            continue
        if path in layer.entries:
            layer.facts.forget(path)
        _add_folders(layer, folder, bounds)
        if member.flag == _HARD_LINK:
            _link(layer, path, "/" + member.link.strip("/").removeprefix("./"))
            continue
        kind = _KINDS.get(member.flag)
        if kind is None:
            continue
        layer.entries[path] = Entry(
            kind,
            member.size if kind is EntryKind.FILE else 0,
            member.mode,
            member.uid,
            member.gid,
            0,
            member.link if kind is EntryKind.LINK else "",
            member.has_capabilities,
        )
        if kind is EntryKind.FILE:
            _look_inside(layer, path, member, bounds)
    return layer


def _take_away(layer: Layer, folder: str, name: str) -> None:
    """Note a whiteout; the other names with two marks are AUFS's own bookkeeping."""
    if name == _OPAQUE:
        layer.opaque.append(folder)
    elif not name.startswith(_WHITEOUT * 2):
        layer.whiteouts.append(f"{folder}/{name.removeprefix(_WHITEOUT)}")


def _add_folders(layer: Layer, folder: str, bounds: Bounds) -> None:
    """Make folders that are named by their content alone, as Docker does when it unpacks a layer; the highest first."""
    entry = layer.entries.get(folder)
    if not folder or (entry is not None and entry.kind is EntryKind.FOLDER):
        return
    missing = []
    while folder and ((entry := layer.entries.get(folder)) is None or entry.kind is not EntryKind.FOLDER):
        bounds.count(folder)
        missing.append(folder)
        folder = folder.rpartition("/")[0]
    for path in reversed(missing):
        layer.facts.forget(path)
        # Before its content, also where something else stood in its place.
        layer.entries.pop(path, None)
        layer.entries[path] = Entry(EntryKind.FOLDER, 0, 0o755, 0, 0, IMPLIED)


def _link(layer: Layer, path: str, target: str) -> None:
    """Give a hard link all that is known of the file that it is another name of."""
    entry = layer.entries.get(target)
    if entry is None:
        layer.links[path] = target
        return
    layer.entries[path] = entry
    layer.facts.share(path, target)


def _look_inside(layer: Layer, path: str, member: Member, bounds: Bounds) -> None:
    """Read what is of interest of a file's content."""
    body = member.body
    if member.is_sparse:
        if member.mode & stat.S_IXUSR or _bound(path):
            layer.facts.unread[path] = True
        return
    if (bound := _bound(path)) and member.size:
        _keep(layer, path, body, bound, bounds)
        return
    if (path.startswith(_SETTINGS) or path == ENTRY_POINT) and 0 < member.size <= _LARGEST_SETTINGS:
        _read_settings(layer, path, body, bounds)
        return
    head = body.take(len(MAGIC))
    if head == MAGIC:
        try:
            elf = read_elf(_pieces(head, body, member.size), names=path.rpartition("/")[0] in _PROGRAMS)
        except Damaged:
            layer.facts.unread[path] = True
        else:
            if elf is not None:
                layer.facts.elf[path] = elf
    elif head.startswith(b"#!"):
        _note_interpreter(layer, path, head + body.take(_FIRST_LINE - len(head)))


def _note_interpreter(layer: Layer, path: str, start: bytes) -> None:
    line = start[:_FIRST_LINE].partition(b"\n")[0]
    layer.facts.interpreters[path] = line[2:].strip().decode("utf-8", "surrogateescape")


def _read_settings(layer: Layer, path: str, body: Part, bounds: Bounds) -> None:
    """Keep a small text below /etc, or what starts the image; there is room for the package database first."""
    data = b"".join(body)
    if data.startswith(b"#!"):
        _note_interpreter(layer, path, data)
    packed = zlib.compress(data, 1)
    if b"\0" not in data and bounds.settings >= len(packed):
        bounds.settings -= len(packed)
        layer.facts.kept[path] = packed


def _bound(path: str) -> int:
    """The bytes that a file may have which is kept; 0 for all others."""
    if not path.startswith(("/etc/", "/var/lib/", "/lib/apk/", "/usr/lib/")):
        return 0
    bound = KEPT_FILES.get(path, 0)
    return bound or next(
        (most for place, end, most in _KEPT_PLACES if path.startswith(place) and path.endswith(end)), 0
    )


def _keep(layer: Layer, path: str, body: Part, bound: int, bounds: Bounds) -> None:
    """Keep a small file, packed."""
    if body.left > bound:
        layer.facts.unread[path] = True
        return
    packer = zlib.compressobj(1)
    packed = b"".join([*map(packer.compress, body), packer.flush()])
    bounds.kept -= len(packed)
    if bounds.kept < 0:
        layer.facts.unread[path] = True
        return
    layer.facts.kept[path] = packed


def _pieces(head: bytes, body: Part, size: int) -> Pieces:
    """The parts of an ELF file that are looked at; raises Damaged."""
    head += body.take(HEAD - len(head))
    spans = wanted(head, size)
    found = [(start, bytearray()) for start, _ in spans]
    at, piece = 0, head
    while piece and at < spans[-1][1]:
        _cut(piece, at, spans, found)
        at += len(piece)
        piece = body.take(PIECE)
    return Pieces(found)


def _cut(piece: bytes, at: int, spans: tuple[tuple[int, int], ...], found: list[tuple[int, bytearray]]) -> None:
    """Add to each span what a piece that begins at ``at`` holds of it."""
    for (start, end), (_, data) in zip(spans, found, strict=True):
        if start < at + len(piece) and at < end:
            data.extend(piece[max(start - at, 0) : end - at])
