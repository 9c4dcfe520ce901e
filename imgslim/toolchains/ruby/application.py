"""Which Ruby application a command line starts: its gems, its files, and what both need."""

from __future__ import annotations

import posixpath
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from imgslim.meaning.effects import FromContext
from imgslim.meaning.paths import absolute, inside, normal
from imgslim.meaning.trace import Copy
from imgslim.model import Application, Declined, Need, NeedKind, Tree
from imgslim.toolchains.compiled import compiled_in
from imgslim.toolchains.gathered import Gathered
from imgslim.toolchains.ruby.gems import Locked, read_gemfile, read_lock
from imgslim.toolchains.ruby.installs import installed, packaged
from imgslim.toolchains.ruby.needs import gem_needs, locale_needs, program_needs
from imgslim.toolchains.ruby.sources import Sources, sources
from imgslim.toolchains.ruby.started import GEMS_OF, Started, as_built, started
from imgslim.toolchains.ruby.traces import has_traces
from imgslim.values import known

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imgslim.model import Project
    from imgslim.toolchains.ruby.installs import Installed
    from imgslim.toolchains.ruby.scan import Script
    from imgslim.values import Value

#: Where an interpreter's own library lies: built from source, and as packages of Debian or Alpine have it.
_LIBRARY = {
    "": ("/usr/local/lib/ruby",),
    "apt": ("/usr/lib/ruby", "/usr/lib/*-linux-gnu/ruby", "/usr/share/rubygems-integration"),
    "apk": ("/usr/lib/ruby",),
    "dnf": ("/usr/share/ruby", "/usr/lib64/ruby", "/usr/*/gems", "/usr/share/rubygems"),
}
#: Where packages lay gems with a part for the machine: a folder that is there once one of them is installed.
_LAID = {"apt": "/usr/lib/*-linux-gnu/rubygems-integration"}
#: Where programs of gems are put that have no folder of their own.
_PROGRAMS = {"": "/usr/local/bin", "apt": "/usr/local/bin", "apk": "/usr/bin", "dnf": "/usr/local/bin"}
#: Folders of the system, of which no copy is one of a project (hier(7)).
_SYSTEM = frozenset(
    """
    / /bin /boot /dev /etc /home /lib /lib64 /media /mnt /opt /proc /run /sbin /sys /tmp /usr /usr/bin /usr/games
    /usr/include /usr/lib /usr/libexec /usr/local /usr/local/bin /usr/local/etc /usr/local/lib /usr/local/sbin
    /usr/local/share /usr/local/src /usr/sbin /usr/share /usr/src /var /var/lib /var/log /var/run /var/tmp
    """.split()
)
#: What Bundler does that starts nothing of the project's: gems come from elsewhere, or change.
_INSTALLS = frozenset({"install", "update", "add", "clean", "package", "cache", "lock"})


def application(argv: tuple[str, ...], cwd: Value, project: Project) -> Application | Declined | None:
    """Tell what a command line starts; None where nothing says that it is Ruby."""
    program = started(argv, cwd, project)
    if program is None and not has_traces(project):
        return None
    made = installed(project)
    manager, packages = packaged(project)
    names = _gems(project, made, cwd)
    if program is None:
        program = _of_gem(argv, made, names, packages) or as_built(argv, cwd, project)
        if program is None:
            return None
    folder = posixpath.dirname(program.interpreter)
    if folder not in ("", "/usr/bin"):
        manager, packages = "", ()
    elif folder and not manager:
        manager, packages = packaged(project, beside=True)
    if program.program == "bundle" and next(iter(program.arguments), "install") in _INSTALLS:
        return Declined(
            "needs-command",
            f"{' '.join(argv[:2])} installs gems when the image starts: that takes a compiler and the network.",
            made.span,
            "Install the gems in a RUN step.",
        )
    out = Gathered()
    own = _own_gems(project, made, cwd)
    found = sources(project, program, cwd, own)
    program_needs(project, found.scripts.values(), cwd, out)
    _children(project, found, cwd, own, out)
    where = made.gemfile.rpartition("/")[2] + ".lock" if names and made.gemfile else "the program"
    gem_needs((n for n in names or tuple(made.names) if n not in own.values()), where, out)
    locale_needs(project, out)
    if program.by_env:
        out.need(NeedKind.COMMAND, "/usr/bin/env", f"the first line of {program.script or program.program} starts it")
    if found.open_end:
        out.leave_open("sources-unread", f"What {program.script or program.program} loads: {found.open_end}.")
    if not packages and (place := _of_distribution(project)):
        out.leave_open("sources-unread", f"RUBYLIB names {place}: what lies there was not read.")
    if made.open_end:
        out.leave_open("file-unproven", f"Where the gems lie: {made.open_end}.")
    machine = next((w for t in _own(project, cwd, found.scripts) if (w := compiled_in(project, t.path))), "")
    if machine:
        out.leave_open("sources-unread", f"{machine} holds code that is no Ruby: what that opens was not read.")
    trees = [*_own(project, cwd, found.scripts), *made.trees.values(), *_written(project)]
    home = "GEM_HOME" in project.trace.final.env
    if program.program and made.trees and not home and (program.program in names or program.program in made.names):
        bundled = manager == "dnf" and program.program not in made.names
        path = f"{'/usr/bin' if bundled else _PROGRAMS[manager]}/{program.program}"
        trees.append(Tree(path, f"the program of a gem: {program.program}"))
    if "-run" in argv:  # un.rb: its programs work on the folder that they start in
        out.need(NeedKind.FILE, "*", "ruby -run works on the files of its folder")
    out_needs = [*out.needs.values(), *_bundled(program, made)]
    shown = " ".join(argv[:3])
    return Application(
        toolchain="ruby",
        interpreter=program.interpreter,
        why=f"{shown} is run by Ruby",
        trees=tuple(t for t in trees if not any(t is not o and inside(t.path, o.path) for o in trees)),
        library=tuple(Tree(path, "Ruby's own library") for path in _library(project, manager)),
        native=bool(made.trees or machine),
        needs=tuple(out_needs),
        sources=tuple(_build_only(project, made, cwd)),
        packages=packages,
        assumptions=tuple(out.open_ends.values()),
        span=made.span,
    )


def _of_distribution(project: Project) -> str:
    """A folder that RUBYLIB leads to and that holds none of the context's files; "" where there is none."""
    said = project.trace.final.env.get("RUBYLIB", "")
    places = said.split(":") if isinstance(said, str) else ()
    return next((p for p in places if p.startswith("/") and project.files.kind(p) != "folder"), "")


def _children(project: Project, found: Sources, cwd: Value, own: Mapping[str, str], out: Gathered) -> None:
    """Read what the program starts of its own language in processes of their own, and what those start."""
    seen: set[tuple[str, ...]] = set()
    while waiting := [argv for argv in out.children if argv not in seen]:
        for argv in waiting:
            seen.add(argv)
            child = started(argv, cwd, project)
            if child is None or not (child.script or child.code):
                continue
            more = sources(project, child, cwd, own)
            if not more.scripts:
                out.leave_open("sources-unread", f"{out.children[argv]}: {child.script} is not there to be read.")
            new = {path: script for path, script in more.scripts.items() if path not in found.scripts}
            found.scripts |= new
            found.open_end = found.open_end or more.open_end
            program_needs(project, new.values(), cwd, out)


def _library(project: Project, manager: str) -> Iterator[str]:
    """Where the interpreter's own library lies, and what packages add to it as far as the built image shows."""
    yield from _LIBRARY[manager]
    laid, built = _LAID.get(manager, ""), project.evidence.built
    if laid and built is not None and any(fnmatchcase(path, laid) for path in built.entries):
        yield laid


def _of_gem(
    argv: tuple[str, ...], made: Installed, names: tuple[str, ...], packages: tuple[str, ...]
) -> Started | None:
    """A bare ``puma`` or ``rackup``: Ruby's where a gem of the project, or a package of its, brings that program."""
    name = argv[0].rsplit("/", 1)[-1]
    brought = {*names, *made.names}
    gems = GEMS_OF.get(name, (name,))
    if brought.intersection(gems) or any(p in (g, f"ruby-{g}") for g in gems for p in packages):
        return Started(program=name, arguments=argv[1:])
    return None


def _gems(project: Project, made: Installed, cwd: Value) -> tuple[str, ...]:
    """The gems that are installed for the running program, by lock or Gemfile; () where neither is there."""
    path = made.gemfile or known(absolute("Gemfile", cwd))
    if path is None:
        return ()
    asked = read_gemfile(path, project.files.read)
    left_out = {g.name for g in asked.gems if set(g.groups) & made.without} if asked is not None else set()
    lock = posixpath.join(posixpath.dirname(path), "gems.locked") if path.endswith("gems.rb") else path + ".lock"
    data = project.files.read(lock)
    if data is not None:
        locked: Locked = read_lock(data.decode("utf-8", "replace"))
        wanted = tuple(n for n in locked.direct if n not in left_out)
        return tuple(sorted(locked.reached(wanted)))
    return tuple(g.name for g in asked.gems if g.name not in left_out) if asked is not None else ()


def _own_gems(project: Project, made: Installed, cwd: Value) -> dict[str, str]:
    """Gems that are folders of the project, by folder: their sources are read like any other of its files."""
    found = dict(made.made)
    folder = known(cwd)
    if folder is not None and folder != "/":
        for path, _ in project.files.walk_context(folder):
            if path.endswith(".gemspec"):
                found[posixpath.dirname(path)] = posixpath.basename(path).removesuffix(".gemspec")
    return found


def _own(project: Project, cwd: Value, scripts: dict[str, Script]) -> list[Tree]:
    """The project itself: the folder that it starts in, whole; what it names there may be of any kind.

    Where that is one of the system's, or for files that it reads elsewhere, what COPY put there, with what lies beside.
    """
    files, why = project.files, "the program's own files"
    folder = known(cwd)
    found: list[str] = []
    if folder is not None and folder not in _SYSTEM:
        if any(True for _ in files.walk_context(folder)) or _is_copied_to(project, folder):
            found.append(folder)
    elif folder is not None:
        found += [p.path for p in files.placed() if p.sure and isinstance(files.origin(p.path), FromContext)]
    found += [place for place in _copied_with_sources(project) if not any(inside(place, tree) for tree in found)]
    for path in scripts:
        if files.context_file(path) is not None and not any(inside(path, tree) for tree in found):
            found.append(path)
    return [Tree(path, why) for path in dict.fromkeys(found)]


def _copied_with_sources(project: Project) -> Iterator[str]:
    """Folders that COPY put more than one kind of file into, Ruby's among them: a program may open any file of its own.

    A folder that holds the author's data alone goes along by its name.
    """
    for step in project.trace.steps:
        if isinstance(step, Copy) and step.origin is None and isinstance(step.destination, str):
            place = normal(step.destination)
            is_own = place not in _SYSTEM and project.files.kind(place) == "folder"
            if is_own and any(path.endswith((".rb", ".ru")) for path, _ in project.files.walk_context(place)):
                yield place


def _is_copied_to(project: Project, folder: str) -> bool:
    """Tell whether a COPY of the context goes to a folder: so it does also where the context is not known."""
    places = (s.destination for s in project.trace.steps if isinstance(s, Copy) and s.origin is None)
    return any(isinstance(place, str) and inside(normal(place), folder) for place in places)


def _build_only(project: Project, made: Installed, cwd: Value) -> Iterator[str]:
    """Context files that were packed into gems, and lie outside of the project: what runs is what was installed."""
    own = known(cwd)
    for step, index in made.commands:
        for folder in made.made:
            if own is None or not inside(folder, own):
                yield from (source for _, source in project.files.before(step, index).walk_context(folder))


def _written(project: Project) -> tuple[Tree, ...]:
    """What ``assets:precompile`` writes into the project (Rails guide, "The Asset Pipeline")."""
    found: dict[str, Tree] = {}
    for _, _, command in project.trace.commands():
        if any(isinstance(w.value, str) and w.value.startswith("assets:") for w in command.words):
            path = known(absolute("public", command.cwd))
            if path is not None:
                found[path] = Tree(path, "assets:precompile wrote there")
    return tuple(found.values())


def _bundled(program: Started, made: Installed) -> tuple[Need, ...]:
    """Bundler reads the Gemfile and its lock before anything else."""
    if not program.bundled or not made.gemfile:
        return ()
    return (Need(NeedKind.FILE, made.gemfile, "Bundler reads it"),)
