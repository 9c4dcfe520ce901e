"""What may be chance gets the rewritten image other runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from imgslim.verify import verify as verifying
from imgslim.verify.facts import Fact, Observation, Plan
from imgslim.verify.mask import Sample
from imgslim.verify.options import VerifyOptions
from imgslim.verify.probes import RunProbe
from imgslim.verify.verify import Before
from tests.verify.fakes import image

if TYPE_CHECKING:
    from imgslim.engine.images import BuiltImage

ORIGINAL, REWRITTEN = image(), image(user="1")


def seen(text: str, kind: str = "output", name: str = "stdout") -> Observation:
    """A run with one fact."""
    return Observation("", (Fact(name, kind, Sample(text)),), Plan(0.1, is_running=False), exit_code=0)


def compared(monkeypatch: pytest.MonkeyPatch, original: Observation, *runs: Observation) -> tuple[bool, int]:
    """Whether it holds at last, and how many runs of the rewritten image that took."""
    left = list(runs)

    def observe(_session: object, image: BuiltImage, *_more: Any) -> Observation:  # noqa: ANN401  (those of observe)
        return original if image is ORIGINAL else left.pop(0)

    monkeypatch.setattr(verifying, "observe", observe)
    before = object.__new__(Before)
    before.session, before._options = None, VerifyOptions()  # type: ignore[assignment]
    before._tell, before._runs = (lambda _: None), {0: [original, original]}
    results = before._compare_run(0, RunProbe(), ORIGINAL, REWRITTEN, frozenset())
    return all(result.holds for result in results), len(runs) - len(left)


def test_lines_in_another_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes side by side write in any order; one more run, or two, may show the original's."""
    same, other = seen("one\ntwo\n"), seen("two\none\n")
    assert compared(monkeypatch, same, same) == (True, 1)
    assert compared(monkeypatch, same, other, same) == (True, 2)
    assert compared(monkeypatch, same, other, other, same) == (True, 3)
    assert compared(monkeypatch, same, other, other, other) == (False, 3)


@pytest.mark.parametrize("text", ["one\n", "two\nthree\n", "one\ntwo\ntwo\n"])
def test_other_lines(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """They are no chance: nothing is run again."""
    assert compared(monkeypatch, seen("one\ntwo\n"), seen(text), seen("one\ntwo\n")) == (False, 1)


def test_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that a busy machine may have cut short is asked for once more."""
    right, wrong = seen("hello", "tcp", "tcp 80"), seen("", "tcp", "tcp 80")
    assert compared(monkeypatch, right, wrong, right) == (True, 2)
    assert compared(monkeypatch, right, wrong, wrong, right) == (False, 2)
