"""What was found by looking into a built image and by watching it run: facts that replace assumptions."""

from __future__ import annotations

from imgslim.evidence.contents import Contents, Elf, Entry, EntryKind, LayerFacts, Packaged
from imgslim.evidence.observed import Access, Observed, Started, together

__all__ = [
    "Access",
    "Contents",
    "Elf",
    "Entry",
    "EntryKind",
    "Evidence",
    "LayerFacts",
    "Observed",
    "Packaged",
    "Started",
    "together",
]

from imgslim.records import dataclass


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an engine showed of one Dockerfile's image; None where it was not looked at."""

    built: Contents | None = None
    run: Observed | None = None
