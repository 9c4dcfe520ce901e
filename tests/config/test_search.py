"""Which configuration file holds for a Dockerfile."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from imgslim.config import Finder, Settings, find
from imgslim.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def _write(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_the_nearest_file_holds_alone(tmp_path: Path) -> None:
    """Nothing of a file further up is mixed in."""
    _write(tmp_path / ".imgslim.toml", 'target = "alpine"\nlibc = "musl"\n')
    near = _write(tmp_path / "a/.imgslim.toml", 'target = "ubuntu"\n')
    assert find(tmp_path / "a/b/Dockerfile") == Settings(file=near, target="ubuntu")
    assert find(tmp_path / "b/Dockerfile").libc == "musl"


def test_its_own_file_comes_before_the_shared_one(tmp_path: Path) -> None:
    """Of two in one folder ``.imgslim.toml`` holds."""
    shared = _write(tmp_path / "pyproject.toml", '[tool.imgslim]\ntarget = "alpine"\n')
    assert find(tmp_path / "Dockerfile") == Settings(file=shared, target="alpine")
    own = _write(tmp_path / ".imgslim.toml")
    assert find(tmp_path / "Dockerfile") == Settings(file=own)


@pytest.mark.parametrize(
    "text", ["[tool.other]\n", "# imgslim\n", '[project]\nname = "imgslim"\n', "tool = 3 # imgslim"]
)
def test_a_shared_file_that_does_not_speak_of_it_is_passed(tmp_path: Path, text: str) -> None:
    """Each part of a monorepo may be a Python project of its own."""
    _write(tmp_path / ".imgslim.toml", 'target = "alpine"\n')
    _write(tmp_path / "a/pyproject.toml", text)
    assert find(tmp_path / "a/Dockerfile").target == "alpine"


@pytest.mark.parametrize(
    "text",
    [
        "[tool.imgslim]\n%s",
        "  [ \"tool\" . 'imgslim' ]\n%s",
        "tool.imgslim.%s",
        "[tool]\nimgslim.%s",
        '["tool"]\nimgslim = {%s}',
        "tool = {imgslim = {%s}}",
        '[project]\nname = "imgslim"\n[tool.x]\n[tool.imgslim]\n%s',
    ],
)
def test_a_shared_file_speaks_of_it_in_any_way_that_toml_has(tmp_path: Path, text: str) -> None:
    """The quick look before the parser is imported misses none."""
    _write(tmp_path / "pyproject.toml", text % 'target = "alpine"')
    assert find(tmp_path / "Dockerfile").target == "alpine"


def test_an_empty_table_ends_the_search(tmp_path: Path) -> None:
    """It says that the defaults hold here."""
    _write(tmp_path / ".imgslim.toml", 'target = "alpine"\n')
    near = _write(tmp_path / "a/pyproject.toml", "[tool.imgslim]\n")
    assert find(tmp_path / "a/Dockerfile") == Settings(file=near)


@pytest.mark.parametrize("name", [".git/HEAD", ".git"])
def test_the_search_ends_at_the_repository(tmp_path: Path, name: str) -> None:
    """What lies above a checkout is somebody else's; a worktree's or submodule's ``.git`` is a file."""
    _write(tmp_path / ".imgslim.toml", 'target = "alpine"\n')
    _write(tmp_path / "repo" / name)
    (tmp_path / "repo/a").mkdir()
    assert find(tmp_path / "repo/a/Dockerfile") == Settings()
    _write(tmp_path / "repo/.imgslim.toml", 'target = "ubuntu"\n')
    assert find(tmp_path / "repo/a/Dockerfile").target == "ubuntu"


def test_a_relative_path_is_looked_up_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``imgslim rewrite`` in a folder below the file finds it."""
    _write(tmp_path / ".imgslim.toml", 'target = "alpine"\n')
    (tmp_path / "a/b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a/b")
    assert find(tmp_path.__class__("Dockerfile")).target == "alpine"


def test_only_a_regular_file_is_one(tmp_path: Path) -> None:
    """A folder or a pipe of that name is passed, and nothing waits for the pipe."""
    (tmp_path / "a").mkdir()
    os.mkfifo(tmp_path / "a/.imgslim.toml")
    (tmp_path / "a/pyproject.toml").mkdir()
    _write(tmp_path / ".imgslim.toml", 'target = "alpine"\n')
    assert find(tmp_path / "a/Dockerfile").target == "alpine"


def test_a_large_file_is_refused(tmp_path: Path) -> None:
    """Memory is bounded, whatever lies there."""
    _write(tmp_path / ".imgslim.toml", "#\n" * 600_000)
    with pytest.raises(UsageError, match="more than"):
        find(tmp_path / "Dockerfile")


def test_a_file_that_may_not_be_read_is_no_reason_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may say that this folder is to be left alone."""
    _write(tmp_path / ".imgslim.toml")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(UsageError, match="Permission denied") as caught:
        find(tmp_path / "Dockerfile")
    assert caught.value.code == "bad-config"


def test_many_files_are_found_with_one_look_per_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A finder gives what find gives, errors included, and remembers it."""
    _write(tmp_path / ".imgslim.toml", 'target = "alpine"\n')
    _write(tmp_path / "bad/.imgslim.toml", "target = 1\n")
    files = [tmp_path / folder / "Dockerfile" for folder in ("a/b", "a/c", "a/b", "d", ".")]
    finder = Finder()
    assert [finder.find(file) for file in files] == [find(file) for file in files]
    looked: list[str] = []
    plain = os.access

    def access(path: str, mode: int) -> bool:
        looked.extend([path] if path.endswith(".toml") else [])
        return plain(path, mode)

    monkeypatch.setattr(os, "access", access)
    assert [finder.find(file).target for file in (*files, tmp_path / "a/x/Dockerfile")] == ["alpine"] * 6
    assert len(looked) == 2  # the one new folder
    for _ in range(2):
        with pytest.raises(UsageError, match="target takes a string"):
            finder.find(tmp_path / "bad/worse/Dockerfile")
    assert len(looked) == 5


def test_no_configuration_costs_no_toml_parser(tmp_path: Path) -> None:
    """The parser is imported for a file that speaks of imgslim alone."""
    _write(tmp_path / "pyproject.toml", '[project]\ndependencies = ["imgslim"]\n[tool.other]\n')
    code = "import sys; from pathlib import Path; from imgslim.config import find; find(Path('Dockerfile')); "
    done = subprocess.run(
        [sys.executable, "-c", code + "print('tomllib' in sys.modules)"], cwd=tmp_path, capture_output=True, check=True
    )
    assert done.stdout == b"False\n"
