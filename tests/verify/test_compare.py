"""Each kind of fact is compared by its own rule."""

from __future__ import annotations

import pytest

from imgslim.verify.compare import compare
from imgslim.verify.facts import MUST_BE_KILLED, Fact, Observation, Plan
from imgslim.verify.mask import Sample
from imgslim.verify.verdict import ProbeResult

PLAN = Plan(1.0, is_running=True)


def seen(kind: str, text: str | None, *, code: int | None = None) -> Observation:
    """A run that showed one fact, or none."""
    facts = () if text is None else (Fact("x", kind, Sample(text)),)
    return Observation("", facts, PLAN, code)


@pytest.mark.parametrize(
    ("kind", "before", "after", "holds"),
    [
        ("exit", ["exits with 0"] * 2, "exits with 0", True),
        ("exit", ["exits with 0"] * 2, "exits with 1", False),
        ("exit", ["exits with 0", "exits with 3"], "exits with 3", True),
        ("exit", ["exits with 0", "exits with 3"], "exits with 4", False),
        ("command", ["exits with 0"] * 2, "exits with 7", False),
        ("output", ["a 1", "a 2"], "a 3", True),
        ("output", ["a 1", "a 2"], "b 3", False),
        ("http", ["200\ncontent-type: text/html"] * 2, "200\ncontent-type: text/plain", False),
        ("http", ["200\nlocation: /a/1", "200\nlocation: /a/2"], "200\nlocation: /a/3", True),
        ("http", ["200", "503"], "404", False),
        ("http", ["200", "503"], "503", True),
        ("body", ["1"] * 2, "2", False),
        ("ports", ["80/tcp"] * 2, "80/tcp\n81/tcp", False),
        ("ports", ["80/tcp"] * 2, "", False),
        ("health", ["healthy"] * 2, "unhealthy", False),
        ("health", ["healthy"] * 2, "", False),
        ("health", ["unhealthy"] * 2, "healthy", True),
        ("signal", [MUST_BE_KILLED] * 2, "exits with 0", True),
        ("signal", [MUST_BE_KILLED] * 2, MUST_BE_KILLED, True),
        ("signal", ["exits with 143"] * 2, MUST_BE_KILLED, False),
        ("signal", ["exits with 143"] * 2, "exits with 2", False),
        ("signal", ["exits with 0", MUST_BE_KILLED], MUST_BE_KILLED, True),
        ("demand", ["", ""], "lacks 'x'", False),
    ],
)
def test_kinds(kind: str, before: list[str], after: str, holds: bool) -> None:  # noqa: FBT001  (a column of the table)
    """What the original varies may vary, what it improves is said, all else counts."""
    (result,) = compare([seen(kind, text) for text in before], seen(kind, after), "run: ")
    assert (result.name, result.kind, result.holds) == ("run: x", kind, holds)
    assert bool(result.message) is not (holds and (after in before or kind in {"output", "http"}))


def test_an_improvement_is_said() -> None:
    """A program that newly ends on the signal is better than the original."""
    (result,) = compare([seen("signal", MUST_BE_KILLED)] * 2, seen("signal", "exits with 0"))
    assert result.message == "better than the original: exits with 0"


def test_what_does_not_start_shows_nothing_else() -> None:
    """The engine's reason is the only result."""
    failed = Observation("no such file", (), PLAN)
    assert list(compare([seen("exit", "exits with 0")], failed)) == [
        ProbeResult(
            "start", "start", holds=False, before="starts", after="no such file", message="does not start: no such file"
        )
    ]


def test_a_fact_that_is_not_seen_any_more() -> None:
    """What every run of the original shows must be shown."""
    (result,) = compare([seen("http", "200")] * 2, seen("http", None))
    assert (result.holds, result.message) == (False, "not seen")


def test_a_fact_that_only_some_runs_show_is_left_out() -> None:
    """It varies by itself."""
    assert list(compare([seen("http", "200"), seen("http", None)], seen("http", "500"))) == []


def test_one_that_ends_is_not_asked_what_a_running_one_is() -> None:
    """How it ended says it all."""
    assert list(compare([seen("health", "healthy")] * 2, seen("health", None, code=1))) == []
    (result,) = compare([seen("exit", "keeps running")] * 2, seen("exit", "exits with 1", code=1))
    assert not result.holds


def test_long_texts_are_shortened() -> None:
    """A report stays readable."""
    (result,) = compare([seen("output", "a" * 1000)] * 2, seen("output", "b" * 1000))
    assert len(result.before) < 500
    assert "(1000 characters)" in result.after
