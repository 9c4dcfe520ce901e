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


@pytest.mark.parametrize(
    ("recipe", "open_ends"),
    [
        ("model.bin: gen\n\t./gen > model.bin\ngen: gen.c\n\tgcc -o gen gen.c\n", ["run-effects-unproven"]),
        ("model.bin:\n\tpython3 train.py\n", ["run-effects-unproven"]),
        ("other.bin:\n\t./gen > other.bin\n", []),
    ],
)
def test_what_a_makefile_generates(recipe: str, open_ends: list[str]) -> None:
    """A recipe may make the file that is opened; one that makes another does not."""
    text = 'FROM gcc:14\nWORKDIR /app\nCOPY . .\nRUN make\nCMD ["./a"]\n'
    makefile = f"all: a\na: main.c\n\tgcc -o a main.c\n{recipe}"
    context = {"main.c": _C, "gen.c": b"int main(void) { return 0; }\n", "Makefile": makefile.encode()}
    outcome = slim(text, MemoryContext(context))
    assert isinstance(outcome, Rewritten)
    assert [a.reason for a in outcome.plan.assumptions] == open_ends


_CP = "cp data/model.bin model.bin"
_BUILDS = {
    "make": {"Makefile": f"all: a\n\t{_CP}\na: main.c\n\tgcc -o a main.c\n"},
    "sh build.sh": {"build.sh": f"gcc -o a main.c\n{_CP}\n"},
    "cmake . && make": {
        "CMakeLists.txt": "cmake_minimum_required(VERSION 3.10)\nproject(a C)\nadd_executable(a main.c)\n"
        "configure_file(data/model.bin model.bin COPYONLY)\n"
    },
    "gcc -o a main.c": {},
}


@pytest.mark.parametrize(
    ("build", "data", "open_ends"),
    [
        *((b, "data/model.bin", ["run-effects-unproven"]) for b in ("make", "sh build.sh", "cmake . && make")),
        # a compiler copies nothing
        ("gcc -o a main.c", "data/model.bin", []),
        # only a document speaks of it
        ("gcc -o a main.c", "README.md", []),
    ],
)
def test_what_a_build_copies(build: str, data: str, open_ends: list[str]) -> None:
    """The build system may copy a file of the context to where the program opens it."""
    text = f'FROM gcc:14\nWORKDIR /app\nCOPY . .\nRUN {build}\nCMD ["./a"]\n'
    files = {"main.c": _C, data: b"model.bin", **{n: t.encode() for n, t in _BUILDS[build].items()}}
    outcome = slim(text, MemoryContext(files))
    assert isinstance(outcome, Rewritten)
    assert [a.reason for a in outcome.plan.assumptions] == open_ends


_RUST = b'fn main() { std::fs::write(format!("logs/{}.txt", std::process::id()), "x").unwrap(); }\n'


@pytest.mark.parametrize(
    ("step", "taken"),
    [
        ("RUN mkdir logs && cargo build --release", True),
        ("RUN mkdir -p logs/old\nRUN cargo build --release", True),
        ("RUN mkdir out && cargo build --release --target-dir out/t && cp out/t/release/a target", False),
        ("RUN mkdir logs && rm -r logs && cargo build --release", False),
    ],
)
def test_a_folder_that_is_made_for_the_program(step: str, taken: bool) -> None:  # noqa: FBT001
    """It may put the name of a file there together; a folder that the build works in, or that is gone, is none."""
    files = {
        "src/main.rs": _RUST,
        "Cargo.toml": b'[package]\nname = "a"\nversion = "0.1.0"\nedition = "2021"\n',
        "Cargo.lock": b'version = 3\n\n[[package]]\nname = "a"\nversion = "0.1.0"\n',
    }
    start = "out/t/release/a" if "--target-dir" in step else "target/release/a"
    outcome = slim(f'FROM rust:1.85\nWORKDIR /app\nCOPY . .\n{step}\nCMD ["./{start}"]\n', MemoryContext(files))
    assert isinstance(outcome, Rewritten)
    assert ("cp -a /app/" in outcome.after) is taken
    assert outcome.plan.assumptions == ()


@pytest.mark.parametrize(
    ("step", "open_ends"),
    [
        ("VOLUME /var/lib/shop", []),
        ("VOLUME /var/lib/other", ["file-unproven"]),
        ("RUN apt-get update && apt-get install -y shop\nVOLUME /var/lib/shop", ["file-unproven"]),
    ],
)
def test_a_volume_is_made_when_the_image_is_started(step: str, open_ends: list[str]) -> None:
    """Unless a package may have filled it."""
    text = f'FROM ruby:3.1\nWORKDIR /app\nCOPY a.rb .\n{step}\nCMD ["ruby", "a.rb"]\n'
    outcome = slim(text, MemoryContext({"a.rb": b'File.write("/var/lib/shop/x", "1")\n'}))
    assert isinstance(outcome, Rewritten)
    assert [a.reason for a in outcome.plan.assumptions] == open_ends
