"""Read the command lines of ``rewrite`` that need no more than a table.

Importing typer takes several times as long as a bare interpreter does to start. A line is plain when every word is a
known option in full, its value, or the one path; help, mistakes and verification stay typer's. A test holds this
reader against typer's.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgslim.commands.rewrite import Request

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Options with a value, and the fields of a request that they fill; ``context`` is a folder, the others are text.
VALUES = {
    "--context": "context",
    "--target": "target",
    "--libc": "libc",
    "--prefer": "prefer",
    "--output": "output",
    "-o": "output",
    "--format": "form",
}
SWITCHES = {
    "--in-place": "in_place",
    "-i": "in_place",
    "--unsafe": "unsafe",
    "--explain": "explain",
    "--strip": "strip",
    "--last-stage": "last_stage",
}


def plain(words: Sequence[str]) -> Request | None:
    """The request that the words after ``rewrite`` make; None where typer must read them.

    Raises:
        UsageError: an option's value makes no sense.
    """
    fields: dict[str, Any] = {}
    rest = iter(words)
    for word in rest:
        if word in SWITCHES:
            fields[SWITCHES[word]] = True
        elif word in VALUES:
            value = next(rest, None)
            if value is None or (value.startswith("-") and value != "-"):
                return None
            fields[VALUES[word]] = value
        elif (word.startswith("-") and word != "-") or "path" in fields:
            return None
        else:
            fields["path"] = word
    if "context" in fields:
        fields["context"] = Path(fields["context"])
    request = Request(**fields)
    request.check()
    return request
