"""The summary for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.render.human import table
from imgslim.render.place import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.migrate.report.summary import Summary

#: Columns of the state and of the target; what is longer pushes the path to the right.
_STATE, _TARGET = 9, 22


def as_table(summary: Summary) -> Iterator[str]:
    """Lines: one for each file, then the counts. The path comes last, so that no column waits for all rows."""
    for one in summary.results():
        reasons = f"  [{', '.join(one.reasons)}]" if one.reasons else ""
        written = one.document["written"]
        note = (
            "" if written is None else "  written" if written == "written" else f"  not written: {printable(written)}"
        )
        target = printable(one.target) or "-"
        yield f"{one.state:<{_STATE}}  {target:<{_TARGET}}  {printable(one.path)}{reasons}{note}"
    totals = summary.totals
    yield ""
    yield f"{totals.files} files: " + (", ".join(f"{count} {state}" for state, count in totals.states) or "none")
    yield from table([(f"{count:>8}", status, reason) for status, reason, count in totals.reasons])
