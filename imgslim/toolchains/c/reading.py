"""Reads the sources of a unit with the project's own headers that they include."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.toolchains.c.calls import NAMES
from imgslim.toolchains.c.glibc_only import GLIBC_ONLY, unread_header
from imgslim.toolchains.c.scan import Scan, scan
from imgslim.toolchains.tree import join, parents

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imgslim.toolchains.c.tree import Tree
    from imgslim.toolchains.c.units import Source

#: Characters of sources that are scanned at most for one project; the rest counts as unread.
LIMIT = 6_000_000

_NAMES = NAMES | GLIBC_ONLY


@dataclass(frozen=True, slots=True)
class Part:
    """One file that was read."""

    #: For people: the context path.
    label: str
    path: str
    scan: Scan


@dataclass(frozen=True, slots=True)
class Reading:
    """What the sources of a unit say together."""

    parts: tuple[Part, ...]
    #: Headers that are not the project's: the system's or a library's.
    system_headers: frozenset[str]
    #: Sources that could not be read, by image path.
    unread: tuple[str, ...]
    #: Context paths of everything that was read.
    consumed: tuple[str, ...]


class Reader:
    """Reads and remembers: a file is scanned once for each set of macros."""

    def __init__(self, tree: Tree) -> None:
        """Read from ``tree``."""
        self._tree = tree
        self._scans: dict[tuple[str, tuple[tuple[str, str], ...]], Scan | None] = {}
        self._spent = 0

    def read(self, sources: Iterable[Source]) -> Reading:
        """Read sources and, from each, the headers that the project itself has."""
        parts: dict[str, Part] = {}
        system: set[str] = set()
        unread: list[str] = []
        for source in sources:
            queue = [source.path]
            seen = {source.path}
            graph: dict[str, Scan] = {}
            while queue:
                path = queue.pop()
                found = self._scan(path, source.macros)
                if found is None:
                    unread.append(path)
                    continue
                graph[path] = found
                for include in found.includes:
                    header = self._header(include.name, path if include.quoted else None, source.includes)
                    if header is None and include.quoted and not _standard(include.name):
                        unread.append(include.name)
                    elif header is None:
                        system.add(include.name)
                    elif header not in seen:
                        seen.add(header)
                        queue.append(header)
            for path, found in self._with_macros(source, graph).items():
                parts.setdefault(path, Part(self._tree.origin(path) or path, path, found))
        consumed = tuple(dict.fromkeys(o for p in parts if (o := self._tree.origin(p)) is not None))
        return Reading(tuple(parts.values()), frozenset(system), tuple(dict.fromkeys(unread)), consumed)

    def _with_macros(self, source: Source, graph: dict[str, Scan]) -> dict[str, Scan]:
        """The scans with the string macros that one file of the graph defines and another uses."""
        given = dict(source.macros)
        values: dict[str, set[str]] = {}
        for found in graph.values():
            for name, value in found.strings.items():
                values.setdefault(name, set()).add(value)
        shared = {n: min(v) for n, v in values.items() if len(v) == 1 and n not in given}
        if not shared or len(graph) == 1:
            return graph
        out = dict(graph)
        for path, found in graph.items():
            text = self._tree.text(path) or ""
            used = {n: v for n, v in shared.items() if n not in found.strings and n in text}
            if used:
                out[path] = scan(text, _NAMES, given | used)
        return out

    def _scan(self, path: str, macros: tuple[tuple[str, str], ...]) -> Scan | None:
        key = (path, macros)
        if key not in self._scans:
            text = self._tree.text(path) if self._spent < LIMIT else None
            self._spent += len(text or "")
            self._scans[key] = None if text is None else scan(text, _NAMES, dict(macros))
        return self._scans[key]

    def _header(self, name: str, includer: str | None, folders: tuple[str, ...]) -> str | None:
        """The project's own file that an include names: beside the includer first, then along ``-I``."""
        here = (posixpath.dirname(includer),) if includer is not None else ()
        for folder in (*here, *folders):
            path = join(folder, name)
            if self._tree.origin(path) is not None:
                return path
        return None if includer is None else self._template(name, (*here, *folders))

    def _template(self, name: str, folders: tuple[str, ...]) -> str | None:
        """The file that a configure step makes ``name`` from (``config.h.in``), in those folders or above them."""
        for above in (above for folder in folders for above in parents(folder)):
            for suffix in (".in", ".cmake", ".cmake.in", ".meson"):
                path = join(above, name + suffix)
                if self._tree.origin(path) is not None:
                    return path
        return None


def _standard(name: str) -> bool:
    """Tell whether a quoted name is the system's after all: ``#include "stdio.h"``."""
    return unread_header(frozenset({name})) is None
