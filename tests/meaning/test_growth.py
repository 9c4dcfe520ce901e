"""Variables that double line by line: what they become is left open, and nothing fills the memory."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

from imgslim.syntax.variables import expand
from imgslim.values import LONGEST, Unknown, joined

_END = 'COPY main.c .\nRUN gcc -o main main.c\nCMD ["./main"]\n'


@pytest.mark.parametrize(
    "lines",
    [
        "FROM gcc:13\nENV A=aaaaaaaa\n" + "ENV A=$A$A\n" * 60,
        "FROM gcc:13\nENV A=aaaaaaaa\n" + 'ENV A="$A$A"\n' * 60,
        "FROM gcc:13\nENV A=aaaaaaaa\n" + "ENV A=${A//a/aaaaaaaaaaaaaaaa}\n" * 60,
        "FROM gcc:13\nARG A=aaaaaaaa\n" + "ARG A=${A:-x}$A\n" * 60,
        "ARG A=aaaaaaaa\n" + "ARG A=$A$A\n" * 60 + "FROM gcc:13\n",
        "FROM gcc:13\nENV A=" + "a" * 30_000 + "\nWORKDIR " + "$A" * 30_000 + "\n",
        "FROM gcc:13\nRUN A=aaaaaaaa; " + "A=$A$A; " * 60 + "true\n",
        "FROM gcc:13\nRUN A=aaaaaaaa && " + 'A="$A$A" && ' * 60 + "true\n",
        "FROM gcc:13\nRUN A=aaaaaaaa; " + "A+=$A; " * 60 + "true\n",
        "FROM gcc:13\nRUN A=" + "a" * 30_000 + "; echo " + "$A" * 15_000 + "\n",
        "FROM gcc:13\nENV A=" + "a" * 30_000 + "\nEXPOSE " + "$A" * 30_000 + "\n",
    ],
)
def test_doubling(lines: str) -> None:
    """Half a gigabyte is plenty, whatever the file makes of its variables."""
    script = "import sys\nfrom imgslim.service import slim\nprint(type(slim(sys.stdin.read())).__name__)"

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29))

    done = subprocess.run(
        [sys.executable, "-c", script], input=lines + _END, capture_output=True, text=True, timeout=60, check=False,
        preexec_fn=bound,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-500:]


def test_what_is_written_may_be_long() -> None:
    """Only growth is bounded: a long text is what it is."""
    long = "'" + "a" * (LONGEST * 3) + "'$B"
    assert expand(long, {"B": "b"}.get) == "a" * (LONGEST * 3) + "b"
    assert isinstance(expand("$B$B", {"B": "b" * LONGEST}.get), Unknown)
    assert expand("$B", {"B": "b" * LONGEST}.get) == "b" * LONGEST
    assert joined(["a", Unknown("why"), Unknown("other")]) == Unknown("why")
