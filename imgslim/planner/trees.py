"""Trees: what goes along whole for an application, because an installer or the author put it there."""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from imgslim.planner.assemble import STAGING, Staged, pattern, quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.model import Tree
    from imgslim.planner.build import Build


def trees_of(build: Build) -> tuple[Tree, ...]:
    """The trees of all applications, each place once."""
    found: dict[str, Tree] = {}
    for tree in (t for a in build.applications for t in a.trees):
        found.setdefault(tree.path, tree)
    return tuple(found.values())


def laid(trees: Iterable[Tree]) -> Iterator[Staged]:
    """Lay out links, and those whose path the tags don't settle; the others a COPY can name."""
    for tree in trees:
        if tree.link:
            place = quote(STAGING + posixpath.dirname(tree.path))
            yield Staged(f"mkdir -p {place}; cp -a {quote(tree.path)} {place}/", f"{tree.path}: {tree.why}")
        elif not copied(tree):
            place = f'"{STAGING}${{d%/*}}"'
            shell = f'for d in {pattern(tree.path)}; do mkdir -p {place}; cp -a "$d" {place}/; done'
            yield Staged(shell, f"{tree.path}: {tree.why}")


def copied(tree: Tree) -> bool:
    """Tell whether a COPY can take a tree along as it is."""
    return "*" not in tree.path and not tree.link


def within(path: str, trees: Iterable[str]) -> bool:
    """Tell whether a path is one of ``trees`` or below one; those may be patterns."""
    return any(_within(tree).match(path) is not None for tree in trees)


@lru_cache(maxsize=256)
def _within(tree: str) -> re.Pattern[str]:
    """A pattern's ``*`` stays within one name, as in a shell."""
    names = tree.rstrip("/").split("/")
    return re.compile("/".join("[^/]*".join(map(re.escape, name.split("*"))) for name in names) + r"(?=/|\Z)")
