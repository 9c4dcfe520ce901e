"""Locales: where they come along, where they are there, and where that is not known."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import Options, slim

_LAID = "cp -a /usr/lib/locale /runtime/usr/lib/"
_MAKES = "RUN apt-get update && apt-get install -y locales-all\n"


@pytest.mark.parametrize(
    ("name", "steps", "target", "laid", "reasons"),
    [
        ('"de_DE.UTF-8"', "", "scratch", True, set()),
        ('"C.UTF-8"', "", "scratch", True, set()),
        ('"C"', "", "scratch", False, set()),
        ('"de_DE"', "", "scratch", True, {"locale-unproven"}),
        ("name", "", "scratch", True, {"locale-unproven"}),
        ('"de_DE.UTF-8"', "", "busybox:glibc", True, {"locale-unproven"}),
        ('"C.UTF-8"', "", "busybox:glibc", True, {"locale-unproven"}),
        ('"C"', "", "busybox:glibc", False, set()),
        ('"C.UTF-8"', "", "example.org/base:1", False, {"locale-unproven", "unknown-target"}),
        ('"C.UTF-8"', "", "distroless-cc", False, set()),
        ('"de_DE.UTF-8"', "", "debian:bookworm-slim", False, set()),
        ('"de_DE.UTF-8"', _MAKES, "debian:bookworm-slim", True, set()),
        ('"C.UTF-8"', _MAKES, "debian:bookworm-slim", False, set()),
        ("name", _MAKES, "debian:bookworm-slim", True, {"locale-unproven"}),
        ("NULL", _MAKES, "scratch", False, set()),
    ],
)
def test_locales(name: str, steps: str, target: str, laid: bool, reasons: set[str]) -> None:  # noqa: FBT001
    """A target without a C library of its own takes the builder's; the family has those of its base image."""
    source = f"#include <locale.h>\nint main(int n, char **a) {{ setlocale(LC_ALL, {name}); }}\n"
    text = f'FROM gcc:12-bookworm\nWORKDIR /app\n{steps}COPY . .\nRUN gcc -o app main.c\nCMD ["./app"]\n'
    outcome = slim(text, MemoryContext({"main.c": source.encode()}), Options(target=target))
    assert isinstance(outcome, Rewritten)
    assert (_LAID in outcome.after) is laid
    assert {a.reason for a in outcome.plan.assumptions} == reasons


def test_musl_has_its_own() -> None:
    """It takes every name, and reads no file for it."""
    text = 'FROM alpine:3.20\nRUN apk add gcc musl-dev\nWORKDIR /app\nCOPY . .\nRUN gcc -o app main.c\nCMD ["./app"]\n'
    source = '#include <locale.h>\nint main(void) { setlocale(LC_ALL, "de_DE.UTF-8"); }\n'
    outcome = slim(text, MemoryContext({"main.c": source.encode()}), Options(target="scratch"))
    assert isinstance(outcome, Rewritten)
    assert "locale" not in outcome.after
    assert not outcome.plan.assumptions


@pytest.mark.parametrize(
    ("env", "static", "messages"),
    [
        ("ENV LC_ALL=de_DE.UTF-8", False, "for f in {0}/de_DE/{1} {0}/de/{1}; do"),
        ("ENV LANG=eo.UTF-8", False, "for f in {0}/eo/{1}; do"),
        ("ENV LANG=de_DE.UTF-8 LANGUAGE=fr:de", False, "for f in {0}/*/{1}; do"),
        # its words, orders and formats are C's; without a setting it is C itself
        ("ENV LANG=C.UTF-8", True, ""),
        ("ENV LANG=C", True, ""),
        ("", True, ""),
    ],
)
@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("main.c", '#include <locale.h>\nint main() { setlocale(LC_ALL, ""); }\n'),
        ("main.cc", '#include <locale>\nint main() { std::locale::global(std::locale("")); }\n'),
    ],
)
def test_a_static_program_lacks_most_of_a_locale(
    env: str,
    static: bool,  # noqa: FBT001
    messages: str,
    name: str,
    source: str,
) -> None:
    """It is linked as it was where the environment asks for one, and the C library's own messages come along."""
    compiler = "gcc" if name == "main.c" else "g++"
    text = f'FROM gcc:12-bookworm\n{env}\nWORKDIR /app\nCOPY . .\nRUN {compiler} -o app {name}\nCMD ["./app"]\n'
    outcome = slim(text, MemoryContext({name: source.encode()}), Options(target="scratch"))
    assert isinstance(outcome, Rewritten)
    assert (f"{compiler} -static" in outcome.after) is static
    found = messages.format("/usr/share/locale", "LC_MESSAGES/libc.mo")
    assert (found in outcome.after) if found else ("libc.mo" not in outcome.after)
