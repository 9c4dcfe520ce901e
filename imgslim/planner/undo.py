"""Undo: what the target image configures by itself and the original's image does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.model import Assumption, Line
from imgslim.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import RuntimeTarget
    from imgslim.text import Span

_ROOT = ("", "root", "0")
_STOP_SIGNALS = ("", "SIGTERM", "15")


@dataclass(frozen=True, slots=True)
class Undone:
    """A runtime stage that owes nothing to its base image's configuration."""

    lines: tuple[Line, ...]
    assumptions: tuple[Assumption, ...] = ()


def undo(target: RuntimeTarget, lines: tuple[Line, ...], span: Span) -> Undone:
    """State the engine's defaults where ``target`` has others and ``lines`` say nothing (Dockerfile reference).

    Args:
        target: the image that the runtime stage starts from.
        lines: the stage's instructions.
        span: the builder's FROM, for a message.
    """
    if target.name == "scratch":
        return Undone(lines)
    if target.facts is None:
        why = f"What {target.reference} configures is not known: its entry point, user and variables stay in effect."
        return Undone(lines, (Assumption("unknown-target", why, span),))
    said = {line.text.split(None, 1)[0].upper() for line in lines}
    # Root first: an instruction that runs something comes before the original's own USER.
    head = (Line("USER root"),) if target.facts.user not in (None, *_ROOT) else ()
    at = next((n for n, line in enumerate(lines) if _starts(line)), len(lines))
    return Undone((*head, *lines[:at], *_missing(target, said), *lines[at:]))


def _starts(line: Line) -> bool:
    return line.text.split(None, 1)[0].upper() in ("SHELL", "ENTRYPOINT", "CMD")


def _missing(target: RuntimeTarget, said: set[str]) -> Iterator[Line]:
    facts = target.facts
    if facts is None:
        return
    if facts.workdir not in (None, "/") and "WORKDIR" not in said:
        yield Line("WORKDIR /")
    if facts.stopsignal not in (None, *_STOP_SIGNALS) and "STOPSIGNAL" not in said:
        yield Line("STOPSIGNAL SIGTERM")
    if facts.healthcheck and "HEALTHCHECK" not in said:
        yield Line("HEALTHCHECK NONE")
    if facts.entrypoint and "ENTRYPOINT" not in said:
        yield Line("ENTRYPOINT []")
