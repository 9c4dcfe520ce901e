"""Text for terminals."""

from __future__ import annotations

from typing import Any

import pytest

from imgslim.model import Alternative, Applicability, Assumption, Declined, Plan, Rewritten, RuntimeTarget
from imgslim.render import human
from imgslim.render.place import columns, located, printable
from imgslim.text import Span

SAFE, UNSAFE = Applicability.SAFE, Applicability.UNSAFE


def _outcome(
    alternatives: tuple[Alternative, ...], size: int | None, assumptions: tuple[Assumption, ...] = ()
) -> Rewritten:
    target = RuntimeTarget("scratch", "scratch", None)
    plan = Plan(target, "c", (), (), (), frozenset(), (), assumptions, size, ("a note",))
    return Rewritten(plan, "FROM a\nRUN b\n", "", (), alternatives)


def _summary(outcome: Rewritten, *, explain: bool = False) -> list[str]:
    return list(human.summary(outcome, "Dockerfile", verified=False, explain=explain))


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(None, "?"), (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (758_424, "758.4 kB"), (1_077_474_526, "1.1 GB")],
)
def test_sizes(amount: int | None, shown: str) -> None:
    """Decimal units, as the docker command prints them."""
    assert human.size(amount) == shown


def test_one_line_names_the_next_choices() -> None:
    """Of an unsafe plan the nearest safe one, and the nearest smaller one; what was declined is no choice."""
    others = (
        Alternative("tiny", UNSAFE, 1_000_000, ("x-unproven",)),
        Alternative("small", UNSAFE, 4_000_000, ("y-unproven", "z-unproven")),
        Alternative("large", SAFE, 80_000_000, ()),
        Alternative("huge", SAFE, 120_000_000, ()),
        Alternative("never", None, None, ("shell-needed",), "No shell."),
    )
    lines = _summary(_outcome(others, 30_000_000, (Assumption("w-unproven", "Why.", Span(7, 10)),)))
    assert lines == [
        "Dockerfile: c to scratch, unsafe",
        "  it rests on:",
        "  - line 2: Why. [w-unproven]",
        "  also: large (safe, about 50.0 MB more); small (rests on y-unproven, z-unproven, about 26.0 MB less)",
    ]


def test_no_plan_is_verified_that_rests_on_what_no_run_shows() -> None:
    """Twin: what both images did alike is settled by that."""
    shown = Assumption("w-unproven", "Why.")
    outcome = _outcome((), 0, (shown, Assumption("x-unproven", "What.", shown_by_run=False)))
    assert list(human.summary(outcome, "Dockerfile", verified=True, explain=False)) == [
        "Dockerfile: c to scratch, unsafe",
        "  both images did the same; it rests on what no run shows:",
        "  - What. [x-unproven]",
    ]
    proven = _outcome((), 0, (shown,))
    assert list(human.summary(proven, "Dockerfile", verified=True, explain=False)) == [
        "Dockerfile: c to scratch, verified"
    ]


def test_a_safe_plan_names_the_next_larger_one() -> None:
    """What has more inside is safer to look around in; a size that nobody knows is not made up."""
    others = (Alternative("b", SAFE, 80_000_000, ()), Alternative("a", SAFE, 4_000_000, ()))
    assert _summary(_outcome(others, 0))[1:] == ["  also: a (safe, about 4.0 MB more)"]
    unknown = (Alternative("b", SAFE, None, ()),)
    assert _summary(_outcome(unknown, None, (Assumption("w-unproven", "Why."),)))[-1] == "  also: b (safe)"
    assert len(_summary(_outcome((), 0))) == 1


def test_explain_lists_every_other_target() -> None:
    """Refused ones with their reason."""
    others = (Alternative("never", None, None, ("shell-needed",), "No shell."), Alternative("b", SAFE, 5_000_000, ()))
    assert _summary(_outcome(others, 0), explain=True)[1:] == [
        "  * a note",
        "  never: no: No shell. [shell-needed]",
        "  b (safe, about 5.0 MB more)",
    ]


def test_columns_of_a_terminal() -> None:
    """Wide characters take two, combining ones none."""
    assert columns("a\u4f60e\u0301") == 4
    assert printable("a\tb\x1b\x7f\udcff") == "a b\\x1b\\x7f\\udcff"


def test_a_place_at_the_end_of_the_file() -> None:
    """A span past the text is shown at its end; a span over lines at its first."""
    assert located("FROM a", Span(90, 99), "f", "x") == "f:1:7: x\n  1 | FROM a\n    |       ^"
    assert located("RUN a \\\n b\n", Span(0, 10), "f", "x").split("\n")[2] == "    | ^^^^^^^"


def test_messages_of_several_lines() -> None:
    """The reason stands on the first line, what the engine said below."""
    assert human.refusal(Declined("differs", "one\ntwo"), "", "f") == "f: declined: one [differs]\n  | two"


def test_a_verdict_without_sizes() -> None:
    """An original that does not build has none."""
    document: dict[str, Any] = {
        "status": "before-does-not-build",
        "message": "",
        "before_bytes": None,
        "after_bytes": None,
        "layers": {"before": [], "after": []},
        "probes": [],
        "notes": [],
        "rungs": [],
    }
    assert list(human.verdict(document)) == ["verdict: before-does-not-build"]


def test_a_table_without_rows() -> None:
    """It is empty."""
    assert list(human.table(())) == []
