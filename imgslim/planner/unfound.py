"""Unfound: what is looked for where the entry starts nothing that the build is known to make, or why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.search import searched
from imgslim.planner.build import Ran, ran_in
from imgslim.planner.commands import effect
from imgslim.planner.nothing import nothing_used
from imgslim.planner.several import several_started
from imgslim.planner.supposed import supposed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.model import Declined, Findings, Project, Unchanged
    from imgslim.planner.build import Used
    from imgslim.planner.started import Found


def look_further(project: Project, findings: Findings, found: Found) -> Declined | Unchanged | None:
    """Add to ``found`` a program that the text, a built image or its packages hold; else say what is in the way."""
    places = [path for word, _ in found.missing for path in searched(project.trace.final, word, found.cwd)]
    used = tuple(supposed(project, findings, places)) or _in_layers(project, places)
    found.used |= {one.wanted_at: one for one in used}
    if not found.used:
        _by_packages(project, found)
    if found.used or found.applications or found.declined:
        return None
    several = several_started(found)
    if several is not None:
        return several
    return nothing_used(project, findings, _ran_at_all(project, findings), next(iter(found.missing), None))


def _in_layers(project: Project, places: Iterable[str]) -> Iterable[Used]:
    if project.evidence.built is None:
        return ()
    from imgslim.planner.layers import in_layers  # noqa: PLC0415  (only where an image was looked into)

    return in_layers(project, places)


def _by_packages(project: Project, found: Found) -> None:
    if project.evidence.built is None:
        return
    from imgslim.planner.packaged import with_packaged  # noqa: PLC0415  (only where an image was looked into)

    with_packaged(project, found)


def _ran_at_all(project: Project, findings: Findings) -> Iterator[Ran]:
    """Every command, and those of the stages that a last one is made of."""
    yield from ran_in(project, findings)
    for trace in project.stages.others if project.stages is not None else ():
        for at, index, command in trace.commands():
            yield Ran(at, index, command, effect(command), build=False)
