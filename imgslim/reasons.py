"""Every stable reason name with its text: what ``imgslim explain`` prints and the reference page lists."""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from imgslim.records import dataclass


class Kind(StrEnum):
    """What a reason is the reason of."""

    #: Understood and refused: the file is left alone.
    DECLINED = "declined"
    #: Nothing to gain.
    UNCHANGED = "unchanged"
    #: The rewrite rests on it.
    ASSUMPTION = "assumption"
    #: What ``imgslim check`` reports.
    FINDING = "finding"
    #: The engine disagreed.
    VERDICT = "verdict"
    #: The file, its use or something around us is wrong: exit code 2.
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Reason:
    """A stable name, one line, and the long text."""

    code: str
    #: One, or more where the same obstacle is met in several places.
    kinds: tuple[Kind, ...]
    summary: str
    #: Paragraphs, a blank line between two.
    text: str


_REFUSED = "BuildKit refuses such a file. The message shows the place; nothing is written."


@cache
def all_reasons() -> dict[str, Reason]:
    """Every reason by its name, in the order of the reference page: ours, then what the parser refuses."""
    # Only who shows reasons pays for reading them.
    import tomllib  # noqa: PLC0415
    from importlib.resources import files  # noqa: PLC0415

    from imgslim.syntax.problems import CODES  # noqa: PLC0415

    table = tomllib.loads(files("imgslim").joinpath("reasons.toml").read_text("utf-8"))
    ours = [
        Reason(code, tuple(Kind(kind) for kind in row["kinds"]), row["summary"], row["text"].strip())
        for code, row in table.items()
    ]
    syntax = [Reason(code, (Kind.ERROR,), summary, _REFUSED) for code, summary in CODES.items()]
    return {reason.code: reason for reason in (*ours, *syntax)}


def near_hint(near: str) -> str:
    """What to do about a name that no reason has; ``near`` is one that it may mean, "" where none is close."""
    return f"Did you mean {near}?" if near else "imgslim explain lists every reason."


def nearest_finding(code: str) -> str:
    """``code`` where a file may be reported for it, else the closest name of that sort; "" where none is close."""
    from difflib import get_close_matches  # noqa: PLC0415

    reported = {Kind.DECLINED, Kind.UNCHANGED, Kind.ASSUMPTION, Kind.FINDING}
    names = [reason.code for reason in all_reasons().values() if reported.intersection(reason.kinds)]
    return code if code in names else next(iter(get_close_matches(code, names, n=1)), "")
