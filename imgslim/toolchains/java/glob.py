"""``java -jar target/*.jar``: the shell's pattern in an entry, where the build surely leaves one file that it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.paths import absolute
from imgslim.model import Assumption, EntryWords
from imgslim.regex import regex
from imgslim.toolchains.java.find import outputs_of
from imgslim.toolchains.java.launch import is_java
from imgslim.values import known

if TYPE_CHECKING:
    from imgslim.model import Project

#: A pattern in the last part of a path alone.
_PATTERN = regex(r"(?:[\w./+-]*/)?[\w.+-]*\*[\w.+*-]*\.(?:jar|war)")


def resolved(project: Project) -> EntryWords | None:
    """The entry with the file's name in the pattern's place; None where it has none, or may give several."""
    entry = project.trace.entry
    if len(entry.commands) != 1 or (entry.entrypoint is not None and entry.cmd is not None):
        return None
    command = entry.commands[0]
    if command.conditional or command.piped or command.subshell or command.redirects or command.assignments:
        return None
    if "$" in command.span.of(project.dockerfile.text) or "`" in command.span.of(project.dockerfile.text):
        return None
    words = command.words[1:] if command.name == "exec" else command.words
    open_words = [w for w in words if not w.literal or not isinstance(w.value, str)]
    if not words or not is_java(words[0].raw) or len(open_words) != 1:
        return None
    raw = open_words[0].raw
    at = words.index(open_words[0])
    if not _PATTERN.fullmatch(raw) or words[at - 1].value != "-jar":
        return None
    path = _one(project, known(absolute(raw, command.cwd)))
    if path is None:
        return None
    name = raw.rpartition("/")[0] + "/" + path.rpartition("/")[2] if "/" in raw else path.rpartition("/")[2]
    argv = tuple(name if n == at else str(w.value) for n, w in enumerate(words))
    change = Assumption(
        "run-arguments",
        "In shell form ENTRYPOINT ignores CMD and the arguments of docker run; in exec form it obeys the arguments.",
        command.span,
    )
    why = f"{raw} is {name}, the one file that the build leaves there: java is started without a shell."
    return EntryWords(argv, why, (change,) if entry.entrypoint is not None else ())


def _one(project: Project, pattern: str | None) -> str | None:
    """The one file of the build's that a pattern gives; None where there may be others."""
    if pattern is None:
        return None
    made = outputs_of(project)
    found = {o.path for o in made.outputs if not o.is_folder and o.matches(pattern)}
    if len(found) != 1 or made.not_followed:
        return None
    (path,) = found
    output = next(o for o in made.outputs if o.path == path)
    folder = pattern.rpartition("/")[0]
    there = {f"{folder}/{name}" for name in project.files.list_dir(folder)} | {p.path for p in project.files.placed()}
    others = [p for p in there if p.endswith((".jar", ".war")) and p != path and p.rpartition("/")[0] == folder]
    stays = path in project.files.places(path, output.step, output.index)
    return path if "*" not in path and not others and stays else None
