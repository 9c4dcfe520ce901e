"""Gain: where a look into the built image or a run of it may make an outcome of reading alone another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.model import Applicability, Declined, Rewritten, Unchanged

if TYPE_CHECKING:
    from imgslim.model import Outcome

#: Refusals that nothing seen can lift: they are about the text, the entry, or who uses the image.
_FINAL = frozenset({"onbuild", "variable-in-from", "base-entrypoint", "used-as-base", "unknown-workdir"})
#: What holds of the target that reading alone would take: a run may show that a smaller one will do.
_FOR_READING = "already-minimal"


def may_gain(outcome: Outcome) -> bool:
    """Tell whether more evidence may make a plan for one target another one."""
    if isinstance(outcome, Rewritten):
        return outcome.plan.applicability is not Applicability.SAFE
    return isinstance(outcome, Declined) and outcome.reason not in _FINAL


def is_final(outcome: Outcome, target: str) -> bool:
    """Tell whether no engine needs to be asked; ``target`` is what the user named, or ``auto``."""
    if isinstance(outcome, Unchanged):
        return not outcome.hint and (outcome.reason != _FOR_READING or target != "auto")
    return isinstance(outcome, Declined) and outcome.reason in _FINAL
