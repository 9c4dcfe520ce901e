"""What cargo says before it starts the program, left out where the rewrite has compiled it ahead."""

from __future__ import annotations

import pytest

from imgslim.verify.compare import compare
from imgslim.verify.compiling import without_compiling
from imgslim.verify.facts import Fact, Observation, Plan
from imgslim.verify.mask import Sample

_CARGO = (
    "   Compiling a v0.1.0 (/app)\nwarning: unused variable: `x`\n --> src/main.rs:2:9\n"
    "    Finished `release` profile [optimized] target(s) in 0.07s\n     Running `target/release/a --fast`\n"
)


def _seen(stderr: str, stdout: str = "hi\n") -> Observation:
    facts = (Fact("stdout", "output", Sample(stdout)), Fact("stderr", "output", Sample(stderr)))
    return Observation("", facts, Plan(0.1, is_running=False))


def _left(stderr: str) -> str:
    fact = without_compiling(_seen(stderr)).fact("stderr")
    assert fact is not None
    return fact.text


@pytest.mark.parametrize(
    ("said", "left"),
    [
        (_CARGO, ""),
        (_CARGO + "panicked\n", "panicked\n"),
        ("\x1b[1m\x1b[32m     Running\x1b[0m `target/release/a`\nx\n", "x\n"),
        # Twins: cargo -q says nothing; a program that says something like it only later keeps all of its lines.
        ("listening\n", "listening\n"),
        ("", ""),
        ("Running `sh` is not allowed today\n", "Running `sh` is not allowed today\n"),
        (_CARGO + "     Running `mine`\n", "     Running `mine`\n"),
    ],
)
def test_all_up_to_the_start(said: str, left: str) -> None:
    """The first line that names a started program ends it."""
    assert _left(said) == left


def test_standard_output_is_the_programs() -> None:
    """Cargo writes on standard error alone."""
    fact = without_compiling(_seen("", stdout=_CARGO)).fact("stdout")
    assert fact is not None
    assert fact.text == _CARGO


def test_what_the_program_says_is_compared() -> None:
    """Its own lines have to be there again, and no more."""
    originals = [without_compiling(_seen(_CARGO + "ready\n")) for _ in range(2)]
    assert all(result.holds for result in compare(originals, _seen("ready\n"), ""))
    assert not all(result.holds for result in compare(originals, _seen(""), ""))
    assert not all(result.holds for result in compare(originals, _seen("ready\nmore\n"), ""))
    plain = [_seen(_CARGO + "ready\n") for _ in range(2)]
    assert not all(result.holds for result in compare(plain, _seen("ready\n"), ""))
