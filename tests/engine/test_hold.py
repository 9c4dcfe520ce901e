"""The program that waits for a tracer and becomes another one."""

from __future__ import annotations

import io
import os
import platform
import re
import struct
import subprocess
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from imgslim.engine.hold import ARCHITECTURES, QUIET, command, hold
from imgslim.evidence.strace_calls import TRACED

#: The engine's names for what ``uname -m`` says.
NAMES = {"x86_64": "amd64", "aarch64": "arm64"}


@pytest.fixture(params=[False, True], ids=["plain", "filtered"])
def program(tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Give the program for this machine; it does not wait, and no tracer comes."""
    path = tmp_path / "hold"
    path.write_bytes(hold(NAMES[platform.machine()], patience=0, filtered=request.param))
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


@pytest.mark.parametrize("filtered", [False, True])
@pytest.mark.parametrize("architecture", sorted(ARCHITECTURES))
def test_headers(architecture: str, *, filtered: bool) -> None:
    """An independent reader finds one loaded segment with the start in it, behind the headers and the data."""
    raw = hold(architecture, filtered=filtered)
    elf = ELFFile(io.BytesIO(raw))
    (segment,) = elf.iter_segments()
    assert elf.get_machine_arch() == {"amd64": "x64", "arm64": "AArch64"}[architecture]
    assert (segment["p_filesz"], segment["p_memsz"], segment["p_offset"]) == (len(raw), len(raw), 0)
    assert 120 + 24 <= elf["e_entry"] - segment["p_vaddr"] < len(raw)
    assert elf["e_entry"] % 4 == 0


def test_the_filter() -> None:
    """Quiet calls say nothing of paths; their numbers are those of the kernel's headers."""
    assert not set(QUIET) & set(TRACED)
    headers = (Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), Path("/usr/include/asm-generic/unistd.h"))
    for column, header in enumerate(headers):
        text = header.read_text()
        known = {m[1]: int(m[2]) for m in re.finditer(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", text)}
        assert {name: number for name, pair in QUIET.items() if (number := pair[column]) is not None} == {
            name: known[name] for name, pair in QUIET.items() if pair[column] is not None
        }


@pytest.mark.parametrize(
    ("call", "arguments", "architecture", "told"),
    [
        (0, (), 0xC000003E, False),
        (55, (), 0xC000003E, False),
        (257, (), 0xC000003E, True),
        (59, (), 0xC000003E, True),
        (0, (), 0x40000003, True),
        (9, (0, 4096, 3), 0xC000003E, False),
        (9, (0, 4096, 5), 0xC000003E, True),
        (262, (3, 0, 0, 0x1000), 0xC000003E, False),
        (262, (3, 0, 0, 0x1100), 0xC000003E, True),
        (262, (-100, 0, 0, 0), 0xC000003E, True),
    ],
    ids=["read", "last", "openat", "execve", "32-bit", "data", "code", "fstat", "lstat", "stat"],
)
def test_what_the_filter_answers(call: int, arguments: tuple[int, ...], architecture: int, *, told: bool) -> None:
    """The tracer hears of every call that is not quiet, and of all of another architecture."""
    raw = hold("amd64", filtered=True)
    (count,) = struct.unpack_from("<H", raw, 144)
    steps = [struct.unpack_from("<HBBI", raw, 160 + 8 * at) for at in range(count)]
    seen = {0: call, 4: architecture, **{16 + 8 * at: one & 0xFFFFFFFF for at, one in enumerate(arguments)}}
    at = value = 0
    while True:
        code, if_true, if_false, operand = steps[at]
        at += 1
        if code == 0x20:
            value = seen[operand]
        elif code == 0x15:
            at += if_true if value == operand else if_false
        elif code == 0x45:
            at += if_true if value & operand else if_false
        else:
            break
    assert operand == (0x7FF00000 if told else 0x7FFF0000)
