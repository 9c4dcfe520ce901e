"""What becomes of a document on each target: planned when an editor asks for actions, written when it takes one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.model import Declined, Plan, Rewritten
from imgslim.planner.choose import choose
from imgslim.records import dataclass
from imgslim.service import as_text
from imgslim.targets import NAMES, target

if TYPE_CHECKING:
    from imgslim.lsp.analysis import Analysis
    from imgslim.service import Prepared


@dataclass(slots=True)
class Offer:
    """One target with its plan or refusal."""

    #: As ``--target`` takes it.
    name: str
    #: What stands after FROM.
    reference: str
    #: True for the one that ``auto``, or the configuration, takes.
    chosen: bool
    answer: Plan | Declined
    prepared: Prepared
    #: The answer as text, once that was asked for; None before.
    written: Rewritten | Declined | None = None

    @property
    def refusal(self) -> Declined | None:
        """Why there is no such rewrite, as far as is known yet."""
        return next((known for known in (self.answer, self.written) if isinstance(known, Declined)), None)

    def rewrite(self) -> Rewritten | Declined:
        """What ``imgslim rewrite --target`` makes of the text."""
        if self.written is None:
            self.written = self.answer if isinstance(self.answer, Declined) else as_text(self.prepared, self.answer)
        return self.written


def offers(analysis: Analysis) -> tuple[Offer, ...]:
    """Every target: the chosen one, then the safe ones from the smallest, then the others, refusals last."""
    if analysis.offers is None:
        analysis.offers = tuple(sorted(_offers(analysis), key=_rank))
    return analysis.offers


def _offers(analysis: Analysis) -> list[Offer]:
    prepared, chosen, options = analysis.prepared, analysis.chosen, analysis.options
    if prepared is None:
        return []
    base = prepared.project.base
    found = {} if chosen is None else {chosen.reference: chosen}
    configured = () if options.target == "auto" else (options.target,)
    for name in (*configured, *NAMES, *analysis.order):
        reference = target(name, base).reference
        if reference not in found:
            answer, _, _ = choose(prepared.project, prepared.findings, name, options.libc, prepared.drafts)
            if isinstance(answer, Plan | Declined):
                found[reference] = Offer(name, reference, chosen=False, answer=answer, prepared=prepared)
    return list(found.values())


def _rank(offer: Offer) -> tuple[bool, bool, int, int]:
    if isinstance(offer.answer, Declined):
        return True, True, 0, 0
    size = offer.answer.size if offer.answer.size is not None else 1 << 62
    return False, not offer.chosen, -offer.answer.applicability, size
