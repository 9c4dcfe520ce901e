"""The go lines of a Makefile's goal, where they are literal."""

from __future__ import annotations

import posixpath
import re
import shlex
from typing import TYPE_CHECKING

from imgslim.meaning.trace import Word
from imgslim.records import replace
from imgslim.regex import regex
from imgslim.toolchains.golang.site import Unsettled
from imgslim.toolchains.makefiles import NAMES, Makefile, arguments, word_value
from imgslim.toolchains.tree import FilesTree, join

if TYPE_CHECKING:
    from imgslim.meaning.trace import Command
    from imgslim.model import Project
    from imgslim.values import Value

_MAKES = regex(r"\bgo\s+(?:build|install)\b")
#: A shell comment at the end of a recipe line.
_COMMENT = regex(r"(?:^|\s)#.*")


def go_commands(project: Project, step: int, index: int, command: Command) -> list[Command] | Unsettled | None:
    """The go commands that ``make`` runs, in order; None where its goal starts no ``go build`` or ``go install``."""
    if not isinstance(command.cwd, str):
        return None
    words = [w.value for w in command.words[1:]]
    folder, goals, given = arguments(words)
    if folder is None:
        return None
    cwd = join(command.cwd, folder)
    tree = FilesTree(project.files.before(step, index))
    text = next((t for name in NAMES if (t := tree.text(join(cwd, name))) is not None), None)
    if text is None or not _MAKES.search(text):
        return None
    reader = Makefile(text, given, command)
    lines = list(reader.recipe(goals))
    made = [line for line in lines if _MAKES.search(_COMMENT.sub("", line))]
    if not made:
        return None
    out: list[Command] = []
    for line in made:
        found = _command(line, cwd, command, reader.environment())
        if found is None:
            return Unsettled(f"make runs {line[:60]!r}, which is not literal")
        out.append(found)
    return out


def _command(line: str, cwd: str, shown: Command, exported: tuple[tuple[str, Value], ...]) -> Command | None:
    """One recipe line as a command; None where it is more than one simple command of literal words."""
    try:
        words = shlex.split(line)
    except ValueError:
        return None
    assignments: list[tuple[str, Value]] = []
    while words and re.fullmatch(r"[A-Za-z_]\w*=.*", words[0], re.DOTALL):
        name, _, value = words.pop(0).partition("=")
        assignments.append((name, value))
    if not words or posixpath.basename(words[0]) != "go" or any(w in ("&&", "||", ";", "|", "&") for w in words):
        return None
    span = shown.span
    made = tuple(Word(word_value(w), w, span.start, span.end, "$" not in w) for w in words)
    return replace(shown, words=made, assignments=(*shown.assignments, *exported, *assignments), cwd=cwd)
