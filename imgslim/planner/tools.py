"""Tools: other programs that the program starts, and whether a target has them."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from imgslim.images import ImageFacts, Libc, brings
from imgslim.meaning.search import searched
from imgslim.model import Assumption, Declined, NeedKind
from imgslim.planner.alike import alike
from imgslim.planner.assemble import STAGING, Staged, each_path, quote
from imgslim.planner.build import LOOKED_FOR
from imgslim.planner.installs import (
    Installed,
    adds_sources,
    all_installed,
    can_install,
    has_package,
    installed,
    package_of,
    packages_of,
)
from imgslim.planner.look import in_image
from imgslim.planner.other_image import program_of
from imgslim.planner.programs import (
    ALONE,
    ELSEWHERE,
    ESSENTIAL,
    asks_for_modules,
    packages_of_base,
    seems_absent,
    tells_packages,
)
from imgslim.planner.rpm import PROGRAMS_OF_RPM, is_of_rpm
from imgslim.records import dataclass, numerous

if TYPE_CHECKING:
    from imgslim.evidence import Observed
    from imgslim.model import Need, Project, RuntimeTarget
    from imgslim.planner.build import Build
    from imgslim.text import Span

_HINT = "Choose a target of the builder's own family, or scratch, where tools that need nothing else come along."


@numerous
@dataclass(frozen=True, slots=True)
class Tools:
    """The tools' share of a plan."""

    staged: tuple[Staged, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    #: What the runtime stage installs again.
    installs: tuple[Installed, ...] = ()
    notes: tuple[str, ...] = ()


def carried_tools(project: Project, build: Build, target: RuntimeTarget) -> Tools | Declined:
    """Say how the programs that are started come to ``target``."""
    needs = (*build.needing(NeedKind.SHELL), *build.needing(NeedKind.COMMAND))
    span = build.used[0].product.command.span if build.used else project.trace.node.span
    products = {u.wanted_at.rsplit("/", 1)[-1] for u in build.used}
    #: What the entry itself starts is there, or the original would not start.
    own = {n for u in build.used for n in u.product.needs} | _named_by_scripts(build)
    applied = {n for a in build.applications for n in a.needs}
    carried: list[str] = []
    absent: list[str] = []
    installs: list[Installed] = []
    assumptions: list[Assumption] = []
    for need in needs:
        name = need.value.rsplit("/", 1)[-1] or "sh"
        if name in products or _goes_along(project, build, need.value):
            continue
        if (brought := program_of(project, need.value))[0]:
            unread = _unread(project, need, *brought)
            if unread and not target.same_family:
                return Declined("needs-command", unread, span, _HINT)
            assumptions += [Assumption("libraries-unproven", unread, span)] if unread else []
        elif need.value == "*":
            if (refused := _unknown_program(project, build, target, need.why, span)) is not None:
                return refused
            run = project.evidence.run
            # A run that started no other program shows nothing of those that it may start.
            shown = run is None or _started_others(project, build, run)
            why = f"{need.why}: which program that is was not followed."
            assumptions.append(Assumption("commands-unproven", why, span, shown_by_run=shown))
        elif offers(target, name) and need.argv and target.same_family and asks_for_modules(need.argv):
            if (packages := by_packages(project, build, target, need)) is not None:
                installs += packages
            else:
                why = f"{need.why}; {target.reference} has only the essential part of {name}."
                assumptions.append(Assumption("command-differs", why, span))
        elif offers(target, name) and need.argv and tells_packages(need.argv):
            why = f"{need.why}; {target.reference} has other packages than the builder."
            assumptions.append(Assumption("command-differs", why, span))
        elif offers(target, name):
            if not target.same_family and name != "sh" and not _the_same(project, need):
                why = f"{need.why}; {target.reference} has a {name} of its own, which may behave otherwise."
                assumptions.append(Assumption("command-differs", why, span))
        elif (packages := by_packages(project, build, target, need)) is not None:
            installs += packages
        elif target.name == "scratch" and (name in ALONE or _was_watched(project, need.value or name)):
            carried.append(need.value if need.value.startswith("/") else "/bin/sh" if name == "sh" else name)
        elif need in (own | applied if name in ELSEWHERE else own) and _is_absent(project, build, need.value or name):
            absent.append(need.value)
        elif (again := all_installed(project, build, target, need.value, need.why)) is not None:
            installs.append(again)
        elif (need in applied or need.value in build.perhaps) and _is_absent(project, build, need.value or name):
            absent.append(need.value)
        elif target.facts is None and target.name != "scratch":
            why = f"{need.why}; whether {target.reference} has {name} is not known."
            assumptions.append(Assumption("unknown-target", why, span))
        else:
            return Declined("needs-command", f"{need.why}: {_lacks(target, name)}.", span, _hint(project, target))
    return Tools(
        (*_staged(project, carried), *_gate(project, absent, build)), tuple(dict.fromkeys(assumptions)), tuple(installs)
    )


def _unread(project: Project, need: Need, path: str, image: str) -> str:
    """What is open of a program that COPY takes from another image, and that goes along (planner/made); "" for nothing.

    What it is linked with and reads, a look into the image and a run show.
    """
    if project.evidence.built is not None:
        return ""
    return f"{need.why}: what {path} of {image} is linked with and opens was not read."


def _the_same(project: Project, need: Need) -> bool:
    """Tell whether a program of another family does for what it is started, or looked for."""
    if need.argv != LOOKED_FOR:
        return bool(need.argv) and alike(need.argv)
    base = project.base
    if not isinstance(base, ImageFacts):
        return False
    # By a path: where another family has it is another matter.
    return need.value in (ESSENTIAL if base.package_manager == "apt" else base.applets)


def _named_by_scripts(build: Build) -> set[Need]:
    """What scripts start that are not followed to their end, each in a branch of its own: ``nc`` where busybox is."""
    if not any(end.reason == "script-not-followed" for end in build.open_ends):
        return set()
    first = {one.argv[0] for one in build.entry.started if one.argv} | {one.name for one in build.entry.commands}
    return {n for n in build.needing(NeedKind.COMMAND) if n.value not in first}


def _hint(project: Project, target: RuntimeTarget) -> str:
    """What to do where a target lacks a program; its packages are asked only where it is of the builder's release."""
    base, facts = project.base, target.facts
    if target.same_family or facts is None or not isinstance(base, ImageFacts):
        return _HINT
    if len(base.releases) < 2 or base.distribution != facts.distribution:  # noqa: PLR2004
        return _HINT
    releases = " or ".join(base.releases)
    return f"Name the release in FROM's tag, which leaves {releases} open: then packages can be installed again."


def _unknown_program(project: Project, build: Build, target: RuntimeTarget, why: str, span: Span) -> Declined | None:
    """Refuse a target that lacks what the builder has, where no run showed which program a computed name means."""
    run, hint = project.evidence.run, "Choose a target of the builder's own family."
    if run is None:
        empty = target.name == "scratch" or (target.facts is not None and target.facts.libc is Libc.NONE)
        said = f"{why}: which program that is was not followed, and {target.reference} has none."
        return Declined("needs-command", said, span, hint) if empty else None
    if target.same_family or _started_others(project, build, run):
        return None
    said = f"{why}: which program that is was not followed, and the watched run started none."
    return Declined("needs-command", said, span, hint)


def _started_others(project: Project, build: Build, run: Observed) -> bool:
    """Tell whether a run started a program beyond those that the entry leads to."""
    from imgslim.evidence import Access  # noqa: PLC0415  (only where a run was watched)

    built = {_file(project, used.path) for used in build.used}
    own = built | {_file(project, app.interpreter) for app in build.applications}
    entered = [_file(project, one.path) for one in run.started]
    first = next((at for at, path in enumerate(entered) if path in own), len(entered))
    executed = {_file(project, path) for path in run.having(Access.EXECUTED)}
    # One that starts itself again is seen, too; an interpreter starts itself for reasons of its own.
    return not executed <= own.union(entered[:first]) or any(path in built for path in entered[first + 1 :])


def _file(project: Project, word: str) -> str | None:
    """The program's own file that a word means in the built image, links followed; None where there is none."""
    built = project.evidence.built
    return built.resolve(in_image(project, word)) if built is not None else None


def brings_shell(project: Project, target: RuntimeTarget) -> bool:
    """Tell whether the builder's shell may come along: to an empty base, where a run showed what it starts."""
    return target.name == "scratch" and project.evidence.run is not None


def _is_absent(project: Project, build: Build, word: str) -> bool:
    """Tell whether the original has no such program: the image says so, or what is installed makes it likely."""
    if project.evidence.built is not None:
        return not in_image(project, word)
    return seems_absent(project, build.ran, word.rsplit("/", 1)[-1])


def _goes_along(project: Project, build: Build, word: str) -> bool:
    """Tell whether a word means a script of the context, of which each start is a need, or an application's own file.

    An application's folder goes along as a whole, and so does a program of a package that it takes from elsewhere.
    """
    places = searched(project.trace.final, word, project.trace.final.workdir)
    own = bool(build.applications) and "/" in word and not word.startswith("/")
    taken = {t.path for a in build.applications for t in a.trees}
    return own or any(path in build.helpers or path in taken for path in places)


def _was_watched(project: Project, word: str) -> bool:
    """Tell whether a run started the program that a word means: what it reads was seen, too."""
    run = project.evidence.run
    if run is None:
        return False
    from imgslim.evidence import Access  # noqa: PLC0415  (only where a run was watched)

    program = _program(project, word)
    return any(_program(project, path) == program for path in run.having(Access.EXECUTED))


def _program(project: Project, word: str) -> tuple[str | None, str]:
    """A program's own file, and the name it is started by: busybox is one file that does what its name says."""
    return _file(project, word), posixpath.basename(word)


def by_packages(project: Project, build: Build, target: RuntimeTarget, need: Need) -> tuple[Installed, ...] | None:
    """What a target of the same family installs to have a program; nothing where it has that package, None for others.

    A step of the file installed it, the built image says which package it is of, or a well-known base image has it.
    """
    again = installed(project, build, target, need.value, need.why)
    if again is not None:
        return (again,)
    if not can_install(target):
        return None
    if (built := project.evidence.built) is not None:
        # A link is of the package that brings the program: Debian's dot leads to a tool of a library's.
        package = built.owner(in_image(project, need.value)) or built.owner(_file(project, need.value) or "")
        return ((package_of(package, target, need),) if not has_package(target, package) else ()) if package else None
    packages = packages_of_base(project, need.value.rsplit("/", 1)[-1])
    return (packages_of(packages, target, need.value, need.why),) if packages and not adds_sources(project) else None


def _lacks(target: RuntimeTarget, name: str) -> str:
    if target.name == "scratch":
        return f"{name} may read more than its libraries (modules, data, settings), which would not come along"
    return f"{target.reference} is not known to have {name}"


def offers(target: RuntimeTarget, name: str) -> bool:
    """Tell whether ``target`` is known to have a program called ``name``."""
    facts = target.facts
    if facts is None:
        return False
    if name == "sh":
        return bool(facts.has_shell)
    own = ESSENTIAL if facts.package_manager == "apt" else PROGRAMS_OF_RPM if is_of_rpm(facts) else facts.applets
    return name in own or name in facts.applets or brings(facts, name)


def _staged(project: Project, tools: list[str]) -> tuple[Staged, ...]:
    """Lay out tools with loader and libraries, at the paths where the builder has them."""
    if not tools:
        return ()
    names = {t.rsplit("/", 1)[-1] for t in tools}
    words = " ".join(quote(t) for t in dict.fromkeys(tools))
    why = f"{', '.join(dict.fromkeys(tools))}: started by the program, with loader and libraries"
    fragments = (
        # What the builder does not have the program did not find in the original either.
        f"{_which(project, words)} > /tmp/tools" + ("" if names <= ESSENTIAL else " || true"),
        'while read -r t; do ldd "$t" || true; done < /tmp/tools > /tmp/libraries',
        "if grep 'not found' /tmp/libraries; then exit 1; fi",
        "grep -oh '/[^ :]*' /tmp/tools /tmp/libraries > /tmp/paths",
        each_path(STAGING, "--parents "),
    )
    return tuple(Staged(fragment, why) for fragment in fragments)


def _gate(project: Project, tools: list[str], build: Build) -> tuple[Staged, ...]:
    """Stop the build where the builder has one of the programs that are taken for absent, unless that goes along."""
    if not tools:
        return ()
    words = " ".join(quote(t) for t in dict.fromkeys(tools))
    why = f"{', '.join(dict.fromkeys(tools))}: named by the program, not in this image; the build stops where one is"
    # Of several, which tells only whether all are there (which(1)).
    which = _which(project, words)
    asked = which if len(set(tools)) == 1 else f"{which} | grep ."
    if folders := "|".join(dict.fromkeys(re.escape(t.path) for a in build.applications for t in a.trees)):
        asked = f"{which} | grep -vE {quote(f'^({folders})/')}"
    return (Staged(f"if {asked}; then exit 1; fi", why),)


def _which(project: Project, words: str) -> str:
    """Say where the builder has programs: which is a package of its own where packages are RPM's (bash(1), "type")."""
    return f"bash -c {quote(f'type -P {words}')}" if is_of_rpm(project.base) else f"which {words}"
