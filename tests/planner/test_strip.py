"""``--strip``: the symbols of compiled programs, where that is asked for."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import Options, slim

_C = "FROM gcc:14\nCOPY a.c .\nRUN gcc -o /a a.c\n"
_FILES = {
    "a.c": "int main(void) { return 0; }\n",
    "main.go": "package main\nfunc main() {}\n",
    "go.mod": "module x.y/z\n",
}


def _after(text: str, *, strip: bool = True, target: str = "scratch") -> Rewritten:
    outcome = slim(text, MemoryContext(_FILES), Options(target=target, strip=strip))
    assert isinstance(outcome, Rewritten)
    return outcome


def test_only_when_asked() -> None:
    """One step of the build stage, with its price among the decisions; nothing where nobody asked."""
    text = _C + 'CMD ["/a"]\n'
    assert "strip" not in _after(text, strip=False).after
    outcome = _after(text)
    assert "\nRUN strip /a\n\nFROM scratch\n" in outcome.after
    assert any("traces without names" in note for note in outcome.plan.notes)
    assert not outcome.plan.assumptions


def test_as_root() -> None:
    """The program may be anybody's; the user of the image stays."""
    after = _after(_C + 'USER 1000\nCMD ["/a"]\n').after
    assert after.index("RUN strip /a") < after.index("FROM scratch")
    assert "USER 1000" in after.partition("FROM scratch")[2]


def test_before_libraries_are_gathered() -> None:
    """The step becomes root once, for what follows too."""
    text = 'FROM gcc:14\nCOPY . .\nRUN gcc -o /a a.c -lz\nUSER 1000\nRUN gcc -o /tmp/b a.c -lz\nCMD ["/tmp/b"]\n'
    after = _after(text).after
    assert after.count("USER root") == 1
    assert after.index("USER root") < after.index("RUN strip /tmp/b") < after.index("ldd /tmp/b")


@pytest.mark.parametrize(("base", "there"), [("golang:1.24", True), ("golang:1.24-alpine", False)])
def test_builder_without_strip(base: str, *, there: bool) -> None:
    """Golang's Alpine images bring no C compiler, and with it no strip."""
    after = _after(f'FROM {base}\nWORKDIR /s\nCOPY . .\nRUN go build -o /a .\nCMD ["/a"]\n').after
    assert ("RUN strip /a" in after) is there
