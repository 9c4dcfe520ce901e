"""Libraries that the loader opens before those of a program."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import Options, slim

_HELLO = b'#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n'
_PRELOADED = "COPY p.c .\nRUN gcc -shared -o /usr/local/lib/p.so p.c\n"


@pytest.mark.parametrize(
    ("env", "static", "taken", "found"),
    [
        ("ENV LD_PRELOAD=/usr/local/lib/p.so", False, True, set()),
        ("ENV LD_PRELOAD=p.so:/usr/local/lib/p.so", False, True, set()),
        ("ENV LD_AUDIT=/usr/lib/other.so", False, False, {"plugins-unproven"}),
        ("RUN echo /usr/local/lib/p.so > /etc/ld.so.preload", False, True, {"plugins-unproven"}),
        ("ENV LD_BIND_NOW=1", True, False, set()),
        ("ENV LD_PRELOAD=", True, False, set()),
    ],
)
def test_libraries_that_are_preloaded(env: str, static: bool, taken: bool, found: set[str]) -> None:  # noqa: FBT001
    """The loader opens them for every program that is linked with libraries: a static one goes without."""
    text = f"FROM gcc:12-bookworm\nWORKDIR /app\nCOPY hello.c .\n{_PRELOADED}{env}\nRUN gcc -o hello hello.c\n"
    files = {"hello.c": _HELLO, "p.c": b"int getuid(void) { return 42; }\n"}
    outcome = slim(text + 'CMD ["./hello"]\n', MemoryContext(files), Options(target="scratch"))
    assert isinstance(outcome, Rewritten)
    assert ("-static" in outcome.after) is static
    assert ("opened => %s ()" in outcome.after) is taken
    assert {a.reason for a in outcome.plan.assumptions} == found


@pytest.mark.parametrize(
    ("line", "open_end"),
    [("export LD_PRELOAD=$(find /usr/lib -name libjemalloc.so.2)", True), ("export PRELOAD=x", False)],
)
def test_a_script_that_preloads(line: str, open_end: bool) -> None:  # noqa: FBT001
    """Which library that is was not followed."""
    text = 'FROM gcc:12-bookworm\nWORKDIR /app\nCOPY . .\nRUN gcc -o hello hello.c\nENTRYPOINT ["/app/entry.sh"]\n'
    files = {"hello.c": _HELLO, "entry.sh": f"#!/bin/sh\n{line}\nexec ./hello\n".encode()}
    outcome = slim(text, MemoryContext(files), Options(target="debian:bookworm-slim"))
    assert isinstance(outcome, Rewritten)
    assert ("plugins-unproven" in {a.reason for a in outcome.plan.assumptions}) is open_end
