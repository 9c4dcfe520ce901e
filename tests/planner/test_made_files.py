"""Files that steps make and the program opens by a relative name."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import slim

_C = b'#include <stdio.h>\nint main(void) { return fopen("model.bin", "rb") == 0; }\n'
_GO = b"""package main

import "net/http"

func main() { http.ListenAndServeTLS(":1", "cert.pem", "keys/key.pem", nil) }
"""


def c_program(step: str) -> Rewritten:
    """The rewrite of a C program in /app that reads model.bin, with ``step`` before it is compiled."""
    text = f'FROM gcc:14\nWORKDIR /app\nCOPY . .\nRUN {step}\nRUN gcc -o a main.c\nCMD ["./a"]\n'
    outcome = slim(text, MemoryContext({"main.c": _C, "gen.sh": b"#!/bin/sh\n./x > model.bin\n", "x.tar": b""}))
    assert isinstance(outcome, Rewritten)
    return outcome


@pytest.mark.parametrize(
    "step",
    [
        "wget -O model.bin http://example.org/m",
        "curl -o model.bin http://example.org/m",
        "openssl rand -out model.bin 99",
        "echo 1 > model.bin",
        "cp gen.sh model.bin",
    ],
)
def test_what_is_surely_made_goes_along(step: str) -> None:
    """The step names the file that the program names."""
    outcome = c_program(step)
    assert "COPY --from=build /app/model.bin /app/model.bin" in outcome.after
    assert outcome.plan.assumptions == ()


@pytest.mark.parametrize(
    "step", ["./gen.sh", "python3 gen.py", "curl -LO http://example.org/model.bin", "tar xf x.tar"]
)
def test_what_may_be_made_is_open(step: str) -> None:
    """Nobody knows what the step leaves in /app; the program opens a file there that is not of the context."""
    outcome = c_program(step)
    assert [a.reason for a in outcome.plan.assumptions] == ["run-effects-unproven"]
    assert step in outcome.plan.assumptions[0].message


@pytest.mark.parametrize("step", ["echo 1 > other.bin", "mkdir -p logs", "ls"])
def test_steps_that_make_something_else(step: str) -> None:
    """A file that no step makes the program makes itself, or does without."""
    outcome = c_program(step)
    assert "model.bin" not in outcome.after.split("\nFROM ")[1]
    assert outcome.plan.assumptions == ()


@pytest.mark.parametrize(
    ("step", "open_ends"),
    [
        ("mkdir keys && openssl req -x509 -nodes -newkey rsa:2048 -keyout keys/key.pem -out cert.pem -subj /CN=x", []),
        (
            "mkdir keys && openssl genrsa -out keys/key.pem && openssl req -new -x509 -key keys/key.pem -out cert.pem",
            [],
        ),
        ("./keys.sh", ["run-effects-unproven"]),
        ("openssl req -config openssl.cnf", ["run-effects-unproven"]),
    ],
)
def test_certificates_of_a_go_server(step: str, open_ends: list[str]) -> None:
    """What openssl is told to write is there; what a script writes is not known."""
    text = f'FROM golang:1.24\nWORKDIR /app\nCOPY . .\nRUN {step}\nRUN go build -o a .\nCMD ["./a"]\n'
    outcome = slim(text, MemoryContext({"go.mod": b"module a\n\ngo 1.24\n", "main.go": _GO, "openssl.cnf": b""}))
    assert isinstance(outcome, Rewritten)
    assert [a.reason for a in outcome.plan.assumptions] == open_ends
    if not open_ends:
        assert "COPY --from=build /app/cert.pem /app/cert.pem" in outcome.after
        assert "/app/keys" in outcome.after
