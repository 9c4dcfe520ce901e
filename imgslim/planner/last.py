"""Last: what holds for the last stage of a file with several, and for no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.images import ImageFacts
from imgslim.meaning.trace import Run
from imgslim.model import Declined, Unchanged
from imgslim.planner.again import own_steps
from imgslim.planner.commands import Packages, effect

if TYPE_CHECKING:
    from imgslim.meaning.trace import Copy
    from imgslim.model import Findings, Project, RuntimeTarget

#: Bytes: busybox, alpine and distroless images are below it, the slim ones of distributions above.
_SMALL = 40_000_000
#: About how much larger layers are when they are unpacked.
_UNPACKED = 2.5


def already_minimal(project: Project, findings: Findings, target: RuntimeTarget) -> Unchanged | None:
    """The answer for a last stage that starts from the target and builds nothing itself; None for any other."""
    if project.stages is None or project.stages.below or _builds(project, findings):
        return None
    if not is_smaller(project, target):
        why = f"The last stage starts from {project.trace.base}, which is smaller than {target.reference}."
        return Unchanged("already-minimal", why, project.trace.node.span)
    if not is_on(project, target):
        return None
    return Unchanged(
        "already-minimal",
        f"The last stage starts from {project.trace.base} already, and none of its steps builds anything.",
        project.trace.node.span,
    )


def already_small(project: Project, findings: Findings) -> Unchanged | None:
    """The answer, where nobody names a target, for a last stage on an image so small that its author chose it for that.

    What it installs counts as well: then the image is larger than the one in FROM.
    """
    size = _size(project)
    if project.stages is None or project.stages.below or size is None or size > _SMALL or _builds(project, findings):
        return None
    if any(isinstance(effect(c), Packages) for at, _, c in project.trace.commands() if at in own_steps(project)):
        return None
    return Unchanged(
        "already-minimal",
        f"The last stage starts from {project.trace.base}, which is small, and adds nothing that only a build needs.",
        project.trace.node.span,
    )


def is_smaller(project: Project, target: RuntimeTarget) -> bool:
    """Tell whether a target may make the last stage's image smaller: it is the stage's own image, or a smaller one.

    Where sizes are not known: an image without a package manager is made of few packages on purpose, and of one that
    nobody knows nothing says more; a distribution's image may well be larger than either.
    """
    if project.stages is None or is_on(project, target):
        return True
    size = _size(project)
    there = target.facts.size if target.facts is not None else 0 if target.name == "scratch" else None
    if size is not None and there is not None:
        return there < size
    whole = target.facts is not None and bool(target.facts.package_manager)
    return not whole or (isinstance(project.base, ImageFacts) and project.base.package_manager != "")


def _size(project: Project) -> int | None:
    """Bytes of the image that the stage starts from, about; None: not known."""
    base = project.base
    if not isinstance(base, ImageFacts):
        return None
    return base.size or (int(base.compressed_size * _UNPACKED) if base.compressed_size else None)


def _builds(project: Project, findings: Findings) -> bool:
    """Tell whether a step of the stage itself builds."""
    own, steps = own_steps(project), project.trace.steps
    return any(at in own for at, _ in findings.build_commands) or any(
        p.step in own and isinstance(steps[p.step], Run) for p in findings.products
    )


def is_on(project: Project, target: RuntimeTarget) -> bool:
    """Tell whether the stage starts from the target's image, by whichever of its names."""
    base = project.base
    if not isinstance(base, ImageFacts):
        return False
    return target.reference == base.ref.raw or (target.facts is not None and _same(base, target.facts))


def _same(one: ImageFacts, other: ImageFacts) -> bool:
    if one.ref.name != other.ref.name or (one.ref.tag is None and one.ref.digest is not None):
        return False
    if (one.ref.tag or "latest") == (other.ref.tag or "latest"):
        return True
    # A distribution's own images: what its tags name beside the release is whether they are small.
    slim = [any(word in (facts.ref.tag or "") for word in ("slim", "minimal")) for facts in (one, other)]
    return one.family == one.distribution and slim[0] is slim[1] and not {*one.releases}.isdisjoint(other.releases)


def without_tools(project: Project) -> Declined | None:
    """The refusal of a plan that appends a step to a last stage in which no tools are that it could use."""
    if project.stages is None:
        return None
    from imgslim.reading.untouched import has_tools  # noqa: PLC0415  (only for a file with several stages)

    if has_tools(project):
        return None
    return Declined(
        "stage-without-tools",
        "Laying out what the program needs takes a step with a distribution's tools, and the image of the last stage "
        "has none.",
        project.trace.node.span,
        "Link the program statically where it is built, or build the last stage from a distribution's image.",
    )


def not_followed(step: Copy) -> Declined:
    """The refusal of a stage that copies what nobody knows by its path, and changes it later."""
    return Declined(
        "stage-copy-not-followed",
        f"What {step.node.keyword} --from={step.origin} brings lies among the files of the image, and a later step may "
        "change it: which files to take along is not known.",
        step.node.span,
        "Copy files by their names, or into a folder of their own.",
    )
