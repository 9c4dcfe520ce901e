"""Outcomes, errors and verdicts as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.model import Applicability, Declined
from imgslim.render.place import located, printable
from imgslim.text import LineIndex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from imgslim.diagnostics import Diagnostic
    from imgslim.errors import InputError
    from imgslim.model import Alternative, Assumption, Rewritten, Unchanged

_UNITS = ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB"))
#: Characters of a probe's answer or of a layer's command that are shown.
_SHORT = 200


def size(amount: int | None) -> str:
    """Bytes for people, in decimal units as the docker command prints them: 1.9 MB."""
    if amount is None:
        return "?"
    unit, name = next(((u, n) for u, n in _UNITS if amount >= u), (1, "B"))
    return f"{amount / unit:.1f} {name}" if unit > 1 else f"{amount} B"


def input_error(error: InputError, text: str, path: str) -> str:
    """A file that BuildKit would refuse."""
    return located(text, error.span, path, f"error: {error.message} [{error.code}]", error.hint)


def refusal(outcome: Declined | Unchanged, text: str, path: str) -> str:
    """Why the file stays as it is."""
    word = "declined" if isinstance(outcome, Declined) else "unchanged"
    return located(text, outcome.span, path, _named(f"{word}: {outcome.message}", outcome.reason), outcome.hint)


def diagnostic(one: Diagnostic, text: str, path: str) -> str:
    """One thing to be said about a file; a finding says itself what it is."""
    word = "" if one.kind == "finding" else f"{one.kind.value}: "
    return located(text, one.span, path, _named(word + one.message, one.code), one.hint)


def _named(message: str, reason: str) -> str:
    """The reason's name at the end of the first line."""
    first, *rest = message.split("\n")
    return "\n".join((f"{first} [{reason}]", *rest))


def summary(outcome: Rewritten, path: str, *, verified: bool, explain: bool) -> Iterator[str]:
    """What stands on stderr beside the diff: the target, what it rests on, the other choices."""
    plan = outcome.plan
    resting = outcome.unseen if verified else plan.assumptions
    state = "verified" if verified and not resting else plan.applicability.name.lower()
    yield f"{printable(path)}: {plan.toolchain} to {printable(plan.target.reference)}, {state}"
    if resting:
        yield "  both images did the same; it rests on what no run shows:" if verified else "  it rests on:"
        yield from assumptions(outcome, resting)
    yield from _settled(outcome)
    if explain:
        yield from _explained(outcome)
    elif other := _others(outcome):
        yield f"  also: {other}"


#: What took an assumption's place, for people.
_BY = {"built": "the built image", "run": "a run of the original", "verdict": "the comparison of both images"}


def _settled(outcome: Rewritten) -> Iterator[str]:
    """What reading alone would have assumed, by what settled it."""
    for by, name in _BY.items():
        reasons = dict.fromkeys(one.assumption.reason for one in outcome.settled if one.by == by)
        if reasons:
            yield f"  settled by {name}: {', '.join(reasons)}"


def assumptions(outcome: Rewritten, resting: Iterable[Assumption]) -> Iterator[str]:
    """What the plan rests on, one line each."""
    index = LineIndex(outcome.before)
    yield from (f"  - {_assumption(one, index)}" for one in resting)


def _assumption(assumption: Assumption, index: LineIndex) -> str:
    where = f"line {index.line(assumption.span.start) + 1}: " if assumption.span is not None else ""
    return f"{where}{printable(assumption.message)} [{assumption.reason}]"


def _explained(outcome: Rewritten) -> Iterator[str]:
    index = LineIndex(outcome.before)
    yield from (f"  * {printable(note)}" for note in outcome.plan.notes)
    for span, disposition in outcome.plan.dispositions:
        line = index.line(span.start) + 1
        text = span.of(outcome.before).split("\n")[0]
        yield f"  * line {line}: {disposition.value}: {printable(text[:80])}"
    for other in outcome.alternatives:
        if other.applicability is None:
            yield f"  {printable(other.target)}: no: {printable(other.message)} [{', '.join(other.reasons)}]"
        else:
            yield f"  {_choice(other, outcome.plan.size)}"


def _others(outcome: Rewritten) -> str:
    """The next safer and the next smaller choice; "" where there is neither.

    Of a safe plan the next safer one is the next larger one: what it has more (a shell, a libc) is there to look with.
    """
    plan = outcome.plan
    mine = plan.size or 0
    possible = [a for a in outcome.alternatives if a.applicability is not None]
    safe = [a for a in possible if a.applicability is Applicability.SAFE]
    safer = [a for a in safe if plan.assumptions or (a.size or 0) > mine]
    smaller = [a for a in possible if a.size is not None and a.size < mine and a not in safer]
    chosen = [
        *sorted(safer, key=lambda a: a.size or 0)[:1],
        *sorted(smaller, key=lambda a: a.size or 0, reverse=True)[:1],
    ]
    return "; ".join(_choice(a, plan.size) for a in chosen)


def _choice(other: Alternative, mine: int | None) -> str:
    state = "safe" if other.applicability is Applicability.SAFE else f"rests on {', '.join(other.reasons)}"
    if other.size is None or mine is None:
        return f"{printable(other.target)} ({state})"
    word = "more" if other.size >= mine else "less"
    return f"{printable(other.target)} ({state}, about {size(abs(other.size - mine))} {word})"


def verdict(document: Mapping[str, Any]) -> Iterator[str]:
    """A verdict, from its JSON object, as a table of sizes, layers and probes."""
    first, *rest = str(document["message"]).split("\n")
    yield f"verdict: {document['status']}" + (f": {printable(first)}" if first else "")
    yield from (f"  | {printable(line)}" for line in rest)
    yield from (f"  not {printable(r['target'])}: {r['status']}: {printable(r['message'])}" for r in document["rungs"])
    before, after = document["before_bytes"], document["after_bytes"]
    if before is not None and after is not None:
        ratio = f" ({after / before:.4f} of the original)" if before else ""
        yield f"  {size(before)} -> {size(after)}{ratio}"
    for name in ("before", "after"):
        if document["layers"][name]:
            yield f"  layers {name}:"
            rows = document["layers"][name]
            yield from (f"    {size(row['size']):>10}  {printable(row['created_by'])[:_SHORT]}" for row in rows)
    for probe in document["probes"]:
        mark = "ok  " if probe["holds"] else "FAIL"
        yield f"  {mark} {printable(probe['name'])}" + (f": {printable(probe['message'])}" if probe["message"] else "")
        if not probe["holds"]:
            yield f"       before: {printable(probe['before'])[:_SHORT]}"
            yield f"       after:  {printable(probe['after'])[:_SHORT]}"
    yield from (f"  note: {printable(note)}" for note in document["notes"])


def table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Columns, padded."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
