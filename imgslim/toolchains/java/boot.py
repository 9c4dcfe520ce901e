"""``mvn spring-boot:run``: an entry that builds at each start; the archive that Maven packs starts the same program.

The goal compiles, then starts the main class of ``target/classes`` with the project's dependencies, in the project's
folder (Spring Boot Maven Plugin, "Running your Application with Maven"); what it would have packed is what the goal
``repackage`` packs, without what serves development alone ("Packaging Executable Archives").
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from imgslim.meaning.paths import join
from imgslim.meaning.trace import Copy, Run, entry_command, literal_words
from imgslim.meaning.wrappers import unwrap
from imgslim.model import Assumption, EntryWords
from imgslim.records import dataclass, replace
from imgslim.toolchains.java.find import outputs_of
from imgslim.toolchains.java.maven import COMPILED, NAMES, modules, outputs, read_call
from imgslim.toolchains.java.outputs import NOT_RUN
from imgslim.toolchains.java.pom import Plugin
from imgslim.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.meaning.trace import Command
    from imgslim.model import Project
    from imgslim.toolchains.java.maven import Call
    from imgslim.toolchains.java.outputs import Output
    from imgslim.toolchains.java.pom import Pom

_PLUGIN = "spring-boot-maven-plugin"
_RUN = re.compile(rf"spring-boot:run|org\.springframework\.boot:{_PLUGIN}(?::[\w.-]+)?:run")
_PARENT = "org.springframework.boot:spring-boot-starter-parent"
_BEFORE = frozenset({"clean", "validate", "initialize", "generate-sources", "process-resources", *COMPILED})
#: What is said of tests: they are run neither by the goal nor by the build that takes its place.
_OF_TESTS = frozenset({"skipTests", "maven.test.skip", "skipITs"})
_ARGUMENTS, _PROFILES = "spring-boot.run.arguments", "spring-boot.run.profiles"
#: Settings of the plugin that hold for the archive as for the goal, by their first name.
_OF_BOTH = frozenset("""
mainClass excludes excludeGroupIds includes finalName classifier layers layout executable image outputDirectory attach
requiresUnpack outputTimestamp embeddedLaunchScript embeddedLaunchScriptProperties skip
""".split())  # fmt: skip
#: On the goal's class path and not in the archive ("excludeDevtools", "excludeDockerCompose").
_OF_DEVELOPMENT = ("spring-boot-devtools", "spring-boot-docker-compose")
#: Folders below the working directory that a server serves where it is not packed (Spring Boot, ``DocumentRoot``).
_SERVED = ("src/main/webapp", "public", "static")
#: A resource as a file on the disk: in an archive it is none.
_AS_FILE = re.compile(r"\bResourceUtils\b|\.getFile\(\)|\.toURI\(\)|\bgetResource\([^()]*\)\s*\.\s*getPath\(\)")
_SOURCES = (".java", ".kt", ".groovy", ".scala")
#: One word for the program, without what any version of the plugin would split or unquote.
_WORD = re.compile(r"[\w./:=@%+-]+")


@dataclass(frozen=True, slots=True)
class Ahead:
    """What starts instead, and how it is made."""

    words: EntryWords
    #: What the step that is added makes; nothing where a step of the file makes it already.
    made: tuple[Output, ...] = ()


def replaces_entry(project: Project) -> EntryWords | None:
    """The entry as the archive that Maven packs; None for any other entry, or where that would not be the same."""
    found = built_ahead(project)
    return found.words if isinstance(found, Ahead) else None


def made_ahead(project: Project) -> tuple[Output, ...]:
    """What the step makes that the builder is given in the entry's place; nothing where it is given none."""
    found = built_ahead(project)
    return found.made if isinstance(found, Ahead) else ()


def built_ahead(project: Project) -> Ahead | str | None:
    """The entry as the archive that Maven packs; a text says why that would not be the same; None for any other."""
    command = _command(project)
    if command is None or command.name not in NAMES:
        return None
    call = read_call(command)
    if not call.goals or not _RUN.fullmatch(call.goals[-1]):
        return None
    why = next(_differs(call), "")
    return why or _packed(project, command, call)


def _command(project: Project) -> Command | None:
    """The one command of the entry; None where it is not one, or a shell has a share in it."""
    entry, final = project.trace.entry, project.trace.final
    node = entry.entrypoint or entry.cmd
    # What a base image's own entry point does with its arguments is the planner's to say.
    words = entry.words if entry.entrypoint is not None else entry.cmd_argv
    if node is None or not words or isinstance(words, Unknown) or isinstance(final.workdir, Unknown):
        return None
    if words[1:2] != ("-c",):
        return entry_command(words, final, node.span)
    if len(entry.commands) != 1:
        return None
    shown, command = entry.commands[0], unwrap(entry.commands[0])
    text = shown.span.of(project.dockerfile.text)
    shared = shown.conditional or shown.piped or shown.redirects or command.assignments or re.search(r"[$`*?~\[]", text)
    return None if shared or command.cwd != final.workdir else command


def _differs(call: Call) -> Iterator[str]:
    """Why what the words ask for is not settled, or is more than starting the program."""
    if call.open_end or call.file or call.projects:
        yield call.open_end or "it is told which project to build"
    if other := next((g for g in call.goals[:-1] if g not in _BEFORE), ""):
        yield f"it runs {other}, too"
    known = (_ARGUMENTS, _PROFILES)
    if other := next((n for n in call.given if n.startswith("spring-boot.") and n not in known), ""):
        yield f"it sets {other}"
    if other := next((call.given[n] for n in known if n in call.given and not _WORD.fullmatch(call.given[n])), ""):
        yield f"what {other} means to the program is not settled"


def _packed(project: Project, command: Command, call: Call) -> Ahead | str:
    folder, steps = str(command.cwd), project.trace.steps
    files = project.files
    reactor = list(modules(files, folder, "pom.xml", frozenset(call.profiles)))
    if len(reactor) != 1:
        return "its project has several modules" if reactor else f"{join(folder, 'pom.xml')} can't be read"
    pom = reactor[0].pom
    named = pom.plugin(_PLUGIN)
    # The parent manages the plugin, so that Maven finds it by its prefix; nothing binds it to a phase, then.
    boot = named or (Plugin(_PLUGIN, {}) if (pom.parent or ("",))[0] == _PARENT else None)
    if boot is None:
        return f"the project does not name {_PLUGIN}"
    if why := next(_configured(pom, boot), ""):
        return why
    if served := next((one for one in _SERVED if any(True for _ in files.walk_context(join(folder, one)))), ""):
        return f"the server serves {served} where it runs in the project's folder"
    made = _made_already(project, folder, call) if named is not None else ()
    added = None if made else _added(command, call, pom, boot)
    if added is not None:
        line = replace(command, words=literal_words(added, command.span))
        found = outputs(files.before(len(steps), 0), line, len(steps), 0)
        made = () if isinstance(found, str) else tuple(found)
    archives = [o for o in made if o.runs and not o.is_folder and "*" not in o.path]
    if len(archives) != 1:
        return "the name of its archive is not settled"
    if any(_AS_FILE.search(_text(project, source)) for source in archives[0].sources):
        return "the program opens its resources as files, which they are not in an archive"
    words = EntryWords(
        ("java", "-jar", archives[0].path.removeprefix(f"{folder.rstrip('/')}/"), *_arguments(call)),
        "spring-boot:run builds at each start; the archive that Maven packs starts the same program.",
        tuple(_assumed(command, pom)),
        f"RUN {shlex.join(added)}" if added is not None else "",
    )
    return Ahead(words, made if added is not None else ())


def _configured(pom: Pom, boot: Plugin) -> Iterator[str]:
    """What the project sets for the goal alone, or for a goal that may be this one."""
    settings = [*boot.settings, *(name for e in boot.executions if "run" in e.goals for name in e.settings)]
    for name in settings:
        if name.partition("/")[0] not in _OF_BOTH:
            yield f"the project configures {name} for it"
    for name in pom.properties:
        if name.startswith("spring-boot.run."):
            yield f"the project sets {name}"


def _made_already(project: Project, folder: str, call: Call) -> tuple[Output, ...]:
    """What the last step of the file makes, where it builds this project as the entry would."""
    last = max((n for n, step in enumerate(project.trace.steps) if isinstance(step, Run | Copy)), default=-1)
    made = tuple(o for o in outputs_of(project).outputs if o.step == last)
    for output in made:
        own = read_call(unwrap(output.command))
        same = (own.profiles, own.projects, own.file, own.open_end) == (call.profiles, [], "", "")
        if output.made_by != "Maven" or output.command.cwd != folder or not same or _given(own) != _given(call):
            return ()
    return made if any(o.runs and not o.is_folder for o in made) else ()


def _given(call: Call) -> dict[str, str]:
    """The settings that may change what is built."""
    return {n: v for n, v in call.given.items() if n not in _OF_TESTS and n not in (_ARGUMENTS, _PROFILES)}


def _added(command: Command, call: Call, pom: Pom, boot: Plugin) -> tuple[str, ...]:
    """The words that pack the archive: those of the entry with another goal."""
    words = [str(w.value) for w in command.words]
    kept = [w for w in words if w not in call.goals and not w.startswith((f"-D{_ARGUMENTS}=", f"-D{_PROFILES}="))]
    before = ["clean"] if "clean" in call.goals else []
    managed = (pom.parent or ("",))[0] == _PARENT and pom.plugin(_PLUGIN) is not None
    surely = managed or any("repackage" in e.goals for e in boot.executions)
    goal = call.goals[-1].rpartition(":")[0] + ":repackage"
    tests = [] if _OF_TESTS.intersection(call.given) else ["-DskipTests"]
    return (*kept, *before, "package", *([] if surely else [goal]), *tests)


def _arguments(call: Call) -> tuple[str, ...]:
    """What the program is given (Spring Boot Maven Plugin, "arguments", "profiles")."""
    profiles, argument = call.given.get(_PROFILES), call.given.get(_ARGUMENTS)
    found = (f"--spring.profiles.active={profiles}" if profiles else "", argument or "")
    return tuple(word for word in found if word)


def _assumed(command: Command, pom: Pom) -> Iterator[Assumption]:
    why = "The entry compiles at each start, and starts the classes; packed ahead, their archive is started."
    yield Assumption("entry-compiled-ahead", why, command.span)
    for name in _OF_DEVELOPMENT:
        if any(one.endswith(f":{name}") for one in pom.dependencies):
            why = f"{name} is there when spring-boot:run starts the program, and is not in the archive."
            yield Assumption("development-left-out", why, command.span)


def _text(project: Project, source: str) -> str:
    if not source.endswith(_SOURCES) or any(part in source for part in NOT_RUN):
        return ""
    return (project.files.read(source) or b"").decode("utf-8", "replace")
