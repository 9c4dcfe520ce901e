"""Patches and writing: what is applied, what is refused, and that nothing else is touched."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from imgslim.errors import EngineOrSystemError
from imgslim.migrate.patches import patch_names
from tests.cli.running import imgslim
from tests.migrate.trees import HELLO, UNSURE_C, C, git, repository, service, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.running import Result

SPLIT = "FROM gcc:12 AS build\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Two safe services, one on assumptions, one with a build that makes nothing, all committed."""
    files: dict[str, str | bytes] = {
        **service("api"), **service("web"), **service("unsure", source=UNSURE_C),
        "odd/Dockerfile": 'FROM debian:12\nRUN ./build.sh\nCMD ["./x"]\n',
    }  # fmt: skip
    return repository(tmp_path / "tree", files)


def _run(tree: Path, *words: str | Path) -> Result:
    return imgslim("migrate", tree, "--jobs", "1", *words)


def _split(tree: Path) -> list[str]:
    found = sorted(p for p in tree.rglob("Dockerfile") if p.read_text().startswith(SPLIT))
    return [p.relative_to(tree).as_posix() for p in found]


def test_nothing_is_written_without_being_asked(tree: Path) -> None:
    """A dry run leaves the tree as it was."""
    assert _run(tree).code == 1
    assert git(tree, "status", "--porcelain", "--ignored") == ""


def test_write(tree: Path) -> None:
    """Safe rewrites alone; the others are named with the option that writes them. Exit code 1."""
    done = _run(tree, "--write")
    assert done.code == 1
    assert _split(tree) == ["api/Dockerfile", "web/Dockerfile"]
    assert "unsure/Dockerfile: not written: it rests on assumptions (--unsafe writes it)" in done.message
    assert "odd/Dockerfile" in done.text
    again = _run(tree, "--write", "--include", "api")
    assert (again.code, "unchanged" in again.text) == (0, True)


def test_what_is_ignored_is_not_written(tree: Path, tmp_path: Path) -> None:
    """By a comment above FROM or the configuration; it counts as unchanged and has no patch."""
    text = f"# imgslim: ignore[can-be-split]\n{HELLO}"
    other = HELLO.replace("CMD", "# imgslim: ignore[can-be-split]\nCMD")
    write(tree, {**service("api", text), **service("web", other)})
    write(tree, {**service("old/x"), "old/.imgslim.toml": 'ignore = ["can-be-split", "no-entry"]\n'})
    done = _run(tree, "--write", "--unsafe", "--force", "--patch-dir", tmp_path / "patches", "--format", "json")
    assert _split(tree) == ["unsure/Dockerfile", "web/Dockerfile"]
    assert len(list((tmp_path / "patches").iterdir())) == 2
    files = {one["path"]: one for one in json.loads(done.text)["files"]}
    for path, said in {"api": "The comment in line 1 ignores", "old/x": "The configuration ignores"}.items():
        found = files[f"{path}/Dockerfile"]
        (reason,) = found["outcome"]["reasons"]
        assert (found["status"], found["written"], found["patch"], found["diff"]) == ("unchanged", None, None, "")
        assert (reason["code"], reason["message"].startswith(said)) == ("ignored", True)


def test_write_unsafe(tree: Path) -> None:
    """The twin."""
    _run(tree, "--write", "--unsafe")
    assert _split(tree) == ["api/Dockerfile", "unsure/Dockerfile", "web/Dockerfile"]


@pytest.mark.parametrize(
    "change",
    [
        {"api/Dockerfile": HELLO + "# mine\n"},
        {"new/Dockerfile": HELLO, "new/hello.c": C},
        {".gitignore": "new/\n", "new/x.Dockerfile": "x"},
    ],
)
def test_what_no_commit_holds(tree: Path, change: dict[str, str | bytes]) -> None:
    """Changed and untracked files are refused; --force writes them."""
    write(tree, change)
    changed = next(iter(change))
    done = _run(tree, "--write")
    if changed == ".gitignore":
        assert _split(tree) == ["api/Dockerfile", "web/Dockerfile"]
        return
    assert f"{changed}: not written: it has changes that no commit holds (--force writes it)" in done.message
    assert changed not in _split(tree)
    _run(tree, "--write", "--force")
    assert changed in _split(tree)


def test_a_folder_of_a_repository(tmp_path: Path) -> None:
    """Git names paths from its own root: they are those of the folder all the same."""
    repository(tmp_path, {f"sub/{name}": text for name, text in {**service("api"), **service("web")}.items()})
    write(tmp_path, {"sub/api/Dockerfile": HELLO + "# mine\n"})
    assert _run(tmp_path / "sub", "--write").code == 1
    assert _split(tmp_path) == ["sub/web/Dockerfile"]


def test_without_a_repository(tmp_path: Path) -> None:
    """There is no commit to lose anything against."""
    write(tmp_path, service("api"))
    assert _run(tmp_path, "--write").code == 0
    assert _split(tmp_path) == ["api/Dockerfile"]


def test_git_that_does_not_answer(tree: Path) -> None:
    """Nothing is written where it is not known what is committed: no git, or a repository of somebody else's."""
    refused = EngineOrSystemError("cannot-start", "cannot start git: no such file")
    with patch("imgslim.migrate.git.run", side_effect=refused):
        done = _run(tree, "--write")
        assert (done.code, "[no-git]" in done.message) == (2, True)
        assert _split(tree) == []
        _run(tree, "--write", "--force")
    assert _split(tree) == ["api/Dockerfile", "web/Dockerfile"]


def test_a_file_that_changes_in_between(tree: Path) -> None:
    """It is not overwritten with a plan for another text."""

    def late(*_: object) -> frozenset[str]:
        write(tree, {"api/Dockerfile": HELLO + "# late\n"})
        return frozenset()

    with patch("imgslim.commands.migrate.uncommitted", late):
        done = _run(tree, "--write")
    assert "api/Dockerfile: not written: it changed since it was planned" in done.message
    assert _split(tree) == ["web/Dockerfile"]


def test_a_disk_that_refuses(tree: Path) -> None:
    """The file is as it was, the next one is written."""
    real = os.replace

    def refuse(source: str, target: str) -> None:
        if "api" in str(target):
            raise OSError(28, "No space left on device")
        real(source, target)

    with patch("os.replace", refuse):
        done = _run(tree, "--write")
    assert "api/Dockerfile: not written: api/Dockerfile can't be written: No space left on device" in done.message
    assert _split(tree) == ["web/Dockerfile"]
    assert git(tree, "status", "--porcelain") == " M web/Dockerfile\n"


def test_patches(tree: Path, tmp_path: Path) -> None:
    """One a service, all of them apply, and give what --write gives."""
    patches = tmp_path / "new" / "patches"
    done = _run(tree, "--patch-dir", patches, "--format", "json")
    names = [one["patch"] for one in json.loads(done.text)["files"]]
    assert names == ["api-Dockerfile.patch", None, "unsure-Dockerfile.patch", "web-Dockerfile.patch"]
    assert sorted(p.name for p in patches.iterdir()) == sorted(filter(None, names))
    assert "#   it rests on: " in (patches / "unsure-Dockerfile.patch").read_text()
    git(tree, "apply", *(str(p) for p in sorted(patches.iterdir())))
    applied = {path: (tree / path).read_bytes() for path in _split(tree)}
    git(tree, "checkout", "-q", ".")
    _run(tree, "--write", "--unsafe")
    assert {path: (tree / path).read_bytes() for path in _split(tree)} == applied


@pytest.mark.parametrize("text", [HELLO.replace("\n", "\r\n"), HELLO.rstrip("\n"), "\ufeff" + HELLO])
def test_patches_of_odd_texts(tmp_path: Path, text: str) -> None:
    """CRLF, no line end at the end, a byte order mark."""
    tree = repository(tmp_path / "tree", service("api", text))
    git(tree, "config", "core.autocrlf", "false")
    _run(tree, "--patch-dir", tmp_path / "patches")
    git(tree, "apply", str(tmp_path / "patches" / "api-Dockerfile.patch"))
    applied = (tree / "api/Dockerfile").read_bytes()
    git(tree, "checkout", "-q", ".")
    _run(tree, "--write")
    assert (tree / "api/Dockerfile").read_bytes() == applied


def test_a_patch_folder_that_is_none(tree: Path, tmp_path: Path) -> None:
    """It is said."""
    (tmp_path / "file").write_text("")
    done = _run(tree, "--patch-dir", tmp_path / "file")
    assert (done.code, "[unwritable]" in done.message) == (2, True)


def test_patch_names() -> None:
    """No two are the same, and one rests on the paths alone."""
    paths = ["a/b", "a-b", "A/b", "x" * 300, "x" * 299 + "y", "ä", "../x", ""]
    names = patch_names(paths)
    assert len(set(names.values())) == len(paths)
    assert patch_names(["web/Dockerfile"]) == {"web/Dockerfile": "web-Dockerfile.patch"}
    assert all(len(name) < 200 and "/" not in name for name in names.values())
