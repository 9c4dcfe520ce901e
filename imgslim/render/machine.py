"""Outcomes as JSON (docs/reference/outcome.schema.json)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imgslim.model import Declined, Rewritten, Unchanged
from imgslim.syntax import read
from imgslim.syntax.instructions import from_parts
from imgslim.text import LineIndex, position

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from imgslim.diagnostics import Diagnostic
    from imgslim.edits import Edit
    from imgslim.model import Alternative, Assumption, Outcome
    from imgslim.text import Position, Span

#: Of the JSON format, not of the package: raised when a key changes its meaning.
VERSION = 1


def outcome_json(outcome: Outcome, text: str, path: str, verdict: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """One outcome as the JSON object of ``--format json``; lines and columns start at 1, ranges at 0 (LSP)."""
    document: dict[str, Any] = {
        "version": VERSION, "path": path, "outcome": "", "target": None, "toolchain": None, "applicability": None,
        "assumptions": [], "reasons": [], "dockerfile": None, "edits": [], "alternatives": [], "notes": [],
        "settled": [], "verdict": dict(verdict) if verdict is not None else None, "stage": None,
    }  # fmt: skip
    match outcome:
        case Rewritten(plan=plan):
            index = LineIndex(text)
            document |= {
                "outcome": "rewritten",
                "target": plan.target.reference,
                "toolchain": plan.toolchain,
                "applicability": plan.applicability.name.lower(),
                "assumptions": [_assumption(a, index) for a in plan.assumptions],
                "dockerfile": outcome.after,
                "edits": [_edit(e, index) for e in outcome.edits],
                "alternatives": [_alternative(a) for a in outcome.alternatives],
                "notes": list(plan.notes),
                "stage": _stage(text),
                "settled": [{**_assumption(one.assumption, index), "by": one.by} for one in outcome.settled],
            }
        case Declined(reason=reason, message=message, span=span):
            document |= {"outcome": "declined", "reasons": [_reason(reason, message, _at(span, text))]}
        case Unchanged(reason=reason, message=message, span=span):
            document |= {"outcome": "unchanged", "reasons": [_reason(reason, message, _at(span, text))]}
    return document


def _stage(text: str) -> str | None:
    """The last of several stages, by its name, else its number; None where there is one."""
    nodes = [node for node, _ in read(text).stages()]
    return None if len(nodes) == 1 else from_parts(nodes[-1]).name or str(len(nodes) - 1)


def _at(span: Span | None, text: str) -> Position | None:
    return position(text, span.start) if span is not None else None


def _reason(code: str, message: str, at: Position | None) -> dict[str, Any]:
    return {
        "code": code,
        "message": message,
        "line": at.line + 1 if at is not None else None,
        "column": at.column + 1 if at is not None else None,
    }


def diagnostics_json(diagnostics: Iterable[Diagnostic], text: str) -> list[dict[str, Any]]:
    """What ``check`` reports on a file, after pragmas and configuration have silenced what they name."""
    index = LineIndex(text)
    return [
        {
            "kind": one.kind.value,
            **_reason(one.code, one.message, index.position(one.span.start) if one.span is not None else None),
        }
        for one in diagnostics
    ]


def _assumption(assumption: Assumption, index: LineIndex) -> dict[str, Any]:
    span = assumption.span
    line = index.line(span.start) + 1 if span is not None else None
    return {"reason": assumption.reason, "message": assumption.message, "line": line}


def _edit(edit: Edit, index: LineIndex) -> dict[str, Any]:
    start, end = index.position(edit.span.start, "utf-16"), index.position(edit.span.end, "utf-16")
    return {
        "range": {
            "start": {"line": start.line, "character": start.column},
            "end": {"line": end.line, "character": end.column},
        },
        "newText": edit.new,
    }


def _alternative(alternative: Alternative) -> dict[str, Any]:
    return {
        "target": alternative.target,
        "applicability": alternative.applicability.name.lower() if alternative.applicability is not None else None,
        "size": alternative.size,
        "reasons": list(alternative.reasons),
        "message": alternative.message,
    }
