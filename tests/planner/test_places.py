"""Folders that a program writes into: those of every distribution, and those that the author made."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import Options, slim


def c_program(call: str, step: str = "true", base: str = "gcc:14", target: str = "scratch") -> Rewritten:
    """The rewrite of a C program that makes ``call``, after ``step``; a folder logs is in the context."""
    text = f'FROM {base}\nWORKDIR /app\nCOPY . .\nRUN {step}\nRUN gcc -o a main.c\nCMD ["./a"]\n'
    source = f"#include <stdio.h>\n#include <fcntl.h>\nint main(void) {{ {call}; return 0; }}\n"
    outcome = slim(text, MemoryContext({"main.c": source.encode(), "logs/.keep": b""}), Options(target=target))
    assert isinstance(outcome, Rewritten)
    return outcome


@pytest.mark.parametrize("target", ["scratch", "busybox:glibc"])
@pytest.mark.parametrize(
    ("call", "laid"),
    [
        ('fopen("/var/log/x.log", "w")', "install -d -m 755 /runtime/var/log"),
        ('fopen("/var/run/x.pid", "w")', "install -d -m 755 /runtime/var/run"),
        ('open("/run/x/y.sock", O_CREAT, 0600)', "install -d -m 755 /runtime/run"),
        ('open("/var/tmp/x", O_CREAT, 0600)', "install -d -m 1777 /runtime/var/tmp"),
        ('fopen("/root/.history", "a")', "install -d -m 700 /runtime/root"),
    ],
)
def test_standard_folders_are_laid_out(call: str, laid: str, target: str) -> None:
    """The original's distribution has them; an empty base does not."""
    outcome = c_program(call, target=target)
    assert laid in outcome.after
    assert outcome.plan.assumptions == ()


@pytest.mark.parametrize(
    ("call", "base", "target", "open_ends"),
    [
        # the target's own
        ('fopen("/var/log/x.log", "w")', "gcc:14", "debian:trixie-slim", []),
        # read, not written: what lies there is not known
        ('fopen("/var/log/x.log", "r")', "gcc:14", "scratch", ["file-unproven"]),
        # made by the kernel
        ('fopen("/dev/shm/x", "w")', "gcc:14", "scratch", []),
        ('fopen("x.log", "w")', "gcc:14", "scratch", []),
    ],
)
def test_others_are_not(call: str, base: str, target: str, open_ends: list[str]) -> None:
    """Nothing is laid out that is there, or whose content matters."""
    outcome = c_program(call, base=base, target=target)
    assert "mkdir -p -m" not in outcome.after
    assert [r for a in outcome.plan.assumptions if (r := a.reason) == "file-unproven"] == open_ends


@pytest.mark.parametrize(
    ("call", "step", "goes"),
    [
        ('fopen("logs/x.log", "w")', "true", True),
        ('fopen("out/x.log", "a")', "mkdir out", True),
        ('fopen("out/x.log", "w")', "mkdir -p /app/out", True),
        ('fopen("else/x.log", "w")', "mkdir out", False),
        ("0", "mkdir out", False),
    ],
)
def test_folders_of_its_own(call: str, step: str, goes: bool) -> None:  # noqa: FBT001
    """A folder that a new file goes to has to be there, relative names included."""
    outcome = c_program(call, step)
    assert any(f"/app/{f}" in outcome.after.replace("mkdir -p /app/out", "") for f in ("logs", "out")) == goes
    assert outcome.plan.assumptions == ()


@pytest.mark.parametrize(
    ("call", "step", "holds"),
    [
        ('os.Create("/var/log/x.log")', "true", "/runtime/var/log"),
        ('os.OpenFile("/run/x.pid", os.O_CREATE, 0o600)', "true", "/runtime/run"),
        ('os.WriteFile("out/x", nil, 0o600)', "mkdir out", "cp -a /app/out"),
        ('os.Create("/tmp/x")', "true", "/runtime/tmp"),
    ],
)
def test_a_go_program(call: str, step: str, holds: str) -> None:
    """The same of os.Create and its like."""
    text = f'FROM golang:1.24\nWORKDIR /app\nCOPY . .\nRUN {step}\nRUN go build -o a .\nCMD ["./a"]\n'
    source = f'package main\n\nimport "os"\n\nfunc main() {{ {call} }}\n'
    context = MemoryContext({"go.mod": b"module a\n\ngo 1.24\n", "main.go": source.encode()})
    outcome = slim(text, context, Options(target="scratch"))
    assert isinstance(outcome, Rewritten)
    assert holds in outcome.after
    assert outcome.plan.assumptions == ()


@pytest.mark.parametrize(
    ("folder", "target", "laid"),
    [
        ("/var/run/app", "debian:bookworm-slim", "mkdir -p /runtime/run; cp -a /var/run/app /runtime/run/"),
        ("/var/lock/app", "debian:bookworm-slim", "mkdir -p /runtime/run/lock; cp -a /var/lock/app /runtime/run/lock/"),
        ("/var/runs/app", "debian:bookworm-slim", "cp -a /var/runs/app /runtime/var/runs/"),
        ("/var/run/app", "scratch", "cp -a /var/run/app /runtime/var/run/"),
    ],
)
def test_a_folder_below_a_link(folder: str, target: str, laid: str) -> None:
    """Distributions have links in place of /var/run and /var/lock, over which no folder is put."""
    source = f'#include <stdio.h>\nint main(void) {{ fopen("{folder}/pid", "w"); return 0; }}\n'
    step = f"RUN gcc -o /a a.c && useradd app && mkdir -p {folder} && chown app {folder}"
    text = f'FROM gcc:12-bookworm\nCOPY a.c .\n{step}\nUSER app\nCMD ["/a"]\n'
    outcome = slim(text, MemoryContext({"a.c": source.encode()}), Options(target=target))
    assert isinstance(outcome, Rewritten)
    assert laid in outcome.after
