"""The command line of cmake: configure, ``--build``, ``--install`` (cmake(1))."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass, field
from imgslim.toolchains.c.cmake.build import Builder
from imgslim.toolchains.c.cmake.interpret import Interpreter
from imgslim.toolchains.c.cmake.state import Project
from imgslim.toolchains.c.driver import HOLE
from imgslim.toolchains.tree import join

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imgslim.toolchains.c.tree import Tree
    from imgslim.toolchains.c.units import Unit

_VALUES = frozenset(
    {"-G", "-S", "-B", "-H", "-D", "-T", "-A", "-C", "--toolchain", "--install-prefix", "-U", "--preset"}
)


@dataclass(slots=True)
class Arguments:
    """What one configure step was told."""

    source: str
    binary: str
    cache: dict[str, str] = field(default_factory=dict)
    preset: bool = False


def configure_arguments(words: tuple[str, ...], cwd: str) -> Arguments:
    """Read the words after ``cmake`` of a configure step."""
    source = binary = operand = ""
    cache: dict[str, str] = {}
    preset = False
    rest = iter(words)
    for word in rest:
        flag, value = _split(word)
        if flag in _VALUES and value is None:
            value = next(rest, "")
        match flag:
            case "-S" | "-H":
                source = value or ""
            case "-B":
                binary = value or ""
            case "-D":
                name, _, text = (value or "").partition("=")
                cache[name.partition(":")[0]] = text
            case "--install-prefix":
                cache["CMAKE_INSTALL_PREFIX"] = value or ""
            case "--preset":
                preset = True
            case _:
                operand = operand if word.startswith("-") else word
    if operand.endswith("CMakeLists.txt"):
        operand = operand.removesuffix("CMakeLists.txt") or "."
    binary = join(cwd, binary) if binary else cwd
    return Arguments(join(cwd, source or operand or "."), binary, cache, preset)


def _split(word: str) -> tuple[str, str | None]:
    if word.startswith("--"):
        name, equals, value = word.partition("=")
        return name, value if equals else None
    if word[:2] in _VALUES and len(word) > 2:  # noqa: PLR2004
        return word[:2], word[2:]
    return word, None


class CMakeBuild:
    """A folder that cmake configured."""

    def __init__(self, tree: Tree, arguments: Arguments, env: Mapping[str, str]) -> None:
        """Read the project."""
        self._tree = tree
        self._arguments = arguments
        self._env = env
        prefix = arguments.cache.get("CMAKE_INSTALL_PREFIX") or "/usr/local"
        project = Project(arguments.source, arguments.binary, prefix=prefix)
        if HOLE in arguments.source + arguments.binary or arguments.preset:
            project.problems.append("where cmake reads and builds is not settled")
        self._it = Interpreter(tree, project, arguments.cache, env)
        if not project.problems:
            self._it.folder(arguments.source, arguments.binary)
        if not project.files:
            project.problems.append(f"no CMakeLists.txt can be read in {arguments.source.replace(HOLE, '…')}")
        self._project = project

    @property
    def problems(self) -> list[str]:
        """What could not be followed."""
        return self._project.problems

    def build(self, goals: tuple[str, ...], argv: tuple[str, ...]) -> list[Unit]:
        """The units that building ``goals`` (empty: all) makes; ``install`` places them too."""
        builder = Builder(self._it, argv)
        names = tuple(g for g in goals if g not in {"all", "install", "install/strip", "clean"})
        made = builder.build(names) if set(goals) != {"clean"} else []
        if {"install", "install/strip"} & set(goals):
            made += builder.install(self._project.prefix)
        return made

    def install(self, prefix: str | None, argv: tuple[str, ...]) -> list[Unit]:
        """The units that ``cmake --install`` places."""
        return Builder(self._it, argv).install(prefix or self._project.prefix)

    def static_trial(self) -> tuple[str, CMakeBuild] | None:
        """The words for the configure command that should link statically, and the build they give."""
        if "CMAKE_EXE_LINKER_FLAGS" in self._arguments.cache:
            return None
        cache = {**self._arguments.cache, "CMAKE_EXE_LINKER_FLAGS": "-static"}
        other = Arguments(self._arguments.source, self._arguments.binary, cache)
        return "-DCMAKE_EXE_LINKER_FLAGS=-static", CMakeBuild(self._tree, other, self._env)
