"""One answer for a file that is built in several ways: they must give the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.model import Declined, Rewritten, Unchanged
from imgslim.syntax import read
from imgslim.syntax.instructions import from_parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imgslim.migrate.jobs import Build
    from imgslim.model import Outcome


def agreed(outcomes: Sequence[tuple[Build, Outcome]]) -> Outcome:
    """What holds for all builds: the same rewrite, resting on the most that any of them rests on; else a refusal."""
    first_build, first = outcomes[0]
    if len(outcomes) == 1:
        return first
    for build, outcome in outcomes:
        if isinstance(outcome, Declined):
            return _said_by(outcome, build)
    for build, outcome in outcomes[1:]:
        same = type(outcome) is type(first)
        if isinstance(first, Rewritten) and isinstance(outcome, Rewritten):
            same = outcome.after == first.after
        if not same:
            return Declined(
                "builds-disagree",
                f"{_named(first_build)} and {_named(build)} build this file differently, and one rewrite does not "
                f"serve both: {_short(first)} for the one, {_short(outcome)} for the other.",
            )
    rewritten = [outcome for _, outcome in outcomes if isinstance(outcome, Rewritten)]
    return max(rewritten, key=lambda one: len(one.plan.assumptions)) if rewritten else first


def _short(outcome: Outcome) -> str:
    if isinstance(outcome, Rewritten):
        return f"{outcome.plan.target.reference} with {len(outcome.plan.assumptions)} assumptions"
    return outcome.reason


def _said_by(outcome: Declined, build: Build) -> Declined:
    return Declined(outcome.reason, f"{outcome.message} (built by {_named(build)})", outcome.span, outcome.hint)


def _named(build: Build) -> str:
    return f"{build.place} ({build.who})" if build.place is not None else "the nearest context"


def earlier_stage(build: Build, text: str) -> str:
    """The stage before the last one that a build asks for, in lower case; "" for the last one, or the only one."""
    stages = [node for node, _ in read(text).stages()]
    asked = build.target.lower()
    if len(stages) == 1 or asked in ("", str(len(stages) - 1), (from_parts(stages[-1]).name or "").lower()):
        return ""
    return asked


def stage_kept(build: Build, outcome: Outcome, text: str) -> Outcome:
    """Hold a build's ``target`` against the rewrite: by number or by a name that is not the file's, it moves."""
    if not build.target or isinstance(outcome, Declined | Unchanged) or outcome.plan.in_place is not None:
        return outcome
    *_, (stage, _) = read(text).stages()
    name = from_parts(stage).name
    if name is not None and name.lower() == build.target.lower():
        return outcome
    return Declined(
        "target-stage",
        f"{_named(build)} asks for the stage {build.target}, which means another one in the rewritten file.",
        stage.span,
        "Name the stage in FROM … AS, and ask for it by that name.",
    )
