"""Which files of a tree are found, with git and without."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from imgslim.errors import EngineOrSystemError, UsageError
from tests.migrate.trees import HELLO, git, repository, service, surveyed, write

if TYPE_CHECKING:
    from pathlib import Path

FILES: dict[str, str | bytes] = {
    **service("api"), "Dockerfile.prod": HELLO, "Containerfile": HELLO, "web/app.Dockerfile": HELLO,
    "docs/Dockerfile.md": "text", "docs/Dockerfile.patch": "", "api/Dockerfile.dockerignore": "x",
}  # fmt: skip
FOUND = ["Containerfile", "Dockerfile.prod", "api/Dockerfile", "web/app.Dockerfile"]


def _paths(folder: Path, *include: str, exclude: tuple[str, ...] = (), since: str = "") -> list[str]:
    return [job.path for job in surveyed(folder, *include, exclude=exclude, since=since).jobs]


def test_names(tmp_path: Path) -> None:
    """Those that the rest of the program knows, without a repository."""
    assert _paths(write(tmp_path, FILES)) == FOUND
    assert surveyed(tmp_path).how.startswith("a walk by the .gitignore files")


def test_git_says_what_there_is(tmp_path: Path) -> None:
    """Untracked files count, ignored and deleted ones do not."""
    repository(tmp_path, {**FILES, ".gitignore": "build/\n", "old/Dockerfile": HELLO})
    write(tmp_path, {"build/Dockerfile": HELLO, "new/Dockerfile": HELLO})
    (tmp_path / "old" / "Dockerfile").unlink()
    found = surveyed(tmp_path)
    assert found.how.startswith("git")
    assert [job.path for job in found.jobs] == sorted([*FOUND, "new/Dockerfile"])


def test_a_folder_of_a_repository(tmp_path: Path) -> None:
    """Paths are relative to the folder that is migrated, and nothing above it counts."""
    repository(tmp_path, {"sub/api/Dockerfile": HELLO, "other/Dockerfile": HELLO, "hello.c": ""})
    assert _paths(tmp_path / "sub") == ["api/Dockerfile"]


def test_a_tracked_folder_that_became_a_link(tmp_path: Path) -> None:
    """Git still lists what was in it: nothing outside of the root is read through the link, inside it is that file."""
    root, outside = tmp_path / "root", tmp_path / "outside"
    repository(root, {"gone/Dockerfile": HELLO, "moved/Dockerfile": HELLO, "kept/Dockerfile": HELLO})
    (root / "gone").rename(outside)
    (root / "gone").symlink_to(outside)
    (root / "moved").rename(root / "there")
    (root / "moved").symlink_to("there")
    assert _paths(root) == ["kept/Dockerfile", "there/Dockerfile"]
    assert any("gone/Dockerfile: left alone" in str(note) for note in surveyed(root).notes)


@pytest.mark.parametrize("tracked", [True, False])
def test_ignore_files(tmp_path: Path, tracked: bool) -> None:  # noqa: FBT001
    """Nested ones, negation and anchoring: the walk agrees with git."""
    files: dict[str, str | bytes] = {
        ".gitignore": "/top/\n*.Dockerfile\nout*/\n",
        "top/Dockerfile": HELLO, "a/top/Dockerfile": HELLO, "a/x.Dockerfile": HELLO, "a/keep/x.Dockerfile": HELLO,
        "a/keep/.gitignore": "!x.Dockerfile\n", "a/outer/Dockerfile": HELLO, "a/b/Dockerfile": HELLO,
        "a/b/.gitignore": "/c/*\n!/c/Dockerfile\n", "a/b/c/Dockerfile": HELLO, "a/b/c/Dockerfile.x": HELLO,
    }  # fmt: skip
    (repository if tracked else write)(tmp_path, files)
    assert _paths(tmp_path) == ["a/b/Dockerfile", "a/b/c/Dockerfile", "a/keep/x.Dockerfile", "a/top/Dockerfile"]


def test_the_walk_where_git_is_missing(tmp_path: Path) -> None:
    """The reason is said."""
    repository(tmp_path, FILES)
    refused = EngineOrSystemError("cannot-start", "cannot start git: no such file")
    with patch("imgslim.migrate.git.run", side_effect=refused):
        found = surveyed(tmp_path)
    assert [job.path for job in found.jobs] == FOUND
    assert "cannot start git" in found.how


def test_a_repository_starts_nothing(tmp_path: Path) -> None:
    """A file system monitor that a repository names is a program of somebody else's."""
    repository(tmp_path, FILES)
    marker, hook = tmp_path / ".git" / "ran", tmp_path / ".git" / "hook"
    hook.write_text(f"#!/bin/sh\ntouch {marker}\n")
    hook.chmod(0o755)
    git(tmp_path, "config", "core.fsmonitor", str(hook))
    subprocess.run(["git", "-C", str(tmp_path), "status"], check=True, capture_output=True)
    assert marker.exists(), "the twin: git itself runs it"
    marker.unlink()
    assert _paths(tmp_path, since="HEAD") == []
    assert not marker.exists()


def test_include_and_exclude(tmp_path: Path) -> None:
    """Patterns as in .dockerignore, over the paths below the folder."""
    write(tmp_path, FILES)
    assert _paths(tmp_path, "api", "web/*") == ["api/Dockerfile", "web/app.Dockerfile"]
    assert _paths(tmp_path, exclude=("**/*.Dockerfile", "api")) == ["Containerfile", "Dockerfile.prod"]
    with pytest.raises(UsageError, match="a pattern is refused"):
        _paths(tmp_path, "[")


def test_configuration(tmp_path: Path) -> None:
    """``exclude``, ``include`` and ``context`` of a configuration file; what leads outside is said."""
    config = 'include = ["**/Dockerfile", "**/*.build"]\nexclude = ["web"]\n[context]\n"api/*" = "."\n"x/*" = ".."\n'
    files = {**FILES, "a/b.build": HELLO, "x/Dockerfile": HELLO, "web/Dockerfile": HELLO, ".imgslim.toml": config}
    found = surveyed(write(tmp_path, files))
    assert [job.path for job in found.jobs] == ["a/b.build", "api/Dockerfile", "x/Dockerfile"]
    assert [job.builds[0].context for job in found.jobs] == [None, "", None]
    assert any("x/Dockerfile: the configured context" in str(note) for note in found.notes)


def test_since(tmp_path: Path) -> None:
    """The file itself, its context said or nearest, its ignore file, and the file that says how it is built."""
    compose = "services:\n  api: {build: api}\n"
    files: dict[str, str | bytes] = {
        **service("api"), **service("web"), **service("far"), "compose.yaml": compose,
        "top/Dockerfile": "FROM gcc:12\nCOPY shared/x.c .\nCMD x\n", "shared/x.c": "int x;\n",
    }  # fmt: skip
    repository(tmp_path, files)
    assert _paths(tmp_path, since="HEAD") == []
    write(tmp_path, {"web/Dockerfile": HELLO + "# more\n", "far/new.txt": "untracked"})
    assert _paths(tmp_path, since="HEAD") == ["far/Dockerfile", "top/Dockerfile", "web/Dockerfile"]
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "more")
    assert _paths(tmp_path, since="HEAD") == []
    write(tmp_path, {"compose.yaml": compose + "# more\n"})
    assert _paths(tmp_path, since="HEAD") == ["api/Dockerfile", "top/Dockerfile"]
    assert _paths(tmp_path, since="HEAD~1") == ["api/Dockerfile", "far/Dockerfile", "top/Dockerfile", "web/Dockerfile"]


@pytest.mark.parametrize("revision", ["nothing", "--output=x", "HEAD:"])
def test_no_such_revision(tmp_path: Path, revision: str) -> None:
    """Whatever the word is, it is no option of git's."""
    repository(tmp_path, FILES)
    with pytest.raises(UsageError) as caught:
        _paths(tmp_path, since=revision)
    assert caught.value.code == "no-such-revision"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted({name.split("/")[0] for name in FILES} | {".git"})


def test_since_without_a_repository(tmp_path: Path) -> None:
    """There is nothing to compare with."""
    with pytest.raises(UsageError) as caught:
        _paths(write(tmp_path, FILES), since="HEAD")
    assert caught.value.code == "no-such-revision"
