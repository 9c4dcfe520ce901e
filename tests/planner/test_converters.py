"""Converters of character sets: one of many, named by input that no run shows."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import Options, slim

_CONVERTS = "#include <iconv.h>\nint main(int n, char **v) { return iconv_open(v[1], v[2]) == 0; }\n"
_SILENT = "int main(void) { return 0; }\n"
_ALL = 'for d in /usr/lib/*/gconv; do if [ -e "$d" ]; then cp -r --parents "$d" /runtime; fi; done'


def _planned(source: str, target: str, base: str = "gcc:14-trixie") -> tuple[str, set[str]]:
    text = f'FROM {base}\nWORKDIR /\nCOPY a.c .\nRUN gcc -o /a a.c\nENTRYPOINT ["/a"]\n'
    outcome = slim(text, MemoryContext({"a.c": source}), Options(target=target))
    assert isinstance(outcome, Rewritten), outcome
    return outcome.after, {a.reason for a in outcome.plan.assumptions}


@pytest.mark.parametrize("target", ["scratch", "alpine"])
def test_all_of_them(target: str) -> None:
    """They go along with the C library that loads them."""
    after, assumed = _planned(_CONVERTS, target)
    assert _ALL in after
    assert "gconv-unproven" not in assumed


@pytest.mark.parametrize(
    ("target", "base"), [("busybox:glibc", "gcc:12-bookworm"), ("busybox:glibc", "corp.example/gcc")]
)
def test_those_of_another_library(target: str, base: str) -> None:
    """A C library of the target's own, or a builder that is not known: nothing is mixed, and the doubt is said."""
    after, assumed = _planned(_CONVERTS, target, base)
    assert "/gconv" not in after
    assert "gconv-unproven" in assumed


def test_none() -> None:
    """The family has its own, and a program that converts nothing asks for none."""
    for after, assumed in (_planned(_CONVERTS, "debian:trixie-slim"), _planned(_SILENT, "scratch")):
        assert "gconv" not in after
        assert "gconv-unproven" not in assumed
