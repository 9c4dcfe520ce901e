"""Values that reading can settle, and those it can't."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass, numerous

if TYPE_CHECKING:
    from collections.abc import Sequence


@numerous
@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that the text alone does not settle; it travels instead of a guess."""

    #: Why, as a sentence for people: ``ARG VERSION has no default``.
    why: str


Value = str | Unknown

#: Characters by which expansion may make a text longer. Settings are far shorter; a file that doubles a variable in
#: each of forty lines would fill any memory.
LONGEST = 1 << 15


def joined(pieces: Sequence[Value], written: int = 0) -> Value:
    """The pieces as one text; the first Unknown wins, and what grew too long over the ``written`` characters is one."""
    try:
        # The lengths first: the text itself may not fit into memory.
        if sum(map(len, pieces)) > written + LONGEST:  # type: ignore[arg-type]
            return Unknown("a variable's value grows too long to be followed")
        return "".join(pieces)  # type: ignore[arg-type]
    except TypeError:
        return next(piece for piece in pieces if isinstance(piece, Unknown))


def known(value: Value) -> str | None:
    """The value if it is settled, else None."""
    return value if isinstance(value, str) else None
