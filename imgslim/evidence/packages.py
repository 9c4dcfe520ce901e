"""Which package owns which file: the databases of dpkg, apk and rpm, read as files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.evidence.contents import EntryKind, Packaged
from imgslim.evidence.rpm import rpm_packages
from imgslim.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from imgslim.evidence.contents import Contents

_DPKG = "/var/lib/dpkg/"
_STATUS = _DPKG + "status"
#: distroless has one file a package instead, and the paths beside it in the format of md5sums(5).
_STATUS_FOLDER = _DPKG + "status.d/"
_APK = ("/lib/apk/db/installed", "/usr/lib/apk/db/installed")
_RPM = ("/var/lib/rpm/rpmdb.sqlite", "/usr/lib/sysimage/rpm/rpmdb.sqlite", "/var/lib/rpm/Packages")
#: What parts the packages in a list of dependencies (Debian policy 7.1), and what may follow a name.
_BETWEEN = re.compile(r"[,|]")
_NAME = re.compile(r"[^\s(:=<>~]+")


@dataclass(frozen=True, slots=True)
class _Row:
    """One package as a database has it."""

    name: str
    version: str
    paths: Iterable[str]
    #: The package's own name where it is all that its source gives.
    source: str = ""
    #: Names of packages, installed or not.
    depends: tuple[str, ...] = ()


def packaged(contents: Contents, kept: Mapping[str, object], content: Callable[[str], bytes | None]) -> Packaged | None:
    """The package database of an image; None where there is none, or one that can't be read.

    ``kept`` has the paths that can be asked of ``content``.
    """

    def text(path: str) -> str:
        return (content(path) or b"").decode("utf-8", "surrogateescape")

    if content(_STATUS):
        return _collected(contents, "dpkg", _dpkg(text), _diversions(text))
    if any(path.startswith(_STATUS_FOLDER) for path in kept):
        return _collected(contents, "dpkg", _distroless([p for p in kept if p.startswith(_STATUS_FOLDER)], text), {})
    for path in _APK:
        if content(path):
            return _collected(contents, "apk", _apk(text(path)), {})
    for path in _RPM:
        if database := content(path):
            # What lies in the journal is not in the database yet (sqlite.org/wal.html).
            rows = rpm_packages(database) if not content(f"{path}-wal") else None
            return _collected(contents, "rpm", (_Row(*row) for row in rows), {}) if rows is not None else None
    return None


def _collected(
    contents: Contents,
    manager: str,
    rows: Iterator[_Row],
    diverted: Mapping[str, tuple[str, str]],
) -> Packaged:
    """Owners by real path: links to folders in it are followed (/lib is /usr/lib today), its last name is not."""
    owners: dict[str, str] = {}
    known: dict[str, _Row] = {}
    folders: dict[str, str | None] = {"": ""}
    for row in rows:
        package = row.name
        known[package] = row
        for listed in row.paths:
            path = listed
            if path in diverted and diverted[path][1] != package:
                path = diverted[path][0]
            folder, _, name = path.rpartition("/")
            if folder not in folders:
                folders[folder] = contents.resolve(folder)
            real = folders[folder]
            entry = contents.entries.get(f"{real}/{name}") if real is not None else None
            if entry is None:
                continue
            path = f"{real}/{name}"
            if entry.kind is EntryKind.LINK:
                # A folder that became a link since is still listed as the folder that packages share.
                entry = contents.get(path)
            if entry is None or entry.kind is not EntryKind.FOLDER:
                owners[path] = package
    return Packaged(
        manager,
        owners,
        {name: row.version for name, row in known.items()},
        {name: row.source or name for name, row in known.items()},
        {name: tuple(one for one in row.depends if one in known) for name, row in known.items() if row.depends},
    )


def _dpkg(text: Callable[[str], str]) -> Iterator[_Row]:
    """Each package that is unpacked (dpkg-query(1)); a removed one keeps a paragraph, and its configuration's paths."""
    for paragraph in _paragraphs(text(_STATUS)):
        name, state = paragraph.get("Package", ""), paragraph.get("Status", "").split()
        if not name or not state or state[-1] in ("not-installed", "config-files"):
            continue
        info = f"{_DPKG}info/{name}"
        paths = text(f"{info}.list") or text(f"{info}:{paragraph.get('Architecture', '')}.list")
        needed = f"{paragraph.get('Pre-Depends', '')},{paragraph.get('Depends', '')}"
        source = paragraph.get("Source", "").partition(" ")[0]
        yield _Row(name, paragraph.get("Version", ""), paths.splitlines(), source, tuple(_names(needed)))


def _names(depends: str) -> Iterator[str]:
    """The packages that a list of dependencies names, without versions and architectures."""
    for one in _BETWEEN.split(depends):
        if (found := _NAME.match(one.strip())) is not None:
            yield found[0]


def _distroless(paths: Iterable[str], text: Callable[[str], str]) -> Iterator[_Row]:
    """Each package that has a file of its own."""
    for path in sorted(paths):
        if path.endswith(".md5sums"):
            continue
        for paragraph in _paragraphs(text(path)):
            lines = text(f"{path}.md5sums").splitlines()
            listed = ["/" + line.partition("  ")[2].lstrip("/") for line in lines if "  " in line]
            yield _Row(paragraph.get("Package", ""), paragraph.get("Version", ""), listed)


def _paragraphs(text: str) -> Iterator[dict[str, str]]:
    """The paragraphs of a control file (deb822(5)), without lines that continue another."""
    for block in text.split("\n\n"):
        fields = (line.partition(":") for line in block.splitlines() if line[:1] not in ("", " ", "\t"))
        found = {name: value.strip() for name, _, value in fields}
        if found.get("Package"):
            yield found


def _diversions(text: Callable[[str], str]) -> dict[str, tuple[str, str]]:
    """Where dpkg puts a file instead, and the package that does not have to (dpkg-divert(1))."""
    lines = text(_DPKG + "diversions").splitlines()
    groups = zip(lines[::3], lines[1::3], lines[2::3], strict=False)
    return {path: (instead, package) for path, instead, package in groups}


def _apk(text: str) -> Iterator[_Row]:
    """Each paragraph of apk's database: P name, V version, o origin, D dependencies, F folder, R file in it."""
    for block in text.split("\n\n"):
        name = version = folder = origin = ""
        depends: tuple[str, ...] = ()
        paths = []
        for line in block.splitlines():
            match line[:2]:
                case "P:":
                    name = line[2:]
                case "V:":
                    version = line[2:]
                case "o:":
                    origin = line[2:]
                case "D:":
                    depends = tuple(found[0] for one in line[2:].split() if (found := _NAME.match(one)))
                case "F:":
                    folder = line[2:]
                case "R:":
                    paths.append(f"/{folder}/{line[2:]}" if folder else f"/{line[2:]}")
                case _:
                    pass
        if name:
            yield _Row(name, version, paths, origin, depends)
