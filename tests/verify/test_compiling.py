"""What cargo and Maven say beside the program, left out where the rewrite has built it ahead."""

from __future__ import annotations

import pytest

from imgslim.verify.compare import compare
from imgslim.verify.compiling import started_alike, without_compiling
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


_LINE = "-" * 72
_MAVEN = "[INFO] Scanning for projects...\n[INFO] \n[INFO] Attaching agents: []\n"
_DONE = f"[INFO] {_LINE}\n[INFO] BUILD SUCCESS\n[INFO] {_LINE}\n[INFO] Total time:  2.5 s\n[INFO] {_LINE}\n"


@pytest.mark.parametrize(
    ("said", "left"),
    [
        (f"{_MAVEN}hello\n", "hello\n"),
        (f"{_MAVEN}hello\n{_DONE}", "hello\n"),
        (_MAVEN.replace("INFO", "\x1b[1;34mINFO\x1b[m") + "hello\n", "hello\n"),
        (_DONE.replace("BUILD SUCCESS", "\x1b[1;32mBUILD SUCCESS\x1b[m"), ""),
        # Twins: mvn -q says nothing; a build that fails and the program's own lines are seen.
        ("hello\n", "hello\n"),
        (f"{_MAVEN}{_MAVEN}", _MAVEN),
        (f"a\n{_DONE}b\n", f"a\n{_DONE}b\n"),
        (_DONE.replace("SUCCESS", "FAILURE"), _DONE.replace("SUCCESS", "FAILURE")),
    ],
)
def test_what_maven_says(said: str, left: str) -> None:
    """Up to where its goal starts the program, and once that has ended."""
    fact = without_compiling(_seen("", stdout=said)).fact("stdout")
    assert fact is not None
    assert fact.text == left


_SPRING = (
    "INFO 46 --- [  main] shop.Shop : Starting Shop using Java 17.0.2 with PID 46 "
    "(/app/target/classes started by root in /app)\n"
)
_PACKED = _SPRING.replace("46", "1").replace("Shop using", "Shop v1.0 using").replace("classes", "shop.jar")


@pytest.mark.parametrize(
    ("new", "holds"),
    [
        (_PACKED, True),
        (_PACKED.replace("by root", "by app"), False),
        (_PACKED.replace("in /app", "in /"), False),
        (_PACKED.replace("Java 17", "Java 21"), False),
        (_PACKED.replace("Starting", "Stopping"), False),
    ],
)
def test_where_a_program_is_started_from(new: str, *, holds: bool) -> None:
    """An archive has a version and another path than its classes; who starts it, where, and on what stays the same."""
    originals = [started_alike(_seen("", stdout=_SPRING)) for _ in range(2)]
    assert all(r.holds for r in compare(originals, started_alike(_seen("", stdout=new)), "")) is holds
    assert not all(r.holds for r in compare([_seen("", stdout=_SPRING)] * 2, _seen("", stdout=_PACKED), ""))


def test_what_the_program_says_is_compared() -> None:
    """Its own lines have to be there again, and no more."""
    originals = [without_compiling(_seen(_CARGO + "ready\n")) for _ in range(2)]
    assert all(result.holds for result in compare(originals, _seen("ready\n"), ""))
    assert not all(result.holds for result in compare(originals, _seen(""), ""))
    assert not all(result.holds for result in compare(originals, _seen("ready\nmore\n"), ""))
    plain = [_seen(_CARGO + "ready\n") for _ in range(2)]
    assert not all(result.holds for result in compare(plain, _seen("ready\n"), ""))
