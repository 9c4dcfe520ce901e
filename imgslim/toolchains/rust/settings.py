"""What steers cargo beside its command line: environment and ``.cargo/config.toml`` (Cargo Book, "Configuration")."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from imgslim.records import dataclass
from imgslim.toolchains.tree import join, parents
from imgslim.values import Unknown

if TYPE_CHECKING:
    from imgslim.meaning.trace import Command, Scope
    from imgslim.toolchains.tree import Tree
    from imgslim.values import Value

_FILES = ("config.toml", "config")


@dataclass(frozen=True, slots=True)
class Settings:
    """What steers one cargo command."""

    #: The triple that is built for; None: the machine's own.
    target: Value | None
    #: Where everything is built, as given and seen from the folder it is relative to; None: the workspace's ``target``.
    target_dir: Value | None
    #: Where ``cargo install`` puts programs, without ``bin``.
    install_root: Value
    #: Flags of every rustc, or of those for the target; "" where none are given.
    rustflags: Value
    #: Aliases of verbs.
    aliases: dict[str, tuple[str, ...]]
    #: Whether ``cargo run`` sets variables for the program, or starts it through another ("env", "target.runner").
    changes_run: bool = False


def settings(command: Command, scope: Scope, tree: Tree, cwd: str) -> Settings:
    """Fold the environment and the configuration files that cargo finds from ``cwd`` upwards.

    Args:
        command: the command, wrappers taken off.
        scope: what is in effect at its instruction.
        tree: the files as the command finds them.
        cwd: where it works.
    """
    env: dict[str, Value] = {**command.env, **dict(command.assignments)}
    config, places = _configuration(tree, cwd)
    build = _table(config, "build")
    target_dir = env.get("CARGO_TARGET_DIR") or env.get("CARGO_BUILD_TARGET_DIR")
    if target_dir is None and isinstance(given := build.get("target-dir"), str):
        target_dir = join(places.get("target-dir", cwd), given)
    target = env.get("CARGO_BUILD_TARGET") or _one(build.get("target"))
    return Settings(
        target=target or None,
        target_dir=target_dir or None,
        install_root=_install_root(env, config, scope, cwd),
        rustflags=_rustflags(env, config, build),
        aliases=_aliases(config),
        changes_run=bool(_table(config, "env"))
        or any("runner" in t for t in _table(config, "target").values() if isinstance(t, dict))
        or any(name.startswith("CARGO_TARGET_") and name.endswith("_RUNNER") for name in env),
    )


def _configuration(tree: Tree, cwd: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The merged files, nearest first, and the folder that holds ``.cargo`` of the one that says where to build."""
    merged: dict[str, Any] = {}
    places: dict[str, str] = {}
    for folder in parents(cwd):
        text = next((t for n in _FILES if (t := tree.text(join(folder, f".cargo/{n}"))) is not None), None)
        if text is None:
            continue
        try:
            data = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError):
            continue
        if "target-dir" in _table(data, "build"):
            places.setdefault("target-dir", folder)
        merged = _merge(data, merged)
    return merged, places


def _merge(far: dict[str, Any], near: dict[str, Any]) -> dict[str, Any]:
    """Tables are joined, the nearer value wins (the Cargo Book, "Hierarchical structure")."""
    out = dict(far)
    for key, value in near.items():
        old = out.get(key)
        out[key] = _merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return out


def _install_root(env: dict[str, Value], config: dict[str, Any], scope: Scope, cwd: str) -> Value:
    """``CARGO_INSTALL_ROOT``, ``install.root``, else ``CARGO_HOME``, by default ``~/.cargo``."""
    if root := env.get("CARGO_INSTALL_ROOT"):
        return root
    given = _table(config, "install").get("root")
    if isinstance(given, str):
        return join(cwd, given)
    if home := env.get("CARGO_HOME"):
        return home
    if not scope.env_complete:
        return Unknown("the base image may set CARGO_HOME")
    user = env.get("HOME") or "/root"
    return f"{user}/.cargo" if isinstance(user, str) else user


def _rustflags(env: dict[str, Value], config: dict[str, Any], build: dict[str, Any]) -> Value:
    """The first of these that is given: they exclude each other ("build.rustflags")."""
    for name in ("CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS"):
        if given := env.get(name):
            return given.replace("\x1f", " ") if isinstance(given, str) else given
    found: list[str] = []
    for name, value in env.items():
        if name.startswith("CARGO_TARGET_") and name.endswith("_RUSTFLAGS"):
            if isinstance(value, Unknown):
                return value
            found.append(value)
    tables = (t for t in _table(config, "target").values() if isinstance(t, dict))
    found += [_words(t["rustflags"]) for t in tables if "rustflags" in t]
    if found:
        return " ".join(found)
    return env.get("CARGO_BUILD_RUSTFLAGS") or _words(build.get("rustflags"))


def _aliases(config: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    found = _table(config, "alias")
    return {name: tuple(_words(value).split()) for name, value in found.items()}


def _words(value: object) -> str:
    if isinstance(value, list):
        return " ".join(v for v in value if isinstance(v, str))
    return value if isinstance(value, str) else ""


def _one(value: object) -> Value | None:
    if isinstance(value, list):
        strings = [v for v in value if isinstance(v, str)]
        return strings[0] if len(strings) == 1 else Unknown("it is built for several targets") if strings else None
    return value if isinstance(value, str) else None


def _table(data: dict[str, Any], name: str) -> dict[str, Any]:
    found = data.get(name)
    return found if isinstance(found, dict) else {}
