"""Which programs texts and argument vectors start."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.meaning.starts import argv_starts, text_starts
from imgslim.model import Applicability, Declined, Rewritten
from imgslim.service import Options, slim


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("curl x | tar x", "curl tar"),
        ("exec curl x", "curl"),
        ("A=b curl x", "curl"),
        ("if curl x; then echo y; fi", "curl echo"),
        ("echo 'a; curl b'", "echo"),
        ("echo $(curl x)", "echo curl"),
        ("eval curl x", "curl"),
        ("eval $X", "*"),
        ("trap 'curl x' EXIT", "curl"),
        ("trap - EXIT", ""),
        ("trap $X EXIT", "*"),
        ("command curl x", "curl"),
        ("command -v curl", "curl"),
        (". ./x.sh", "*"),
        ("$PAGER", "*"),
        ("cd /x && umask 0 && export A=b", ""),
        ("exec 3>&1", ""),
        ("sh -c 'curl x; ls'", "sh curl ls"),
        ('sh -c "$X"', "sh *"),
        ("'l s' x", "*"),
        ('gosu "$OWNER" curl x', "gosu curl"),
        ('gosu "$OWNER" "$@"', "gosu *"),
        ("nice $LEVEL curl x", "nice *"),
    ],
)
def test_text(text: str, names: str) -> None:
    """Builtins start nothing, or what their words say; what is computed may be anything."""
    assert " ".join(text_starts(text)) == names


@pytest.mark.parametrize(
    ("argv", "names"),
    [
        (["curl", "x"], "curl"),
        (["kill", "1"], "kill"),
        (["nohup", "curl", "x"], "nohup curl"),
        (["env", "A=b", "curl"], "env curl"),
        (["env"], "env"),
        (["env", "-S", "curl x"], "env *"),
        (["timeout", "-s", "KILL", "10", "nice", "-n", "5", "curl"], "timeout nice curl"),
        (["nice", "", "curl"], "nice *"),
        (["xargs", "-n", "1", "curl"], "xargs curl"),
        (["find", "/x", "-exec", "rm", "{}", "+"], "find rm"),
        (["bash", "-ec", "curl x"], "bash curl"),
        (["bash", "x.sh"], "bash ./x.sh"),
        (["bash", "-e", "bin/x.sh", "-c", "y"], "bash bin/x.sh"),
        (["bash", ""], "bash *"),
        (["bash", "--rcfile", "x"], "bash"),
        (["bash", "-o", "pipefail", "-c", "--", "curl x"], "bash curl"),
        (["bash", "-l"], "bash"),
        (["tini", "-p", "SIGTERM", "--", "app"], "tini app"),
        (["perl", ""], "perl *"),
        (["perl", "-w", "x.pl", ""], "perl"),
        (["python3.11", "-c", ""], "python3.11 *"),
        (["python3", "-m", "x", ""], "python3"),
        (["node", "--require", "", "x.js"], "node *"),
        (["perlbug", ""], "perlbug"),
    ],
)
def test_argument_vectors(argv: list[str], names: str) -> None:
    """A program is one whatever a shell would do by that name; wrappers start what stands behind their own words."""
    assert " ".join(argv_starts(argv)) == names


@pytest.mark.parametrize(
    ("argv", "reads", "names"),
    [
        (["perl", "x.pl"], "", "perl *"),
        (["perl", "-MJSON", "-e", "print 1"], "python", "perl"),
        (["perl", "-ne", "system($_)"], "python", "perl *"),
        (["node", "-p", "require('./x')"], "python", "node *"),
        (["python3", "-m", "x"], "node", "python3 *"),
        (["make", "all"], "python", "make *"),
        (["make"], "python", "make *"),
        (["make", "--version"], "python", "make"),
        (["awk", "-f", "x.awk"], "python", "awk *"),
        (["awk", "{ print $2 }"], "python", "awk"),
        (["make", "all"], "*", "make"),
        (["env", "A=b", "python3", "x.py"], "node", "env python3 *"),
        (["sh", "-c", "cd /x && node y.js"], "python", "sh node *"),
        (["java", "-jar", "x.jar"], "node", "java *"),
        (["python3", "x.py"], "python", "python3"),
        (["node", "x.js"], "node", "node"),
        (["perl", "-v"], "", "perl"),
        (["python3", "--version"], "node", "python3"),
        (["perl", "x.pl"], "*", "perl"),
    ],
)
def test_what_runs_files_that_nobody_reads_may_start_anything(argv: list[str], reads: str, names: str) -> None:
    """Twins: the caller's own language, no file at all, and a caller that has all of them read."""
    assert " ".join(argv_starts(argv, reads)) == names


@pytest.mark.parametrize("language", ["c", "go"])
@pytest.mark.parametrize("text", ["exec curl x", "A=b curl x", "eval curl x", "trap 'curl x' EXIT", "command curl x"])
def test_no_program_is_lost(language: str, text: str) -> None:
    """Both toolchains see what their programs have a shell start; what a builtin does alone costs nothing."""
    assert isinstance(_slim(language, text), Declined)
    rewritten = _slim(language, "cd /tmp && exit 1")
    assert isinstance(rewritten, Rewritten)
    assert rewritten.plan.applicability is Applicability.SAFE


def _slim(language: str, text: str) -> object:
    if language == "c":
        source = f'#include <stdlib.h>\nint main(void) {{ return system("{text}"); }}\n'
        file, context = "FROM gcc:13\nCOPY x.c .\nRUN gcc -o /x x.c\nCMD /x\n", {"x.c": source}
    else:
        source = f'package main\nimport "os/exec"\nfunc main() {{ exec.Command("sh", "-c", "{text}").Run() }}\n'
        file, context = "FROM golang:1.22\nCOPY x.go .\nRUN go build -o /x x.go\nCMD /x\n", {"x.go": source}
    return slim(file, MemoryContext(context), Options(target="busybox:glibc"))
