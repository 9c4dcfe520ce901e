"""Diagnostics as workflow commands of GitHub Actions, which shows them beside the lines of a pull request.

Escaping is that of the runner's own toolkit (actions/toolkit, ``command.ts``): in data ``%``, CR and LF, in properties
``:`` and ``,`` too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.reasons import Kind
from imgslim.text import LineIndex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.diagnostics import Diagnostic

#: Files to which nothing can be done are no news for a pull request.
_COMMANDS = {Kind.ERROR: "error", Kind.FINDING: "warning", Kind.DECLINED: "notice", Kind.ASSUMPTION: "notice"}


def workflow_commands(diagnostics: Iterable[Diagnostic], text: str, path: str) -> Iterator[str]:
    """One workflow command each; lines and columns count from 1, columns in code points, the end is not included."""
    index = LineIndex(text)
    for one in diagnostics:
        command = _COMMANDS.get(one.kind)
        if command is None:
            continue
        place: dict[str, int] = {}
        if one.span is not None:
            start, end = index.position(one.span.start), index.position(one.span.end)
            place = {"line": start.line + 1, "endLine": end.line + 1}
            if start.line == end.line:  # GitHub takes columns within one line only
                place |= {"col": start.column + 1, "endColumn": end.column + 1}
        properties = {"file": path, **place, "title": f"imgslim: {one.code}"}
        words = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
        yield f"::{command} {words}::{_data(one.sentence)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
