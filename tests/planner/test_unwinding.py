"""Threads that end early: glibc opens libgcc_s.so.1 then, which no linker's output shows."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import Options, slim


def threads(call: str, target: str, base: str = "debian:12", flags: str = "-lz") -> Rewritten:
    """The rewrite of a program whose thread makes ``call``; with zlib it is not linked anew."""
    install = "apk add gcc musl-dev zlib-dev" if base.startswith("alpine") else "apt-get install -y gcc zlib1g-dev"
    text = f'FROM {base}\nRUN {install}\nCOPY a.c .\nRUN gcc -o /a a.c -pthread {flags}\nCMD ["/a"]\n'
    source = f"#include <pthread.h>\nvoid *f(void *a) {{ {call}; return a; }}\nint main(void) {{ return f(0) != 0; }}\n"
    outcome = slim(text, MemoryContext({"a.c": source.encode()}), Options(target=target))
    assert isinstance(outcome, Rewritten)
    assert outcome.plan.assumptions == ()
    return outcome


@pytest.mark.parametrize("call", ["pthread_exit(0)", "pthread_cancel(pthread_self())"])
@pytest.mark.parametrize("target", ["scratch", "busybox:glibc"])
def test_the_unwinder_comes_along(call: str, target: str) -> None:
    """The loader's list of libraries lacks it; without it the program is aborted."""
    assert "libgcc_s.so.1 > /tmp/names" in threads(call, target).after


@pytest.mark.parametrize(
    ("call", "target", "base", "flags"),
    [
        ("pthread_self()", "scratch", "debian:12", "-lz"),
        ("pthread_exit(0)", "scratch", "alpine:3.20", "-lz"),
        ("pthread_exit(0)", "scratch", "debian:12", ""),
    ],
)
def test_where_none_is_opened(call: str, target: str, base: str, flags: str) -> None:
    """A thread that returns, musl, and a static program, which holds the unwinder."""
    after = threads(call, target, base, flags).after
    assert "libgcc_s" not in after
    assert ("-static" in after) == (not flags)
