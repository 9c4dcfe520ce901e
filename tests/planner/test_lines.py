"""Files that a program's sources name in the words with which they start another program."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import Options, slim

_DATA: dict[str, str | bytes] = {"data/a.txt": "a", "data/b.txt": "b", "lib/c.txt": "c", "doc/d.txt": "d"}


def _program(language: str, words: tuple[str, ...]) -> tuple[str, str, str]:
    """A program that starts ``words``: the name of its source, that source, and what builds it."""
    listed = ", ".join(f'"{word}"' for word in words)
    if language == "go":
        return (
            "main.go",
            f'package main\n\nimport "os/exec"\n\nfunc main() {{ exec.Command({listed}).Run() }}\n',
            "FROM golang:1.22-bookworm\nWORKDIR /app\nCOPY . .\nRUN go build -o x main.go\n",
        )
    if language == "rust":
        rest = "".join(f'.arg("{word}")' for word in words[1:])
        return (
            "x.rs",
            f'use std::process::Command;\nfn main() {{ let _ = Command::new("{words[0]}"){rest}.status(); }}\n',
            "FROM rust:1.85-bookworm\nWORKDIR /app\nCOPY . .\nRUN rustc -o x x.rs\n",
        )
    source = f'#include <unistd.h>\nint main(void) {{ return execlp("{words[0]}", {listed}, (char *)0); }}\n'
    if words[:2] == ("sh", "-c"):
        source = f'#include <stdlib.h>\nint main(void) {{ return system("{words[2]}"); }}\n'
    return "x.c", source, "FROM gcc:14\nWORKDIR /app\nCOPY . .\nRUN gcc -o x x.c\n"


def _slimmed(language: str, words: tuple[str, ...]) -> tuple[set[str], Rewritten]:
    """What goes along of the working directory."""
    name, source, text = _program(language, words)
    outcome = slim(text + "CMD ./x\n", MemoryContext({**_DATA, name: source}), Options(target="scratch"))
    assert isinstance(outcome, Rewritten), outcome
    runtime = outcome.after[outcome.after.rindex("FROM") :]
    return {line.split()[-1] for line in runtime.splitlines() if line.startswith("COPY --from=build /app")}, outcome


@pytest.mark.parametrize("language", ["c", "go", "rust"])
@pytest.mark.parametrize(
    ("words", "taken"),
    [
        (("cat", "data/a.txt"), {"/app/data"}),
        (("sort", "--files0-from=lib/c.txt"), {"/app/lib"}),
        (("ls", "-l", "data"), {"/app/data"}),
        (("sh", "-c", "cat data/a.txt | tr a-z A-Z"), {"/app/data"}),
        (("sh", "-c", "wc -c < data/b.txt; head -n 1 lib/c.txt"), {"/app/data", "/app/lib"}),
        (("sh", "-c", "cat data/*.txt"), {"/app/data"}),
        (("sh", "-c", "cd data && ls"), {"/app/data"}),
        (("sh", "-c", "cd lib && cat c.txt"), {"/app/lib"}),
        (("timeout", "5", "cat", "data/a.txt"), {"/app/data"}),
        # No file of the build.
        (("cat", "/proc/uptime"), set()),
        (("echo", "text"), set()),
        (("sort", "-k2", "--unique"), set()),
    ],
)
def test_a_file_that_another_program_is_given(language: str, words: tuple[str, ...], taken: set[str]) -> None:
    """The program that is started reads it, be it named in an argument or in a line for a shell."""
    found, outcome = _slimmed(language, words)
    assert found - {"/app/x"} == taken
    assert not outcome.plan.assumptions


@pytest.mark.parametrize("language", ["c", "go", "rust"])
@pytest.mark.parametrize(
    ("words", "whole"),
    [
        (("ls",), True),
        (("find", ".", "-type", "f"), True),
        (("tar", "cf", "/srv/all.tar", "/app"), True),
        (("sh", "-c", "ls | wc -l"), True),
        (("ls", "/proc"), False),
        (("date",), False),
        (("sh", "-c", "cd / && date"), False),
    ],
)
def test_a_program_that_lists_the_working_directory(language: str, words: tuple[str, ...], whole: bool) -> None:  # noqa: FBT001
    """A listing shows every file, so all of them go along."""
    found, outcome = _slimmed(language, words)
    assert ("/app" in found) is whole
    assert not outcome.plan.assumptions


@pytest.mark.parametrize(
    ("folder", "taken", "is_open"),
    [('c.Dir = "doc"', True, False), ("c.Dir = os.Args[1]", True, True), ("// c.Dir = x", False, False)],
)
def test_a_folder_that_a_program_is_started_in(folder: str, taken: bool, is_open: bool) -> None:  # noqa: FBT001
    """What it is given is relative to that."""
    source = 'package main\n\nimport (\n\t"os"\n\t"os/exec"\n)\n\nfunc main() {\n\tc := exec.Command("cat", "d.txt")\n'
    source += f"\t{folder}\n\tc.Stdout = os.Stdout\n\tc.Run()\n}}\n"
    text = 'FROM golang:1.22-bookworm\nWORKDIR /app\nCOPY . .\nRUN go build -o x main.go\nCMD ["./x"]\n'
    outcome = slim(text, MemoryContext({**_DATA, "main.go": source}), Options(target="scratch"))
    assert isinstance(outcome, Rewritten)
    assert ("COPY --from=build /app/doc " in outcome.after) is taken
    assert any(one.reason == "data-files-unproven" for one in outcome.plan.assumptions) is is_open


@pytest.mark.parametrize(("start", "is_open"), [('execvp("cat", w)', True), ('puts("cat")', False)])
def test_words_in_an_array(start: str, is_open: bool) -> None:  # noqa: FBT001
    """What the words of execv(3) are does not stand in the call, so any literal may be one."""
    words = 'char *w[] = {"cat", "/etc/debian_version", 0};'
    source = f"#include <stdio.h>\n#include <unistd.h>\nint main(void) {{ {words} {start}; }}\n"
    text = 'FROM gcc:14\nWORKDIR /app\nCOPY . .\nRUN gcc -o x x.c\nCMD ["./x"]\n'
    outcome = slim(text, MemoryContext({"x.c": source}), Options(target="scratch"))
    assert isinstance(outcome, Rewritten)
    assert any("/etc/debian_version" in one.message for one in outcome.plan.assumptions) is is_open


@pytest.mark.parametrize("path", ["/etc/debian_version", "/usr/share/dict/words"])
def test_a_file_of_the_system(path: str) -> None:
    """Whether the builder has it is not known; a file that every container has is no question."""
    _, outcome = _slimmed("go", ("cat", path))
    assert any(path in one.message for one in outcome.plan.assumptions)
    _, outcome = _slimmed("go", ("cat", "/etc/hosts"))
    assert not outcome.plan.assumptions


@pytest.mark.parametrize(
    ("call", "taken"),
    [
        ('exec.Command("sh", "-c", "sh bin/" + os.Args[1])', True),
        ("exec.Command(os.Args[1])", True),
        ('exec.Command("sh", "-c", "date")', False),
        ("exec.Command(os.Args[0])", False),
    ],
)
def test_words_that_are_computed(call: str, taken: bool) -> None:  # noqa: FBT001
    """They may name any file of the context, so what may be data goes along; the program's own name says nothing."""
    source = f'package main\n\nimport (\n\t"os"\n\t"os/exec"\n)\n\nfunc main() {{ {call}.Run() }}\n'
    context = MemoryContext({"main.go": source, "bin/run": "date\n", "rows.csv": "1\n"})
    text = 'FROM golang:1.22-bookworm\nWORKDIR /app\nCOPY . .\nRUN go build -o x main.go\nCMD ["./x"]\n'
    outcome = slim(text, context, Options(target="debian-slim"))
    assert isinstance(outcome, Rewritten)
    runtime = outcome.after[outcome.after.rindex("FROM") :]
    assert ("/app/bin /app/bin" in runtime) is ("/app/rows.csv" in runtime) is taken
    assert any(a.reason == "data-files-unproven" for a in outcome.plan.assumptions) is taken
