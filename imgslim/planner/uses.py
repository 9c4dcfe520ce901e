"""Uses: what others of the same project ask of the image, which neither its Dockerfile nor its sources show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.paths import absolute, inside
from imgslim.model import Assumption, Declined, NeedKind
from imgslim.planner.assemble import has_shell
from imgslim.planner.tools import by_packages, offers
from imgslim.values import known

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imgslim.model import Need, Project, RuntimeTarget
    from imgslim.planner.build import Build, Taken
    from imgslim.planner.installs import Installed
    from imgslim.text import Span

_SHELL_HINT = "Choose a target with a shell (busybox:glibc, alpine, debian-slim, ubuntu)."


def kept_for_others(
    project: Project, build: Build, target: RuntimeTarget, taken: Sequence[Taken]
) -> tuple[Assumption, ...] | Declined:
    """Hold the runtime image against every use of it.

    Args:
        project: its ``uses`` are asked for.
        build: what was recognised.
        target: the image that the program moves onto.
        taken: what goes along.
    """
    found: dict[Assumption, None] = {}
    for need in project.uses:
        answer = _one(need, project, build, target, taken)
        if isinstance(answer, Declined):
            return answer
        if answer is not None:
            found[answer] = None
    return tuple(found)


def installed_for_others(project: Project, build: Build, target: RuntimeTarget) -> tuple[Installed, ...]:
    """Install programs again that others start in the image, where those came by packages of the distribution.

    Only packages: the rest of what others ask for is the image's to have, or the file is left as it is.
    """
    return tuple(again for need in project.uses for again in _by_packages(need, project, build, target) or ())


def _by_packages(need: Need, project: Project, build: Build, target: RuntimeTarget) -> tuple[Installed, ...] | None:
    """The packages that bring a program which the target lacks and no build step made; None for any other need."""
    name = need.value.rsplit("/", 1)[-1]
    if need.kind is not NeedKind.COMMAND or name == "*" or _is_made(name, build) or offers(target, name):
        return None
    return by_packages(project, build, target, need)


def _is_made(name: str, build: Build) -> bool:
    return name in {u.wanted_at.rsplit("/", 1)[-1] for u in build.used}


def _one(
    need: Need, project: Project, build: Build, target: RuntimeTarget, taken: Sequence[Taken]
) -> Assumption | Declined | None:
    span = project.trace.node.span
    if need.kind is NeedKind.SHELL:
        if has_shell(target):
            return None
        return Declined("shell-needed", f"{need.why}, and {target.reference} has no shell.", span, _SHELL_HINT)
    if _by_packages(need, project, build, target) is not None:
        return None
    if need.kind is NeedKind.COMMAND:
        return _command(need, project, build, target, taken)
    if need.value == "*":
        return Declined(
            "used-as-base", f"{need.why}: what that needs of this image is not followed.", span,
            "Let the other file build from the original's base image, or keep this file as it is.",
        )  # fmt: skip
    return None if _is_taken(need.value, project, build, taken) else _lacks_file(need, project)


def _lacks_file(need: Need, project: Project) -> Declined:
    return Declined(
        "copied-elsewhere", f"{need.why}, which does not go along to the runtime stage.", project.trace.node.span,
        "Copy it from the build stage there, or keep this file as it is.",
    )  # fmt: skip


def _is_taken(path: str, project: Project, build: Build, taken: Sequence[Taken]) -> bool:
    """Tell whether the runtime image surely holds ``path`` as the original does."""
    at = known(absolute(path, project.trace.final.workdir))
    held = (*(u.wanted_at for u in build.used), *(t.destination for t in taken))
    return at is not None and any(inside(at, one) for one in held)


def _command(
    need: Need, project: Project, build: Build, target: RuntimeTarget, taken: Sequence[Taken]
) -> Assumption | Declined | None:
    span = project.trace.node.span
    name = need.value.rsplit("/", 1)[-1]
    if _is_made(name, build):
        return None
    if need.value == name and any(name in application.programs for application in build.applications):
        return None
    if "/" in need.value and _is_taken(need.value, project, build, taken):
        # It goes along and no build command made it: a script, which something must interpret.
        return None if has_shell(target) else Declined("shell-needed", f"{need.why}, a script.", span, _SHELL_HINT)
    if need.value == "*" and target.facts is not None:
        return _open("commands-unproven", f"{need.why}: which program that is was not followed.", span)
    if offers(target, name):
        if target.same_family or name == "sh":
            return None
        why = f"{need.why}; {target.reference} has a {name} of its own, which may behave otherwise."
        return _open("command-differs", why, span)
    if target.facts is None and target.name != "scratch":
        return _open("unknown-target", f"{need.why}; whether {target.reference} has {name} is not known.", span)
    return Declined(
        "needs-command",
        f"{need.why}: {target.reference} is not known to have {'any other program' if name == '*' else name}.",
        span,
        "Choose a target of the builder's own family that has it.",
    )


def _open(reason: str, message: str, span: Span) -> Assumption:
    return Assumption(reason, message, span, by_others=True)
