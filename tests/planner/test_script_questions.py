"""What entry scripts ask the image: which programs and files there are, and what may be missing."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Declined, Rewritten
from imgslim.service import Options, slim

_HELLO = b'#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n'
_SLIM = "debian:bookworm-slim"
_BUSY = "busybox:glibc"


def entered(
    script: str, target: str, *, base: str = "gcc:12-bookworm", steps: str = "", shell: str = "/bin/sh", **more: str
) -> Rewritten | Declined:
    """Rewrite a program of C that an entry script starts."""
    text = f"FROM {base}\nWORKDIR /app\nCOPY . .\n{steps}RUN gcc -o hello hello.c\n"
    files = {"hello.c": _HELLO, "entry.sh": f"#!{shell}\n{script}\n".encode()}
    files |= {name.replace("_", "."): content.encode() for name, content in more.items()}
    entry = 'ENTRYPOINT ["/app/entry.sh"]\nCMD ["./hello"]\n'
    outcome = slim(text + entry, MemoryContext(files), Options(target=target))
    assert isinstance(outcome, Rewritten | Declined)
    return outcome


def reasons(outcome: Rewritten | Declined) -> set[str]:
    """The names of its assumptions, or of the refusal."""
    return {outcome.reason} if isinstance(outcome, Declined) else {a.reason for a in outcome.plan.assumptions}


@pytest.mark.parametrize(
    ("script", "target", "found"),
    [
        # the builder has it, and the target does not, or the other way round
        ("command -v gcc > /dev/null || echo none", _SLIM, {"needs-command"}),
        ("if which g++; then echo yes; fi", _SLIM, {"needs-command"}),
        ("if command -v nc; then echo yes; fi", _BUSY, {"command-differs"}),
        ("type vi && echo yes", _BUSY, {"command-differs"}),
        ("hash ping 2> /dev/null && echo yes", _BUSY, {"command-differs"}),
        ("[ -x /usr/bin/gcc ] && echo yes", _SLIM, {"needs-command"}),
        ("[ -x /usr/bin/awk ] && echo yes", _BUSY, {"command-differs"}),
        # which one it asks for is computed
        ("for t in gcc awk; do command -v $t; done", _SLIM, {"script-not-followed"}),
        ('has() { command -v "$1"; }; has nc && echo yes', _BUSY, {"command-differs"}),
        ('has() { command -v "$1"; }; has "$X" && echo yes', _SLIM, {"script-not-followed"}),
        # the target has other packages
        ("dpkg -s gcc && echo yes", _SLIM, {"command-differs"}),
        ("dpkg -l | wc -l", _SLIM, {"command-differs"}),
        ("dpkg --print-architecture", _SLIM, set()),
        # both have it, or neither
        ("command -v awk && echo yes", _BUSY, set()),
        ("[ -x /usr/bin/awk ] && echo yes", _SLIM, set()),
        ('has() { command -v "$1"; }; has awk && echo yes', _BUSY, set()),
        ("type cd && type run; run() { :; }", _SLIM, set()),
        ("if command -v jq; then echo '{}' | jq .; fi", _BUSY, set()),
        # what docker run is given nobody names
        ('if [ -z "$(command -v "${1}")" ]; then set -- ./hello "$@"; fi', _BUSY, set()),
    ],
)
def test_programs_that_a_script_looks_for(script: str, target: str, found: set[str]) -> None:
    """It goes on otherwise where there is none."""
    assert reasons(entered(f'{script}\nexec "$@"', target)) == found


def test_what_is_looked_for_is_installed_again() -> None:
    """On the family's slim image a program of the builder's is there to be found."""
    outcome = entered('command -v git && echo yes\nexec "$@"', _SLIM)
    assert isinstance(outcome, Rewritten)
    assert "install -y --no-install-recommends git" in outcome.after


@pytest.mark.parametrize(
    "script",
    [
        'case "$1" in debug) exec gdb ./hello;; esac; exec "$@"',
        'if [ "$DEBUG" ]; then gdb ./hello; else exec "$@"; fi',
        '[ -z "$HOOK" ] || gdb ./hello; exec "$@"',
        'debug() { gdb ./hello; }; [ "$1" = debug ] && debug; exec "$@"',
        'if gdb -v; then echo yes; fi; exec "$@"',
    ],
)
def test_an_arm_that_the_original_can_not_take(script: str) -> None:
    """Nothing installs what it starts: it is missing as before, and the build stops where that is not so."""
    outcome = entered(script, _SLIM)
    assert isinstance(outcome, Rewritten)
    assert "if which gdb; then exit 1; fi" in outcome.after
    assert reasons(outcome) == set()


@pytest.mark.parametrize(
    "script",
    [
        'gdb -batch ./hello; exec "$@"',
        'if [ "$1" ]; then gdb -v; fi; gdb -v; exec "$@"',
        'debug() { gdb ./hello; }; debug; exec "$@"',
        'gdb -v && exec "$@"',
    ],
)
def test_what_runs_in_any_case_is_there(script: str) -> None:
    """The original starts, so it is somewhere in the image."""
    assert reasons(entered(script, _SLIM)) == {"needs-command"}


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("trap stop TERM\nstop() { kill $pid; }\n./hello &\npid=$!\nwait", set()),
        ("stop() { kill $pid; }\ntrap 'stop; exit 0' TERM\n./hello", set()),
        ("trap stop TERM\n./hello", {"needs-command"}),
        (". ./lib.sh\nrun ./hello", set()),
        (". ./lib.sh\ntrap halt EXIT\n./hello", set()),
        (". ./lib.sh\nrun gdb -v\n./hello", {"needs-command"}),
        ("run ./hello\n. ./lib.sh", {"entry-not-built"}),
        ("./other.sh\nrun ./hello", {"entry-not-built"}),
        ('retry() { n=$1; shift; "$@"; }\nretry 3 ./hello', set()),
        ('pick() { while [ $# -gt 1 ]; do shift; done; "$@"; }\npick 3 ./hello', {"needs-command"}),
    ],
)  # fmt: skip
def test_functions(script: str, found: set[str]) -> None:
    """A call means a function of the same shell: the script's own, or of a file that it read before."""
    library = 'run() { "$@"; }\nhalt() { :; }\n'
    outcome = entered(script, _BUSY, lib_sh=library, other_sh=f"#!/bin/sh\n{library}")
    assert reasons(outcome) - {"command-differs"} == found


@pytest.mark.parametrize(
    ("script", "steps", "target", "found"),
    [
        ("wc -l < /usr/share/dict/words", "RUN apt-get install -y wamerican\n", _SLIM, {"file-unproven"}),
        ("cat /usr/share/dict/words", "RUN apt-get install -y wamerican\n", _SLIM, {"file-unproven"}),
        ("[ -f /etc/services ] && echo yes", "", _SLIM, {"file-unproven"}),
        ("for f in /usr/share/dict/words; do echo $f; done", "", _SLIM, {"file-unproven"}),
        ("test -d /usr/share/dict && echo yes", "", _SLIM, {"file-unproven"}),
        ("[ -f /etc/debian_version ] && echo yes", "", _BUSY, {"file-unproven"}),
        ("[ -f /etc/debian_version ] && echo yes", "", _SLIM, set()),
        ("[ -f /etc/app.conf ] && echo yes", "RUN echo x > /etc/app.conf\n", _SLIM, set()),
        ('[ "$1" = /usr/share/dict/words ] && echo yes', "", _SLIM, set()),
        ("cat > /etc/app.conf <<E\nx\nE\ncat /etc/app.conf", "", _SLIM, set()),
        ("mkdir -p /var/lib/app/x; touch /var/lib/app/x/y; cat /var/lib/app/x/y", "", _SLIM, set()),
        ("cp hello.c /etc/app.conf; cat /etc/app.conf", "", _SLIM, set()),
        ("echo /usr/share/dict/words", "", _SLIM, set()),
        ("cat /tmp/x /run/x /var/log/x", "", _SLIM, set()),
    ],
)
def test_files_of_the_system(script: str, steps: str, target: str, found: set[str]) -> None:
    """A package or the base image may bring them; what the script or a step makes is known."""
    assert reasons(entered(f'{script}\nexec "$@"', target, steps=steps)) == found


@pytest.mark.parametrize(
    ("lines", "found", "temporary"),
    [
        ("HEALTHCHECK CMD echo a | tee /tmp/a", set(), True),
        ("HEALTHCHECK CMD echo a > /tmp/a", set(), True),
        ('SHELL ["/bin/bash", "-c"]\nHEALTHCHECK CMD true', {"script-not-followed"}, False),
        ('SHELL ["/bin/bash", "-c"]\nHEALTHCHECK CMD ["/hello"]', set(), False),
    ],
)
def test_health_checks(lines: str, found: set[str], temporary: bool) -> None:  # noqa: FBT001
    """What one writes to is there, and what shell it is for is no matter of the entry."""
    text = f'FROM gcc:12-bookworm\nCOPY hello.c .\nRUN gcc -o /hello hello.c\n{lines}\nCMD ["/hello"]\n'
    outcome = slim(text, MemoryContext({"hello.c": _HELLO}), Options(target="scratch"))
    assert isinstance(outcome, Rewritten)
    assert reasons(outcome) == found
    assert ("chmod 1777 /runtime/tmp" in outcome.after) is temporary
