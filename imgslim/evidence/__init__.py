"""What was found by looking into a built image and by watching it run: facts that replace assumptions."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from imgslim.records import dataclass

if TYPE_CHECKING:
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

_OBSERVED = frozenset({"Access", "Observed", "Started", "together"})


def __getattr__(name: str) -> object:
    """Import a noun when it is asked for: most plans are made without any evidence."""
    if name not in __all__:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{'observed' if name in _OBSERVED else 'contents'}"), name)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an engine showed of one Dockerfile's image; None where it was not looked at."""

    built: Contents | None = None
    run: Observed | None = None
