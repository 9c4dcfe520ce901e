"""Names of the project's own files that settings map: tsconfig.json's paths and baseUrl, module-alias in package.json.

(typescriptlang.org/tsconfig, "paths", "baseUrl"; code.visualstudio.com, jsconfig.json; npmjs.com/package/module-alias.)
What maps them when the program runs, a compiler's plugin or a loader, is found by the same settings.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.records import dataclass, field
from imgslim.toolchains.node.typescript import CONFIGS, options
from imgslim.toolchains.tree import parents

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imgslim.meaning.effects import Files
    from imgslim.toolchains.node.packages import Package

_NAMES = (*CONFIGS, "jsconfig.json")


@dataclass(frozen=True, slots=True)
class _Mapping:
    """What the settings in one folder map."""

    #: Where names are looked for that no pattern matches; "" where nowhere.
    base: str
    #: Pattern with at most one ``*`` to the absolute patterns that it stands for.
    paths: Mapping[str, tuple[str, ...]]


@dataclass(slots=True)
class Aliases:
    """Looks names up; each folder's settings are read once."""

    files: Files
    _read: dict[str, tuple[_Mapping, ...]] = field(default_factory=dict)

    def of(self, name: str, path: str, package: Package | None) -> Iterator[str]:
        """Paths that the module ``name`` may stand for in the file ``path`` of ``package``, likely ones first."""
        for key, target in sorted((package.manifest.aliases if package is not None else {}).items(), reverse=True):
            if package is not None and (name == key or name.startswith(f"{key}/")):
                yield posixpath.normpath(posixpath.join(package.folder, target, name[len(key) :].lstrip("/")))
        bases: list[str] = []
        for folder in parents(posixpath.dirname(path)):
            for found in self._settings(folder):
                yield from _matched(name, found.paths)
                bases += [found.base] if found.base else []
        yield from (posixpath.join(base, name) for base in bases)

    def _settings(self, folder: str) -> tuple[_Mapping, ...]:
        if folder not in self._read:
            each = (options(self.files, posixpath.join(folder, name)) for name in _NAMES)
            self._read[folder] = tuple(_mapping(folder, one) for one in each if one.keys() & {"paths", "baseUrl"})
        return self._read[folder]


def _mapping(folder: str, settings: Mapping[str, object]) -> _Mapping:
    base, paths = settings.get("baseUrl"), settings.get("paths")
    here = posixpath.normpath(posixpath.join(folder, base)) if isinstance(base, str) else folder
    found = {
        key: tuple(posixpath.normpath(posixpath.join(here, one)) for one in value if isinstance(one, str))
        for key, value in (paths.items() if isinstance(paths, dict) else ())
        if isinstance(key, str) and isinstance(value, list)
    }
    return _Mapping(here if isinstance(base, str) else "", found)


def _matched(name: str, paths: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """What the pattern with the longest beginning that fits stands for ("paths": the most specific one counts)."""
    best, middle = "", ""
    for key in paths:
        head, star, tail = key.partition("*")
        fits = name.startswith(head) and name.endswith(tail) and len(name) >= len(head + tail) if star else name == key
        if fits and (not best or len(head) > len(best.partition("*")[0])):
            best, middle = key, name[len(head) : len(name) - len(tail)] if star else ""
    yield from (one.replace("*", middle, 1) for one in paths.get(best, ()))
