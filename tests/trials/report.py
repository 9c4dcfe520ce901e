"""Write what the trials showed: one Markdown page, made from results alone."""

from __future__ import annotations

from collections import Counter
from statistics import median
from typing import TYPE_CHECKING

from tests.trials.shown import link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.trials.cases import Case
    from tests.trials.judge import Result

#: How each way's part of the page is headed.
WAYS = {"offline": "Without an engine (`imgslim rewrite`)", "verify": "With one (`imgslim rewrite --verify`)"}

_HEAD = """# Trials

Public projects with single-stage Dockerfiles, at pinned commits. Each original is built and run by its own entry and
asked what the case says (`tests/trials/cases.json`); then imgslim rewrites it, and the result is built, run and asked
the same. The judge shares no code with imgslim. `python -m tests.trials.replay` writes this page.

*verified*: it builds, every probe holds, and the configuration that the author wrote is kept. *claim*: what imgslim
said of its own rewrite before it was judged: *safe* without an assumption, *unsafe* with one or more, *proven* after
it ran both images itself and nothing stayed open. A result stands for the text that was judged; a replay judges again
what is written otherwise. Sizes are bytes as the engine reports them. Base images that a registry would serve are stood
in for by `tests/bases`; names of releases that it does not make are mapped in the case.
"""


def page(cases: Sequence[Case], results: Sequence[Result]) -> str:
    """Return the page."""
    parts = [_HEAD, _originals(cases, results)]
    for way, title in WAYS.items():
        chosen = [result for result in results if result.way == way]
        if chosen:
            parts += [f"## {title}\n", summary(chosen), _by_ecosystem(chosen), _table(cases, chosen)]
    return "\n".join(parts)


def summary(results: Sequence[Result]) -> str:
    """Return the counts of one way: verified and smaller, declined by reason, broken by claim."""
    total = len(results)
    good = [result for result in results if result.outcome == "verified"]
    smaller = [result for result in good if result.after < result.before]
    ratio = sum(result.after for result in smaller) / (sum(result.before for result in smaller) or 1)
    lines = [
        f"* {len(smaller)} of {total} verified and smaller ({_percent(len(smaller), total)})",
        f"* together {ratio:.3f} of their originals' bytes",
        f"* {len(good) - len(smaller)} verified, not smaller",
        f"* what imgslim said of those that are verified: {_claims(good)}",
    ]
    for outcome in ("declined", "unchanged", "crash"):
        named = Counter(result.why for result in results if result.outcome == outcome)
        if named:
            shown = ", ".join(
                f"`{why}` {count}" for why, count in sorted(named.items(), key=lambda kv: (-kv[1], kv[0]))
            )
            lines.append(f"* {sum(named.values())} {outcome}: {shown}")
    broken = Counter(result.claim or "none" for result in results if result.outcome == "broken")
    lines.append(
        f"* {sum(broken.values())} broken: {broken['safe']} called safe, {broken['proven']} called proven,"
        f" {sum(broken.values()) - broken['safe'] - broken['proven']} called unsafe"
    )
    return "\n".join(lines) + "\n"


def _by_ecosystem(results: Sequence[Result]) -> str:
    """Return what became of each language's projects."""
    rows = ["| language | verified and smaller | median ratio |", "|---|--:|--:|"]
    for name in sorted({result.ecosystem for result in results}):
        mine = [result for result in results if result.ecosystem == name]
        ratios = [r.after / r.before for r in mine if r.outcome == "verified" and r.after < r.before]
        middle = f"{median(ratios):.3f}" if ratios else ""
        rows.append(f"| {name} | {len(ratios)} of {len(mine)} | {middle} |")
    return "\n".join(rows) + "\n"


def _claims(results: Sequence[Result]) -> str:
    claims = Counter(result.claim or "nothing" for result in results)
    return ", ".join(f"{number} {claim}" for claim, number in sorted(claims.items())) or "nothing"


def _originals(cases: Sequence[Case], results: Sequence[Result]) -> str:
    failing = {result.id: result for result in results if result.outcome in {"original-fails", "missing"}}
    ran = {result.id for result in results} - set(failing)
    count = Counter(case.ecosystem for case in cases if case.id in ran)
    shown = ", ".join(f"{name} {number}" for name, number in sorted(count.items()))
    listed = sum(case.status == "works" for case in cases)
    lines = [f"{len(ran)} of {listed} listed originals were built and run for this page ({shown})."]
    lines += [f"`{name}` does not: {result.why}." for name, result in sorted(failing.items())]
    lines += [f"`{case.id}` never did: {case.why}." for case in cases if case.status != "works"]
    return "\n".join(lines) + "\n"


def _table(cases: Sequence[Case], results: Sequence[Result]) -> str:
    where = {case.id: case for case in cases}
    rows = [
        "| case | repository | outcome | claim | target | before | after | ratio |",
        "|---|---|---|---|---|--:|--:|--:|",
    ]
    for result in sorted(results, key=lambda result: (result.ecosystem, result.id)):
        case = where[result.id]
        outcome = f"{result.outcome}: {result.why}" if result.why else result.outcome
        sizes = (
            f"{result.before:,} | {result.after:,} | {result.after / result.before:.3f}"
            if result.after
            else (f"{result.before:,} | | ")
        )
        rows.append(f"| {result.id} | {link(case)} | {outcome} | {result.claim} | {result.target} | {sizes} |")
    return "\n".join(rows) + "\n"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "-"
