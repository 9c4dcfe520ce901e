"""Values that reading can settle, and those it can't."""

from __future__ import annotations

from imgslim.records import dataclass


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that the text alone does not settle; it travels instead of a guess."""

    #: Why, as a sentence for people: ``ARG VERSION has no default``.
    why: str


Value = str | Unknown


def known(value: Value) -> str | None:
    """The value if it is settled, else None."""
    return value if isinstance(value, str) else None
