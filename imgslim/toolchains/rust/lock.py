"""The crates that a build takes: Cargo.lock, from a package's dependencies onwards (the Cargo Book, "Cargo.lock")."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from typing import TYPE_CHECKING

from imgslim.records import dataclass, field
from imgslim.toolchains.rust.crates import is_elsewhere, is_only_for_builds
from imgslim.toolchains.rust.workspace import dependencies
from imgslim.toolchains.tree import join

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imgslim.toolchains.rust.workspace import Package, Workspace
    from imgslim.toolchains.tree import Tree

#: The public registry, by each of its addresses (the Cargo Book, "Source Replacement").
_REGISTRIES = ("registry+https://github.com/rust-lang/crates.io-index", "sparse+https://index.crates.io/")


@dataclass(frozen=True, slots=True)
class Crates:
    """What a program is made of."""

    #: Local packages, the program's own first.
    own: tuple[Package, ...]
    #: Crates that are fetched, each with the one that asks for it.
    fetched: dict[str, str] = field(default_factory=dict)
    #: What each of them asks for in turn.
    wants: dict[str, frozenset[str]] = field(default_factory=dict)
    #: False where no Cargo.lock says what the fetched crates need in turn.
    complete: bool = True
    #: Whether there is a Cargo.lock that names all of them, but cargo takes newer ones.
    passed_over: bool = False


def crates_of(tree: Tree, workspace: Workspace, package: Package, *, heeded: bool = True) -> Crates:
    """Gather the crates that are linked into the programs of ``package``.

    Crates that only serve build scripts and macros, and those of other systems, are left out with what only they need.

    Args:
        tree: the build's files.
        workspace: what cargo works with.
        package: whose programs.
        heeded: whether cargo takes the versions of Cargo.lock; else what it says is a hint.
    """
    own, direct = _own(workspace, package)
    text = tree.text(join(workspace.root, "Cargo.lock"))
    graph, forks = _read(text or "")
    fetched: dict[str, str] = {}
    todo = [(name, by) for name, by in direct.items() if not _left_out(name)]
    while todo:
        name, by = todo.pop()
        if name in fetched:
            continue
        fetched[name] = by
        wanted = (n for n in graph.get(name, ()) if n in direct or n not in workspace.local)
        todo += [(n, name) for n in wanted if not _left_out(n)]
    # a fork is another crate than the one of that name that was read
    named = {name: f"{name} (not of the registry)" if name in forks else name for name in sorted(fetched)}
    wants = {shown: frozenset(graph.get(name, ())) for name, shown in named.items()}
    listed = all(n in graph for n in direct)
    shown_by = {shown: fetched[name] for name, shown in named.items()}
    complete = not fetched or (listed and heeded)
    return Crates(tuple(own), shown_by, wants, complete, passed_over=listed and not complete)


def _own(workspace: Workspace, package: Package) -> tuple[list[Package], dict[str, str]]:
    """The local packages, and what they ask for that is not local."""
    own: list[Package] = []
    direct: dict[str, str] = {}
    todo = [package]
    while todo:
        each = todo.pop(0)
        if each in own:
            continue
        own.append(each)
        for name in dependencies(each, workspace):
            local = workspace.local.get(name)
            if local is None or local == each:  # what has the package's own name is another's: none needs itself
                direct.setdefault(name, each.name)
            elif not local.manifest.proc_macro:
                todo.append(local)
    return own, direct


def _left_out(name: str) -> bool:
    return is_only_for_builds(name) or is_elsewhere(name)


@lru_cache(maxsize=2)  # what the build makes and what the entry builds are asked about one after the other
def _read(text: str) -> tuple[Mapping[str, frozenset[str]], frozenset[str]]:
    """Each crate of a lock file to the crates that it asks for; several versions of one count as one.

    Beside them those that come from elsewhere than the public registry.
    """
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}, frozenset()
    found: dict[str, frozenset[str]] = {}
    forks: set[str] = set()
    packages = data.get("package")
    for entry in packages if isinstance(packages, list) else []:
        name, needs = entry.get("name"), entry.get("dependencies", [])
        if isinstance(name, str) and isinstance(needs, list):
            found[name] = found.get(name, frozenset()) | {str(n).split(" ", 1)[0] for n in needs}
            if not str(entry.get("source", _REGISTRIES[0])).startswith(_REGISTRIES):
                forks.add(name)
    return found, frozenset(forks)
