"""Commands that a project's own script or makefile starts, where a RUN starts that."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.shell_fold import read_shell
from imgslim.meaning.shell_nested import SHELLS
from imgslim.meaning.shell_state import ShellState
from imgslim.meaning.shell_text import ShellText
from imgslim.meaning.wrappers import unwrap
from imgslim.regex import regex
from imgslim.toolchains.makefiles import NAMES, Makefile, arguments
from imgslim.toolchains.tree import FilesTree, join

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.meaning.trace import Command
    from imgslim.model import Project
    from imgslim.values import Value

MAKES = frozenset({"make", "gmake"})
#: What reads a text of commands.
_READING = MAKES | SHELLS
_SHEBANG = regex(r"#!\s*(?:/usr/bin/env\s+)?(?:\S*/)?(?:ba|da|a)?sh\b")
#: Scripts that start scripts.
_DEPTH = 4
#: Characters of a text that is read.
_LONGEST = 100_000


def inner_commands(project: Project, step: int, index: int, command: Command) -> tuple[Command, ...]:
    """What a command starts by way of a script or a makefile of the project, in order, each with the command's span.

    Args:
        project: the file and its context.
        step: which step the command is of.
        index: which of the step's commands it is.
        command: the command as it is written.

    Returns:
        The commands; none where it starts no text of the project that can be read.
    """
    name = command.name or ""
    if name not in _READING and name not in (".", "source") and not _is_path(unwrap(command)):
        return ()
    tree = FilesTree(project.files.before(step, index))
    return tuple(_commands(tree, command, 0))


def _is_path(command: Command) -> bool:
    first = command.words[0].value if command.words else None
    return (isinstance(first, str) and "/" in first) or command.name in _READING


def _commands(tree: FilesTree, outer: Command, depth: int) -> Iterator[Command]:
    command = unwrap(outer)
    if depth > _DEPTH or not isinstance(command.cwd, str) or not command.words:
        return
    texts = _recipe(tree, command) if command.name in MAKES else _script(tree, command)
    for cwd, text, exported in texts:
        env = {**command.env, **dict(command.assignments), **exported}
        state = ShellState.start(cwd, env, command.user, complete=False)
        for inner in read_shell(ShellText(text, None, outer.span), state).commands:
            yield inner
            yield from _commands(tree, inner, depth + 1)


def _script(tree: FilesTree, command: Command) -> Iterator[tuple[str, str, dict[str, Value]]]:
    """The text of a shell script that lies in the project."""
    words = [w.value for w in command.words]
    named = command.name in SHELLS or command.name in (".", "source")
    if named:
        words = [w for w in words[1:] if not (isinstance(w, str) and w.startswith("-"))]
    first = words[0] if words else None
    if not isinstance(first, str) or not isinstance(command.cwd, str) or not (named or "/" in first):
        return
    text = tree.text(join(command.cwd, first))
    if text is not None and len(text) <= _LONGEST and (named or _SHEBANG.match(text)):
        yield command.cwd, text, {}


def _recipe(tree: FilesTree, command: Command) -> Iterator[tuple[str, str, dict[str, Value]]]:
    """The recipe lines of make's goals: each is a shell's text of its own (GNU make manual, "Recipe Execution")."""
    folder, goals, given = arguments([w.value for w in command.words[1:]])
    if folder is None or not isinstance(command.cwd, str):
        return
    cwd = join(command.cwd, folder)
    text = next((t for name in NAMES if (t := tree.text(posixpath.join(cwd, name))) is not None), None)
    if text is None or len(text) > _LONGEST:
        return
    reader = Makefile(text, given, command)
    exported = dict(reader.environment())
    for line in reader.recipe(goals):
        yield cwd, line.replace("$$", "$"), exported
