"""Runs build commands on paper: which unit each one leaves behind."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.paths import has_magic
from imgslim.toolchains.c import driver, systems
from imgslim.toolchains.c.driver import HOLE, Invocation, invocation
from imgslim.toolchains.c.fileops import Transfer, transfers
from imgslim.toolchains.c.names import strip_prefix
from imgslim.toolchains.c.tree import glob
from imgslim.toolchains.c.units import Kind, Source, Unit, unique
from imgslim.toolchains.tree import join

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imgslim.toolchains.c.systems import Configured
    from imgslim.toolchains.c.tree import Tree

_OBJECTS = (".o", ".lo", ".obj")
_ARCHIVERS = ("ar", "gcc-ar", "llvm-ar")


class Workshop:
    """The units made so far; each command adds to them."""

    def __init__(self, tree: Tree) -> None:
        """Start with nothing made."""
        self.tree = tree
        self.units: dict[str, Unit] = {}
        #: The paths at which a command of these words put units.
        self._put: dict[tuple[str, ...], dict[str, None]] = {}
        #: Folders that a build system set up.
        self.configured: dict[str, Configured] = {}
        #: What could not be followed, in order.
        self.problems: list[str] = []

    def fork(self) -> Workshop:
        """A copy to try commands on."""
        other = Workshop(self.tree)
        other.units = dict(self.units)
        other._put = {argv: dict(paths) for argv, paths in self._put.items()}
        other.configured = dict(self.configured)
        return other

    def run(
        self, argv: tuple[str, ...], cwd: str, env: Mapping[str, str] | None = None, *, certain: bool = True
    ) -> list[Unit]:
        """Run one command; the programs and shared libraries that it leaves behind."""
        argv = strip_prefix(argv)
        if not argv:
            return []
        system = systems.run(self, argv, cwd, {} if env is None else env)
        if system is not None:
            made = system
        elif (call := invocation(argv)) is not None:
            made = self._compile(call, argv, cwd, certain=certain)
        elif posixpath.basename(argv[0]).endswith(_ARCHIVERS):
            made = self._archive(argv, cwd)
        else:
            made = [u for t in transfers(argv, cwd, self.tree, tuple(self.units)) for u in self._move(t, argv)]
        for unit in made:
            self.units[unit.path] = unit
            self._put.setdefault(unit.argv, {})[unit.path] = None
        return [u for u in made if u.kind in {Kind.PROGRAM, Kind.SHARED}]

    def made_by(self, argv: tuple[str, ...]) -> list[Unit]:
        """The units that stand where a command of these words put them."""
        units = (self.units.get(path) for path in self._put.get(argv, ()))
        return [unit for unit in units if unit is not None and unit.argv == argv]

    def _compile(self, call: Invocation, argv: tuple[str, ...], cwd: str, *, certain: bool) -> list[Unit]:
        inputs = self._inputs(call, cwd)
        match call.mode:
            case "compile":
                return [self._object(call, argv, cwd, path) for path in inputs if path.endswith(driver.SOURCES)]
            case "link" if inputs or (call.holes and call.output):
                return [self._link(call, argv, cwd, inputs, certain=certain)]
            case _:
                return []

    def _inputs(self, call: Invocation, cwd: str) -> list[str]:
        out: list[str] = []
        for word in call.inputs:
            if has_magic(word):
                names = glob(self.tree, cwd, word, tuple(self.units))
                out += names
                if not names:
                    call.holes.append(word)
            else:
                out.append(word)
        return out

    def _object(self, call: Invocation, argv: tuple[str, ...], cwd: str, path: str) -> Unit:
        stem = posixpath.splitext(posixpath.basename(path))[0]
        out = join(cwd, call.output or f"{stem}.o")
        cxx = call.cxx or driver.is_cxx(path)
        return Unit(
            out, Kind.OBJECT, (_source(call, cwd, path),), cxx=cxx, tools=frozenset({call.tool}), argv=argv,
            special=tuple(s for s in call.special if not s.startswith("-Wl,") and s != "-pie"),
        )  # fmt: skip

    def _link(self, call: Invocation, argv: tuple[str, ...], cwd: str, inputs: list[str], *, certain: bool) -> Unit:
        sources: list[Source] = []
        parts: list[Unit] = []
        strangers: list[str] = []
        shared: list[str] = []
        for word in inputs:
            path = join(cwd, word)
            unit = self.units.get(path)
            if word.endswith(driver.SOURCES) or (call.language and unit is None and not word.endswith(_OBJECTS)):
                sources.append(_source(call, cwd, word))
            elif unit is not None and unit.kind is Kind.SHARED:
                shared.append(path)
            elif unit is not None:
                parts.append(unit)
            elif not word.endswith((".ld", ".lds", ".map", ".h", ".hpp", ".hh")):
                strangers.append(path)
        libs: list[str] = []
        for name in call.libs:
            unit = self._library(call, cwd, name)
            if unit is None:
                libs.append(name)
            elif unit.kind is Kind.ARCHIVE:
                parts.append(unit)
            else:
                shared.append(unit.path)
        libs += [n for p in parts for n in p.libs]
        return Unit(
            path=join(cwd, call.output or "a.out"),
            kind=Kind.SHARED if call.shared else Kind.PROGRAM,
            sources=unique([*sources, *(s for p in parts for s in p.sources)]),
            strangers=unique([*strangers, *(s for p in parts for s in p.strangers)]),
            libs=unique(libs),
            shared=unique(shared),
            cxx=call.cxx or any(driver.is_cxx(s.path) for s in sources) or any(p.cxx for p in parts),
            static=call.static,
            special=unique([*call.special, *(s for p in parts for s in p.special)]),
            holes=unique([*call.holes, *(h for p in parts for h in p.holes)]),
            tools=frozenset({call.tool}).union(*(p.tools for p in parts)),
            certain=certain and HOLE not in (call.output or ""),
            argv=argv,
        )

    def _library(self, call: Invocation, cwd: str, name: str) -> Unit | None:
        """The library of this build that ``-lNAME`` finds: the shared one first (ld(1))."""
        if name.startswith(":"):
            files = [name[1:]]
        else:
            files = [f"lib{name}.a"] if call.static else [f"lib{name}.so", f"lib{name}.a"]
        for folder in [*call.folders, "/usr/local/lib", "/usr/lib"]:
            for file in files:
                unit = self.units.get(join(join(cwd, folder), file))
                if unit is not None:
                    return unit
        return None

    def _archive(self, argv: tuple[str, ...], cwd: str) -> list[Unit]:
        """``ar rcs libx.a a.o b.o``: the archive is the sum of its members (ar(1))."""
        operands = [a for a in argv[1:] if not a.startswith("-")]
        if len(argv) > 1 and not argv[1].startswith("-"):
            operands = operands[1:]
            mode = argv[1]
        else:
            mode = "".join(a for a in argv[1:] if a.startswith("-"))
        if not operands or not set(mode) & {"r", "q"}:
            return []
        path = join(cwd, operands[0])
        names = [
            n for o in operands[1:] for n in (glob(self.tree, cwd, o, tuple(self.units)) if has_magic(o) else (o,))
        ]
        members = [self.units.get(join(cwd, name)) for name in names]
        old = self.units.get(path)
        known = [m for m in (old, *members) if m is not None]
        strangers = [join(cwd, n) for n, m in zip(names, members, strict=True) if m is None]
        return [
            Unit(
                path,
                Kind.ARCHIVE,
                sources=unique([s for m in known for s in m.sources]),
                strangers=unique([*strangers, *(s for m in known for s in m.strangers)]),
                libs=unique([n for m in known for n in m.libs]),
                cxx=any(m.cxx for m in known),
                special=unique([s for m in known for s in m.special]),
                tools=frozenset().union(*(m.tools for m in known)),
                argv=argv,
            )
        ]

    def _move(self, transfer: Transfer, argv: tuple[str, ...]) -> list[Unit]:
        unit = self.units.get(transfer.source)
        if unit is None:
            return []
        if transfer.removes:
            del self.units[transfer.source]
        return [unit.moved(transfer.target, argv)]


def _source(call: Invocation, cwd: str, path: str) -> Source:
    includes = tuple(join(cwd, i) for i in call.includes)
    return Source(join(cwd, path), includes, tuple(call.macros.items()))
