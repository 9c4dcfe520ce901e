"""The Rust files that a program is compiled from, and the context files that only the build reads."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.records import dataclass, field
from imgslim.regex import regex
from imgslim.toolchains.ccode import is_c
from imgslim.toolchains.rust.scan import Body
from imgslim.toolchains.tree import context_below, join

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.toolchains.rust.scan import Module
    from imgslim.toolchains.rust.workspace import Package
    from imgslim.toolchains.tree import Tree

_STEERING = (".rs", "Cargo.toml", "Cargo.lock", ".proto", "rust-toolchain.toml", "rust-toolchain")
_SKIPPED = (".git", "node_modules", "target")
#: Macros that compile a file in, each with whether its path is seen from the file it stands in.
_IN_FILE = frozenset({"include_str!", "include_bytes!", "include!"})
_IN_PACKAGE = frozenset({"include_dir!", "embed_migrations!", "migrate!", "folder", "query_file!", "query_file_as!"})
_FILES = 4000
#: What a build script compiles other code with.
_COMPILES = regex(r"\bcc::|\bcmake::|\bautotools::|\bmeson\b|\bcxx_build\b|\bCommand::new\b")


@dataclass(slots=True)
class Sources:
    """What was read of a program's own code."""

    bodies: list[Body] = field(default_factory=list)
    #: A module's file, or a root, that is not there to be read.
    absent: str = ""
    #: Context paths that are compiled in.
    embedded: dict[str, None] = field(default_factory=dict)


def read_sources(tree: Tree, roots: Iterable[tuple[str, str]]) -> Sources:
    """Read root files and the modules that they are made of.

    Args:
        tree: the files as the command finds them.
        roots: root files of programs and libraries, each with its package's folder.
    """
    found = Sources()
    seen: set[str] = set()
    todo = [(root, posixpath.dirname(root), package) for root, package in roots]
    while todo and len(seen) < _FILES:
        path, folder, package = todo.pop(0)
        if path in seen:
            continue
        seen.add(path)
        text = tree.text(path)
        if text is None:
            found.absent = found.absent or path
            continue
        body = Body(tree.origin(path) or path, text, package)
        found.bodies.append(body)
        found.embedded |= dict.fromkeys(_embedded(tree, body, path, package))
        for literal in body.literals():
            if literal.inside == "include!" and literal.text.endswith(".rs"):
                todo.append((join(posixpath.dirname(path), literal.text), folder, package))
            elif literal.inside == "env!" and literal.text == "OUT_DIR":
                found.absent = found.absent or f"{body.label}: what its build script writes"
        for module in body.modules():
            place = _place(tree, module, path, folder)
            if place is not None:
                todo.append((*place, package))
            else:
                found.absent = found.absent or f"{body.label}: mod {module.name}"
    return found


def _place(tree: Tree, module: Module, path: str, folder: str) -> tuple[str, str] | None:
    """A module's file and the folder of its own modules (the Rust Reference, "Module Source Filenames")."""
    if module.path:
        file = join(posixpath.dirname(path), module.path)
        return file, posixpath.dirname(file)
    inner = join(folder, module.name)
    for file in (inner + ".rs", join(inner, "mod.rs")):
        if tree.text(file) is not None:
            return file, inner
    return None


def _embedded(tree: Tree, body: Body, path: str, package: str) -> Iterator[str]:
    for literal in body.literals():
        if literal.inside in _IN_FILE:
            yield from context_below(tree, join(posixpath.dirname(path), literal.text))
        elif literal.inside in _IN_PACKAGE:
            yield from context_below(tree, join(package, literal.text.replace("$CARGO_MANIFEST_DIR", package)))
    # templates that a derive compiles in lie in a folder of that name (askama's default)
    if any("askama" in value or "rinja" in value for value in body.names.values()):
        yield from context_below(tree, join(package, "templates"))


def native_code(tree: Tree, packages: Iterable[Package]) -> dict[str, str]:
    """C code in the folders of packages whose build scripts may compile it, by the name that people know it by."""
    found: dict[str, str] = {}
    for package in packages:
        script = tree.text(package.build_script) if package.build_script else None
        if script is not None and _COMPILES.search(script):
            for path in _below(tree, package.folder, set()):
                if is_c(path) and len(found) < _FILES and (text := tree.text(path)) is not None:
                    found[tree.origin(path) or path] = text
    return found


def consumed(tree: Tree, folders: Iterable[str], embedded: Iterable[str]) -> tuple[str, ...]:
    """Context paths of everything that only the build reads: Rust files, manifests, configuration, embedded files.

    Args:
        tree: the files as the command finds them.
        folders: those of the packages.
        embedded: files that are compiled in and not opened when the program runs.
    """
    found = dict.fromkeys(embedded)
    seen: set[str] = set()
    for folder in folders:
        origins = (tree.origin(path) for path in _below(tree, folder, seen) if _steers(path))
        found |= dict.fromkeys(origin for origin in origins if origin is not None)
    return tuple(sorted(found))


def _below(tree: Tree, folder: str, seen: set[str]) -> Iterator[str]:
    """The paths of the files below a folder; nothing of those in ``seen``."""
    if folder in seen:
        return
    seen.add(folder)
    for name in tree.entries(folder):
        path = join(folder, name)
        if not tree.is_folder(path):
            yield path
        elif name not in _SKIPPED:
            yield from _below(tree, path, seen)


def _steers(path: str) -> bool:
    return path.endswith(_STEERING) or posixpath.basename(posixpath.dirname(path)) == ".cargo"
