"""What a program opens by name and a step like ``make install`` may have put there."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import Options, slim

_MAKE = "all: app\napp: main.c\n\tgcc -o app main.c\ninstall: all\n\tinstall -D app /usr/bin/app\n\tinstall -D x %s\n"


def _slim(path: str, run: str = "make install", makefile: str = _MAKE) -> Rewritten:
    files = {
        "main.c": f'#include <stdio.h>\nint main() {{ return !fopen("{path}", "r"); }}\n',
        "Makefile": makefile % path if "%s" in makefile else makefile,
        "x": "",
    }
    text = f'FROM gcc:12\nWORKDIR /src\nCOPY . .\nRUN {run}\nWORKDIR /\nCMD ["/usr/bin/app"]\n'
    outcome = slim(text, MemoryContext(files), Options(target="debian-slim"))
    assert isinstance(outcome, Rewritten), outcome
    return outcome


def _reasons(outcome: Rewritten) -> list[str]:
    return [a.reason for a in outcome.plan.assumptions]


@pytest.mark.parametrize(
    "path", ["/opt/app/share/x.txt", "/usr/share/app/x.txt", "/etc/app/x.conf", "/usr/local/etc/app/x"]
)
def test_it_goes_along_where_the_builder_has_it(path: str) -> None:
    """A file with what it refers to, a folder with all that is in it; that it was not read stays said."""
    outcome = _slim(path)
    above = path.rpartition("/")[0]
    assert f"if [ -f {path} ]; then mkdir -p /runtime{above}; cp -pL {path} /runtime{above}/; elif" in outcome.after
    assert "COPY --from=build /runtime/ /\n" in outcome.after
    assert _reasons(outcome) == ["file-unproven"]


@pytest.mark.parametrize(
    ("path", "run", "makefile"),
    [
        # a compiler makes what it is told, and nothing else
        ("/opt/app/share/x.txt", "gcc -o /usr/bin/app main.c", _MAKE),
        # folders that are links in some images, or whose files are everybody's
        ("/usr/lib/app/x.txt", "make install", _MAKE),
        ("/lib/app/x.txt", "make install", _MAKE),
        ("/etc/x.conf", "make install", _MAKE),
        ("/usr/share/x", "make install", _MAKE),
    ],
)
def test_it_stays_where_no_step_makes_it_or_it_is_the_system_s(path: str, run: str, makefile: str) -> None:
    """Then the assumption alone is what is said."""
    outcome = _slim(path, run, makefile)
    assert "cp -pL" not in outcome.after
    assert _reasons(outcome) == ["file-unproven"]


def test_a_file_of_the_context_takes_no_question() -> None:
    """What a COPY put there is known to be there."""
    text = 'FROM gcc:12\nCOPY x /opt/app/x.txt\nCOPY . /src\nRUN make -C /src install\nCMD ["/usr/bin/app"]\n'
    files = {"main.c": '#include <stdio.h>\nint main() { return !fopen("/opt/app/x.txt", "r"); }\n', "x": ""}
    files["Makefile"] = _MAKE % "/usr/share/other/x"
    outcome = slim(text, MemoryContext(files), Options(target="debian-slim"))
    assert isinstance(outcome, Rewritten)
    assert "COPY --from=build /opt/app /opt/app\n" in outcome.after
    assert "cp -pL" not in outcome.after


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("//go:generate sh -c 'date > year.txt'", True),
        ("//go:generate stringer -type=Pill", False),
        ("// year.txt is made by hand", False),
    ],
)
def test_what_go_generate_is_told_to_make(line: str, known: bool) -> None:  # noqa: FBT001
    """A directive names it in the very file that opens it; a plain mention says nothing of who makes it."""
    main = f'package main\n\n{line}\n\nimport "os"\n\nfunc main() {{ os.ReadFile("year.txt") }}\n'
    text = 'FROM golang:1.22\nWORKDIR /src\nCOPY . .\nRUN go generate ./... && go build -o /app .\nCMD ["/app"]\n'
    outcome = slim(text, MemoryContext({"main.go": main, "go.mod": "module x\n"}), Options(target="scratch"))
    assert isinstance(outcome, Rewritten)
    assert ("cp -pL /src/year.txt /runtime/src/" in outcome.after) is known
    assert _reasons(outcome) == (["run-effects-unproven"] if known else [])
