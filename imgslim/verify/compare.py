"""Hold a run of the rewritten image against the original's runs, fact by fact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.verify.facts import MUST_BE_KILLED, Fact, Observation
from imgslim.verify.mask import difference
from imgslim.verify.verdict import ProbeResult

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Characters of a text that a report shows.
_SHOWN = 400


def compare(originals: Sequence[Observation], new: Observation, prefix: str = "") -> Iterator[ProbeResult]:
    """One result for each fact that all of the original's runs showed; ``prefix`` names the run."""
    if new.start_error:
        yield ProbeResult(
            f"{prefix}start",
            "start",
            holds=False,
            before="starts",
            after=new.start_error,
            message=f"does not start: {new.start_error}",
        )
        return
    first = originals[0]
    # One that ends where the other runs on shows nothing of what is asked of a running program.
    alike = (new.exit_code is None) in {one.exit_code is None for one in originals}
    for fact in first.facts:
        if not alike and fact.kind not in {"exit", "output", "demand"}:
            continue
        facts = [other for one in originals if (other := one.fact(fact.name)) is not None]
        if len(facts) == len(originals):
            yield _compare_fact(facts, new.fact(fact.name), prefix)


def _compare_fact(old: Sequence[Fact], new: Fact | None, prefix: str) -> ProbeResult:
    """Compare one fact by the rule of its kind."""
    fact = old[0]
    name = prefix + fact.name
    if new is None:
        return ProbeResult(name, fact.kind, holds=False, before=_show(fact.text), after="", message="not seen")
    message = _difference(old, new)
    holds = not message
    if holds and fact.kind in {"signal", "health"} and new.text not in {one.text for one in old}:
        message = f"better than the original: {new.text}"
    return ProbeResult(name, fact.kind, holds, _show(fact.text), _show(new.text), message)


def _difference(old: Sequence[Fact], new: Fact) -> str:
    """Say how ``new`` differs; "" where it does not."""
    known = {one.text for one in old}
    if new.text in known:
        return ""
    match old[0].kind:
        case "exit" | "command":
            return f"{new.text}, the original {old[0].text}"
        case "demand":
            return new.text
        case "signal":
            # A program that newly gets the signal (no shell before it) or handles it is no loss.
            return "" if known == {MUST_BE_KILLED} else f"{new.text}, the original {old[0].text}"
        case "health":
            return "" if new.text == "healthy" else f"is {new.text or 'without a check'}, the original {old[0].text}"
        case "http":
            statuses = {text.partition("\n")[0] for text in known}
            status = new.text.partition("\n")[0]
            if status not in statuses:
                return f"{status}, the original {old[0].text.partition(chr(10))[0]}"
            return difference([one.sample for one in old], new.sample)
        case _:
            return difference([one.sample for one in old], new.sample)


def _show(text: str) -> str:
    """A text as short as a report needs it."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… ({len(text)} characters)"
