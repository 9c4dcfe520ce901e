"""What lockfiles say of the packages that an install puts below node_modules.

``package-lock.json`` and ``npm-shrinkwrap.json`` (versions 1 to 3) are read whole; of yarn's and pnpm's files the names
are enough, which stand at the start of a line.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

#: By the file's name: which manager writes it. The first that is there counts, as for each manager itself.
LOCKFILES = {
    "npm-shrinkwrap.json": "npm",
    "package-lock.json": "npm",
    "yarn.lock": "yarn",
    "pnpm-lock.yaml": "pnpm",
}
#: ``"@babel/core@^7.0.0", "@babel/core@npm:^7.1.0":`` at the start of a line.
_YARN = regex(r'^"?((?:@[^/\s"]+/)?[^@\s",:]+)@[^\n]*:$', 8)
_BERRY = regex(r"^__metadata:", 8)
#: ``  /@babel/core@7.1.0:``, ``  '@babel/core@7.1.0(peer@1.0.0)':``, ``  /express/4.17.1:`` (before version 6).
_PNPM = regex(r"^  '?/?((?:@[^/\s']+/)?[^@/\s':]+)[@/]\d[^\n]*:$", 8)
_BUILDS = regex(r"^    requiresBuild: true$", 8)


@dataclass(frozen=True, slots=True)
class Locked:
    """What one lockfile lists."""

    manager: str
    #: Names of packages that are installed for production; of yarn and pnpm those for development as well.
    names: frozenset[str]
    #: Names of packages that are installed for development alone; None where the file does not tell.
    development: frozenset[str] | None
    #: Names of packages that hold machine code or make some when they are installed; None where the file does not tell.
    native: frozenset[str] | None
    #: Programs in ``node_modules/.bin`` of the project's folder; None where the file does not tell.
    programs: frozenset[str] | None = None
    #: True for a lockfile of yarn 2 and later.
    berry: bool = False


def read_lock(name: str, data: bytes) -> Locked | None:
    """Read a lockfile by its name; None where it is damaged."""
    manager = LOCKFILES[name]
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    if manager == "yarn":
        names = frozenset(m[1] for m in _YARN.finditer(text))
        return Locked(manager, names, None, None, berry=_BERRY.search(text) is not None)
    if manager == "pnpm":
        names = frozenset(m[1] for m in _PNPM.finditer(text))
        return Locked(manager, names, None, None if _BUILDS.search(text) is None else _pnpm_native(text))
    try:
        found = json.loads(text.removeprefix("\ufeff"))
    except ValueError:
        return None
    return _npm(found) if isinstance(found, dict) else None


def _pnpm_native(text: str) -> frozenset[str]:
    found: set[str] = set()
    name = ""
    for line in text.split("\n"):
        if (match := _PNPM.match(line)) is not None:
            name = match[1]
        elif name and _BUILDS.match(line):
            found.add(name)
    return frozenset(found)


def _npm(found: dict[str, object]) -> Locked:
    names: set[str] = set()
    development: set[str] = set()
    native: set[str] = set()
    programs: set[str] = set()
    packages = found.get("packages")
    # Version 1 says nothing of processors, and nothing of install scripts.
    told = isinstance(packages, dict)
    rows = _flat(packages) if isinstance(packages, dict) else _nested(found.get("dependencies"))
    for name, row, top in rows:
        (development if row.get("dev") is True else names).add(name)
        if top and isinstance(found_programs := row.get("bin"), dict):
            programs.update(map(str, found_programs))
        if row.get("hasInstallScript") is True or row.get("cpu") or row.get("libc"):
            native.add(name)
    return Locked(
        "npm",
        frozenset(names),
        frozenset(development - names),
        frozenset(native) if told else None,
        frozenset(programs) if told else None,
    )


def _flat(packages: dict[str, object]) -> Iterator[tuple[str, dict[str, object], bool]]:
    """Versions 2 and 3: rows by place, ``node_modules/a/node_modules/@b/c``; whether that is the top."""
    for place, row in packages.items():
        above, between, name = place.rpartition("node_modules/")
        if between and isinstance(row, dict):
            yield name, row, not above


def _nested(dependencies: object) -> Iterator[tuple[str, dict[str, object], bool]]:
    """Version 1: rows by name, with their own below."""
    open_rows = [dependencies]
    while open_rows:
        rows = open_rows.pop()
        if not isinstance(rows, dict):
            continue
        for name, row in rows.items():
            if isinstance(row, dict):
                yield str(name), row, False
                open_rows.append(row.get("dependencies"))
