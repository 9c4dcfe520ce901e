"""Recognise: which build product the entry runs, through scripts and wrappers, and what that needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.paths import absolute, inside
from imgslim.meaning.starts import ANY
from imgslim.meaning.trace import Copy, Run
from imgslim.model import Assumption, Declined, EntryBuild, Need, NeedKind, Unchanged
from imgslim.planner.build import Build, Used, ran_in
from imgslim.planner.commands import packages
from imgslim.planner.given import argument, names
from imgslim.planner.inherited import named_files
from imgslim.planner.libraries import installed_libraries, library_needs
from imgslim.planner.look import in_image, looked_at
from imgslim.planner.preloaded import preloaded
from imgslim.planner.programs import implied
from imgslim.planner.started import Found, program, started_by_programs
from imgslim.planner.variables import variable_needs
from imgslim.syntax.instructions import healthcheck
from imgslim.syntax.shell import background, script_commands
from imgslim.syntax.shell_paths import paths_in
from imgslim.values import known

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.model import Findings, Project
    from imgslim.planner.entry import EntryPlan


def recognise(project: Project, entry: EntryPlan, findings: Findings) -> Build | Declined | Unchanged:
    """Find what the entry runs among what the build makes."""
    found = Found(cwd=project.trace.final.workdir)
    _enter(project, entry, findings, found)
    if not found.used and not found.applications and not found.declined:
        from imgslim.planner.unfound import look_further  # noqa: PLC0415  (only where no program is found)

        if (none := look_further(project, findings, found)) is not None:
            return none
    if not found.used and not findings.products:
        from imgslim.planner.nothing import waiting  # noqa: PLC0415  (only where nothing is built)

        if (waits := waiting(project)) is not None:
            return waits
    _health(project, findings, found)
    started_by_programs(project, findings, found)
    found.needs |= dict.fromkeys(preloaded(project, (*found.scripts, *found.helpers)))
    _plugins(project, findings, found)
    if found.declined:
        return found.declined[0]
    found.used = {path: looked_at(project, used) for path, used in found.used.items()}
    for used in found.used.values():
        found.needs |= dict.fromkeys((*used.product.needs, *used.product.mentions))
        found.open_ends += used.product.assumptions
    for application in found.applications:
        found.needs |= dict.fromkeys(application.needs)
        found.open_ends += application.assumptions
    ran = tuple(ran_in(project, findings))
    found.needs |= dict.fromkeys(variable_needs(project, found, ran))
    if not _goes_whole(project, found):
        found.open_ends += found.wholes
    _watched(project, entry, found)
    found.needs |= dict.fromkeys(named_files(project))
    _of_libraries(project, found)
    _of_names(project, found)
    found.needs |= dict.fromkeys(more for need in found.needs for more in implied(need))
    used_products = tuple(used.product for used in found.used.values())
    found.open_ends += installed_libraries(used_products, packages(r.effect for r in ran))
    archived = (
        Need(NeedKind.LIBRARY, name, f"{product.path} is linked with -l{name}")
        for product in used_products
        for name in product.archives
    )
    for asked in tuple(library_needs([*found.needs, *archived], findings.products)):
        if isinstance(asked, Need):
            found.needs.setdefault(asked)
        else:
            found.open_ends.append(asked)
    found.open_ends += [Assumption("computed-paths", f"{n.why}.", None) for n in found.needs if _is_open(n)]
    if not _goes_whole(project, found):
        found.open_ends += _computed_lines(found)
    found.open_ends += _opaque(project)
    found.open_ends += _no_context(project, found.open_ends)
    return Build(
        toolchain=[*(u.product.toolchain for u in found.used.values()), *(a.toolchain for a in found.applications)][0],
        entry=entry,
        used=tuple(found.used.values()),
        scripts=tuple(found.scripts),
        helpers=tuple(found.helpers),
        given=tuple(found.given),
        perhaps=frozenset(n.value for n in found.needs if n.kind is NeedKind.COMMAND and n.argv) - found.surely,
        needs=tuple(found.needs),
        ran=ran,
        open_ends=tuple(dict.fromkeys(found.open_ends)),
        consumed=frozenset(s for p in findings.products for s in p.sources)
        | frozenset(s for u in found.used.values() for s in u.product.sources)
        | frozenset(s for a in found.applications for s in a.sources),
        applications=tuple(found.applications),
    )


def _goes_whole(project: Project, found: Found) -> bool:
    """Tell whether the working directory goes along with all that is in it."""
    workdir = project.trace.final.workdir
    return isinstance(workdir, str) and any(inside(workdir, t.path) for a in found.applications for t in a.trees)


def _enter(project: Project, entry: EntryPlan, findings: Findings, found: Found) -> None:
    """Follow what the entry starts."""
    compiled = isinstance(findings.entry, EntryBuild)
    if isinstance(findings.entry, EntryBuild):
        path = findings.entry.path
        found.used[path] = Used(findings.entry.product, path, path)
        for word in findings.entry.argv[1:]:
            argument(project, word, found)
    for started in () if compiled else entry.started:
        program(project, findings, started.argv, started.span, found)
    if entry.commands:
        text = _shell_text(project)
        found.background += background(text)
        names(project, paths_in(text), "the entry", found)
    for command in entry.commands:
        words = tuple(w if isinstance(w, str) else "" for w in command.argv)
        found.cwd = command.cwd
        if words and words[0]:
            program(project, findings, words, command.span, found)
        elif words:
            found.open_ends.append(
                Assumption("entry-computed", "The entry starts a program by a variable.", command.span)
            )
    found.cwd = project.trace.final.workdir
    if entry.shell:
        shell = entry.shell if entry.shell.startswith("/") else "sh"
        found.needs[Need(NeedKind.SHELL, shell, entry.shell_why)] = None


def _shell_text(project: Project) -> str:
    """What the entry gives to a shell."""
    entry = project.trace.entry
    if (text := entry.entrypoint_shell or entry.cmd_shell) is not None:
        return text
    argv = entry.words
    return argv[argv.index("-c") + 1] if "-c" in argv[:-1] else ""


def _watched(project: Project, entry: EntryPlan, found: Found) -> None:
    """What a run used, where reading did not find the same already."""
    if project.evidence.run is None:
        return
    from imgslim.planner.seen import needs_seen  # noqa: PLC0415  (only where a run was watched)

    starts = {NeedKind.COMMAND, NeedKind.SHELL}
    named = {in_image(project, n.value) for n in found.needs if n.kind in starts}
    kinds = {n.kind for n in found.needs if not n.value}
    shell = project.trace.entry.entrypoint_shell or project.trace.entry.cmd_shell
    left_out = any(a.reason == "entrypoint-left-out" for a in entry.assumptions)
    seen = needs_seen(
        project,
        found.used.values(),
        wrapped=bool(shell) and not entry.shell,
        applications=found.applications,
        left_out=(entry.started[0].argv[0] if entry.started else entry.shell) if left_out else "",
    )
    for need in seen:
        if not (need.kind in starts and in_image(project, need.value) in named) and not (
            need.kind in kinds and not need.value
        ):
            found.needs.setdefault(need)


def _of_libraries(project: Project, found: Found) -> None:
    """What libraries of packages read, as the image's package database has it."""
    if project.evidence.built is None:
        return
    from imgslim.planner.library_data import read_by_libraries  # noqa: PLC0415  (only where an image was looked into)

    for need in tuple(read_by_libraries(project.evidence.built, found.used.values(), found.needs)):
        found.needs.setdefault(need)


def _of_names(project: Project, found: Found) -> None:
    """What sources, and settings that a program reads, name of the system."""
    if project.evidence.built is None:
        return
    from imgslim.planner.configured import named_of_system  # noqa: PLC0415  (only where an image was looked into)

    for need in tuple(named_of_system(project, found)):
        found.needs.setdefault(need)


def _is_open(need: Need) -> bool:
    return need.value == "*" and need.kind is NeedKind.FILE


def _computed_lines(found: Found) -> Iterator[Assumption]:
    """Programs that start others by words that nobody knows: those may name any file of the context, too."""
    each = (*(u.product.needs for u in found.used.values()), *(a.needs for a in found.applications))
    asked = (n for needs in each for n in needs if n.kind is NeedKind.COMMAND and n.value == ANY)
    return (Assumption("computed-paths", f"{n.why}.", None) for n in asked)


def _no_context(project: Project, open_ends: Iterable[Assumption]) -> Iterator[Assumption]:
    """What a build context holds that nobody can read stays open, whatever else was understood."""
    copies = (s for s in project.trace.steps if isinstance(s, Copy) and s.origin is None)
    taken = next((c for c in copies if any(not isinstance(s, str) or "://" not in s for s in c.sources)), None)
    if not project.context.known and taken is not None and all(a.reason != "sources-unread" for a in open_ends):
        why = "The build context is not there to be read: what the program opens and starts of it is not known."
        yield Assumption("sources-unread", why, taken.node.span)


def _opaque(project: Project) -> Iterator[Assumption]:
    for step in project.trace.steps:
        if isinstance(step, Run):
            for part in step.opaque:
                yield Assumption("opaque-run", f"A part of this RUN was not understood: {part.why}.", part.span)


def _absolute(project: Project, path: str) -> str | None:
    """The path as the started program means it; None where the working directory is open."""
    return known(absolute(path, project.trace.final.workdir))


def _health(project: Project, findings: Findings, found: Found) -> None:
    """What HEALTHCHECK starts in the running container is needed as well (Dockerfile reference, HEALTHCHECK)."""
    node = next((s.node for s in reversed(project.trace.steps) if s.node.keyword == "HEALTHCHECK"), None)
    check = healthcheck(node) if node is not None else None
    if node is None or check is None or check.kind != "CMD":
        return
    if check.argv is not None:
        program(project, findings, check.argv, node.span, found)
        return
    found.needs[Need(NeedKind.SHELL, "/bin/sh", "HEALTHCHECK is in shell form")] = None
    names(project, paths_in(check.text), "HEALTHCHECK", found)
    if tuple(project.trace.entry.shell) != ("/bin/sh", "-c"):
        why = "HEALTHCHECK runs by what SHELL sets, which is not stated again for it."
        found.open_ends.append(Assumption("script-not-followed", why, node.span))
    commands, open_end = script_commands(check.text)
    if open_end:
        found.open_ends.append(Assumption("script-not-followed", f"HEALTHCHECK: {open_end}.", node.span))
    for argv in commands:
        program(project, findings, argv, node.span, found)


def _plugins(project: Project, findings: Findings, found: Found) -> None:
    """Shared libraries of the build that a program in use opens by name."""
    asked_for = (*found.needs, *(n for u in found.used.values() for n in u.product.needs))
    opened = {n.value for n in asked_for if n.kind is NeedKind.PLUGIN}
    names = {value for value in opened if "/" not in value}
    for product in findings.products:
        if not product.shared or product.is_folder:
            continue
        places = project.files.places(product.path, product.step, product.index)
        # By path: where the program asks for it; by name: where it was put last.
        asked = [p for p in places if "*" in opened or _asked_by_path(project, opened, p)]
        asked = asked or [p for p in places[-1:] if p.rsplit("/", 1)[-1] in names]
        for place in asked:
            found.used.setdefault(place, Used(product, place, place))


def _asked_by_path(project: Project, opened: Iterable[str], place: str) -> bool:
    return any("/" in value and _absolute(project, value) == place for value in opened)
