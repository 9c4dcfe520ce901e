"""Results that still stand: imgslim writes the very text today that was judged then."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tests.trials.checkout import CheckoutError, lay_out
from tests.trials.rewriter import ask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.trials.cases import Case
    from tests.trials.judge import Result, Trial
    from tests.trials.rewriter import Answer

#: Outcomes of a judged text.
_JUDGED = frozenset({"verified", "broken"})


def standing(case: Case, results: Sequence[Result], trial: Trial) -> list[Result]:
    """Return a case's earlier results with today's claims; none where one of them has to be judged again.

    What was written without an engine is asked for again. What a verification chose stands if its target is given the
    same text today: another target may have become possible, but this one is as proven as it was.
    """
    work = Path(tempfile.mkdtemp(prefix="imgslim-trial-"))
    try:
        dockerfile = lay_out(case, trial.clones, work / "context")
    except CheckoutError:
        return []
    else:
        asked = [(result, _asked(case, result, trial, dockerfile)) for result in results]
        return [_claimed(*pair) for pair in asked] if all(same(*pair) for pair in asked) else []
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _asked(case: Case, result: Result, trial: Trial, dockerfile: Path) -> Answer:
    context = next(parent for parent in dockerfile.parents if parent.name == "context")
    target = ("--target", result.target) if result.way == "verify" else ()
    return ask([*trial.rewriter, *target], case, dockerfile, context, trial.limit)


def _claimed(result: Result, answer: Answer) -> Result:
    return result if result.way == "verify" else replace(result, claim=answer.claim)


def same(result: Result, answer: Answer) -> bool:
    """Tell whether the answer is the text that was judged, or the refusal that was counted."""
    if result.outcome in _JUDGED:
        return answer.outcome == "rewritten" and answer.text == result.dockerfile
    return answer.outcome == result.outcome and answer.why == result.why
