"""What every container has by itself is no file of the build; what only begins like it is."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import Options, slim


def _rewritten(language: str, path: str, step: str) -> Rewritten:
    if language == "c":
        source = f'#include <fcntl.h>\nint main(void) {{ return open("{path}", O_RDONLY) < 0; }}\n'
        text, name = f"FROM gcc:14\nCOPY x.c /src/\nRUN gcc -o /x /src/x.c\nRUN {step}\nCMD /x\n", "x.c"
    else:
        source = f'package main\n\nimport "os"\n\nfunc main() {{ os.Open("{path}") }}\n'
        text, name = f"FROM golang:1.22\nCOPY x.go /src/\nRUN go build -o /x /src/x.go\nRUN {step}\nCMD /x\n", "x.go"
    outcome = slim(text, MemoryContext({name: source}), Options(target="busybox:glibc"))
    assert isinstance(outcome, Rewritten), outcome
    return outcome


@pytest.mark.parametrize("language", ["c", "go"])
@pytest.mark.parametrize("path", ["/devices.txt", "/sysconf.yaml", "/proceedings", "/etc/hosts.d"])
def test_a_name_that_begins_alike(language: str, path: str) -> None:
    """A file that a step makes goes along, whatever its name begins with."""
    assert f"COPY --from=build {path} {path}" in _rewritten(language, path, f"echo 1 > {path}").after


@pytest.mark.parametrize("language", ["c", "go"])
@pytest.mark.parametrize("path", ["/dev/null", "/proc/self/status", "/sys", "/etc/hosts"])
def test_what_every_container_has(language: str, path: str) -> None:
    """Nothing is copied for it and nothing assumed."""
    outcome = _rewritten(language, path, "true")
    assert path not in outcome.after
    assert not outcome.plan.assumptions


@pytest.mark.parametrize(("folder", "is_laid_out"), [("/devdata", True), ("/dev/data", False)])
def test_a_folder_that_is_given_away(folder: str, is_laid_out: bool) -> None:  # noqa: FBT001
    """Its owner is kept, but for what the kernel lays over it."""
    outcome = _rewritten("c", "/dev/null", f"mkdir {folder} && chown 1000 {folder}")
    assert (f"cp -a {folder} /runtime/" in outcome.after) is is_laid_out


@pytest.mark.parametrize(("folder", "is_laid_out"), [("/etc", False), ("/usr/local/lib", False), ("/data", True)])
def test_a_folder_of_the_system_that_a_step_makes_again(folder: str, is_laid_out: bool) -> None:  # noqa: FBT001
    """``mkdir -p`` of a folder that is there makes nothing: the builder's own content stays behind."""
    outcome = _rewritten("c", "/dev/null", f"mkdir -p {folder}")
    assert (f"cp -a {folder} " in outcome.after) is is_laid_out


_PROG = "#include <stdio.h>\nint main(int n, char **a) { while (--n) puts(a[n]); return 0; }\n"
_CONTEXT: dict[str, str | bytes] = {
    "x.c": _PROG, "a.txt": "", "b.txt": "", ".c.txt": "", "conf/d.yml": "", "conf/e/f.yml": "", "g/h.txt": "",
}  # fmt: skip


def _copied(cmd: str, context: dict[str, str | bytes] | None = None) -> set[str]:
    text = f"FROM gcc:14\nWORKDIR /src\nCOPY . .\nENV NAME=a.txt\nRUN gcc -o /x x.c\nCMD {cmd}\n"
    outcome = slim(text, MemoryContext(context or _CONTEXT), Options(target="busybox:glibc"))
    assert isinstance(outcome, Rewritten), outcome
    runtime = outcome.after[outcome.after.rindex("FROM") :]
    return {line.split()[-1] for line in runtime.splitlines() if line.startswith("COPY --from=build /src")}


@pytest.mark.parametrize(
    ("cmd", "paths"),
    [
        ("/x *.txt", {"/src/a.txt", "/src/b.txt"}),
        ("/x ./*.txt", {"/src/a.txt", "/src/b.txt"}),
        ("/x .*.txt", {"/src/.c.txt"}),
        ("/x /src/[a]*", {"/src/a.txt"}),
        ("for f in ?.txt; do /x $f; done", {"/src/a.txt", "/src/b.txt"}),
        ("/x */h.txt", {"/src/conf", "/src/g"}),
        ("/x conf/*.yml", {"/src/conf"}),
        ('/x "$NAME"', {"/src/a.txt"}),
        # What was compiled in is a file like any other to a program that it is given to.
        ("/x x.c", {"/src/x.c"}),
        ('["/x", "x.c"]', {"/src/x.c"}),
        ("/x < x.c", {"/src/x.c"}),
        ("/x *.c", {"/src/x.c"}),
        # Twins: texts, names that nothing has, and patterns of texts.
        ("/x '*.txt'", set()),
        ('/x "*.txt"', set()),
        ("/x \\*.txt", set()),
        ("/x *.none", set()),
        ('case "$1" in *.txt) /x;; esac', set()),
        ("/x ${NAME%*.txt}y", {"/src/a.txt"}),
        ("/x ${OTHER#*.txt}", set()),
    ],
)
def test_files_that_the_entry_gives_to_the_program(cmd: str, paths: set[str]) -> None:
    """By their names, by a pattern that the shell expands, or by a variable that the file sets."""
    assert _copied(cmd) == paths


def test_a_pattern_in_a_script() -> None:
    """It is expanded where the script runs."""
    context: dict[str, str | bytes] = {**_CONTEXT, "run.sh": "#!/bin/sh\nexec /x *.txt\n"}
    assert _copied('["sh", "run.sh"]', context) == {"/src/run.sh", "/src/a.txt", "/src/b.txt"}


@pytest.mark.parametrize(
    ("cmd", "reads"),
    [
        ('["/x", "."]', True),
        ("find . -name '*.txt'; /x", True),
        ("ls | /x", True),
        ("find -type f; /x", True),
        ("ls conf; /x", False),
        ('["/x", "a.txt"]', False),
        ("cd . && /x", False),
        ("echo . ; [ -d . ] && /x", False),
        ('["/x", "..."]', False),
    ],
)
def test_a_program_that_is_given_the_whole_folder(cmd: str, reads: bool) -> None:  # noqa: FBT001  (a table's column)
    """What it reads of it is open; the folder's data go along, and that is said."""
    text = f"FROM gcc:14\nWORKDIR /src\nCOPY . .\nRUN gcc -o /x x.c\nCMD {cmd}\n"
    outcome = slim(text, MemoryContext(_CONTEXT), Options(target="busybox:glibc"))
    assert isinstance(outcome, Rewritten), outcome
    assert ("data-files-unproven" in {a.reason for a in outcome.plan.assumptions}) is reads
    assert ("COPY --from=build /src/g /src/g\n" in outcome.after) is reads


def test_an_interpreter_s_program_has_its_folder() -> None:
    """Twin: all of it goes along."""
    text = 'FROM python:3.11\nWORKDIR /src\nCOPY . .\nCMD ["python", "x.py", "."]\n'
    outcome = slim(text, MemoryContext({"x.py": "import sys\nprint(sys.argv)\n", "a.txt": ""}), Options())
    assert isinstance(outcome, Rewritten)
    assert not outcome.plan.assumptions


def test_a_class_path_is_read_by_its_toolchain() -> None:
    """Twin: what Java runs of a folder is known."""
    text = 'FROM eclipse-temurin:17\nWORKDIR /src\nCOPY . .\nRUN javac X.java\nCMD ["java", "-cp", ".", "X"]\n'
    source = 'public class X { public static void main(String[] a) { System.out.println("x"); } }\n'
    outcome = slim(text, MemoryContext({"X.java": source, "a.txt": ""}), Options())
    assert isinstance(outcome, Rewritten)
    assert not outcome.plan.assumptions


@pytest.mark.parametrize(
    ("script", "paths"),
    [
        ('cat "$HERE/a.txt" | /x', {"a.txt"}),
        ('HERE=$(cd "$(dirname "$0")" && pwd)\ncat "$HERE/a.txt" | /x', {"a.txt"}),
        ('for f in "$1"/*.txt; do /x $f; done', {"a.txt", "b.txt"}),
        ('. "$(dirname "$0")/set.sh"\n/x', {"set.sh"}),
        ('/x "$1/conf/$2.yml"', {"conf"}),
        ('/x "$1/none.txt" "$1$2/a.txt" "$1"', set()),
    ],
)
def test_behind_a_folder_that_a_script_computes(script: str, paths: set[str]) -> None:
    """It is looked for where the script lies and where it runs."""
    context: dict[str, str | bytes] = {**_CONTEXT, "set.sh": "A=1\n", "run.sh": f"#!/bin/sh\n{script}\n"}
    assert _copied('["./run.sh"]', context) - {"/src/run.sh"} == {f"/src/{path}" for path in paths}
