"""Outcomes and errors as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.model import Applicability, Declined, Unchanged
from imgslim.text import LineIndex

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from imgslim.errors import InputError
    from imgslim.model import Rewritten
    from imgslim.text import Span

_UNITS = ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB"))


def size(amount: int | None) -> str:
    """Bytes for people: 1.9 MB."""
    if amount is None:
        return "?"
    unit, name = next(((u, n) for u, n in _UNITS if amount >= u), (1, "B"))
    return f"{amount / unit:.1f} {name}" if unit > 1 else f"{amount} B"


def printable(text: str) -> str:
    """Escape control characters of file names and file text, so that they can't steer the terminal."""
    return "".join(
        c if c.isprintable() or c == "\t" else c.encode("unicode_escape", "surrogatepass").decode() for c in text
    )


def located(text: str, span: Span | None, path: str, what: str, hint: str = "") -> str:
    """``file:line:column: what`` with the line, a caret below it, and what to do."""
    if span is None:
        lines = [f"{printable(path)}: {what}"]
    else:
        index = LineIndex(text)
        at = index.position(min(span.start, len(text)))
        line = index.line_span(at.line)
        shown = printable(line.of(text)).replace("\t", " ")
        offset = len(printable(text[line.start : min(span.start, line.end)]))
        width = max(1, min(span.end, line.end) - span.start)
        number = str(at.line + 1)
        lines = [
            f"{printable(path)}:{number}:{at.column + 1}: {what}",
            f"  {number} | {shown[:200]}",
            f"  {' ' * len(number)} | {' ' * offset}{'^' * min(width, 120)}" if offset < 200 else "",  # noqa: PLR2004
        ]
    if hint:
        lines.append(f"  help: {hint}")
    return "\n".join(line for line in lines if line)


def input_error(error: InputError, text: str, path: str) -> str:
    """A file that BuildKit would refuse."""
    return located(text, error.span, path, f"error: {error.message} [{error.code}]", error.hint)


def refusal(outcome: Declined | Unchanged, text: str, path: str) -> str:
    """Why the file stays as it is."""
    word = "declined" if isinstance(outcome, Declined) else "unchanged"
    hint = outcome.hint if isinstance(outcome, Declined) else ""
    return located(text, outcome.span, path, f"{word}: {outcome.message} [{outcome.reason}]", hint)


def summary(outcome: Rewritten, path: str, *, verified: bool, explain: bool) -> Iterator[str]:
    """What stands on stderr beside the diff: the target, what it rests on, the other choices."""
    plan = outcome.plan
    index = LineIndex(outcome.before)
    state = "verified" if verified else plan.applicability.name.lower()
    yield f"{printable(path)}: {plan.toolchain} to {plan.target.reference}, {state}"
    if plan.assumptions and not verified:
        yield "  it rests on:"
        for assumption in plan.assumptions:
            where = f"line {index.position(assumption.span.start).line + 1}: " if assumption.span is not None else ""
            yield f"  - {where}{printable(assumption.message)} [{assumption.reason}]"
    if explain:
        yield from (f"  * {printable(note)}" for note in plan.notes)
        for span, disposition in plan.dispositions:
            line = index.position(span.start).line + 1
            yield f"  * line {line}: {disposition.value}: {printable(span.of(outcome.before).splitlines()[0][:80])}"
    for other in outcome.alternatives:
        if other.applicability is None:
            yield f"  {other.target}: no: {printable(other.message)} [{', '.join(other.reasons)}]"
        else:
            safe = "safe" if other.applicability is Applicability.SAFE else f"rests on {', '.join(other.reasons)}"
            extra = f", about {size(other.size)} more" if other.size else ""
            yield f"  {other.target}: {safe}{extra}"


def verdict(document: Mapping[str, Any]) -> Iterator[str]:
    """A verdict as a table of sizes, layers and probes."""
    yield f"verdict: {document['status']}" + (f": {printable(document['message'])}" if document["message"] else "")
    before, after = document["before_bytes"], document["after_bytes"]
    if before is not None and after is not None:
        yield f"  {size(before)} -> {size(after)} ({after / before:.3f} of the original)"
    layers = document["layers"]
    for name in ("before", "after"):
        if layers[name]:
            yield f"  layers {name}:"
            yield from (
                f"    {size(layer['size']):>10}  {printable(layer['created_by'])[:100]}" for layer in layers[name]
            )
    for probe in document["probes"]:
        mark = "ok  " if probe["holds"] else "FAIL"
        message = f": {printable(probe['message'])}" if probe["message"] else ""
        yield f"  {mark} {printable(probe['name'])}{message}"
        if not probe["holds"]:
            yield f"       before: {printable(str(probe['before']))[:200]}"
            yield f"       after:  {printable(str(probe['after']))[:200]}"
    yield from (f"  note: {printable(note)}" for note in document["notes"])


def table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Columns, padded."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
