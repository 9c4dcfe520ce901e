"""Entry scripts of the context, read with the shell grammar."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.shell_nested import SHELLS
from imgslim.records import dataclass, field
from imgslim.syntax.shell import background, script_starts
from imgslim.syntax.shell_here import with_folder
from imgslim.syntax.shell_paths import Paths, paths_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imgslim.model import Project
    from imgslim.syntax.shell_functions import Function


@dataclass(frozen=True, slots=True)
class Script:
    """A script in the image that comes from the context."""

    path: str
    #: The interpreter's path of the first line, ``/bin/sh`` where there is none (execvp(3) falls back to it).
    interpreter: str
    #: The literal words of each command that it may start.
    commands: tuple[tuple[str, ...], ...]
    #: Why it may start more; "" where every command is literal.
    open_end: str
    #: True where it starts what its arguments name.
    starts_arguments: bool = False
    #: Of the commands, those that it does not wait for.
    background: tuple[tuple[str, ...], ...] = ()
    paths: Paths = Paths()
    #: Of the commands, those without any of which it may end as well.
    perhaps: frozenset[tuple[str, ...]] = frozenset()
    #: What it defines at its top, by name.
    functions: Mapping[str, Function] = field(default_factory=dict)
    #: ``/usr/bin/env`` where the first line starts that, which looks the interpreter up; else "".
    by: str = ""


def read_script(
    project: Project, path: str, arguments: tuple[str, ...] = (), *, sourced: bool = False
) -> Script | None:
    """The script at ``path`` as it is started with ``arguments``; None where no context file lies there, or no text.

    One that another reads (``. file``) has the other's name for its own.
    """
    data = project.files.read(path)
    if data is None or b"\0" in data[:1024]:
        return None
    text = data.decode("utf-8", "replace")
    text = text if sourced else with_folder(text, posixpath.dirname(path))
    interpreter = interpreter_of(text)
    if interpreter.rsplit("/", 1)[-1] not in SHELLS:
        return Script(path, interpreter, (), f"{interpreter} scripts are not read", by=looked_up_by(text))
    starts = script_starts(text, arguments)
    return Script(
        path, interpreter, starts.commands, starts.open_end, starts.starts_arguments, background(text), paths_in(text),
        starts.perhaps, starts.functions, looked_up_by(text),
    )  # fmt: skip


def interpreter_of(text: str) -> str:
    """The first line's interpreter; ``/usr/bin/env x`` counts as x."""
    line = text.split("\n", 1)[0].strip()
    if not line.startswith("#!"):
        return "/bin/sh"
    words = line[2:].split()
    if words and words[0].endswith("/env") and len(words) > 1:
        return words[1] if words[1] != "-S" else words[2]
    return words[0] if words else "/bin/sh"


def looked_up_by(text: str) -> str:
    """The program of the first line that looks the interpreter up along PATH: ``/usr/bin/env``; "" without one."""
    words = text.split("\n", 1)[0].strip().removeprefix("#!").split() if text.startswith("#!") else []
    return words[0] if len(words) > 1 and words[0].endswith("/env") else ""
