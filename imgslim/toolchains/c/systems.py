"""Build systems that configure a folder first: cmake, autotools, meson; and what builds in such a folder.

Each one's reader is imported when the build uses it: together they are most of this toolchain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from imgslim.toolchains.c.driver import HOLE
from imgslim.toolchains.c.make.options import Options
from imgslim.toolchains.c.names import MAKES, NINJAS, SYSTEMS
from imgslim.toolchains.tree import join

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imgslim.toolchains.c.units import Unit
    from imgslim.toolchains.c.workshop import Workshop

_CMAKE_TOOLS = frozenset({"-E", "-P", "--version", "-version", "--help", "-N", "--find-package"})


class Configured(Protocol):
    """A folder that a build system set up."""

    @property
    def problems(self) -> list[str]:
        """What could not be followed."""
        ...

    def build(self, goals: tuple[str, ...], argv: tuple[str, ...]) -> list[Unit]:
        """The units that building ``goals`` makes (empty: the default)."""
        ...

    def install(self, prefix: str | None, argv: tuple[str, ...]) -> list[Unit]:
        """The units that an installation places."""
        ...

    def static_trial(self) -> tuple[str, Configured] | None:
        """The words for the configure command that should link statically, and the build they give."""
        ...


def run(shop: Workshop, argv: tuple[str, ...], cwd: str, env: Mapping[str, str]) -> list[Unit] | None:
    """Follow a build system's command; None where it is none."""
    name = argv[0].rsplit("/", 1)[-1]
    if name in {"cmake", "cmake3"}:
        return _cmake(shop, argv, cwd, env)
    if name in MAKES or name in NINJAS:
        return _goals(shop, argv, cwd)
    if name == "meson":
        return _meson(shop, argv, cwd)
    if name == "configure":
        from imgslim.toolchains.c.autotools.configure import AutotoolsBuild, configure_arguments  # noqa: PLC0415

        build = AutotoolsBuild(shop.tree, configure_arguments(argv, cwd))
        shop.configured[cwd] = build
        return []
    return [] if name in SYSTEMS else None


def _cmake(shop: Workshop, argv: tuple[str, ...], cwd: str, env: Mapping[str, str]) -> list[Unit]:
    words = argv[1:]
    match words[:1]:
        case ["--build"]:
            goals, _ = _cmake_goals(words[2:])
            return _built(shop, join(cwd, words[1]) if len(words) > 1 else cwd, goals, argv)
        case ["--install"]:
            build = shop.configured.get(join(cwd, words[1]) if len(words) > 1 else cwd)
            prefix = words[words.index("--prefix") + 1] if "--prefix" in words[:-1] else None
            return build.install(prefix, argv) if build is not None else []
        case _ if _CMAKE_TOOLS & set(words):
            return []
        case _:
            from imgslim.toolchains.c.cmake.command import CMakeBuild, configure_arguments  # noqa: PLC0415

            arguments = configure_arguments(words, cwd)
            shop.configured[arguments.binary] = CMakeBuild(shop.tree, arguments, env)
            return []


def _cmake_goals(words: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    goals: list[str] = []
    taking = False
    for word in words:
        if word in {"--target", "-t"}:
            taking = True
        elif word.startswith("--target="):
            goals.append(word.partition("=")[2])
        elif word.startswith("-"):
            taking = False
        elif taking:
            goals.append(word)
    return tuple(goals), ""


def _goals(shop: Workshop, argv: tuple[str, ...], cwd: str) -> list[Unit] | None:
    """Make or ninja in a configured folder; None where it is not one."""
    options = Options.read(argv[1:])
    folder = cwd
    for step in options.folders:
        folder = join(folder, step)
    if folder not in shop.configured:
        return None
    units = _built(shop, folder, options.goals, argv)
    root = options.variables.get("DESTDIR", "")
    return [u.moved(root + u.path, argv) if root and not u.path.startswith(folder) else u for u in units]


def _built(shop: Workshop, folder: str, goals: tuple[str, ...], argv: tuple[str, ...]) -> list[Unit]:
    build = shop.configured.get(folder)
    if build is None or any(HOLE in g for g in goals):
        shop.problems.append(f"{folder.replace(HOLE, '…')} was not configured by a command that could be followed")
        return []
    shop.problems += build.problems
    return [u for u in build.build(goals, argv) if not _up_to_date(shop, u)]


def _up_to_date(shop: Workshop, unit: Unit) -> bool:
    """Tell whether an earlier command made the same file: the build leaves it as it is."""
    old = shop.units.get(unit.path)
    return old is not None and old.moved(unit.path, unit.argv) == unit


def _meson(shop: Workshop, argv: tuple[str, ...], cwd: str) -> list[Unit]:
    words = argv[1:]
    folder = words[words.index("-C") + 1] if "-C" in words[:-1] else "."
    match words[:1]:
        case ["compile"]:
            goals = tuple(w for w in words[1:] if not w.startswith("-") and w != folder)
            return _built(shop, join(cwd, folder), goals, argv)
        case ["install"]:
            build = shop.configured.get(join(cwd, folder))
            return build.install(None, argv) if build is not None else []
        case [] | ["test" | "--version" | "configure" | "subprojects" | "wrap" | "introspect", *_]:
            return []
        case _:
            from imgslim.toolchains.c.meson.command import MesonBuild, setup_arguments  # noqa: PLC0415

            arguments = setup_arguments(words, cwd)
            shop.configured[arguments.binary] = MesonBuild(shop.tree, arguments)
            return []
