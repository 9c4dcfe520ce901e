"""The summaries: valid, complete, bounded, and nothing in them is taken for more than text."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

from imgslim.migrate.report import Summary
from imgslim.migrate.report.markdown import LIMIT, as_markdown
from imgslim.migrate.report.page import as_page
from imgslim.migrate.results import Result, count
from tests.cli.running import imgslim
from tests.migrate.trees import HELLO, UNSURE_C, planned, service, write

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
#: Elements that never have an end tag.
_VOID = frozenset({"meta", "br", "hr", "img", "input", "link"})


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """One file of each outcome, and something that is not followed."""
    return write(tmp_path / "tree", {
        **service("safe"), **service("unsure", source=UNSURE_C),
        "split/Dockerfile": HELLO + "FROM scratch\n", "broken/Dockerfile": "FRM x\n",
        "odd/Dockerfile": 'FROM debian:12\nRUN ./build.sh\nCMD ["./x"]\n',
        "compose.yaml": "services:\n  x: {build: $WHERE}\n  safe:\n    build: safe\n    command: ./hello <x>\n",
    })  # fmt: skip


def _json(tree: Path, *words: str | Path) -> dict[str, Any]:
    document = json.loads(imgslim("migrate", tree, "--format", "json", "--jobs", "1", *words).text)
    assert isinstance(document, dict)
    return document


class _Page(HTMLParser):
    """Checks that elements are closed in turn; keeps what refers to something."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.refers: list[str] = []
        self.ids: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        if tag not in _VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name in ("href", "src", "action", "srcset", "style") or name.startswith("on"):
                self.refers.append(value or "")
            if name == "id":
                self.ids.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _summary(results: list[Result], notes: tuple[str, ...] = ()) -> Summary:
    return Summary(lambda: iter(results), count(one.tally for one in results), notes, "a test")


def test_the_schema(tree: Path) -> None:
    """The document is what the reference says, outcomes included; every status occurs."""
    names = ("migrate.schema.json", "outcome.schema.json")
    schemas = {name: json.loads((REFERENCE / name).read_text()) for name in names}
    registry = Registry().with_resources([(name, Resource.from_contents(schema)) for name, schema in schemas.items()])
    document = _json(tree)
    validator = jsonschema.Draft202012Validator(schemas["migrate.schema.json"], registry=registry)
    validator.validate(document)
    assert {one["status"] for one in document["files"]} == {"rewritten", "declined", "unchanged", "error"}
    assert document["totals"]["states"] == {"safe": 1, "unsafe": 1, "declined": 1, "unchanged": 1, "error": 1}
    assert document["notes"] == [
        "compose.yaml:2: service x: its context $WHERE is not literal, so which Dockerfile it means is not known."
    ]
    document["files"][0]["more"] = 1
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(document)


def test_the_table(tree: Path) -> None:
    """A line for each file, then the counts; exit code 2, as one can't be read."""
    done = imgslim("migrate", tree, "--jobs", "1")
    assert done.code == 2
    lines = done.text.split("\n")
    assert lines[0].startswith("error      -                       broken/Dockerfile  [")
    assert "safe       scratch                 safe/Dockerfile" in lines
    assert "5 files: 1 safe, 1 unsafe, 1 declined, 1 unchanged, 1 error" in lines
    assert any(re.fullmatch(r" +1  unchanged  already-multi-stage", line) for line in lines)


def test_reports_beside_the_table(tree: Path, tmp_path: Path) -> None:
    """Each by its ending, the same as on standard output."""
    paths = [tmp_path / f"out{ending}" for ending in (".txt", ".json", ".md", ".html")]
    words = [word for path in paths for word in ("--report", path)]
    done = imgslim("migrate", tree, "--jobs", "1", *words)
    assert paths[0].read_bytes() == done.out
    for path, form in zip(paths[1:], ("json", "markdown", "html"), strict=True):
        assert path.read_bytes() == imgslim("migrate", tree, "--jobs", "1", "--format", form).out
    assert imgslim("migrate", tree, "--report", tmp_path / "x.pdf").code == 2


def test_the_page(tree: Path) -> None:
    """Well-formed, nothing loaded, no script, every anchor there, every file in it with its diff."""
    text = imgslim("migrate", tree, "--jobs", "1", "--format", "html").text
    page = _Page()
    page.feed(text)
    assert page.open == []
    assert page.refers
    assert all(to.startswith("#") and to[1:] in page.ids for to in page.refers)
    assert "script" not in page.seen
    assert "url(" not in text
    assert "@import" not in text
    assert page.seen.count("details") == 5
    assert '<meta name="viewport"' in text
    assert "prefers-color-scheme: dark" in text
    assert "<ins>+FROM scratch</ins>" in text
    assert "compose.yaml:5: the command of service safe starts ./hello" in text


def test_nothing_is_markup() -> None:
    """Texts of files and names of files are escaped wherever they stand."""
    evil = "</code></pre></details><script>alert(1)</script>`````\n```\n| [x](y) \x1b[2J &amp;"
    outcome = {
        "outcome": "rewritten", "target": evil, "applicability": "unsafe", "dockerfile": evil, "verdict": None,
        "reasons": [], "assumptions": [{"reason": "x", "message": evil, "line": 1}],
    }  # fmt: skip
    document = {
        "path": evil, "status": "rewritten", "outcome": outcome, "diff": f"--- a\n+++ b\n+{evil}\n", "stated": [evil],
        "uses": [evil], "builds": [{"place": evil, "who": evil, "context": evil}], "written": evil, "error": None,
    }  # fmt: skip
    refused = document | {
        "status": "error", "outcome": None, "diff": "", "error": {"code": "x", "message": evil, "line": None},
    }  # fmt: skip
    summary = _summary([Result(json.dumps(document)), Result(json.dumps(refused))], (evil,))
    text = "".join(as_page(summary))
    page = _Page()
    page.feed(text)
    assert page.open == []
    assert "script" not in page.seen
    assert "\x1b" not in text
    markdown = "".join(as_markdown(summary))
    assert "\x1b" not in markdown
    fence = re.search(r"^(`+)diff$", markdown, re.MULTILINE)
    assert fence is not None
    inside = markdown.split(fence[0])[1].split(f"\n{fence[1]}\n")[0]
    assert "<script>" in inside, "in a fence it is text"
    assert "<script>" not in re.sub(r"`[^`\n].*`", "", markdown.replace(inside, ""))


def test_markdown_fits_a_pull_request(tmp_path: Path) -> None:
    """What does not fit is counted."""
    (one,) = planned(write(tmp_path, service("api"))).values()
    many = [Result(json.dumps({**one.document, "path": f"service-{number:05}/Dockerfile"})) for number in range(2000)]
    text = "".join(as_markdown(_summary(many)))
    assert len(text) <= LIMIT
    assert text.count("<details>") == text.count("</details>")
    shown = text.count("<details>")
    assert 50 < shown < 2000
    assert f"{2000 - shown} more files do not fit" in text
    few = "".join(as_markdown(_summary(many[:3])))
    assert few.count("<details>") == 3
    assert "do not fit" not in few


def test_an_empty_tree(tmp_path: Path) -> None:
    """Every form says that there is nothing."""
    for form in ("text", "markdown", "html", "json"):
        done = imgslim("migrate", tmp_path, "--jobs", "1", "--format", form)
        assert done.code == 0
        assert "0" in done.text
    assert _json(tmp_path)["files"] == []


def test_written_or_not(tree: Path) -> None:
    """With --write every form says so."""
    document = _json(tree, "--write")
    assert [one["written"] for one in document["files"]] == [
        None, None, "written", None, "it rests on assumptions (--unsafe writes it)"
    ]  # fmt: skip
    write(tree, {"safe/Dockerfile": HELLO})
    for form, yes, no in (
        ("text", "safe/Dockerfile  written", "not written: it rests"),
        ("markdown", "safe/Dockerfile", "- not written: it rests"),
        ("html", "It is written.", "It is not written: it rests"),
    ):
        write(tree, {"safe/Dockerfile": HELLO})
        text = imgslim("migrate", tree, "--jobs", "1", "--write", "--format", form).text
        assert yes in text
        assert no in text
