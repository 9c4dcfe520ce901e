"""What a tracer writes is kept: of a file nothing is left, and no more than the bound."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from imgslim.engine import tracelog
from imgslim.engine.tracelog import FileLog, StreamLog

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make files here."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_a_file_loses_its_name_and_not_its_content(folder: Path) -> None:
    """Only its owner may write to it, and it is gone with the last descriptor."""
    log = FileLog("/x")
    assert log.path.stat().st_mode & 0o777 == 0o600
    assert log.path.parent.stat().st_mode & 0o777 == 0o700
    descriptor = os.open(log.path, os.O_WRONLY)
    log.mounted()
    assert not [*folder.iterdir()]
    os.write(descriptor, b"1 open\n")
    assert (log.size(), log.content()) == (7, b"1 open\n")
    os.close(descriptor)
    mine = log._descriptor  # noqa: SLF001  (what is closed has no name)
    del log
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(mine)


def test_a_file_keeps_to_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that goes on behind the bound takes no more of the disk, and is not stopped."""
    monkeypatch.setattr(tracelog, "MOST", 4096)
    log = FileLog("/x")
    descriptor = os.open(log.path, os.O_WRONLY)
    os.write(descriptor, b"a" * 4096)
    log.bound()
    assert not log.is_cut
    for _ in range(3):
        os.write(descriptor, b"b" * 65536)
        log.bound()
        assert log.is_cut
        assert os.fstat(descriptor).st_size == 4096
    assert log.content() == b"a" * 4096
    os.close(descriptor)
    log.mounted()
    log.mounted()


def test_a_stream_keeps_to_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """What came before is kept whole."""
    monkeypatch.setattr(tracelog, "MOST", 4)
    log = StreamLog()
    for data in (b"abc", b"defg"):
        log.add(data)
    assert (log.size(), log.content(), log.is_cut) == (7, b"abcdefg", False)
    log.add(b"h")
    assert (log.content(), log.is_cut) == (b"abcdefg", True)
