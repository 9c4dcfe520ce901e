"""Ahead: what an editor may ask for next is worked out while nobody waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.lsp.analysis import settle
from imgslim.lsp.offers import offers

if TYPE_CHECKING:
    from imgslim.lsp.analysis import Analysis


def ahead(analysis: Analysis) -> bool:
    """Do one piece of it: what the findings rest on first, then the rewrites; False where nothing is left."""
    if not analysis.settled:
        settle(analysis)
        return True
    offer = next((offer for offer in offers(analysis) if offer.written is None), None)
    if offer is not None:
        offer.rewrite()
    return offer is not None
