"""The program that waits for a tracer and becomes another one."""

from __future__ import annotations

import io
import os
import platform
import subprocess
from typing import TYPE_CHECKING

import pytest
from elftools.elf.elffile import ELFFile

from imgslim.engine.hold import ARCHITECTURES, command, hold

if TYPE_CHECKING:
    from pathlib import Path

#: The engine's names for what ``uname -m`` says.
NAMES = {"x86_64": "amd64", "aarch64": "arm64"}


@pytest.fixture
def program(tmp_path: Path) -> str:
    """Give the program for this machine; it does not wait."""
    path = tmp_path / "hold"
    path.write_bytes(hold(NAMES[platform.machine()], patience=0))
    path.chmod(0o755)
    return str(path)


def test_it_becomes_the_first_that_is_there(program: str) -> None:
    """Arguments, empty ones too, and the environment arrive as they are; the process stays the same."""
    text = 'echo "$0" $# "$1" "$2" $$; env'
    words = (program, "/none/sh", "/etc", "/bin/sh", "", "sh", "-c", text, "zero", "", "two words")
    with subprocess.Popen(words, env={"A.b": "c", "D": "é"}, stdout=subprocess.PIPE) as started:
        said = started.communicate(timeout=20)[0].decode().splitlines()
    assert said[0] == f"zero 2  two words {started.pid}"
    assert "D=é" in said


def test_where_nothing_is_there(program: str) -> None:
    """It ends as a shell does for what it does not find."""
    assert subprocess.run((program, "/none", "/etc", "", "x"), check=False, timeout=20).returncode == 127


def test_it_waits_as_long_as_it_is_told(tmp_path: Path) -> None:
    """Without a tracer it goes on by itself."""
    path = tmp_path / "hold"
    path.write_bytes(hold(NAMES[platform.machine()], patience=1))
    path.chmod(0o755)
    before = os.times().elapsed
    assert subprocess.run((path, "/bin/true", "", "true"), check=False, timeout=20).returncode == 0
    assert 0.9 < os.times().elapsed - before < 15


@pytest.mark.parametrize(
    ("entry", "path", "words"),
    [
        (("/x", "a"), "/bin", ("/x", "", "/x", "a")),
        (("./x",), "/bin", ("./x", "", "./x")),
        (("x", ""), "/a:/b", ("/a/x", "/b/x", "", "x", "")),
        (("x",), "/a::", ("/a/x", "./x", "./x", "", "x")),
    ],
)
def test_look_up(entry: tuple[str, ...], path: str, words: tuple[str, ...]) -> None:
    """A name with a slash is a path; another is looked for in each folder, an empty one is the working directory."""
    assert command(entry, path) == words


@pytest.mark.parametrize("architecture", sorted(ARCHITECTURES))
def test_headers(architecture: str) -> None:
    """An independent reader finds one loaded segment with the start in it, right behind the headers."""
    raw = hold(architecture)
    elf = ELFFile(io.BytesIO(raw))
    (segment,) = elf.iter_segments()
    assert elf.get_machine_arch() == {"amd64": "x64", "arm64": "AArch64"}[architecture]
    assert (segment["p_filesz"], segment["p_memsz"], segment["p_offset"]) == (len(raw), len(raw), 0)
    assert elf["e_entry"] - segment["p_vaddr"] == 120
    assert elf["e_entry"] % 4 == 0
