"""What a ``gradle`` command leaves behind, from its words and the build files."""

from __future__ import annotations

import posixpath
from itertools import pairwise
from typing import TYPE_CHECKING

from imgslim.meaning.paths import absolute, join
from imgslim.records import dataclass, field
from imgslim.toolchains.java.gradle_code import is_own
from imgslim.toolchains.java.gradle_text import Block, read_gradle
from imgslim.toolchains.java.outputs import Output
from imgslim.values import known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.meaning.effects import Files
    from imgslim.meaning.trace import Command

NAMES = frozenset({"gradle", "gradlew"})
_VALUED = frozenset("""
-b --build-file -c --settings-file -p --project-dir -x --exclude-task -I --init-script -g --gradle-user-home
--project-cache-dir --include-build --console --max-workers --priority --warning-mode
""".split())  # fmt: skip
#: Tasks that make every archive (the base plugin's ``assemble``).
_ASSEMBLES = frozenset({"build", "assemble", "install", "publishToMavenLocal", "buildNeeded", "buildDependents"})
_ARCHIVES = {"jar", "bootJar", "shadowJar", "war", "bootWar"}
_BOOT = ("org.springframework.boot", "spring-boot")
_SHADOW = ("com.github.johnrengelman.shadow", "com.gradleup.shadow", "io.github.goooler.shadow")
_APPLICATION = ("application", "org.gradle.application", "ktor")
_DEEPEST = 30


@dataclass(slots=True)
class Call:
    """The words of a command, settled."""

    folder: str = "."
    tasks: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    given: dict[str, str] = field(default_factory=dict)


def read_call(command: Command) -> Call:
    """Read the words of a ``gradle`` command ("gradle --help")."""
    call = Call()
    words = iter([(w.value if isinstance(w.value, str) else "*") for w in command.words[1:]])
    for word in words:
        name, equals, value = word.partition("=")
        if name in _VALUED and not (equals and name.startswith("--")):
            name, value = word, next(words, "*")
        if name in ("-p", "--project-dir"):
            call.folder = value
        elif name in ("-b", "--build-file"):
            call.folder = posixpath.dirname(value) or "."
        elif name in ("-x", "--exclude-task"):
            call.excluded.append(value)
        elif word.startswith("-P"):
            key, _, setting = word[2:].partition("=")
            call.given[key] = setting
        elif not word.startswith("-"):
            call.tasks.append(word)
    return call


@dataclass(frozen=True, slots=True)
class Project:
    """One project of a build."""

    folder: str
    #: ``""`` for the root, ``a:b`` below it.
    path: str
    name: str
    block: Block
    #: Blocks of the root that configure this one too: ``allprojects``, ``subprojects``.
    shared: tuple[Block, ...]
    properties: dict[str, str]

    def setting(self, *names: str) -> str | None:
        """A setting of the project: its own file first, then what the root says for all, then gradle.properties."""
        for block in (self.block, *self.shared):
            for place in (block, *block.named("base", "java")):
                if (value := place.setting(*names)) is not None:
                    return value
        return next((self.properties[n] for n in names if n in self.properties), None)

    def applies(self, *plugins: str) -> bool:
        """Tell whether the build file names one of the plugins."""
        return any(_names(block, plugins) for block in (self.block, *self.shared))


def _names(block: Block, plugins: tuple[str, ...]) -> bool:
    for inner in (block, *block.named("plugins")):
        for statement in inner.statements:
            off = any(a.text == "apply" and b.text == "false" for a, b in pairwise(statement))
            if not off and any((t.value if t.kind == "string" else t.text) in plugins for t in statement):
                return True
    return False


def outputs(files: Files, command: Command, step: int, index: int) -> list[Output] | str:
    """What the command makes; a text says why that is not known."""
    call = read_call(command)
    root = known(absolute(call.folder, command.cwd))
    if root is None or "*" in call.folder:
        return "where it builds is not settled"
    projects = list(_projects(files, root))
    if not projects:
        return f"{root} holds no build.gradle that can be read"
    made: list[Output] = []
    for task in call.tasks:
        path, _, name = task.lstrip(":").rpartition(":")
        for project in projects:
            if (path and project.path != path) or (task.startswith(":") and not path and project.path):
                continue
            for where, is_folder, runs in _made(project, name, call):
                sources = tuple(p for p, _ in files.walk_context(root) if _is_source(p))
                closed = _is_closed(files, root, project)
                made.append(Output(where, is_folder, command, step, index, "Gradle", runs, sources, closed))
    return made


def _is_closed(files: Files, root: str, project: Project) -> bool:
    """Tell whether all of a project's code is that of its ``src/main``: the build's own plugins may add any."""
    own = any(p.endswith(".java") for p, _ in files.walk_context(f"{project.folder}/src/main"))
    return (
        own and is_own(project.block, project.shared) and not any(True for _ in files.walk_context(f"{root}/buildSrc"))
    )


def _is_source(path: str) -> bool:
    name = posixpath.basename(path)
    return "/src/" in path or "/gradle/" in path or name.startswith(("gradlew", "settings.gradle", "build.gradle"))


def _projects(files: Files, root: str) -> Iterator[Project]:
    settings = _file(files, root, "settings.gradle") or Block()
    first = _file(files, root, "build.gradle")
    own = tuple(settings.named("rootProject"))
    name = settings.setting("rootProject.name") or next((b.setting("name") or "" for b in own), "")
    name = name or posixpath.basename(root) or "*"
    properties = _properties(files, root)
    shared = tuple(first.named("allprojects")) if first is not None else ()
    below = (*shared, *(first.named("subprojects") if first is not None else ()))
    if first is not None:
        yield Project(root, "", name, first, shared, properties)
    for path in _included(settings):
        folder = join(root, _moved(settings, path) or path.replace(":", "/"))
        block = _file(files, folder, "build.gradle") or Block()
        yield Project(folder, path, path.rpartition(":")[2], block, below, properties | _properties(files, folder))


def _file(files: Files, folder: str, name: str) -> Block | None:
    for ending in ("", ".kts"):
        data = files.read(join(folder, name + ending))
        if data is not None:
            return read_gradle(data)
    return None


def _properties(files: Files, folder: str) -> dict[str, str]:
    data = files.read(join(folder, "gradle.properties"))
    lines = data.decode("utf-8", "replace").splitlines() if data is not None else []
    pairs = (line.partition("=") for line in lines if "=" in line and not line.lstrip().startswith(("#", "!")))
    return {key.strip(): value.strip() for key, _, value in pairs}


def _included(settings: Block) -> Iterator[str]:
    """``include ':a', ':b:c'`` and ``include("a")``."""
    for statement in settings.statements:
        if statement[0].text == "include":
            for token in statement[1:]:
                if token.value:
                    yield token.value.lstrip(":")


def _moved(settings: Block, path: str) -> str:
    """``project(":a").projectDir = file("x")``, "" where the folder is the usual one."""
    for statement in settings.statements:
        strings = [t.value for t in statement if t.value is not None]
        names = [t.text for t in statement if t.kind == "name"]
        if "project" in names and "projectDir" in " ".join(names) and strings[:1] in ([path], [":" + path]):
            return strings[-1] if len(strings) > 1 else ""
        if any(t.text == "projectDir" for t in statement) and strings[:1] in ([path], [":" + path]):
            return strings[-1]
    return ""


def _made(project: Project, task: str, call: Call) -> Iterator[tuple[str, bool, bool]]:
    """(path, is a folder, runs) of what one task of one project leaves behind."""
    boot, shadow = project.applies(*_BOOT), project.applies(*_SHADOW)
    libs = f"{project.folder}/build/libs"
    every = task in _ASSEMBLES
    if (every or task == "bootJar") and boot:
        yield f"{libs}/{_archive(project, call, 'bootJar')}", False, True
    if (every or task == "shadowJar") and shadow:
        yield f"{libs}/{_archive(project, call, 'shadowJar', 'all')}", False, True
    if (every or task in ("war", "bootWar")) and project.applies("war"):
        yield f"{libs}/{_archive(project, call, 'bootWar' if boot else 'war')}", False, True
    if every or task == "jar" or (task not in _ARCHIVES and "jar" in task.lower() and task != "bootJar"):
        disabled = any(b.setting("enabled") == "*" for b in project.block.named("jar"))
        if not (every and boot and disabled):
            own = task if task not in {*_ASSEMBLES, "jar"} else "jar"
            yield f"{libs}/{_archive(project, call, own, 'plain' if boot else '')}", False, not (boot or shadow)
    if task in ("installDist", "installShadowDist", "installBootDist") or (every and task == "install"):
        name = project.setting("applicationName") or project.name
        name += {"installShadowDist": "-shadow", "installBootDist": "-boot"}.get(task, "")
        yield f"{project.folder}/build/install/{name}", True, True
    if every or task in ("classes", "compileJava", "compileKotlin", "run"):
        yield f"{project.folder}/build/classes", True, True
    if project.applies("io.quarkus") and (every or task == "quarkusBuild"):
        yield f"{project.folder}/build/quarkus-app", True, True


def _archive(project: Project, call: Call, task: str, classifier: str = "") -> str:
    """``[baseName]-[appendix]-[version]-[classifier].[extension]`` (AbstractArchiveTask)."""
    blocks = [b for where in (project.block, *project.shared) for b in where.named(task)]

    def own(*names: str) -> str | None:
        return next((v for b in blocks if (v := b.setting(*names)) is not None), None)

    if (whole := own("archiveFileName", "archiveName")) is not None:
        return whole if whole != "*" else "*.jar"
    base = own("archiveBaseName", "baseName") or project.setting("archivesBaseName", "archivesName") or project.name
    version = own("archiveVersion", "version")
    if version is None:
        version = call.given.get("version") or project.setting("version") or ""
    given = own("archiveClassifier", "classifier")
    parts = [base, own("archiveAppendix", "appendix") or "", version, classifier if given is None else given]
    return "-".join(p for p in parts if p) + (".war" if task in ("war", "bootWar") else ".jar")
