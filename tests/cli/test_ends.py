"""How the command line ends."""

from __future__ import annotations

import gc
import io
import os
import stat
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from imgslim.cli import main, script
from imgslim.errors import EngineOrSystemError
from imgslim.files import is_dockerfile_name, write_text
from tests.cli.running import HELLO, imgslim, project

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (KeyboardInterrupt(), 130, ""),
        (RecursionError(), 2, "[too-deep]"),
        (OSError(28, "No space left", "/x"), 2, "imgslim: error: /x: No space left. [system-refused]"),
        (EngineOrSystemError("old-engine", "old", "update"), 2, "imgslim: error: old [old-engine]\n  help: update\n"),
    ],
)
def test_errors_become_exit_codes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, message: str
) -> None:
    """Whatever a command ends with, there is a code and a message."""

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("imgslim.commands.rewrite.read_input", fail)
    result = imgslim("rewrite", project(tmp_path))
    assert (result.code, result.out) == (code, b"")
    assert message in result.message


@pytest.mark.parametrize(("words", "code"), [(("explain", "onbuild"), 0), (("explain", "never-a-reason"), 2)])
def test_the_script_ends_the_process_with_the_code(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: int
) -> None:
    """Nothing runs after it, so what was written must be out by then."""
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    monkeypatch.setattr(gc, "set_threshold", lambda *_: None)
    monkeypatch.setattr(sys, "argv", ["imgslim", *words])
    script()
    assert ended == [code]


def test_a_process_writes_all_before_it_ends(tmp_path: Path) -> None:
    """More than a pipe's buffer holds arrives whole."""
    path = project(tmp_path, HELLO + "# a comment that stays\n" * 9000)
    done = subprocess.run(
        [sys.executable, "-m", "imgslim", "rewrite", path, "-o", "-"], capture_output=True, check=True
    )
    assert done.stdout == imgslim("rewrite", path, "-o", "-").out


def test_a_command_without_words_shows_help() -> None:
    """``imgslim`` alone lists the commands."""
    assert "rewrite" in imgslim().text + imgslim().message


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("Dockerfile", True),
        ("dockerfile", True),
        ("Dockerfile.dev", True),
        ("web.Dockerfile", True),
        ("Containerfile", True),
        ("Dockerfile.dockerignore", False),
        ("Dockerfile.md", False),
        ("Dockerfile~", False),
        ("Dockerfiles", False),
        ("notes.txt", False),
    ],
)
def test_names_of_dockerfiles(name: str, is_one: bool) -> None:  # noqa: FBT001
    """Docker's own name, the forms with a suffix or prefix, and nothing that editors leave."""
    assert is_dockerfile_name(name) is is_one


@pytest.mark.parametrize("words", [("explain",), ("toolchains",)], ids=["more than a buffer", "less than a buffer"])
def test_a_reader_that_left(monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> None:
    """However much is written, a closed pipe ends with 141 and no message."""
    read, write = os.pipe()
    os.close(read)
    messages = io.StringIO()
    with os.fdopen(write, "w", encoding="utf-8") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        monkeypatch.setattr(sys, "stderr", messages)
        monkeypatch.setattr(sys, "argv", ["imgslim", *words])
        with pytest.raises(SystemExit) as end:
            main()
    assert (end.value.code, messages.getvalue()) == (141, "")


@pytest.mark.parametrize("in_the_way", ["pipe", "link to a pipe"])
def test_what_is_no_file_is_written_to(tmp_path: Path, in_the_way: str) -> None:
    """A device or a pipe that -o names stays what it is: /dev/null above all."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    named = pipe
    if in_the_way != "pipe":
        named = tmp_path / "link"
        named.symlink_to(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()), daemon=True)
    reader.start()
    write_text(named, ["FROM ", "scratch\n"])
    reader.join(5)
    assert read == ["FROM scratch\n"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
