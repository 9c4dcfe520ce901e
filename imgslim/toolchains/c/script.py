"""Runs shell text on paper: a recipe line, or a build script of the project."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.regex import regex
from imgslim.toolchains.c import systems
from imgslim.toolchains.c.driver import HOLE, compiler
from imgslim.toolchains.c.make.options import Options
from imgslim.toolchains.c.make.run import Make, Outcome
from imgslim.toolchains.c.names import MAKES, SYSTEMS, strip_prefix
from imgslim.toolchains.c.words import Simple, commands
from imgslim.toolchains.tree import join

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imgslim.toolchains.c.tree import Tree
    from imgslim.toolchains.c.workshop import Workshop

_SHELLS = frozenset({"sh", "bash", "dash", "ash", "source", "."})
_SHEBANG = regex(r"#!\s*(?:/usr/bin/env\s+)?(?:\S*/)?(?:ba|da|a)?sh\b")
_DEPTH = 5


def script_path(argv: tuple[str, ...], cwd: str, tree: Tree) -> str | None:
    """The project's shell script that a command runs; None where it runs none."""
    words = strip_prefix(argv)
    if words and posixpath.basename(words[0]) in _SHELLS:
        words = tuple(w for w in words[1:] if not w.startswith("-"))
        shell = True
    else:
        shell = False
    if not words or HOLE in words[0] or (not shell and "/" not in words[0]):
        return None
    path = join(cwd, words[0])
    text = tree.text(path)
    if text is None or not (shell or _SHEBANG.match(text) or path.endswith(".sh")):
        return None
    return path


def builds(text: str) -> bool:
    """Tell whether a script runs a compiler or a build system."""
    for simple in commands(text):
        name = posixpath.basename(strip_prefix(simple.argv)[0]) if strip_prefix(simple.argv) else ""
        if compiler(name) or name in MAKES or name in SYSTEMS:
            return True
    return False


def run_script(shop: Workshop, path: str, cwd: str, env: Mapping[str, str], out: Outcome, *, depth: int = 0) -> None:
    """Run a script's commands in order; what it makes is noted in ``out``."""
    text = shop.tree.text(path)
    if text is None or depth > _DEPTH:
        return
    out.files.append(path)
    here: str | None = cwd
    stack: list[str | None] = []
    for simple in commands(text, {**env, "PWD": cwd, "0": path}):
        match simple.argv:
            case []:
                continue
            case ["("]:
                stack.append(here)
            case [")"]:
                here = stack.pop() if stack else here
            case ["cd", folder]:
                here = join(here, folder) if here is not None and HOLE not in folder else None
            case _:
                _command(shop, simple, here, env, out=out, depth=depth)


def _command(
    shop: Workshop, simple: Simple, cwd: str | None, env: Mapping[str, str], *, out: Outcome, depth: int
) -> None:
    argv = strip_prefix(simple.argv)
    if not argv or cwd is None or HOLE in argv[0]:
        return
    nested = script_path(argv, cwd, shop.tree)
    scope = {**env, **dict(simple.assignments)}
    out.ran.append(argv)
    if nested is not None:
        run_script(shop, nested, cwd, scope, out, depth=depth + 1)
    elif posixpath.basename(argv[0]) in {"make", "gmake"} and systems.run(shop.fork(), argv, cwd, scope) is None:
        Make(shop, scope, out).run(Options.read(argv[1:]), cwd)
    else:
        out.made += shop.run(argv, cwd, scope, certain=simple.certain)
