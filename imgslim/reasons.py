"""Every stable reason name with its text: what ``imgslim explain`` prints and the reference page lists."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache


class Kind(StrEnum):
    """What a reason is the reason of."""

    #: The file or its use is wrong: exit code 2.
    ERROR = "error"
    #: Understood and refused: the file is left alone.
    DECLINED = "declined"
    #: Nothing to gain.
    UNCHANGED = "unchanged"
    #: The rewrite rests on it.
    ASSUMPTION = "assumption"
    #: The engine disagreed.
    VERDICT = "verdict"


@dataclass(frozen=True, slots=True)
class Reason:
    """A stable name, one line, and the long text."""

    code: str
    kind: Kind
    summary: str
    text: str


@cache
def all_reasons() -> dict[str, Reason]:
    """Every reason by its name, in the order of the reference page."""
    from imgslim.reason_texts import TEXTS  # noqa: PLC0415  (a page of prose, read only to be shown)

    return {code: Reason(code, kind, summary, text) for code, kind, summary, text in TEXTS}
