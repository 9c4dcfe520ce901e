"""The tables of media types that servers of files look into."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import Options, slim

_SERVES = 'package main\n\nimport "net/http"\n\nfunc main() { http.FileServer(http.Dir("static")) }\n'
_ANSWERS = 'package main\n\nimport "net/http"\n\nfunc main() { http.ListenAndServe(":80", nil) }\n'


@pytest.mark.parametrize(
    ("base", "steps", "main", "target", "taken"),
    [
        ("golang:1.22-bookworm", "", _SERVES, "scratch", True),
        ("golang:1.22-bookworm", "", _SERVES, "debian-slim", True),
        ("golang:1.22-bookworm", "", _ANSWERS, "scratch", False),
        ("golang:1.22-alpine", "", _SERVES, "scratch", False),
        ("golang:1.22-alpine", "RUN apk add mailcap\n", _SERVES, "scratch", True),
        ("golang:1.22-alpine", "RUN apk add mailcap\n", _ANSWERS, "scratch", False),
    ],
)
def test_tables_of_the_builder(base: str, steps: str, main: str, target: str, taken: bool) -> None:  # noqa: FBT001
    """They come along on every target, where the program serves files and the builder may have any."""
    text = f'FROM {base}\nWORKDIR /src\nCOPY . .\n{steps}RUN go build -o /app .\nCMD ["/app"]\n'
    context = MemoryContext({"main.go": main, "go.mod": "module x\n", "static/a.ico": ""})
    outcome = slim(text, context, Options(target=target))
    assert isinstance(outcome, Rewritten)
    assert not outcome.plan.assumptions
    assert ("/etc/mime.types" in outcome.after) is taken


@pytest.mark.parametrize(("base", "known"), [("fedora:41", True), ("registry.example.com/team/go:1", False)])
def test_tables_where_the_distribution_is_another(base: str, known: bool) -> None:  # noqa: FBT001
    """They have the same place everywhere; of an image that nobody knows it is not known."""
    text = f'FROM {base}\nWORKDIR /src\nCOPY . .\nRUN go build -o /app .\nENTRYPOINT ["/app"]\n'
    outcome = slim(text, MemoryContext({"main.go": _SERVES, "go.mod": "module x\n"}), Options(target="scratch"))
    assert isinstance(outcome, Rewritten)
    assert ("/etc/mime.types" in outcome.after) is known
    assert any("mime.types" in a.message for a in outcome.plan.assumptions) is not known
