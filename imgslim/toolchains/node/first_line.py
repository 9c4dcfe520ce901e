"""Programs that the kernel gives to node by their first line (execve(2)): ``#!/usr/bin/env node``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.search import searched
from imgslim.records import dataclass
from imgslim.regex import regex

if TYPE_CHECKING:
    from imgslim.model import Project
    from imgslim.values import Value

#: env(1) looks for node on PATH, and takes options for it only behind -S.
_SHEBANG = regex(rb"#![ \t]*(?:(/\S*/env)[ \t]+(?:-S[ \t]*)?)?((?:/\S*/)?node(?:js)?)((?:[ \t]+\S+)*)[ \t]*\n")
#: Bytes of a first line (Linux takes 256, BINPRM_BUF_SIZE).
_LINE = 256


@dataclass(frozen=True, slots=True)
class FirstLine:
    """How a script starts by itself."""

    #: As the first line says it, by name or path.
    interpreter: str
    #: What is started in its place: node, its options, the script by its path, and the words behind it.
    words: tuple[str, ...]
    #: env's path where that looks for node, else "".
    env: str


def by_first_line(argv: tuple[str, ...], cwd: Value, project: Project) -> FirstLine | None:
    """What a script of the build context says of itself; None where the first file of that name says it is no node."""
    for path in searched(project.trace.final, argv[0], cwd):
        data = project.files.read(path)
        if data is None:
            continue
        match = _SHEBANG.match(data[:_LINE])
        if match is None:
            return None
        env, interpreter, options = (part.decode("utf-8", "replace") if part else "" for part in match.groups())
        return FirstLine(interpreter, ("node", *options.split(), path, *argv[1:]), env)
    return None
