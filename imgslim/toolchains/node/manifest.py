"""What a package.json says (docs.npmjs.com, package.json; nodejs.org/api/packages.html)."""

from __future__ import annotations

import json
import posixpath
from typing import TYPE_CHECKING

from imgslim.records import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: Groups of dependencies that are installed for production.
_PRODUCTION = ("dependencies", "optionalDependencies", "peerDependencies")


@dataclass(frozen=True, slots=True)
class Manifest:
    """One package.json."""

    name: str = ""
    version: str = ""
    #: ``module`` or ``commonjs``.
    type: str = "commonjs"
    main: str = ""
    scripts: Mapping[str, str] = field(default_factory=dict)
    #: Names of packages that are installed for production.
    dependencies: frozenset[str] = frozenset()
    #: Names of packages that only ``devDependencies`` lists.
    development: frozenset[str] = frozenset()
    #: Programs by name: path inside of the package.
    programs: Mapping[str, str] = field(default_factory=dict)
    #: Patterns of the folders of other packages in the same repository.
    workspaces: tuple[str, ...] = ()
    #: ``pnpm@9.1.0`` as corepack reads it; "" where it is not said.
    manager: str = ""
    #: ``#name`` to what it stands for inside of this package; only those that are one path.
    imports: Mapping[str, str] = field(default_factory=dict)
    #: What is exported as the package itself, where that is one path for every importer.
    exported: str = ""
    #: Names that module-alias maps, each to a path inside of the package.
    aliases: Mapping[str, str] = field(default_factory=dict)


def read_manifest(data: bytes) -> Manifest | None:
    """Read a package.json; None where it is no JSON object."""
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    name = _text(found.get("name"))
    production = frozenset(n for group in _PRODUCTION for n in _names(found.get(group)))
    return Manifest(
        name=name,
        version=_text(found.get("version")),
        type="module" if found.get("type") == "module" else "commonjs",
        main=_text(found.get("main")),
        scripts=_texts(found.get("scripts")),
        dependencies=production,
        development=frozenset(_names(found.get("devDependencies"))) - production,
        programs=_programs(name, found.get("bin")),
        workspaces=_workspaces(found.get("workspaces")),
        manager=_text(found.get("packageManager")),
        imports={key: one for key, value in _object(found.get("imports")).items() if (one := _path(value))},
        exported=_exported(found.get("exports")),
        aliases=_texts(found.get("_moduleAliases")),
    )


def _object(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> dict[str, str]:
    return {key: one for key, one in _object(value).items() if isinstance(one, str)}


def _names(value: object) -> Iterable[str]:
    return _object(value)


def _programs(name: str, value: object) -> dict[str, str]:
    """One path is a program of the package's own name, without its scope."""
    if isinstance(value, str):
        return {name.rpartition("/")[2]: posixpath.normpath(value)}
    return {key: posixpath.normpath(one) for key, one in _texts(value).items()}


def _workspaces(value: object) -> tuple[str, ...]:
    """A list of patterns, or yarn's object with one below ``packages``."""
    found = _object(value).get("packages") if isinstance(value, dict) else value
    return tuple(v for v in found if isinstance(v, str)) if isinstance(found, list) else ()


def _exported(value: object) -> str:
    own = value.get(".") if isinstance(value, dict) and any(str(key).startswith(".") for key in value) else value
    return _path(own)


def _path(value: object) -> str:
    """The one path that a target stands for, whatever its conditions; "" where several are possible."""
    if isinstance(value, str):
        return value if value.startswith("./") and "*" not in value else ""
    if isinstance(value, dict):
        found = {_path(one) for key, one in value.items() if key not in ("types", "browser", "deno", "worker")}
        return found.pop() if len(found) == 1 else ""
    return ""
