"""What a ``mvn`` command leaves behind, from its words and the poms."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.paths import absolute, join
from imgslim.records import dataclass, field
from imgslim.toolchains.java.outputs import Output
from imgslim.toolchains.java.pom import effective, final_name, interpolate, read_pom
from imgslim.values import known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imgslim.meaning.effects import Files
    from imgslim.meaning.trace import Command
    from imgslim.toolchains.java.pom import Plugin, Pom

    Fill = Callable[[str], str]

NAMES = frozenset({"mvn", "mvnw", "mvnd"})
_VALUED = frozenset("""
-f --file -pl --projects -P --activate-profiles -s --settings -gs --global-settings -T --threads -t --toolchains
-l --log-file -b --builder -rf --resume-from -gt --global-toolchains -D --define -ep --encrypt-password
""".split())  # fmt: skip
#: The default life cycle's phases from the first in which an archive is there (Maven, "Lifecycle Reference").
_PACKAGED = (
    "package",
    "pre-integration-test",
    "integration-test",
    "post-integration-test",
    "verify",
    "install",
    "deploy",
)
#: Those from the first in which classes are there.
COMPILED = (
    "compile",
    "process-classes",
    "test-compile",
    "process-test-classes",
    "test",
    "prepare-package",
    *_PACKAGED,
)
#: Modules of modules of …: a folder that names itself ends here.
_DEEPEST = 20
_MOST = 500
_ENDING = {"war": "war", "ear": "ear", "bundle": "jar", "maven-plugin": "jar", "ejb": "jar", "quarkus": "jar"}


@dataclass(slots=True)
class Call:
    """The words of a command, settled."""

    file: str = ""
    goals: list[str] = field(default_factory=list)
    projects: list[str] = field(default_factory=list)
    profiles: list[str] = field(default_factory=list)
    given: dict[str, str] = field(default_factory=dict)
    #: A word that is not settled.
    open_end: str = ""


def read_call(command: Command) -> Call:
    """Read the words of a ``mvn`` command ("mvn --help")."""
    call = Call()
    words = iter([(w.value if isinstance(w.value, str) else None) for w in command.words[1:]])
    for word in words:
        if word is None:
            call.open_end = "a word is not settled"
            continue
        name, equals, value = word.partition("=")
        if name in _VALUED and not (equals and name.startswith("--")):
            name, value = word, next(words, None) or "*"
        elif word.startswith("-D"):
            name, value = "-D", word[2:]
        elif word.startswith("-P") or (word.startswith(("-pl", "-f")) and len(word) > 3):  # noqa: PLR2004
            name, value = (word[:2], word[2:]) if word[:2] == "-P" else (word[:3], word[3:])
        if name in ("-f", "--file"):
            call.file = value
        elif name in ("-pl", "--projects"):
            call.projects += value.split(",")
        elif name in ("-P", "--activate-profiles"):
            call.profiles += value.split(",")
        elif name in ("-D", "--define"):
            key, _, setting = value.partition("=")
            call.given[key] = setting or "true"
        elif not word.startswith("-"):
            call.goals.append(word)
    return call


@dataclass(frozen=True, slots=True)
class Module:
    """One project of a build."""

    folder: str
    pom: Pom


def modules(files: Files, root: str, file: str, profiles: frozenset[str]) -> Iterator[Module]:
    """Every project of a build that starts in ``root``; nothing where no pom can be read there."""
    seen: set[str] = set()
    todo = [(join(root, file), 0)]
    while todo and len(seen) < _MOST:
        path, depth = todo.pop(0)
        if path in seen or depth > _DEEPEST:
            continue
        seen.add(path)
        pom = _effective(files, path, profiles)
        if pom is None:
            continue
        folder = posixpath.dirname(path)
        yield Module(folder, pom)
        for name in pom.modules:
            below = posixpath.normpath(posixpath.join(folder, name))
            todo.append((below if below.endswith(".xml") else f"{below}/pom.xml", depth + 1))


def _effective(files: Files, path: str, profiles: frozenset[str], depth: int = 0) -> Pom | None:
    data = files.read(path)
    pom = read_pom(data) if data is not None else None
    if pom is None:
        return None

    def above(relative: str) -> Pom | None:
        where = posixpath.normpath(posixpath.join(posixpath.dirname(path), relative))
        where = where if where.endswith(".xml") else f"{where}/pom.xml"
        return _effective(files, where, profiles, depth + 1) if depth < _DEEPEST and where != path else None

    return effective(pom, above, profiles, depth)


def outputs(files: Files, command: Command, step: int, index: int) -> list[Output] | str:
    """What the command makes; a text says why that is not known."""
    call = read_call(command)
    root = known(absolute(call.file or ".", command.cwd))
    if root is None or "*" in call.file:
        return "where it builds is not settled"
    root, file = (posixpath.dirname(root), posixpath.basename(root)) if root.endswith(".xml") else (root, "pom.xml")
    reactor = list(modules(files, root, file, frozenset(call.profiles)))
    if not reactor:
        return f"{join(root, file)} can't be read"
    chosen = [m for m in reactor if not call.projects or _chosen(m, root, call.projects)]
    return [
        Output(
            path,
            is_folder,
            command,
            step,
            index,
            "Maven",
            runs,
            _sources(files, module.folder),
            closed,
            () if is_folder else _libraries(module.pom, call),
        )
        for module in (chosen or reactor)
        for path, is_folder, runs, closed in _made(module, call)
    ]


def _libraries(pom: Pom, call: Call) -> tuple[str, ...]:
    """Where the archive's manifest has its dependencies (Maven Archiver, "Set Up The Classpath")."""
    jar = pom.plugin("maven-jar-plugin")
    if jar is None or _setting(jar, "archive/manifest/addClasspath", str) != "true":
        return ()
    return (_setting(jar, "archive/manifest/classpathPrefix", lambda text: interpolate(text, pom, call.given)),)


def _chosen(module: Module, root: str, projects: list[str]) -> bool:
    """``-pl a,:artifact,group:artifact,!b`` (Maven, "Guide to Working with Multiple Modules")."""
    names = {posixpath.relpath(module.folder, root), f":{module.pom.artifact}"}
    wanted = [p.rstrip("/").removeprefix("./") for p in projects if not p.startswith(("!", "-"))]
    without = [p.lstrip("!-").rstrip("/") for p in projects if p.startswith(("!", "-"))]
    if any(p in names for p in without):
        return False
    return not wanted or any(p in names or ":" + p.rpartition(":")[2] in names for p in wanted)


def _sources(files: Files, folder: str) -> tuple[str, ...]:
    """What serves the build alone: ``src``, the poms and the wrapper."""
    found = [p for p, _ in files.walk_context(f"{folder}/src")]
    found += [p for p, _ in files.walk_context(f"{folder}/.mvn")]
    return (*found, *(f"{folder}/{name}" for name in ("pom.xml", "mvnw", "mvnw.cmd")))


def _made(module: Module, call: Call) -> Iterator[tuple[str, bool, bool, bool]]:
    """(path, is a folder, runs, closed) of what one project leaves in its ``target``."""
    pom = module.pom
    if pom.packaging == "pom":
        return

    def fill(text: str) -> str:
        return interpolate(text, pom, call.given)

    target = posixpath.normpath(join(module.folder, fill(pom.directory or "target").removeprefix(module.folder + "/")))
    closed = not pom.dependencies and pom.parent is None
    goals = [g.rpartition(":")[2] for g in call.goals]
    if any(g in COMPILED for g in call.goals):
        yield f"{target}/classes", True, True, closed
    if any("copy-dependencies" in g for g in goals):
        yield _folder(module, call.given.get("outputDirectory", "target/dependency"), target), True, True, False
    for plugin in pom.plugins:
        yield from _folders(module, plugin, fill, target)
    if not any(g in _PACKAGED for g in call.goals):
        return
    name = final_name(pom, call.given)
    ending = _ENDING.get(pom.packaging, pom.packaging)
    repackaged = _repackaged(pom, fill, name)
    for archive in repackaged:
        yield f"{target}/{archive}.{ending}", False, True, False
    if name not in repackaged:
        jar = pom.plugin("maven-jar-plugin")
        own = fill(jar.settings.get("finalName", "")) if jar is not None else ""
        classifier = fill(jar.settings.get("classifier", "")) if jar is not None else ""
        own = (own or name) + (f"-{classifier}" if classifier else "")
        yield f"{target}/{own}.{ending}", False, not repackaged, closed
    yield from ((f"{target}/{extra}", False, False, False) for extra in _beside(pom, name))


def _beside(pom: Pom, name: str) -> Iterator[str]:
    """Archives that nobody starts but a shell's ``*.jar`` finds."""
    if pom.plugin("maven-shade-plugin") is not None:
        yield f"original-{name}.jar"
    if pom.plugin("maven-source-plugin") is not None:
        yield f"{name}-sources.jar"
    if pom.plugin("maven-javadoc-plugin") is not None:
        yield f"{name}-javadoc.jar"
    jar = pom.plugin("maven-jar-plugin")
    if jar is not None and any("test-jar" in e.goals for e in jar.executions):
        yield f"{name}-tests.jar"


def _repackaged(pom: Pom, fill: Fill, name: str) -> list[str]:
    """Names, without ending, of archives that hold the program with all it needs."""
    found: list[str] = []
    if (boot := pom.plugin("spring-boot-maven-plugin")) is not None:
        classifier = _setting(boot, "classifier", fill)
        found.append((_setting(boot, "finalName", fill) or name) + (f"-{classifier}" if classifier else ""))
    if (shade := pom.plugin("maven-shade-plugin")) is not None and any("shade" in e.goals for e in shade.executions):
        own = _setting(shade, "finalName", fill)
        attached = _setting(shade, "shadedArtifactAttached", fill) == "true"
        classifier = _setting(shade, "shadedClassifierName", fill) or "shaded"
        file = posixpath.basename(_setting(shade, "outputFile", fill)).removesuffix(".jar")
        found.append(file or (own or name) + (f"-{classifier}" if attached else ""))
    if (assembly := pom.plugin("maven-assembly-plugin")) is not None and assembly.executions:
        own = _setting(assembly, "finalName", fill) or name
        identity = _setting(assembly, "descriptorRefs/descriptorRef", fill) or "*"
        appended = _setting(assembly, "appendAssemblyId", fill) != "false"
        found.append(f"{own}-{identity}" if appended else own)
    return list(dict.fromkeys(found))


def _setting(plugin: Plugin, name: str, fill: Fill) -> str:
    settings = [plugin.settings, *(e.settings for e in plugin.executions)]
    return next((fill(s[name]) for s in reversed(settings) if name in s), "")


def _folders(module: Module, plugin: Plugin, fill: Fill, target: str) -> Iterator[tuple[str, bool, bool, bool]]:
    """Folders that plugins fill beside the archive."""
    match plugin.name:
        case "maven-dependency-plugin" if any("copy-dependencies" in e.goals for e in plugin.executions):
            folder = _setting(plugin, "outputDirectory", fill) or "target/dependency"
            yield _folder(module, folder, target), True, True, False
        case "quarkus-maven-plugin":
            yield f"{target}/quarkus-app", True, True, False
        case "appassembler-maven-plugin":
            folder = _setting(plugin, "assembleDirectory", fill) or "target/appassembler"
            yield _folder(module, folder, target), True, True, False
        case _:
            return


def _folder(module: Module, written: str, target: str) -> str:
    """A folder of the settings as a path of the image; ``target`` is where the project's own lies."""
    if written.split("/", maxsplit=1)[0] == "target":
        return posixpath.normpath(posixpath.join(target, written.partition("/")[2]))
    return posixpath.normpath(posixpath.join(module.folder, written))
