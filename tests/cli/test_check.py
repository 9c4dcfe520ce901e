"""``imgslim check``: findings for CI."""

from __future__ import annotations

import json
from contextlib import nullcontext
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from tests.cli.running import HELLO, UNSURE_C, imgslim, project

if TYPE_CHECKING:
    from pathlib import Path


def _tree(root: Path) -> Path:
    project(root / "one")
    project(root / "two", source=UNSURE_C)
    project(root / "three", "FROM gcc:12\n", name="web.Dockerfile")
    project(root / "four", HELLO.replace("hello.c .", "lost.c ."), name="Containerfile")
    project(root / ".git", name="Dockerfile.hidden")
    project(root / "one", "no instruction\n", name="Dockerfile.md")
    return root


def test_a_finding_has_a_place_and_a_reason(tmp_path: Path) -> None:
    """One line each that editors and CI logs can follow; exit code 1 where a file could be smaller."""
    result = imgslim("check", _tree(tmp_path))
    assert result.code == 1
    heads = [line for line in result.text.split("\n") if line.startswith(str(tmp_path))]
    assert [line.removeprefix(f"{tmp_path}/").split(": ")[0] for line in heads] == [
        "four/Containerfile:2:1",
        "one/Dockerfile:1:1",
        "three/web.Dockerfile",
        "two/Dockerfile:1:1",
    ]
    assert "could run on scratch (safe) [can-be-split]" in heads[1]
    assert "rests on commands-unproven" in heads[3]
    assert "[missing-in-context]" in heads[0]


def test_nothing_to_find(tmp_path: Path) -> None:
    """Files that stay as they are end with 0."""
    result = imgslim("check", project(tmp_path, "FROM gcc:12\n"))
    assert (result.code, "[no-entry]" in result.text) == (0, True)


def test_json_holds_one_document_per_file(tmp_path: Path) -> None:
    """The same object as that of rewrite; a file named twice is there once."""
    root = _tree(tmp_path)
    result = imgslim("check", root, root / "one", "--format", "json")
    documents = json.loads(result.out)
    assert [d["outcome"] for d in documents] == ["declined", "rewritten", "unchanged", "rewritten"]


def test_statistics(tmp_path: Path) -> None:
    """Outcomes by reason, the most frequent first; by language; how long it took."""
    root = _tree(tmp_path)
    project(root / "five")
    (root / "bad.Dockerfile").write_text("COPPY\n")
    (root / "large.Dockerfile").write_bytes(b"#\n" * 2_000_000)
    project(root / "six", "FROM debian:12\nRUN apt-get install -y make && cabal build\nCMD srv\n")
    project(root / "seven", "FROM debian:12\nRUN sudo pip3.11 install x && cabal build && gcc --version\nCMD srv\n")
    result = imgslim("check", root, "--statistics")
    lines = result.text.split("\n")
    assert result.code == 2
    assert lines[0] == "       2  declined: unknown-toolchain"
    assert "       1  error: unknown-instruction" in lines
    assert "       1  error: too-large" in lines
    assert "       9  files, 1 of them without their build context" in lines
    assert "       5  build in c: 4 rewritten, 0 unchanged, 1 declined; 1 (20.0%) not understood" in lines
    assert sum(line.endswith("file") for line in lines) == 5
    counts = json.loads(imgslim("check", root, "--statistics", "--format", "json").out)
    assert (counts["outcomes"]["rewritten: safe"], counts["files"], counts["without_context"]) == (2, 9, 1)
    assert sum(counts["outcomes"].values()) == 9
    # What apt-get is given is no tool that runs; what sudo is given is.
    assert counts["languages"]["python"] == {
        "files": 1, "rewritten": 0, "unchanged": 0, "declined": 1, "not_understood": 1, "share": 1.0,
    }  # fmt: skip
    assert counts["languages"]["any"]["files"] == 5
    assert len(counts["slowest"]) == 5


def test_statistics_without_build_contexts(tmp_path: Path) -> None:
    """A folder of Dockerfiles alone is no build context: each is planned from its text, and nothing of it is safe."""
    text = "FROM python:3.11\nWORKDIR /srv/x\nCOPY . .\nCMD python3 -m http.server\n"
    for name in ("a.Dockerfile", "b.Dockerfile"):
        project(tmp_path, text, name=name)
    (tmp_path / "hello.c").unlink()
    counts = json.loads(imgslim("check", tmp_path, "--statistics", "--format", "json").out)
    assert (counts["without_context"], counts["outcomes"]) == (2, {"rewritten: unsafe": 2})
    # A file beside them makes a context of the folder; and what is to be written never rests on the text alone.
    (tmp_path / "index.html").write_text("hello\n")
    counts = json.loads(imgslim("check", tmp_path, "--statistics", "--format", "json").out)
    assert (counts["without_context"], counts["outcomes"]) == (0, {"rewritten: safe": 2})
    lost = project(tmp_path / "lost", text.replace("COPY . .", "COPY lost ."))
    assert b"missing-in-context" in imgslim("check", lost, "--statistics", "--fix").out
    assert lost.read_text().count("FROM") == 1


@pytest.mark.parametrize(("fault", "counted"), [(RecursionError(), "too-deep"), (KeyError("x"), "internal-error")])
def test_statistics_outlive_a_fault(tmp_path: Path, fault: Exception, counted: str) -> None:
    """A file that can't be planned is one line of the counts; without counting, the fault is told as any other."""
    file = project(tmp_path)
    with patch("imgslim.commands.checked.decide", side_effect=fault):
        result = imgslim("check", file, "--statistics")
        assert (result.code, result.text.split("\n")[0]) == (2, f"       1  error: {counted}")
        with pytest.raises(KeyError) if counted == "internal-error" else nullcontext():
            imgslim("check", file)


def test_a_path_without_dockerfiles(tmp_path: Path) -> None:
    """A wrong path in a CI file must not look like success."""
    assert b"[no-dockerfile]" in imgslim("check", tmp_path).err
    assert imgslim("check", tmp_path / "no").code == 2


def test_safe_fixes_are_applied(tmp_path: Path) -> None:
    """The file becomes what rewrite prints; what is not safe is left, and reported."""
    safe, unsafe = project(tmp_path / "a"), project(tmp_path / "b", source=UNSURE_C)
    after = imgslim("rewrite", safe, "-o", "-").out
    result = imgslim("check", tmp_path, "--fix")
    assert (result.code, safe.read_bytes(), unsafe.read_text()) == (1, after, HELLO)
    assert result.message == f"{safe}: Split into builder + scratch\n"
    assert "a/Dockerfile:5:1: unchanged: " in result.text
    assert "b/Dockerfile:1:1: could run on" in result.text
    again = imgslim("check", tmp_path / "a", "--fix")
    assert (again.code, again.message, safe.read_bytes()) == (0, "", after)


def test_fixes_converge(tmp_path: Path) -> None:
    """Comments that ignore nothing go, those too that ignored what a fix has settled."""
    text = f"# imgslim: ignore[no-entry]\n# imgslim: ignore[no-entry, unknown-base]\n# kept\n{HELLO}"
    file = project(tmp_path, text)
    result = imgslim("check", file, "--fix")
    assert (result.code, result.message.count("Remove what ignores nothing")) == (0, 2)
    assert file.read_text().startswith("# kept\nFROM gcc:12 AS build\n")
    assert "imgslim:" not in file.read_text()


def test_an_ignored_finding_is_not_fixed(tmp_path: Path) -> None:
    """Its author has said no."""
    for text in (f"# imgslim: ignore[can-be-split]\n{HELLO}", f"# imgslim: ignore-file\n{HELLO}"):
        file = project(tmp_path, text)
        assert (imgslim("check", file, "--fix").code, file.read_text()) == (0, text)


def test_fix_only_reports_nothing_that_is_left(tmp_path: Path) -> None:
    """But what can't be read."""
    safe, unsafe = project(tmp_path / "a"), project(tmp_path / "b", source=UNSURE_C)
    result = imgslim("check", tmp_path, "--fix-only")
    assert (result.code, result.text, unsafe.read_text()) == (0, "", HELLO)
    assert "FROM scratch" in safe.read_text()
    project(tmp_path / "c", "COPPY\n")
    assert imgslim("check", tmp_path, "--fix-only").code == 2
    assert b"[contradiction]" in imgslim("check", tmp_path, "--fix-only", "--format", "json").err
