"""What every form of the summary is made from; results are read one at a time, as often as a form asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imgslim.migrate.results import Result, Totals


@dataclass(frozen=True, slots=True)
class Summary:
    """A finished run."""

    #: Every result in the order of the paths; each call starts anew.
    results: Callable[[], Iterator[Result]]
    totals: Totals
    #: What was not read, or not as it may have been meant, as sentences with file and line.
    notes: tuple[str, ...]
    #: How files were found, as a sentence.
    how: str
