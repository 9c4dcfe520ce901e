"""Workflow commands of GitHub Actions."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from imgslim.diagnostics import Diagnostic
from imgslim.reasons import Kind
from imgslim.render.github import workflow_commands
from imgslim.text import Span

TEXT = "FROM é\nRUN a \\\n b\n"


def _line(kind: Kind, span: Span | None = None, message: str = "m", path: str = "Dockerfile") -> list[str]:
    return list(workflow_commands([Diagnostic("a-b", kind, message, span, "h")], TEXT, path))


def test_one_command_each() -> None:
    """Findings warn, errors fail, refusals and assumptions inform; what can't be helped is no news."""
    commands = {kind: [line.split(" ")[0] for line in _line(kind)] for kind in Kind if kind is not Kind.VERDICT}
    assert commands == {
        Kind.FINDING: ["::warning"],
        Kind.ERROR: ["::error"],
        Kind.DECLINED: ["::notice"],
        Kind.ASSUMPTION: ["::notice"],
        Kind.UNCHANGED: [],
    }


def test_a_place() -> None:
    """Columns where one line holds it all, else lines alone, else the file alone."""
    title = "title=imgslim%3A a-b::m h"
    assert _line(Kind.FINDING, Span(5, 6)) == [f"::warning file=Dockerfile,line=1,endLine=1,col=6,endColumn=7,{title}"]
    assert _line(Kind.FINDING, Span(7, 17)) == [f"::warning file=Dockerfile,line=2,endLine=3,{title}"]
    assert _line(Kind.FINDING) == [f"::warning file=Dockerfile,{title}"]


@given(st.text(alphabet="%:,\r\n ab=;\udcff", max_size=20), st.text(alphabet="%:,\r\n ab=;\udcff", max_size=20))
def test_nothing_breaks_out(message: str, path: str) -> None:
    """Read as the runner reads it, the message and the path come back, on one line."""
    (line,) = _line(Kind.FINDING, None, message, path)
    assert "\n" not in line
    assert "\r" not in line
    found = re.fullmatch(r"::warning (.*?)::(.*)", line)
    assert found is not None
    properties = dict(pair.split("=", 1) for pair in found[1].split(","))
    assert _read(properties["file"]) == path
    assert _read(found[2]) == f"{message} h".strip()


def _read(text: str) -> str:
    for code in ("%0D", "%0A", "%3A", "%2C", "%25"):
        text = text.replace(code, chr(int(code[1:], 16)))
    return text
