"""The edit that turns cgo off for one command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.edits import Edit
from imgslim.meaning.trace import Run
from imgslim.regex import regex
from imgslim.text import Span

if TYPE_CHECKING:
    from imgslim.toolchains.golang.site import Site

_OFF = "CGO_ENABLED=0"
_ASSIGNED = regex(r"CGO_ENABLED=[\w\"']*")


def without_cgo(site: Site) -> tuple[Edit, ...] | None:
    """Set ``CGO_ENABLED=0`` in front of the command, or in place of another value; None where that can't be written."""
    text, command = site.project.dockerfile.text, site.shown
    steps = site.project.trace.steps
    if site.step == len(steps):
        # a line that is still to be written: whoever writes it puts the setting there
        return ()
    step = steps[site.step]
    if not command.words or not isinstance(step, Run):
        return None
    set_by_make = dict(site.command.assignments).get("CGO_ENABLED")
    if command.name == "make" and set_by_make != dict(command.assignments).get("CGO_ENABLED"):
        # the makefile, or a variable of make's command line, has the last word
        return None
    first = command.words[0].span.start
    if step.node.exec_form is not None:
        quoted = text.index('"', step.node.value_span.start)
        return (Edit(Span(quoted, quoted), f'"env", "{_OFF}", '),)
    # behind sudo, which clears the environment; else in front of everything: time and nice take no assignments
    goes = next((w.span.start for w in command.words if w.raw.rsplit("/", 1)[-1] in ("go", "make")), first)
    place = goes if "sudo" in text[command.span.start : goes].split() else command.span.start
    given = _ASSIGNED.search(text, command.span.start, goes)
    if given is not None:
        return (Edit(Span(given.start(), given.end()), _OFF),)
    return (Edit(Span(place, place), f"{_OFF} "),)
