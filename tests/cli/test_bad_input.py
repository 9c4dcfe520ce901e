"""What can't be read is said in one message with the place and the reason; never a traceback, nothing written."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import pytest

from imgslim.errors import UsageError
from imgslim.files import read_stdin
from tests.cli.running import HELLO, imgslim, process, project

#: Code, file, line and column as they are shown, the line and the caret below it.
MALFORMED = (
    ("unknown-instruction", "FROM gcc\nCOPPY a b\n", "2:1", "COPPY a b", "^^^^^"),
    ("from-missing", "ARG A=1\n", "1:1", None, "^"),
    ("empty-file", "", "1:1", None, "^"),
    ("before-from", "RUN make\nFROM gcc\n", "1:1", "RUN make", "^^^"),
    ("bad-from", "FROM gcc AS\n", "1:6", "FROM gcc AS", "     ^^^^^^"),
    ("unknown-flag", "FROM gcc\nCOPY --form=a b c\n", "2:6", "COPY --form=a b c", "     ^^^^^^^^"),
    ("heredoc-unterminated", "FROM gcc\nRUN <<EOF\nmake\n", "2:1", "RUN <<EOF", "^^^^^^^^^"),
    ("copy-needs-two-arguments", "FROM gcc\r\nCOPY a\r\nCMD x\r\n", "2:6", "COPY a", "     ^"),
    ("bad-substitution", "FROM gcc\nENV A=${B\n", "2:7", "ENV A=${B", "      ^^^"),
    ("onbuild-not-allowed", "FROM gcc\nONBUILD FROM a\n", "2:9", "ONBUILD FROM a", "        ^^^^"),
    ("bad-port", "FROM gcc\nEXPOSE\t80000\n", "2:8", "EXPOSE 80000", "       ^^^^^"),
    # Two columns for each wide character, none for the combining one, four for an escape.
    (
        "bad-pair",
        "FROM gcc\nLABEL \u4f60\u597d=e\u0301 \x01=1 b\n",
        None,
        "LABEL \u4f60\u597d=e\u0301 \\x01=1 b",
        " " * 20 + "^",
    ),
)


@pytest.mark.parametrize("case", MALFORMED, ids=[case[0] for case in MALFORMED])
def test_malformed_files(tmp_path: Path, case: tuple[str, str, str | None, str | None, str]) -> None:
    """File, line, column, reason; the caret stands under the right column."""
    code, text, place, line, caret = case
    path = project(tmp_path, text)
    new = tmp_path / "new"
    for arguments in (("rewrite", path, "-i"), ("rewrite", path, "-o", new), ("check", path), ("verify", path, path)):
        result = imgslim(*arguments)
        assert (result.code, result.out) == (2, b"")
        first, *rest = result.message.split("\n")
        assert first.endswith(f"[{code}]")
        assert first.startswith(f"{path}:{place}: error: " if place else f"{path}:2:")
        if line is not None:
            shown, below = rest[:2]
            margin = shown.index("|") + 2
            assert shown[margin:] == line
            assert below[margin:] == caret
    assert path.read_bytes() == text.encode()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["Dockerfile", "hello.c"]


def test_long_lines_are_cut_around_the_caret(tmp_path: Path) -> None:
    """A screen is not filled by one line, and the caret still stands under its place."""
    result = imgslim("rewrite", project(tmp_path, f"FROM gcc\nENV {'A=1 ' * 500}B {'C=1 ' * 500}\n"))
    _, shown, below, *_ = result.message.split("\n")
    assert len(shown) < 180
    assert shown[below.index("^")] == "B"
    assert shown.endswith("\u2026")


def test_odd_bytes(tmp_path: Path) -> None:
    """Binary files and NUL are answered like any other text."""
    noise = bytes(range(256)) * 40
    result = imgslim("rewrite", project(tmp_path, noise))
    assert (result.code, b"Traceback" in result.err) == (2, False)
    result = imgslim("rewrite", project(tmp_path, HELLO.replace("hello.c .", "a\0b .")))
    assert (result.code, b"[missing-in-context]" in result.err) == (1, True)
    assert b"a\\x00b" in result.err


@pytest.mark.parametrize("opening", ["$(", "${A:-", "(", "{ "])
def test_deep_nesting(tmp_path: Path, opening: str) -> None:
    """What nests by the thousand ends with an answer, not with the interpreter's stack."""
    text = HELLO.replace("RUN gcc", f"RUN {opening * 3000}gcc")
    result = imgslim("rewrite", project(tmp_path, text))
    assert result.code in (0, 1, 2)
    assert result.message


def test_things_that_are_no_files(tmp_path: Path) -> None:
    """Pipes don't hang; folders, large files and missing ones are named."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").write_bytes(b"#\n" * 2_500_000)
    (tmp_path / "folder").mkdir()
    for name, code in (
        ("pipe", "not-a-file"),
        ("large", "too-large"),
        ("folder", "no-dockerfile"),
        ("no", "unreadable"),
    ):
        result = imgslim("rewrite", tmp_path / name)
        assert (result.code, result.out) == (2, b"")
        assert result.message.startswith(f"imgslim: error: {tmp_path / name} ")
        assert f"[{code}]\n  help: " in result.message
    assert b"[too-large]" in imgslim("rewrite", "-", stdin=b"#\n" * 2_500_000).err


def test_unreadable_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal of the disk is a message (root may read everything, so the system call is made to refuse)."""
    path = project(tmp_path)

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("imgslim.files.os.open", refuse)
    result = imgslim("rewrite", path)
    assert (result.code, b"can't be read: Permission denied. [unreadable]" in result.err) == (2, True)
    monkeypatch.undo()
    monkeypatch.setattr("imgslim.files.os.replace", refuse)
    result = imgslim("rewrite", path, "-i")
    assert (result.code, b"[unwritable]" in result.err) == (2, True)
    assert path.read_text() == HELLO
    assert sorted(p.name for p in tmp_path.iterdir()) == ["Dockerfile", "hello.c"]


def test_paths_that_the_system_refuses(tmp_path: Path) -> None:
    """Names too long and links in a circle are a message, in whatever place they are given."""
    long = "a" * 5000
    (tmp_path / "circle").symlink_to("circle")
    path = project(tmp_path / "app")
    for words in (
        ("rewrite", long), ("check", long), ("verify", long, path), ("rewrite", path, "--context", long),
        ("rewrite", path, "-o", long), ("rewrite", tmp_path / "circle"), ("rewrite", path / "below"),
    ):  # fmt: skip
        result = imgslim(*words)
        assert (result.code, result.out) == (2, b"")
        assert b"imgslim: error: " in result.err


def test_names_are_shown_escaped(tmp_path: Path) -> None:
    """A name can't write to the terminal."""
    result = imgslim("rewrite", tmp_path / "a\x1b]0;b\x07")
    assert b"\x1b" not in result.err
    assert b"a\\x1b]0;b\\x07" in result.err


def test_input_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard input may be closed, or a disk that fails."""
    monkeypatch.setattr("imgslim.files.sys", SimpleNamespace(stdin=None))
    with pytest.raises(UsageError, match="closed"):
        read_stdin()
    broken = Mock()
    broken.stdin.buffer.read.side_effect = OSError(5, "Input/output error")
    monkeypatch.setattr("imgslim.files.sys", broken)
    with pytest.raises(UsageError, match="Input/output error"):
        read_stdin()


def test_a_reader_that_leaves(tmp_path: Path) -> None:
    """``imgslim ... | head`` ends quietly, as other programs do."""
    path = project(tmp_path)
    for words in (("rewrite", path), ("explain",)):
        read, write = os.pipe()
        os.close(read)
        running = process(*words, stdout=write)
        os.close(write)
        _, err = running.communicate(timeout=60)
        assert running.returncode == 141
        assert b"Traceback" not in err
        assert b"Broken" not in err


def _until_it_reads(pid: int) -> None:
    """Wait until a process sleeps in a read of a pipe (proc(5), wchan); where the kernel does not say, two seconds."""
    end = time.monotonic() + 2
    while time.monotonic() < end and "pipe" not in Path(f"/proc/{pid}/wchan").read_text():
        time.sleep(0.02)


def test_an_interrupt(tmp_path: Path) -> None:
    """Ctrl-C while it waits for input ends with 130 and no traceback."""
    read, write = os.pipe()
    running = process("rewrite", "-", stdin=read, stdout=subprocess.PIPE)
    _until_it_reads(running.pid)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    os.close(read)
    os.close(write)
    assert (running.returncode, out, b"Traceback" in err) == (130, b"", False)
    assert not any(tmp_path.iterdir())
