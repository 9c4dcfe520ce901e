"""Diagnostics as SARIF 2.1.0 (OASIS), the format that code scanning services read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from imgslim.reasons import Kind, all_reasons
from imgslim.syntax.blanks import replaced
from imgslim.text import LineIndex, encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from imgslim.diagnostics import Diagnostic, Fix
    from imgslim.text import Span

#: A file to which nothing can be done is no result.
_LEVELS = {Kind.ERROR: "error", Kind.FINDING: "warning", Kind.DECLINED: "note", Kind.ASSUMPTION: "note"}
_ROOT = "%SRCROOT%"


def results(diagnostics: Iterable[Diagnostic], text: str, path: str) -> Iterator[dict[str, Any]]:
    """The results of one file; ``path`` is absolute, or relative to where all files are named from."""
    index = LineIndex(text)
    artifact = _artifact(path)
    for one in diagnostics:
        if one.kind not in _LEVELS:
            continue
        place: dict[str, Any] = {"artifactLocation": artifact}
        if one.span is not None:
            place["region"] = _region(one.span, index)
        result: dict[str, Any] = {
            "ruleId": one.code,
            "level": _LEVELS[one.kind],
            "message": {"text": replaced(one.sentence)},
            "locations": [{"physicalLocation": place}],
        }
        fixes = [_fix(fix, index, artifact) for fix in one.fixes if _is_text(fix)]
        yield result | ({"fixes": fixes} if fixes else {})


def log(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The whole file: one run with the rules that its results name."""
    from importlib.metadata import version  # noqa: PLC0415  (slow to import)

    names = sorted({result["ruleId"] for result in found})
    places = {name: place for place, name in enumerate(names)}
    driver = {
        "name": "imgslim",
        "semanticVersion": version("dockerfile-imgslim"),
        "rules": [_rule(name) for name in names],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder of the checkout."}}},
        "results": [result | {"ruleIndex": places[result["ruleId"]]} for result in found],
    }
    return {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}


def _rule(code: str) -> dict[str, Any]:
    reason = all_reasons()[code]
    return {
        "id": code,
        "shortDescription": {"text": reason.summary},
        "fullDescription": {"text": reason.text},
        "help": {"text": reason.text},
    }


def _artifact(path: str) -> dict[str, Any]:
    # as_uri() and quote() both encode what is not UTF-8 byte for byte.
    if path.startswith("/"):
        return {"uri": Path(path).as_uri()}
    return {"uri": quote(encode(path)), "uriBaseId": _ROOT}


def _region(span: Span, index: LineIndex) -> dict[str, int]:
    start, end = index.position(span.start, "utf-16"), index.position(span.end, "utf-16")
    return {
        "startLine": start.line + 1,
        "startColumn": start.column + 1,
        "endLine": end.line + 1,
        "endColumn": end.column + 1,
    }


def _is_text(fix: Fix) -> bool:
    """Tell whether the new text can be said in JSON: bytes that are not UTF-8 can't."""
    return all(replaced(edit.new) == edit.new for edit in fix.edits)


def _fix(fix: Fix, index: LineIndex, artifact: dict[str, Any]) -> dict[str, Any]:
    replacements = [
        {"deletedRegion": _region(edit.span, index), "insertedContent": {"text": edit.new}} for edit in fix.edits
    ]
    state = fix.applicability.name.lower()
    return {
        "description": {"text": f"{fix.title} ({state})"},
        "artifactChanges": [{"artifactLocation": artifact, "replacements": replacements}],
    }
