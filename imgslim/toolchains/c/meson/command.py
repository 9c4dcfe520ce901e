"""``meson setup``, ``meson compile`` and ninja in its folder (meson(1))."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.records import dataclass, field, replace
from imgslim.toolchains.c.driver import HOLE, SOURCES, is_cxx
from imgslim.toolchains.c.meson.project import MesonProject, Target
from imgslim.toolchains.c.units import Kind, Source, Unit, unique
from imgslim.toolchains.tree import join

if TYPE_CHECKING:
    from imgslim.toolchains.c.tree import Tree

_VALUES = frozenset(
    {"--prefix", "--bindir", "--libdir", "--buildtype", "--cross-file", "--native-file", "-D", "--sbindir"}
)


@dataclass(frozen=True, slots=True)
class Arguments:
    """What ``meson setup`` was told."""

    source: str
    binary: str
    options: dict[str, str] = field(default_factory=dict)


def setup_arguments(words: tuple[str, ...], cwd: str) -> Arguments:
    """Read ``[setup] [options] builddir [sourcedir]``."""
    operands: list[str] = []
    options: dict[str, str] = {}
    rest = iter(w for i, w in enumerate(words) if not (i == 0 and w == "setup"))
    for word in rest:
        if word in _VALUES:
            value = next(rest, "")
            name, _, text = value.partition("=") if word == "-D" else (word[2:], "", value)
            options[name] = text
        elif word.startswith("-"):
            name, _, text = word.lstrip("-").removeprefix("D").partition("=")
            options[name] = text
        else:
            operands.append(word)
    binary = join(cwd, operands[0]) if operands else cwd
    source = join(cwd, operands[1]) if len(operands) > 1 else cwd
    return Arguments(source, binary, options)


class MesonBuild:
    """A folder that meson set up."""

    def __init__(self, tree: Tree, arguments: Arguments) -> None:
        """Read the project."""
        here = tree.origin(join(arguments.source, "meson.build"))
        if here is None and tree.origin(join(arguments.binary, "meson.build")) is not None:
            arguments = Arguments(arguments.binary, arguments.source, arguments.options)
        self._tree = tree
        self._arguments = arguments
        self._project = MesonProject(tree, arguments.source)
        self._project.read("")
        self.problems = list(self._project.problems)

    def build(self, goals: tuple[str, ...], argv: tuple[str, ...]) -> list[Unit]:
        """What compiling leaves in the build folder, and what ``ninja install`` places."""
        names = {g for g in goals if g not in {"all", "install"}}
        wanted = [t for t in self._project.targets.values() if t.kind != "static" and (not names or t.name in names)]
        made = [self._unit(t, argv) for t in wanted]
        return made + (self.install(None, argv) if "install" in goals else [])

    def install(self, prefix: str | None, argv: tuple[str, ...]) -> list[Unit]:
        """What an installation places."""
        options = self._arguments.options
        prefix = prefix or options.get("prefix") or "/usr/local"
        out: list[Unit] = []
        for target in self._project.targets.values():
            if target.install and target.kind != "static":
                folder = target.install_dir or (
                    options.get("bindir", "bin") if target.kind == "executable" else options.get("libdir", "lib")
                )
                unit = self._unit(target, argv)
                if HOLE not in folder:
                    out.append(unit.moved(join(join(prefix, folder), posixpath.basename(unit.path)), argv))
        return out

    def static_trial(self) -> tuple[str, MesonBuild] | None:
        """``-Dc_link_args=-static`` reaches the link of C; the C++ option that of C++."""
        cxx = any(is_cxx(s) for t in self._project.targets.values() for s in t.sources)
        option = "cpp_link_args" if cxx else "c_link_args"
        if option in self._arguments.options:
            return None
        one = self._arguments
        other = replace(one, options={**one.options, option: "-static"})
        return f"-D{option}=-static", MesonBuild(self._tree, other)

    def _unit(self, target: Target, argv: tuple[str, ...]) -> Unit:
        merged = [target, *self._project.merged(target)]
        sources = [
            Source(s, tuple(dict.fromkeys([*t.includes, *target.includes]))) for t in merged for s in t.sources
            if s.endswith(SOURCES) and HOLE not in s
        ]  # fmt: skip
        cxx = any(is_cxx(s.path) for s in sources)
        folder = join(self._arguments.binary, target.folder)
        file = target.output if target.kind == "executable" else f"lib{target.output}.so"
        options = self._arguments.options
        link = options.get("c_link_args", "") + options.get("cpp_link_args", "") + " ".join(target.link_args)
        shared = [
            join(join(self._arguments.binary, o.folder), f"lib{o.output}.so") for o in self._project.shared(target)
        ]
        return Unit(
            path=join(folder, file),
            kind=Kind.PROGRAM if target.kind == "executable" else Kind.SHARED,
            sources=unique(sources),
            libs=unique([n for t in merged for n in t.libs]),
            shared=unique(shared),
            cxx=cxx,
            static="-static" in link,
            holes=unique([h for t in merged for h in t.holes]),
            tools=frozenset({"g++" if cxx else "gcc"}),
            certain=not target.maybe,
            argv=argv,
            files=tuple(self._project.files),
        )
