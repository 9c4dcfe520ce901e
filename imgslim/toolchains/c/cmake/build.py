"""From a configured CMake project to the units that a build or an installation leaves behind."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.toolchains.c.cmake.packages import imported
from imgslim.toolchains.c.driver import HOLE, SOURCES, is_cxx
from imgslim.toolchains.c.units import Kind, Source, Unit, unique
from imgslim.toolchains.tree import join

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.toolchains.c.cmake.interpret import Interpreter
    from imgslim.toolchains.c.cmake.state import Project, Target

_SPECIAL = frozenset({"-pie", "-m32", "-nostdlib", "-fopenmp", "-nodefaultlibs", "-nostartfiles"})


class Builder:
    """Links the targets of one project on paper."""

    def __init__(self, it: Interpreter, argv: tuple[str, ...]) -> None:
        """Build what ``it`` read; ``argv`` is the command that builds."""
        self._project: Project = it.project
        self._it = it
        self._argv = argv

    def build(self, names: tuple[str, ...] = ()) -> list[Unit]:
        """The programs and shared libraries that building ``names`` (empty: all) makes."""
        wanted = [t for t in self._project.targets.values() if (t.name in names if names else not t.exclude)]
        seen = {t.name for t in wanted}
        for target in list(wanted):
            wanted += [t for t in self._needed(target, set()) if t.name not in seen and not seen.add(t.name)]  # type: ignore[func-returns-value]
        return [self.unit(t) for t in wanted if t.kind in {"EXECUTABLE", "SHARED", "MODULE"}]

    def install(self, prefix: str) -> list[Unit]:
        """The units that an installation places below ``prefix``."""
        out: list[Unit] = []
        for item in self._project.installs:
            folder = join(prefix, item.destination)
            target = self._project.targets.get(item.what) if item.is_target else None
            if (
                target is not None
                and target.kind in {"EXECUTABLE", "SHARED", "MODULE"}
                and HOLE not in item.destination
            ):
                unit = self.unit(target)
                out.append(unit.moved(join(folder, posixpath.basename(unit.path)), self._argv))
        return out

    def unit(self, target: Target) -> Unit:
        """What a target's build makes."""
        parts = [target, *self._merged(target, set())]
        libs, shared, holes = self._links(parts)
        sources = [s for t in parts for s in self._sources(t)]
        unread = [p for t in parts for p in t.sources if HOLE in p]
        options = [o for t in parts for o in t.options]
        tools = frozenset({"g++" if any(is_cxx(s.path) for s in sources) else "gcc"})
        special = [o for o in options if o in _SPECIAL or o.startswith(("-fsanitize", "-stdlib"))]
        special += ["-pie"] if any(t.properties.get("POSITION_INDEPENDENT_CODE") == "\0pie" for t in parts) else []
        return Unit(
            path=self.path(target),
            kind=Kind.PROGRAM if target.kind == "EXECUTABLE" else Kind.SHARED,
            sources=unique(sources),
            strangers=(),
            libs=unique(libs),
            shared=unique(shared),
            cxx="g++" in tools,
            static="-static" in options,
            special=unique(special),
            holes=unique([*holes, *unread, *("a condition" for t in parts if t.open_link)]),
            tools=tools,
            certain=not target.maybe and HOLE not in self.path(target),
            argv=self._argv,
            files=tuple(self._project.files),
        )

    def path(self, target: Target) -> str:
        """Where a target's output lands."""
        properties = target.properties
        name = properties.get("OUTPUT_NAME", target.name)
        if target.kind == "EXECUTABLE":
            folder, file = properties.get("RUNTIME_OUTPUT_DIRECTORY", ""), name + properties.get("SUFFIX", "")
        else:
            folder = properties.get("LIBRARY_OUTPUT_DIRECTORY", "")
            file = properties.get("PREFIX", "lib") + name + properties.get("SUFFIX", ".so")
        return join(join(target.binary_dir, folder), file)

    def _sources(self, target: Target) -> Iterator[Source]:
        for path in target.sources:
            if path.endswith(SOURCES) and HOLE not in path and not path.startswith("$<"):
                yield Source(path, tuple(self._includes(target)), tuple(target.macros.items()))

    def _includes(self, target: Target) -> list[str]:
        return list(dict.fromkeys([*target.includes, *(i for t in self._needed(target, set()) for i in t.includes)]))

    def _resolve(self, name: str) -> Target | None:
        return self._project.targets.get(self._project.aliases.get(name, name))

    def _needed(self, target: Target, seen: set[str]) -> list[Target]:
        """Every target of the project that this one links, in depth."""
        out: list[Target] = []
        for name in target.libs:
            other = self._resolve(name)
            if other is not None and other.name not in seen:
                seen.add(other.name)
                out += [other, *self._needed(other, seen)]
        objects = [s[len("$<TARGET_OBJECTS:") : -1] for s in target.sources if s.startswith("$<TARGET_OBJECTS:")]
        out += [o for n in objects if (o := self._resolve(n)) is not None and o.name not in seen]
        return out

    def _merged(self, target: Target, seen: set[str]) -> list[Target]:
        """The targets whose objects go into this one: all but shared libraries and what is behind them."""
        out: list[Target] = []
        for other in self._needed_here(target):
            if other.name not in seen and other.kind not in {"SHARED", "MODULE", "EXECUTABLE"}:
                seen.add(other.name)
                out += [other, *self._merged(other, seen)]
        return out

    def _needed_here(self, target: Target) -> list[Target]:
        names = [
            *target.libs,
            *(s[len("$<TARGET_OBJECTS:") : -1] for s in target.sources if s.startswith("$<TARGET_OBJECTS:")),
        ]
        return [o for n in names if (o := self._resolve(n)) is not None]

    def _links(self, parts: list[Target]) -> tuple[list[str], list[str], list[str]]:
        """Linker names, shared libraries of the project, and what is not settled."""
        libs: list[str] = []
        shared: list[str] = []
        holes: list[str] = []
        for name in (n for t in parts for n in t.libs):
            other = self._resolve(name)
            if other is not None:
                shared += [self.path(other)] if other.kind in {"SHARED", "MODULE"} else []
            else:
                found = self._outside(name)
                libs += found if found is not None else []
                holes += [name] if found is None else []
        return libs, shared, holes

    def _outside(self, name: str) -> list[str] | None:
        """A link item that is no target of the project: flags, a path, an imported target, a plain library."""
        if name in self._project.imported:
            libs = self._project.imported[name]
            return None if libs is None else list(libs)
        if name.startswith("-l"):
            return [name[2:]]
        if name.startswith("-"):
            return ["pthread"] if name == "-pthread" else []
        if "::" in name:
            found = imported(name)
            return None if found is None else list(found)
        if HOLE in name or "/" in name or "$<" in name or name in self._project.foreign:
            return None
        known = imported(name)
        if known is not None:
            return list(known)
        return None if self._project.fetched else [name]
