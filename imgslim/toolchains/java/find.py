"""Find what a project's commands make for the Java machine."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.paths import inside
from imgslim.meaning.wrappers import unwrap
from imgslim.model import Declined, Findings
from imgslim.records import dataclass, field, replace
from imgslim.toolchains.java.implicit import followed
from imgslim.toolchains.java.javac import SUFFIXES, read_compiler, read_jar
from imgslim.toolchains.java.outputs import Output
from imgslim.values import known

if TYPE_CHECKING:
    from imgslim.meaning.trace import Command
    from imgslim.model import Project

_MAVEN = frozenset({"mvn", "mvnw", "mvnd"})
_GRADLE = frozenset({"gradle", "gradlew"})
#: They inspect, sign or document.
_TOOLS = frozenset({"jlink", "jdeps", "javap", "jarsigner", "javadoc"})
#: Their build files are programs of their own.
_UNREAD = frozenset({"sbt", "ant"})
#: Every command that is looked at.
_OURS = _MAVEN | _GRADLE | _TOOLS | _UNREAD | {*SUFFIXES, "jar"}


@dataclass(slots=True)
class Made:
    """What was found so far."""

    outputs: list[Output] = field(default_factory=list)
    commands: set[tuple[int, int]] = field(default_factory=set)
    not_followed: list[Declined] = field(default_factory=list)


def find(project: Project) -> Findings:
    """The build's own commands, and those that were not followed."""
    made = outputs_of(project)
    return Findings((), frozenset(made.commands), tuple(made.not_followed))


def outputs_of(project: Project) -> Made:
    """Look at every command in order."""
    made = Made()
    for step, index, command in project.trace.commands():
        _command(project, made, step, index, command)
    return made


def _command(project: Project, made: Made, step: int, index: int, shown: Command) -> None:
    command = unwrap(shown)
    name = command.name
    if name in ("sh", "bash") and len(command.words) > 1 and isinstance(command.words[1].value, str):
        inner = command.words[1].value.rsplit("/", 1)[-1]  # ``sh mvnw package``, where the file lost its mode
        if inner in _MAVEN | _GRADLE:
            name, command = inner, replace(command, words=command.words[1:])
    if name is None or name not in _OURS:
        return
    made.commands.add((step, index))
    why = ""
    if name in SUFFIXES:
        _compiler(project, made, step, index, command)
    elif name == "jar":
        _jar(project, made, step, index, command)
    elif name in _UNREAD:
        why = f"the build files of {name} are not read"
    elif name not in _TOOLS:
        if name in _MAVEN:
            from imgslim.toolchains.java.maven import outputs  # noqa: PLC0415 (loaded only where it is used)
        else:
            from imgslim.toolchains.java.gradle import outputs  # noqa: PLC0415 (loaded only where it is used)
        found = outputs(project.files.before(step, index), command, step, index)
        if isinstance(found, str):
            why = found
        else:
            made.outputs += found
    if why:
        text = shown.span.head(project.dockerfile.text)
        message = f"What {text!r} builds was not followed: {why}."
        made.not_followed.append(Declined("build-not-followed", message, shown.span))


def _compiler(project: Project, made: Made, step: int, index: int, command: Command) -> None:
    """A compiler's classes: below ``-d``, else beside the sources (javac), else in the working directory."""
    found = read_compiler(command, project.files.before(step, index))
    name = str(command.name)
    sources = tuple(dict.fromkeys(found.sources))
    if name == "javac":
        said = command.env.get("CLASSPATH")
        where = found.source_path or found.path or (said.split(":") if isinstance(said, str) and said else [])
        sources = tuple(followed(list(sources), where, command, project.files.before(step, index)))
    closed = bool(sources) and not found.open_end and not _outside(made, found.path)
    out = Output(
        found.jar or "",
        is_folder=found.jar is None,
        command=command,
        step=step,
        index=index,
        made_by=name,
        sources=sources,
        closed=closed,
    )
    if found.jar is not None:
        made.outputs.append(out)
        return
    here = [cwd] if (cwd := known(command.cwd)) is not None else []
    if found.folder is not None:
        folders = [found.folder]
    elif name == "javac":
        folders = [*dict.fromkeys(posixpath.dirname(s) for s in sources), *(here if found.open_end else ())]
    else:
        folders = here
    made.outputs += [replace(out, path=folder) for folder in folders]


def _outside(made: Made, path: list[str]) -> bool:
    """Tell whether a class path names archives: their code is not among the sources."""
    known_jars = {o.path.rpartition("/")[2] for o in made.outputs if not o.is_folder}
    return any((p.endswith((".jar", "*")) and p.rpartition("/")[2] not in known_jars) for p in path)


def _named_libraries(text: bytes) -> tuple[str, ...]:
    """The folders of the archives that a manifest names ("JAR File Specification", Class-Path)."""
    lines = text.decode("utf-8", "replace").replace("\r\n", "\n").replace("\n ", "").split("\n")
    value = next((line.partition(":")[2] for line in lines if line.lower().startswith("class-path:")), "")
    return tuple(dict.fromkeys(posixpath.dirname(one) for one in value.split() if one.endswith(".jar")))


def _jar(project: Project, made: Made, step: int, index: int, command: Command) -> None:
    archive = read_jar(command)
    if archive is None:
        return
    # What went in: classes of the compilers before it.
    within = [
        o for o in made.outputs
        if any(inside(o.path, c) or inside(c, o.path) or inside(posixpath.dirname(c), o.path) for c in archive.contents)
    ] or made.outputs  # fmt: skip
    sources = tuple(s for o in within for s in o.sources)
    closed = bool(within) and all(o.closed for o in within)
    manifest = project.files.before(step, index).read(archive.manifest) if archive.manifest else None
    libraries = _named_libraries(manifest) if manifest is not None else ()
    made.outputs.append(
        Output(
            archive.path,
            is_folder=False,
            command=command,
            step=step,
            index=index,
            made_by="jar",
            sources=sources,
            closed=closed and not libraries,
            libraries=libraries,
        )
    )
