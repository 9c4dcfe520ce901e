"""Hosted: where an application's interpreter comes from on a target, which other programs of a build don't ask.

The small member of the builder's own family has the same one; where the author installed it with a package manager, a
target of the same release installs the same package. Any other target has none: there it goes along like a program of
the build, with its own library whole, once a run showed what else it uses.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.images import ImageFacts, brings, whole_sibling
from imgslim.meaning.trace import Command
from imgslim.model import Declined, Linkage, Product, Unchanged
from imgslim.planner.assemble import STAGING, Staged, quote
from imgslim.planner.build import Used
from imgslim.planner.commands import Packages, Unfollowed
from imgslim.planner.installs import adds_sources, can_install, options_for, other_source, packages_of
from imgslim.planner.look import in_image, looked_at
from imgslim.planner.trees import within
from imgslim.planner.wanted import left_to_run_with
from imgslim.records import dataclass, numerous, replace

if TYPE_CHECKING:
    from imgslim.evidence import Contents, Observed
    from imgslim.model import Application, Assumption, Preparation, Project, Runtime, RuntimeTarget, Tree
    from imgslim.planner.build import Build
    from imgslim.planner.installs import Installed

_HINT = "Choose the slim image of the builder's own family, or let an engine watch a run (--verify)."


_FAMILY_HINT = "Choose the slim image of the builder's own distribution."


@numerous
@dataclass(frozen=True, slots=True)
class Hosted:
    """A build as it is on one target, and what that takes besides."""

    build: Build
    installs: tuple[Installed, ...] = ()
    #: The interpreters' own libraries.
    trees: tuple[Tree, ...] = ()
    staged: tuple[Staged, ...] = ()
    assumptions: tuple[Assumption, ...] = ()


def hosted(project: Project, build: Build, target: RuntimeTarget) -> Hosted | Declined | Unchanged:
    """Say how each interpreter comes to ``target``, or why it does not."""
    found = Hosted(build)
    for application in build.applications:
        if _has(project, target, application):
            continue
        if application.packages and can_install(target) and not adds_sources(project):
            again = packages_of(application.packages, target, application.interpreter, application.why)
            given = options_for(target, application.options) if application.options else None
            again = replace(again, options=given or again.options, undone=application.undone)
            found = replace(found, installs=(*found.installs, again))
            continue
        if application.homebound:
            return Declined("needs-distribution", f"{application.homebound}.", application.span, _FAMILY_HINT)
        if application.runtime is not None:
            found = _made(project, found, application, application.runtime)
            continue
        taken = _taken_along(project, application)
        if isinstance(taken, Declined):
            return replace(taken, message=f"{taken.message.rstrip('.')}: {_lacking(project, target)}.")
        used, links = taken
        if used.path not in {u.path for u in found.build.used}:
            needs = tuple(dict.fromkeys((*found.build.needs, *used.product.needs)))
            more = _with(found.build, application, application.prepared)
            more = replace(more, used=(*more.used, used), needs=needs)
            trees, staged = (*found.trees, *(application.library or ())), (*found.staged, *links)
            found = replace(found, build=more, trees=trees, staged=staged)
    if build.applications and not build.used and _is_base(project, target) and not _sheds(project, build):
        what = f"The image is {target.reference} already, and no step installs what only the build needs."
        return Unchanged("already-minimal", what, project.trace.node.span)
    return found


def _has(project: Project, target: RuntimeTarget, application: Application) -> bool:
    """Tell whether a target surely has the very same interpreter."""
    base, facts = project.base, target.facts
    if not (target.same_family and isinstance(base, ImageFacts) and facts is not None):
        return False
    if application.whole and whole_sibling(base) not in (None, target.reference):
        return False
    return brings(base, application.interpreter) and brings(facts, application.interpreter)


def _lacking(project: Project, target: RuntimeTarget) -> str:
    """Why the target has no such interpreter: where packages can bring it, why none is known to."""
    none = f"{target.reference} has none"
    if not can_install(target):
        return none
    if said := other_source(project):
        return f"{none}, and packages of other sources ({said!r}) than the distribution's are not installed again"
    return f"{none}, and no step is known to install it from the distribution's packages"


def _taken_along(project: Project, application: Application) -> tuple[Used, tuple[Staged, ...]] | Declined:
    """The interpreter as a program of the build, and the names that lead to it."""
    built = project.evidence.built
    if built is None or project.evidence.run is None or application.library is None:
        return Declined("needs-command", f"{application.why}.", application.span or project.trace.node.span, _HINT)
    path = in_image(project, application.interpreter)
    real = built.resolve(path) or ""
    if real not in built.elf:
        why = f"{application.why}, and {path or 'that'} is no program of the machine's own"
        return Declined("needs-command", why, application.span or project.trace.node.span)
    ran = _started(built, project.evidence.run)
    if real not in ran and not _embedded(built, application, ran):
        # A script may choose what it starts: what an interpreter reads that never ran was not seen.
        why = f"{application.why}, which no watched run did"
        return Declined("needs-command", f"{why}.", application.span or project.trace.node.span, _HINT)
    return looked_at(project, _used(project, application, real)), tuple(_links(built, real))


def _embedded(built: Contents, application: Application, ran: set[str]) -> bool:
    """Tell whether a program of the trees ran that holds the interpreter: it is linked with the interpreter's library.

    uWSGI is such a program (its documentation, "Python support"); what it reads is what the interpreter would.
    """
    from imgslim.evidence.loader import closure  # noqa: PLC0415  (only where an image was looked into)

    trees = tuple(t.path for t in application.trees)
    here = (path for path in ran if path in built.elf and within(path, trees))
    return any(name.startswith(f"lib{application.toolchain}") for path in here for name in closure(built, path).found)


def _started(built: Contents, run: Observed) -> set[str]:
    """The programs that a run started, and of scripts the interpreters that the kernel starts for them (execve(2))."""
    from imgslim.evidence import Access  # noqa: PLC0415  (only where a run was watched)

    scripts = {built.resolve(path) or "" for path in run.having(Access.EXECUTED)}
    lines = (built.interpreters.get(path, "").split() for path in scripts)
    return scripts | {built.resolve(line[0]) or "" for line in lines if line}


def _made(project: Project, found: Hosted, application: Application, runtime: Runtime) -> Hosted:
    """An interpreter that the build stage makes, in place of the one that it has."""
    used = _used(project, application, runtime.program)
    links = tuple(
        Staged(
            f"mkdir -p {quote(STAGING + posixpath.dirname(path))}; ln -s {quote(used.path)} {quote(STAGING + path)}",
            f"{path}: a name of {used.path}",
        )
        for path in runtime.links
    )
    build = _with(found.build, application, (runtime.preparation,))
    build = replace(build, used=(*build.used, used))
    return replace(
        found,
        build=build,
        trees=(*found.trees, runtime.tree),
        staged=(*found.staged, *links),
        assumptions=(*found.assumptions, *runtime.assumptions),
    )


def _with(build: Build, application: Application, more: tuple[Preparation, ...]) -> Build:
    """The build with more steps before one of its applications is copied."""
    applications = tuple(
        replace(a, preparations=(*a.preparations, *more)) if a is application else a for a in build.applications
    )
    return replace(build, applications=applications)


def _used(project: Project, application: Application, path: str) -> Used:
    """The interpreter at ``path`` as a program of the build."""
    product = Product(
        toolchain=application.toolchain,
        path=path,
        is_folder=False,
        command=_command(project, application),
        step=len(project.trace.steps),
        index=0,
        executable=True,
        shared=False,
        linkage=Linkage.DYNAMIC,
        libc=project.base.libc if isinstance(project.base, ImageFacts) else None,
        needs=(),
        libraries_known=True,
        not_static="it loads modules",
    )
    return Used(product, path, path)


def _command(project: Project, application: Application) -> Command:
    """What stands for the command that made an interpreter: none in the file did."""
    span = application.span or project.trace.node.span
    return Command((), (), (), "/", {}, span, conditional=False, piped=False, subshell=False, user="")


def _links(built: Contents, real: str) -> list[Staged]:
    """The other names of an interpreter in its folder, which first lines of scripts and environments say."""
    folder = posixpath.dirname(real)
    names = sorted(
        path
        for path, entry in built.below(folder)
        if posixpath.dirname(path) == folder and entry.target and built.resolve(path) == real
    )
    if not names:
        return []
    there = quote(STAGING + folder)
    words = " ".join(map(quote, names))
    return [Staged(f"mkdir -p {there}; cp -a {words} {there}/", f"{words}: names of {real}")]


def _is_base(project: Project, target: RuntimeTarget) -> bool:
    return isinstance(project.base, ImageFacts) and project.base.ref.raw == target.reference


def _sheds(project: Project, build: Build) -> bool:
    """Tell whether something stays behind that is worth a stage: packages, or what nobody followed."""
    if build.packaged:
        return any(a.dropped for a in build.applications)
    kept = {word.split("=")[0] for _, word in left_to_run_with(project, build)}
    effects = [r.effect for r in build.ran if not r.build]
    shed = (name for e in effects if isinstance(e, Packages) for name in e.names if name not in kept)
    return any(isinstance(e, Unfollowed) for e in effects) or any(shed)
