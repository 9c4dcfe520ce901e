"""What a started command runs on the Java machine: which files that is, and what they need."""

from __future__ import annotations

import posixpath
from functools import partial
from typing import TYPE_CHECKING

from imgslim.meaning.effects import FromContext
from imgslim.meaning.paths import absolute
from imgslim.meaning.trace import Copy, Run
from imgslim.meaning.wrappers import unwrap
from imgslim.model import Application, Assumption, Declined, Need, NeedKind, Tree
from imgslim.toolchains.java.boot import built_ahead, made_ahead
from imgslim.toolchains.java.class_path import Found
from imgslim.toolchains.java.find import outputs_of
from imgslim.toolchains.java.jlink import fonts_within, runtime
from imgslim.toolchains.java.kit import machine
from imgslim.toolchains.java.launch import Launch, is_java, read_launch
from imgslim.toolchains.java.named import mentions, read_by_itself
from imgslim.toolchains.java.needs import calls_out, desktop, from_sources
from imgslim.toolchains.java.outputs import NOT_RUN
from imgslim.toolchains.java.resources import resources
from imgslim.toolchains.java.scan import scan
from imgslim.toolchains.java.settings import locale, packages, trust
from imgslim.toolchains.variables import named
from imgslim.values import known

if TYPE_CHECKING:
    from imgslim.model import Project
    from imgslim.text import Span
    from imgslim.toolchains.gathered import Gathered
    from imgslim.toolchains.java.scan import Scan
    from imgslim.values import Value

_BUILDERS = frozenset({"mvn", "mvnw", "gradle", "gradlew", "sbt"})
_SOURCES = (".java", ".kt", ".scala", ".groovy")


def application(argv: tuple[str, ...], cwd: Value, project: Project) -> Application | Declined | None:
    """Tell what ``argv``, started in ``cwd``, runs; None where it is nothing of Java's.

    Args:
        argv: the started words; "" is one that is not literal.
        cwd: the folder it starts in.
        project: what reading gave.
    """
    span = (project.trace.entry.entrypoint or project.trace.entry.cmd or project.trace.node).span
    if argv[0].rsplit("/", 1)[-1] in _BUILDERS:
        name = argv[0].rsplit("/", 1)[-1]
        unlike = built_ahead(project)
        why = f"The entry starts {name}, which builds before it starts a program{f': {unlike}' * bool(unlike)}."
        there = next((o.path for o in outputs_of(project).outputs if o.runs and o.path.endswith((".jar", ".war"))), "")
        hint = "Build in a RUN, and start the archive with java -jar."
        return Declined(
            "entry-not-built", why, span, f"A step makes {there}: start that with java -jar." if there else hint
        )
    if not is_java(argv[0]):
        return _distribution(argv, cwd, project)
    launch = read_launch(_with_patterns(project, argv), project.trace.final.env)
    if launch is None:
        return None
    if launch.source:
        return Declined(
            "needs-command",
            f"java {launch.source} compiles at each start, which takes the development kit.",
            span,
            "Compile it with javac in a RUN, and start the class.",
        )
    made = outputs_of(project)
    made.outputs += made_ahead(project)
    places = [launch.jar] if launch.jar else launch.path
    if not places:
        return Declined("entry-not-built", f"Which archive java starts is not known: {launch.open_end}.", span)
    found = Found(project, cwd, made)
    for place in places:
        found.place(place, main=launch.main)
    return _application(project, argv[0], launch, found, span)


def _with_patterns(project: Project, argv: tuple[str, ...]) -> tuple[str, ...]:
    """The words with patterns of the shell as they are written: ``target/*.jar``, or ``lib/*`` that java expands."""
    for command in project.trace.entry.commands if "" in argv else ():
        words = unwrap(command).words
        if len(words) == len(argv) and words[0].value == argv[0]:
            raws = (w.raw.strip("\"'") for w in words)
            return tuple(
                raw if not given and not set(raw) & {"$", "`"} else given for given, raw in zip(argv, raws, strict=True)
            )
    return argv


def _application(project: Project, java: str, launch: Launch, found: Found, span: Span) -> Application | Declined:
    if not found.trees:
        what = launch.jar or launch.main or "what it starts"
        if not project.context.known and any(isinstance(s, Copy) and s.origin is None for s in project.trace.steps):
            return Declined(
                "entry-not-built",
                f"The entry starts java with {what}: whether a step makes that, or the build context holds it, is not "
                "known, since no context is there to be read.",
                span,
                "Give the folder that docker build gets with --context.",
            )
        return Declined(
            "entry-not-built",
            f"The entry starts java with {what}; nothing is known to make {', '.join(found.missing[:3]) or 'that'}.",
            span,
            "Name the built archive or the folder of classes in CMD or ENTRYPOINT.",
        )
    sources = dict.fromkeys(s for o in found.used for s in o.sources)
    gathered, labels, scans = _needs(project, list(sources))
    closed = bool(found.used) and all(o.closed for o in found.used) and not found.strange
    needs = dict.fromkeys(gathered.needs.values()) | dict.fromkeys(labels)
    for file in launch.files:
        path = known(absolute(file, project.trace.final.workdir))
        if path is not None:
            needs[Need(NeedKind.FILE, path, f"an option of java names {file}")] = None
    needs |= dict.fromkeys(locale(project))
    opened = tuple(resources(project, scans, tuple(dict.fromkeys(found.folders)), closed=closed))
    needs |= dict.fromkeys(one for one in opened if isinstance(one, Need))
    drawn = desktop(scans)
    made = None if drawn else runtime(project, scans, launch, tuple(found.trees), closed=closed)
    moved = None if made is not None or drawn else machine(project, java)
    return Application(
        toolchain="java",
        interpreter=java,
        why=f"The entry starts {java}{f', and {drawn}' if drawn else ''}",
        trees=(*found.trees.values(), *trust(project)),
        native=False,
        needs=tuple(needs),
        packages=packages(project),
        library=moved,
        prepared=tuple(map(fonts_within, moved)) if moved and not closed else (),
        runtime=made,
        whole=drawn,
        encoding_alone=closed and not calls_out(scans),
        variables=named(project, sources),
        sources=tuple(_context(project, [*sources, *(s for o in found.made.outputs for s in o.sources)])),
        assumptions=(
            *gathered.open_ends.values(),
            *(one for one in opened if isinstance(one, Assumption)),
            *_open(found, launch, closed=closed),
        ),
        span=found.used[0].command.span if found.used else span,
    )


def _open(found: Found, launch: Launch, *, closed: bool) -> list[Assumption]:
    ends: list[Assumption] = []
    span = found.used[0].command.span if found.used else None
    if not closed:
        names = ", ".join(found.strange[:3]) or "The libraries that the build fetches"
        ends.append(
            Assumption("modules-unread", f"{names}: what they open, start and load by name was not read.", span)
        )
    if launch.open_end:
        ends.append(Assumption("entry-computed", f"The entry starts java, and {launch.open_end}.", None))
    return ends


def _needs(project: Project, sources: list[str]) -> tuple[Gathered, list[Need], dict[str, Scan]]:
    """What the compiled sources need, and the files that they name."""
    folder = project.trace.final.workdir
    label = partial(posixpath.relpath, start=folder if isinstance(folder, str) else "/")
    own = [p for p in sources if not any(part in p for part in NOT_RUN)]
    read = {label(p): data for p in own if (data := project.files.read(p)) is not None}
    scans = {name: scan(data) for name, data in read.items() if name.endswith(_SOURCES)}

    def exists(path: str) -> bool:
        where = known(absolute(path, folder))
        return where is not None and (project.files.exists(where) is True or any(project.files.walk_context(where)))

    def may_exist(path: str) -> bool:
        where = known(absolute(path, folder))
        return where is not None and project.files.exists(where) is not False

    gathered = from_sources(scans, may_exist)
    if not isinstance(folder, str):
        return gathered, [], scans
    beside = list(read_by_itself(scans, folder, (p for p, _ in project.files.walk_context(folder))))
    settings = read | {n.value: data for n in beside if (data := project.files.read(n.value)) is not None}
    named = mentions(scans, settings, folder, lambda p: exists(p) and p not in sources)
    return gathered, [*beside, *named], scans


def _context(project: Project, sources: list[str]) -> list[str]:
    found = (project.files.origin(s) for s in dict.fromkeys(sources))
    return [o.path for o in found if isinstance(o, FromContext)]


def _distribution(argv: tuple[str, ...], cwd: Value, project: Project) -> Application | None:
    """A start script of an installed distribution: ``build/install/app/bin/app`` (Gradle's application plugin)."""
    path = known(absolute(argv[0], cwd))
    if path is None or not any(isinstance(s, Run) for s in project.trace.steps):
        return None
    made = outputs_of(project)
    for output in made.outputs:
        for now in project.files.places(output.path, output.step, output.index) if output.is_folder else ():
            if path.startswith(now + "/bin/") and "/classes" not in now:
                found = Found(project, cwd, made)
                found.used = [output]
                gathered, labels, scans = _needs(project, list(output.sources))
                why, drawn, archives = f"{path} is a start script", desktop(scans), (f"{now}/lib/*.jar",)
                shell = Need(NeedKind.SHELL, "/bin/sh", why)
                span = output.command.span
                return Application(
                    toolchain="java",
                    interpreter="java",
                    why=f"{path} starts java",
                    trees=(Tree(now, f"what {output.made_by} made"), *trust(project)),
                    native=False,
                    library=None,
                    runtime=None if drawn else runtime(project, scans, Launch(), archives, closed=output.closed),
                    whole=drawn,
                    needs=(shell, *gathered.needs.values(), *labels, *locale(project)),
                    packages=packages(project),
                    variables=named(project, output.sources) | {"JAVA_HOME"},
                    sources=tuple(_context(project, list(output.sources))),
                    assumptions=(
                        *gathered.open_ends.values(),
                        *_open(found, Launch(), closed=output.closed),
                    ),
                    span=span,
                )
    return None
