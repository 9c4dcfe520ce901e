"""The summary as one JSON document (docs/reference/migrate.schema.json)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.migrate.report.summary import Summary

#: Of the JSON format, not of the package: raised when a key changes its meaning.
VERSION = 1


def as_json(summary: Summary) -> Iterator[str]:
    """The document in pieces, one for each file, which is one line."""
    totals = summary.totals
    head = {
        "version": VERSION,
        "found_by": summary.how,
        "totals": {
            "files": totals.files,
            "states": dict(totals.states),
            "reasons": [{"status": s, "reason": r, "count": c} for s, r, c in totals.reasons],
        },
        "notes": list(summary.notes),
    }
    yield json.dumps(head, indent=2).removesuffix("\n}") + ',\n  "files": ['
    separator = "\n"
    for one in summary.results():
        yield f"{separator}    {one.text}"
        separator = ",\n"
    yield "\n  ]\n}\n"
