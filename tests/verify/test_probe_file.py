"""A probes file says what is meant, or is refused with the place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imgslim.errors import UsageError
from imgslim.verify.probe_file import load_probes
from imgslim.verify.probes import HttpProbe, Probes, RunProbe, TcpProbe, TextProbe

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = r"""
args = ["--port", "80"]
env = { MODE = "test" }
stdin = "yes\n"
timeout = 5
exit = 3
command = ["curl -s $IMGSLIM_ADDRESS"]
[[http]]
port = 80
path = "/x"
method = "POST"
headers = { Accept = "text/html" }
body = "data"
status = 201
contains = "ok"
content_type = "text/plain"
[[tcp]]
port = 81
send = "ping"
contains = "pong"
[[stdout]]
contains = "up"
[[stderr]]
regex = "^warn"
[[run]]
name = "version"
args = ["--version"]
"""


def read(tmp_path: Path, text: str) -> Probes:
    """Write and read a probes file."""
    path = tmp_path / "probes.toml"
    path.write_text(text)
    return load_probes(path)


def test_everything_is_read(tmp_path: Path) -> None:
    """Each name reaches its field; the top level and each [[run]] are runs."""
    assert read(tmp_path, WHOLE).runs == (
        RunProbe(
            args=("--port", "80"),
            env=(("MODE", "test"),),
            stdin=b"yes\n",
            timeout=5,
            exit=3,
            commands=("curl -s $IMGSLIM_ADDRESS",),
            http=(HttpProbe("/x", "POST", 80, (("Accept", "text/html"),), b"data", 201, "ok", "text/plain"),),
            tcp=(TcpProbe(81, b"ping", "pong"),),
            stdout=(TextProbe("up"),),
            stderr=(TextProbe(regex="^warn"),),
        ),
        RunProbe(name="version", args=("--version",)),
    )


def test_an_empty_file_is_one_plain_run(tmp_path: Path) -> None:
    """Nothing asked is the default run; only [[run]] tables leave it out."""
    assert read(tmp_path, "") == Probes()
    assert read(tmp_path, "[[run]]\nargs=['-h']\n").runs == (RunProbe(args=("-h",)),)


def test_ports_of_a_run() -> None:
    """The ports named by probes are those to wait for; 0 names none."""
    assert RunProbe(http=(HttpProbe(port=80), HttpProbe()), tcp=(TcpProbe(81),)).ports == {80, 81}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("htpp = 1", "htpp: no such name"),
        ("args = 'x'", "args: 'x' is of the wrong type"),
        ("exit = true", "exit: True is of the wrong type"),
        ("args = [1]", "args: only strings"),
        ("env = { A = 1 }", "env: only strings"),
        ("http = ['/']", "http[0]: '/' is no table"),
        ("[[http]]\npath = 'x'", "http[0].path: 'x' does not begin with /"),
        ("[[http]]\nport = 70000", "http[0].port: 70000 is no port"),
        ("[[tcp]]\nhost = 'x'", "tcp[0].host: no such name"),
        ("[[stdout]]\nregex = '('", "stdout[0].regex:"),
        ("[run]\nargs = []", "run: write [[run]]"),
        ("[[run]]\nexits = 1", "run[0].exits: no such name"),
        ("not toml", "probes.toml: Expected"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, says: str) -> None:
    """A mistake is an error with file, place and reason; never a probe left out."""
    with pytest.raises(UsageError, match=r"probes\.toml") as caught:
        read(tmp_path, text)
    assert caught.value.code == "bad-probe-file"
    assert says in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A missing file is a mistake of use."""
    with pytest.raises(UsageError, match="No such file"):
        load_probes(tmp_path / "none.toml")
