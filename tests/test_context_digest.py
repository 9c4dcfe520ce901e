"""The digest of a context changes with what the build sees, and with nothing else."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from imgslim.context import digest as digests
from imgslim.context.digest import context_digest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

IGNORE = "# c\nlogs\n*.tmp\nout/**\n!out/kept\n"


def _context(folder: Path) -> Path:
    for name in ("src", "logs", "out", "empty"):
        (folder / name).mkdir(parents=True)
    for name, text in {
        "src/a.c": "int a;",
        "b": "b",
        "logs/1": "1",
        "x.tmp": "x",
        "out/kept": "k",
        "out/o": "o",
    }.items():
        (folder / name).write_text(text)
    (folder / "link").symlink_to("src/a.c")
    (folder / ".dockerignore").write_text(IGNORE)
    return folder


def _lead(link: Path, target: str) -> None:
    link.unlink()
    link.symlink_to(target)


def _write(link: Path, text: str) -> None:
    link.unlink()
    link.write_text(text)


SEEN: dict[str, Callable[[Path], object]] = {
    "one byte": lambda at: (at / "src/a.c").write_text("int b;"),
    "one mode bit": lambda at: (at / "src/a.c").chmod(0o755),
    "a folder's mode": lambda at: (at / "src").chmod(0o700),
    "a name": lambda at: (at / "src/a.c").rename(at / "src/b.c"),
    "a new file": lambda at: (at / "new").write_text(""),
    "an empty folder": lambda at: (at / "empty").rmdir(),
    "where a link leads": lambda at: _lead(at / "link", "b"),
    "a file instead of a link": lambda at: _write(at / "link", "src/a.c"),
    "a file that is brought back": lambda at: (at / "out/kept").write_text("other"),
    "the ignore file": lambda at: (at / ".dockerignore").write_text(IGNORE + "b\n"),
    "its own ignore file": lambda at: (at / "Dockerfile.dockerignore").write_text("src\n"),
}
UNSEEN: dict[str, Callable[[Path], object]] = {
    "nothing": lambda _: None,
    "times": lambda at: os.utime(at / "src/a.c", (1, 1)),
    "a file that is ignored": lambda at: (at / "x.tmp").write_text("other"),
    "a file in an ignored folder": lambda at: (at / "logs/2").write_text("other"),
    "beside a file that is brought back": lambda at: (at / "out/o").write_text("other"),
}


@pytest.mark.parametrize("change", SEEN.values(), ids=SEEN)
def test_what_the_build_sees(tmp_path: Path, change: Callable[[Path], object]) -> None:
    """A change of it is another context."""
    at = _context(tmp_path / "app")
    before = context_digest(at, at / "Dockerfile")
    change(at)
    assert None not in {before, context_digest(at, at / "Dockerfile")}
    assert context_digest(at, at / "Dockerfile") != before


@pytest.mark.parametrize("change", UNSEEN.values(), ids=UNSEEN)
def test_what_it_does_not_see(tmp_path: Path, change: Callable[[Path], object]) -> None:
    """A change of it is none; nor is another place."""
    at = _context(tmp_path / "app")
    before = context_digest(at, at / "Dockerfile")
    change(at)
    assert context_digest(at, at / "Dockerfile") == before
    assert context_digest(_context(tmp_path / "other")) == context_digest(_context(tmp_path / "third"))


def test_too_much_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five gigabytes are seen to be too many before any is read; ignored, they count for nothing."""
    at = _context(tmp_path / "app")
    with (at / "big").open("wb") as file:
        file.truncate(5 << 30)
    begin = time.monotonic()
    assert context_digest(at) is None
    (at / ".dockerignore").write_text("big\n")
    assert context_digest(at) is not None
    assert time.monotonic() - begin < 2
    monkeypatch.setattr(digests, "MOST_FILES", 3)
    assert context_digest(at) is None


def test_what_can_t_be_told(tmp_path: Path) -> None:
    """Patterns that Docker refuses, a folder that is not there."""
    at = _context(tmp_path / "app")
    (at / ".dockerignore").write_text("[\n")
    assert context_digest(at) is None
    assert context_digest(tmp_path / "none") is None
