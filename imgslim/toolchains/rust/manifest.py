"""What a ``Cargo.toml`` says (the Cargo Book, "The Manifest Format", "Cargo Targets", "Workspaces")."""

from __future__ import annotations

import tomllib
from typing import Any

from imgslim.records import dataclass, field


@dataclass(frozen=True, slots=True)
class BinTable:
    """One ``[[bin]]``."""

    name: str
    #: "" where the manifest gives none.
    path: str
    required_features: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """One manifest."""

    #: "" for a virtual workspace.
    name: str
    is_workspace: bool
    members: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    default_members: tuple[str, ...] = ()
    bins: tuple[BinTable, ...] = ()
    autobins: bool = True
    default_run: str = ""
    #: The library's root file; "" by default place.
    lib_path: str = ""
    proc_macro: bool = False
    #: ``build = "build.rs"``; "" where it is off or at its default place (:attr:`build_off` tells).
    build: str = ""
    build_off: bool = False
    #: Crate names of ordinary dependencies (as the registry spells them) to the folder of a local one, else "".
    dependencies: dict[str, str] = field(default_factory=dict)
    #: Those of ``[workspace.dependencies]``.
    shared: dict[str, str] = field(default_factory=dict)
    #: Names that are inherited from the workspace.
    inherited: tuple[str, ...] = ()
    #: Custom profiles and ``release``/``dev``, as written.
    profiles: dict[str, Any] = field(default_factory=dict)


def read_manifest(text: str) -> Manifest | None:
    """Read a manifest; None where it is not TOML."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    package, workspace = _table(data, "package") or _table(data, "project"), _table(data, "workspace")
    library = _table(data, "lib")
    tables = [data, *(t for t in _table(data, "target").values() if isinstance(t, dict))]
    dependencies: dict[str, str] = {}
    inherited: list[str] = []
    for table in tables:
        found, given = _dependencies(_table(table, "dependencies"))
        dependencies |= found
        inherited += given
    shared, _ = _dependencies(_table(workspace, "dependencies"))
    build = package.get("build")
    return Manifest(
        name=_text(package, "name"),
        is_workspace="workspace" in data,
        members=_texts(workspace, "members"),
        exclude=_texts(workspace, "exclude"),
        default_members=_texts(workspace, "default-members"),
        bins=tuple(_bins(data.get("bin"))),
        autobins=package.get("autobins") is not False,
        default_run=_text(package, "default-run"),
        lib_path=_text(library, "path"),
        proc_macro=library.get("proc-macro") is True or library.get("proc_macro") is True,
        build=build if isinstance(build, str) else "",
        build_off=build is False,
        dependencies=dependencies,
        shared=shared,
        inherited=tuple(inherited),
        profiles=_table(data, "profile"),
    )


def _bins(tables: object) -> list[BinTable]:
    found = [t for t in tables if isinstance(t, dict)] if isinstance(tables, list) else []
    return [BinTable(_text(t, "name"), _text(t, "path"), _texts(t, "required-features")) for t in found]


def _dependencies(table: dict[str, Any]) -> tuple[dict[str, str], list[str]]:
    """Names to local folders, and the names that the workspace says more about."""
    found: dict[str, str] = {}
    inherited: list[str] = []
    for key, value in table.items():
        entry = value if isinstance(value, dict) else {}
        name = _text(entry, "package") or key
        found[name] = _text(entry, "path")
        if entry.get("workspace") is True:
            inherited.append(key)
    return found, inherited


def _table(data: dict[str, Any], name: str) -> dict[str, Any]:
    found = data.get(name)
    return found if isinstance(found, dict) else {}


def _text(data: dict[str, Any], name: str) -> str:
    found = data.get(name)
    return found if isinstance(found, str) else ""


def _texts(data: dict[str, Any], name: str) -> tuple[str, ...]:
    found = data.get(name)
    return tuple(v for v in found if isinstance(v, str)) if isinstance(found, list) else ()
