"""The diff is one that ``git apply`` and ``patch -p1`` take, whatever the file holds and wherever it lies."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import HELLO, imgslim, project

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = {
    "plain": HELLO.encode(),
    "no final newline": HELLO.rstrip("\n").encode(),
    "carriage returns": HELLO.replace("\n", "\r\n").encode(),
    "other bytes": b"# caf\xe9 \x0c \xff\n" + HELLO.encode(),
    "byte order mark": b"\xef\xbb\xbf" + HELLO.encode(),
}
NAMES = ("Dockerfile", "two words.Dockerfile", "caf\u00e9.Dockerfile", 'a"b\\c.Dockerfile', "tab\there.Dockerfile")
TOOLS = (("git", "apply", "-"), ("patch", "-p1", "--binary"))


def _applied(tool: tuple[str, ...], diff: bytes, folder: Path) -> None:
    done = subprocess.run(tool, input=diff, cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()


@pytest.mark.parametrize("tool", TOOLS, ids=lambda words: words[0])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_any_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: bytes, tool: tuple[str, ...]) -> None:
    """Line ends, bytes and a missing last newline survive."""
    path = project(tmp_path, text)
    monkeypatch.chdir(tmp_path)
    whole = imgslim("rewrite", "-o", "-").out
    _applied(tool, imgslim("rewrite").out, tmp_path)
    assert path.read_bytes() == whole != text


@pytest.mark.parametrize("tool", TOOLS, ids=lambda words: words[0])
@pytest.mark.parametrize("name", NAMES)
def test_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, tool: tuple[str, ...]) -> None:
    """Blanks, quotes and control characters are written as git writes them."""
    path = project(tmp_path, name=name)
    monkeypatch.chdir(tmp_path)
    _applied(tool, imgslim("rewrite", name).out, tmp_path)
    assert path.read_bytes() == imgslim("rewrite", "-", "--context", ".", "-o", "-", stdin=HELLO.encode()).out


@pytest.mark.parametrize("tool", TOOLS, ids=lambda words: words[0])
@pytest.mark.parametrize("given", ["absolute", "absolute below", "up", "dotted"])
def test_any_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, tool: tuple[str, ...]) -> None:
    """A path outside of the current folder is named from its repository; where to apply it is stated."""
    (tmp_path / "repository/.git").mkdir(parents=True)
    path = project(tmp_path / "repository/app")
    here = tmp_path / "elsewhere" if given == "absolute" else tmp_path / "repository/other"
    here = path.parent if given == "absolute below" else here
    here.mkdir(exist_ok=True)
    monkeypatch.chdir(here)
    name = {"up": "../app/Dockerfile", "dotted": "./../app/./Dockerfile"}.get(given, str(path))
    result = imgslim("rewrite", name)
    if given == "absolute below":
        assert result.text.startswith("--- a/Dockerfile\n")
        _applied(tool, result.out, here)
    else:
        assert f"the diff applies in {tmp_path / 'repository'}\n" in result.message
        _applied(tool, result.out, tmp_path / "repository")
    assert b"AS build" in path.read_bytes()


def test_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one, the file's own folder is where the diff applies."""
    path = project(tmp_path / "app")
    (tmp_path / "b").mkdir()
    monkeypatch.chdir(tmp_path / "b")
    result = imgslim("rewrite", path)
    assert f"the diff applies in {path.parent}\n" in result.message
    assert result.text.startswith("--- a/Dockerfile\n")
