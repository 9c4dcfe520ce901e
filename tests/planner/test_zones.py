"""Time zones of Go programs: the system's, those of Go's own folder, those that ZONEINFO names."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import Options, slim

_ZONES = 'package main\n\nimport "time"\n\nfunc main() { time.LoadLocation("Europe/Rome") }\n'
_NONE = 'package main\n\nimport "time"\n\nfunc main() { time.Now() }\n'
_OWN = "lib/time/zoneinfo.zip"
_NAMED = "cp -a /z.zip /runtime/"


def _after(base: str, steps: str, main: str, target: str) -> str:
    text = f'FROM {base}\nWORKDIR /src\nCOPY . .\n{steps}RUN go build -o /app .\nCMD ["/app"]\n'
    outcome = slim(text, MemoryContext({"main.go": main, "go.mod": "module x\n"}), Options(target=target))
    assert isinstance(outcome, Rewritten)
    assert not outcome.plan.assumptions
    return outcome.after


@pytest.mark.parametrize(
    ("base", "steps", "main", "target", "own"),
    [
        ("golang:1.22-alpine", "", _ZONES, "scratch", True),
        ("golang:1.22-alpine", "", _ZONES, "busybox:musl", True),
        ("golang:1.22-alpine", "", _ZONES, "distroless-static", False),
        ("golang:1.22-alpine", "RUN apk add tzdata\n", _ZONES, "scratch", False),
        ("golang:1.22-alpine", "", _NONE, "scratch", False),
        ("golang:1.22-alpine", "ENV TZ=Europe/Rome\n", _NONE, "scratch", True),
        ("golang:1.22-bookworm", "", _ZONES, "scratch", False),
    ],
)
def test_zones_of_gos_own_folder(base: str, steps: str, main: str, target: str, own: bool) -> None:  # noqa: FBT001
    """They come along where the builder may have no others; where it has, or the target has, they don't."""
    assert (_OWN in _after(base, steps, main, target)) is own


@pytest.mark.parametrize(
    ("steps", "main", "named"),
    [
        ("ENV ZONEINFO=/z.zip\n", _ZONES, True),
        ("ENV ZONEINFO=/z.zip\n", _NONE, False),
        ("ENV ZONES=/z.zip\n", _ZONES, False),
    ],
)
def test_zones_that_a_variable_names(steps: str, main: str, named: bool) -> None:  # noqa: FBT001
    """ZONEINFO comes before all others, whatever the target has."""
    assert (_NAMED in _after("golang:1.22-bookworm", steps, main, "debian-slim")) is named


@pytest.mark.parametrize(
    ("path", "named"),
    [("/etc/localtime", True), ("/etc/timezone", True), ("/usr/share/zoneinfo/Europe/Rome", False)],
)
def test_the_systems_own_zone(path: str, named: bool) -> None:  # noqa: FBT001
    """What says which zone is the system's own is a file beside the zones: it is not lost without a word."""
    main = f'package main\n\nimport "os"\n\nfunc main() {{ os.ReadFile("{path}") }}\n'
    text = 'FROM golang:1.22-bookworm\nWORKDIR /src\nCOPY . .\nRUN go build -o /app .\nCMD ["/app"]\n'
    outcome = slim(text, MemoryContext({"main.go": main, "go.mod": "module x\n"}), Options(target="scratch"))
    assert isinstance(outcome, Rewritten)
    assert "/usr/share/zoneinfo" in outcome.after
    assert [a.reason for a in outcome.plan.assumptions] == (["file-unproven"] if named else [])
