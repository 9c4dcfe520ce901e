"""Variables of the base image in instructions that the runtime stage states again."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import slim

_GO = MemoryContext({"go.mod": b"module a\n\ngo 1.21\n", "main.go": b"package main\n\nfunc main() { println(1) }\n"})


def runtime(line: str) -> tuple[list[str], list[str]]:
    """The runtime stage's lines and the names of the assumptions, with ``line`` in a Go program's Dockerfile."""
    text = f'FROM golang:1.21\nWORKDIR /src\nCOPY . .\n{line}\nRUN go build -o /a .\nCMD ["/a"]\n'
    outcome = slim(text, _GO)
    assert isinstance(outcome, Rewritten)
    lines = outcome.after.split("\nFROM ")[1].splitlines()[1:]
    return lines, [a.reason for a in outcome.plan.assumptions]


@pytest.mark.parametrize(
    ("line", "stated"),
    [
        # what golang's image sets is stated as it is there
        ("ENV A=$GOPATH/x B=${GOPATH}", "ENV A=/go/x B=/go"),
        ("ENV A=${GOPATH:-q} B=${GOPATH:+q}", "ENV A=/go B=q"),
        ("ENV A $GOPATH x", "ENV A /go x"),
        ("LABEL a=$GOPATH", "LABEL a=/go"),
        ("VOLUME $GOPATH/data", "VOLUME /go/data"),
        ('ENV A="it\'s $GOPATH"', 'ENV A="it\'s /go"'),
        # what nothing sets, what is no reference and what a shell expands stays
        ("ENV PORT $PORT", "ENV PORT $PORT"),
        ("ENV A=${PORT:-80}", "ENV A=${PORT:-80}"),
        ("LABEL a=${PORT}", "LABEL a=${PORT}"),
        ("ENV A='$GOPATH' B=\\$GOPATH", "ENV A='$GOPATH' B=\\$GOPATH"),
        ("HEALTHCHECK CMD echo $GOPATH", "HEALTHCHECK CMD echo $GOPATH"),
        ("ARG GOPATH=/q\nLABEL a=$GOPATH", "LABEL a=$GOPATH"),
        ("ENV GOPATH=/q\nLABEL a=$GOPATH", "LABEL a=$GOPATH"),
    ],
)
def test_variables_of_the_base(line: str, stated: str) -> None:
    """Each is what it was in the original, whatever the next base image sets."""
    lines, reasons = runtime(line)
    assert stated in lines
    assert reasons == []


def test_a_value_that_is_not_known_is_said() -> None:
    """Which release golang:1.21 is changes: a label that repeats it can't be stated again by reading."""
    lines, reasons = runtime("LABEL go=$GOLANG_VERSION")
    assert "LABEL go=$GOLANG_VERSION" in lines
    assert reasons == ["unknown-base"]
