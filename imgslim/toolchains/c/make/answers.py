"""What ``$(shell …)`` answers for the few commands whose answer the text and the context settle."""

from __future__ import annotations

import fnmatch
import posixpath
from typing import TYPE_CHECKING

from imgslim.toolchains.c.driver import HOLE
from imgslim.toolchains.c.pkgconfig import flags
from imgslim.toolchains.c.tree import glob, is_folder, join
from imgslim.toolchains.c.words import commands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.toolchains.c.tree import Tree


def shell_answer(text: str, tree: Tree, cwd: str) -> str:
    """The output of a shell command, newlines as blanks; a hole where it is not settled."""
    simple = [c for c in commands(text) if c.argv and c.argv[0] not in {"(", ")"}]
    if "|" in text.replace("||", "") or len(simple) != 1:
        return HOLE
    argv = simple[0].argv
    if any(HOLE in a for a in argv):
        return HOLE
    match argv:
        case ["uname"] | ["uname", "-s"]:
            return "Linux"
        case ["uname", "-o"]:
            return "GNU/Linux"
        case ["pwd"]:
            return cwd
        case ["echo", *rest] if not any(c in "$`" for c in text):
            return " ".join(rest)
        case ["nproc"]:
            return "1"
        case ["basename", path]:
            return posixpath.basename(path)
        case ["dirname", path]:
            return posixpath.dirname(path) or "."
        case ["cat", path]:
            content = tree.text(join(cwd, path))
            return HOLE if content is None else " ".join(content.split())
        case ["ls", *names] if not any(n.startswith("-") for n in names):
            found = [p for n in names for p in glob(tree, cwd, n)]
            return " ".join(found) if names else " ".join(tree.entries(cwd))
        case ["find", *rest]:
            return _find(list(rest), tree, cwd)
        case ["mkdir" | "rm", *_]:
            return ""
        case [name, *rest] if name.endswith("pkg-config"):
            return flags(list(rest))
        case _:
            return HOLE


def _find(words: list[str], tree: Tree, cwd: str) -> str:
    """``find FOLDER… [-type f] -name PATTERN [-o -name PATTERN]``; anything else is a hole."""
    roots: list[str] = []
    while words and not words[0].startswith(("-", "(")):
        roots.append(words.pop(0))
    patterns: list[str] = []
    depth = 99
    while words:
        match words:
            case ["-type", "f", *rest] | ["-o" | "(" | ")", *rest]:
                words = rest
            case ["-maxdepth", number, *rest] if number.isdigit():
                depth, words = int(number), rest
            case ["-name" | "-iname", pattern, *rest]:
                patterns.append(pattern)
                words = rest
            case _:
                return HOLE
    found = [
        path for root in roots or ["."] for path in _below(tree, cwd, root.rstrip("/") or "/", depth)
        if not patterns or any(fnmatch.fnmatchcase(posixpath.basename(path), p) for p in patterns)
    ]  # fmt: skip
    return " ".join(found)


def _below(tree: Tree, cwd: str, folder: str, depth: int) -> Iterator[str]:
    for name in tree.entries(join(cwd, folder)):
        path = f"{folder}/{name}"
        if is_folder(tree, join(cwd, path)):
            if depth > 1:
                yield from _below(tree, cwd, path, depth - 1)
        else:
            yield path
