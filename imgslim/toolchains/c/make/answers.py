"""What ``$(shell …)`` answers for the few commands whose answer the text and the context settle."""

from __future__ import annotations

import fnmatch
import posixpath
from typing import TYPE_CHECKING

from imgslim.regex import regex
from imgslim.toolchains.c.driver import HOLE, compiler
from imgslim.toolchains.c.make.filters import filtered
from imgslim.toolchains.c.pkgconfig import flags
from imgslim.toolchains.c.tree import glob, is_folder
from imgslim.toolchains.c.words import commands
from imgslim.toolchains.tree import join

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.toolchains.c.tree import Tree

#: Commands joined by pipes alone.
_PIPELINE = regex(r"(?:[^|&;\n'\"\\]|'[^']*'|\"[^\"]*\"|\\.|\|(?!\|))*")


def shell_answer(text: str, tree: Tree, cwd: str) -> str:
    """The output of a shell command, newlines as blanks; a hole where it is not settled."""
    simple = [c for c in commands(text) if c.argv and c.argv[0] not in {"(", ")"}]
    if not simple or any(HOLE in a for c in simple for a in c.argv):
        return HOLE
    if len(simple) > 1:
        return _piped([c.argv for c in simple], tree, cwd) if _PIPELINE.fullmatch(text) else HOLE
    return _answer(simple[0].argv, text, tree, cwd)


def _piped(commands: list[tuple[str, ...]], tree: Tree, cwd: str) -> str:
    """``ls src | grep -v test``: names, a line each, through filters that only look at them."""
    if commands[0][0] not in {"ls", "find"}:
        return HOLE
    answer = _answer(commands[0], "", tree, cwd)
    lines = None if HOLE in answer else answer.split()
    for argv in commands[1:]:
        lines = filtered(lines, argv) if lines is not None else None
    return HOLE if lines is None else " ".join(lines)


def _answer(argv: tuple[str, ...], text: str, tree: Tree, cwd: str) -> str:
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
            return _listed(names, tree, cwd)
        case ["find", *rest]:
            return _find(list(rest), tree, cwd)
        # its folder is the image's; what it is called there the compiler's name says
        case ["which", name] | ["command", "-v", name] if compiler(name) is not None:
            return name
        case ["mkdir" | "rm", *_]:
            return ""
        case [name, *rest] if name.endswith("pkg-config"):
            return flags(list(rest))
        case _:
            return HOLE


def _listed(names: list[str], tree: Tree, cwd: str) -> str:
    """``ls``: of a folder what lies in it; of several operands with a folder among them the headings are a hole."""
    found = [p for n in names or ["."] for p in ((n,) if n == "." else glob(tree, cwd, n))]
    folders = [p for p in found if p == "." or is_folder(tree, join(cwd, p))]
    if not folders:
        return " ".join(found)
    if len(found) > 1:
        return HOLE
    return " ".join(n for n in tree.entries(join(cwd, found[0])) if not n.startswith("."))


def _find(words: list[str], tree: Tree, cwd: str) -> str:
    """``find FOLDER… [-type f|d] -name PATTERN [-o -name PATTERN]``; anything else is a hole."""
    roots: list[str] = []
    while words and not words[0].startswith(("-", "(")):
        roots.append(words.pop(0))
    patterns: list[str] = []
    depth = 99
    kinds = {False, True}
    while words:
        match words:
            case ["-type", "f" | "d" as kind, *rest]:
                kinds, words = {kind == "d"}, rest
            case ["-o" | "(" | ")", *rest]:
                words = rest
            case ["-maxdepth", number, *rest] if number.isdigit():
                depth, words = int(number), rest
            case ["-name" | "-iname", pattern, *rest]:
                patterns.append(pattern)
                words = rest
            case _:
                return HOLE
    found = [
        path for root in roots or ["."] for is_dir, path in _below(tree, cwd, root.rstrip("/") or "/", depth)
        if is_dir in kinds
        and (not patterns or any(fnmatch.fnmatchcase(posixpath.basename(path), p) for p in patterns))
    ]  # fmt: skip
    return " ".join(found)


def _below(tree: Tree, cwd: str, folder: str, depth: int) -> Iterator[tuple[bool, str]]:
    """The folder itself and what lies in it, each with whether it is a folder."""
    if is_folder(tree, join(cwd, folder)):
        yield True, folder
    for name in tree.entries(join(cwd, folder)) if depth > 0 else ():
        path = f"{folder}/{name}"
        if is_folder(tree, join(cwd, path)):
            yield from _below(tree, cwd, path, depth - 1)
        else:
            yield False, path
