"""Which package owns which file: the databases of dpkg, apk and rpm, read as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.evidence.contents import EntryKind, Packaged
from imgslim.evidence.rpm import rpm_packages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from imgslim.evidence.contents import Contents

_DPKG = "/var/lib/dpkg/"
_STATUS = _DPKG + "status"
#: distroless has one file a package instead, and the paths beside it in the format of md5sums(5).
_STATUS_FOLDER = _DPKG + "status.d/"
_APK = ("/lib/apk/db/installed", "/usr/lib/apk/db/installed")
_RPM = ("/var/lib/rpm/rpmdb.sqlite", "/usr/lib/sysimage/rpm/rpmdb.sqlite")


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
            rows = rpm_packages(database)
            return _collected(contents, "rpm", iter(rows), {}) if rows is not None else None
    return None


def _collected(
    contents: Contents,
    manager: str,
    rows: Iterator[tuple[str, str, Iterable[str]]],
    diverted: Mapping[str, tuple[str, str]],
) -> Packaged:
    """Owners by real path: links to folders in it are followed (/lib is /usr/lib today), its last name is not."""
    owners: dict[str, str] = {}
    versions: dict[str, str] = {}
    folders: dict[str, str | None] = {"": ""}
    for package, version, paths in rows:
        versions[package] = version
        for listed in paths:
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
    return Packaged(manager, owners, versions)


def _dpkg(text: Callable[[str], str]) -> Iterator[tuple[str, str, Iterable[str]]]:
    """Each package that is unpacked (dpkg-query(1)); a removed one keeps a paragraph, and its configuration's paths."""
    for paragraph in _paragraphs(text(_STATUS)):
        name, state = paragraph.get("Package", ""), paragraph.get("Status", "").split()
        if not name or not state or state[-1] in ("not-installed", "config-files"):
            continue
        info = f"{_DPKG}info/{name}"
        paths = text(f"{info}.list") or text(f"{info}:{paragraph.get('Architecture', '')}.list")
        yield name, paragraph.get("Version", ""), paths.splitlines()


def _distroless(paths: Iterable[str], text: Callable[[str], str]) -> Iterator[tuple[str, str, Iterable[str]]]:
    """Each package that has a file of its own."""
    for path in sorted(paths):
        if path.endswith(".md5sums"):
            continue
        for paragraph in _paragraphs(text(path)):
            lines = text(f"{path}.md5sums").splitlines()
            listed = ["/" + line.partition("  ")[2].lstrip("/") for line in lines if "  " in line]
            yield paragraph.get("Package", ""), paragraph.get("Version", ""), listed


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


def _apk(text: str) -> Iterator[tuple[str, str, Iterable[str]]]:
    """Each paragraph of apk's database: P name, V version, F folder, R file in it."""
    for block in text.split("\n\n"):
        name = version = folder = ""
        paths = []
        for line in block.splitlines():
            match line[:2]:
                case "P:":
                    name = line[2:]
                case "V:":
                    version = line[2:]
                case "F:":
                    folder = line[2:]
                case "R:":
                    paths.append(f"/{folder}/{line[2:]}" if folder else f"/{line[2:]}")
                case _:
                    pass
        if name:
            yield name, version, paths
