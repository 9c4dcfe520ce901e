"""Targets, installs and variables of a CMake project while it is read."""

from __future__ import annotations

from imgslim.records import dataclass, field


@dataclass(slots=True)
class Target:
    """A target of ``add_executable`` or ``add_library``."""

    name: str
    #: ``EXECUTABLE``, ``STATIC``, ``SHARED``, ``MODULE``, ``OBJECT``, ``INTERFACE``.
    kind: str
    #: Absolute paths, or names with a hole.
    sources: list[str]
    #: Folders of the CMakeLists.txt that made it and of its outputs.
    source_dir: str
    binary_dir: str
    libs: list[str] = field(default_factory=list)
    includes: list[str] = field(default_factory=list)
    macros: dict[str, str] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    #: Link options, from flags and properties.
    options: list[str] = field(default_factory=list)
    #: True where a condition that is not settled decides on it.
    maybe: bool = False
    #: True where something that is not settled was added to its link.
    open_link: bool = False
    exclude: bool = False


@dataclass(frozen=True, slots=True)
class Install:
    """One target or file that ``install()`` places."""

    #: A target's name, or an absolute path.
    what: str
    is_target: bool
    #: Absolute folder, or relative to the prefix.
    destination: str
    #: The new name, "" for its own.
    rename: str = ""


@dataclass(slots=True)
class Project:
    """A configured project."""

    source_dir: str
    binary_dir: str
    targets: dict[str, Target] = field(default_factory=dict)
    installs: list[Install] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)
    #: CMakeLists.txt and what they include or configure, as image paths.
    files: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    #: The install prefix.
    prefix: str = "/usr/local"
    #: Names of sub-builds that bring targets that nobody read (FetchContent, ExternalProject).
    fetched: list[str] = field(default_factory=list)
    #: Imported targets of pkg-config, with the linker names where they are known.
    imported: dict[str, tuple[str, ...] | None] = field(default_factory=dict)
    #: Packages asked for whose libraries are not known.
    foreign: list[str] = field(default_factory=list)
