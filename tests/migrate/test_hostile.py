"""Trees that are made to harm: everything is named, bounded, and nothing outside of the root is read or written."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from imgslim.migrate.results import Result
from imgslim.migrate.root import Refused, Root
from imgslim.migrate.writing import WRITTEN
from imgslim.migrate.writing import write as write_result
from tests.cli.running import imgslim
from tests.migrate.trees import HELLO, C, git, planned, repository, service, surveyed, write

if TYPE_CHECKING:
    from pathlib import Path

THEIRS = 'FROM gcc:12\nCOPY s.c .\nRUN gcc -o s s.c\nCMD ["./s"]\n# of another folder\n'


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree beside a folder that is none of its business."""
    write(tmp_path / "outside", {"Dockerfile": THEIRS, "s.c": C, "hello.c": C, "compose.yaml": "services: {x: {}}"})
    return write(tmp_path / "tree", service("api"))


def _notes(folder: Path) -> str:
    return "\n".join(map(str, surveyed(folder).notes))


@pytest.mark.parametrize("tracked", [True, False])
def test_links(tree: Path, tracked: bool) -> None:  # noqa: FBT001
    """Out of the root, in circles, to nowhere; to a file of the tree, which then counts once."""
    for name, target in {
        "out/Dockerfile": "../../outside/Dockerfile", "circle/Dockerfile": "Dockerfile", "dangling/Dockerfile": "none",
        "inside/Dockerfile": "../api/Dockerfile", "named/Dockerfile": "../files/other.txt", "loop": ".",
        "folder": "../outside",
    }.items():  # fmt: skip
        (tree / name).parent.mkdir(exist_ok=True)
        (tree / name).symlink_to(target)
    write(tree, {"files/other.txt": HELLO})
    if tracked:
        repository(tree, {})
    found = surveyed(tree)
    assert [job.path for job in found.jobs] == ["api/Dockerfile", "files/other.txt"]
    notes = _notes(tree)
    assert "out/Dockerfile: left alone: it is a link out of the folder that is migrated." in notes
    assert "circle/Dockerfile: left alone: it can't be followed" in notes
    assert "dangling/Dockerfile: left alone: it is not there." in notes
    assert "inside/Dockerfile: a link to api/Dockerfile" in notes
    assert "named/Dockerfile: a link to files/other.txt" in notes


def test_links_of_configuration_files(tree: Path) -> None:
    """Compose files, bake files, workflows and ignore files that lead out are not read."""
    for name in ("compose.yaml", "docker-bake.hcl", ".github/workflows/x.yml", ".gitignore"):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).symlink_to(tree.parent / "outside" / "compose.yaml")
    notes = _notes(tree)
    for name in ("compose.yaml", "docker-bake.hcl", ".github/workflows/x.yml", ".gitignore"):
        assert f"{name}: not " in notes
    assert notes.count("a link out of the folder") == 4


def test_contexts_that_lead_out(tree: Path) -> None:
    """A context by a link, a Dockerfile by a link, and sources by links."""
    (tree / "away").symlink_to("../outside")
    compose = (
        "services:\n  a: {build: away}\n  b: {build: {context: api, dockerfile: ../away/Dockerfile}}\n"
        "  c: {build: {context: api, dockerfile: /etc/passwd}}\n"
    )
    write(tree, {"compose.yaml": compose, "linked/Dockerfile": HELLO})
    (tree / "linked" / "hello.c").symlink_to("../../outside/s.c")
    notes = _notes(tree)
    assert notes.count("a link out of the folder") == 2
    assert "service c: its Dockerfile /etc/passwd lies outside" in notes
    assert planned(tree)["linked/Dockerfile"].reasons == ("missing-in-context",)


def test_the_nearest_context_stays_inside(tree: Path) -> None:
    """A source that only a folder above the root holds is not found there, repository or not."""
    repository(tree.parent, {"above.c": C})
    write(tree, {"near/Dockerfile": HELLO.replace("hello.c .", "above.c .")})
    assert planned(tree)["near/Dockerfile"].reasons == ("missing-in-context",)
    assert planned(tree.parent)["tree/near/Dockerfile"].reasons != ("missing-in-context",)


def test_no_regular_files(tree: Path) -> None:
    """A named pipe would wait for a writer; a folder may have any name."""
    (tree / "pipe").mkdir()
    os.mkfifo(tree / "pipe" / "Dockerfile")
    os.mkfifo(tree / "compose.yaml")
    (tree / "folder" / "Dockerfile").mkdir(parents=True)
    found = surveyed(tree)
    assert [job.path for job in found.jobs] == ["api/Dockerfile"]
    assert "pipe/Dockerfile: left alone: it is no regular file." in _notes(tree)
    assert "compose.yaml: not read: it is no regular file." in _notes(tree)


def test_a_pipe_that_comes_later(tree: Path) -> None:
    """Between the survey and the reading: an error, and no waiting."""
    root = Root(tree)
    os.mkfifo(tree / "pipe.yaml")
    with patch.object(Root, "kind", return_value="file"):
        assert root.read("pipe.yaml") == b""


def test_unreadable_files_and_folders(tree: Path) -> None:
    """They are named; the others are planned."""
    write(tree, {**service("shut"), **service("web"), "compose.yaml": "services: {}"})
    refused = PermissionError(13, "Permission denied")
    real_scandir, real_open = os.scandir, os.open

    def scandir(path: object) -> object:
        if str(path).endswith("shut"):
            raise refused
        return real_scandir(path)  # type: ignore[call-overload]

    def opened(path: object, *more: object) -> int:
        if str(path).endswith(("web/Dockerfile", "compose.yaml")):
            raise refused
        return real_open(path, *more)  # type: ignore[arg-type]

    with patch("os.scandir", scandir), patch("os.open", opened):
        results = planned(tree)
        notes = _notes(tree)
    assert "shut: this folder can't be read: Permission denied." in notes
    assert "compose.yaml: not read: it can't be read: Permission denied." in notes
    assert {path: one.state for path, one in results.items()} == {"api/Dockerfile": "safe", "web/Dockerfile": "error"}
    assert results["web/Dockerfile"].reasons == ("unreadable",)
    assert str(tree) not in "".join(results["web/Dockerfile"].sentences)


def test_names_that_steer_a_terminal(tree: Path) -> None:
    """Newlines, escape sequences and bytes that are no text, in names: shown escaped, planned like any other."""
    names = ("a\nb", "\x1b[2Jx", "q\"'`|<x>", "-rf", "\udcff")
    for name in names:
        write(tree, service(name))
    results = planned(tree)
    assert sum(one.state == "safe" for one in results.values()) == len(names) + 1
    for form in ("text", "json", "markdown", "html"):
        done = imgslim("migrate", tree, "--format", form, "--jobs", "1")
        assert done.code == 0
        assert b"\x1b" not in done.out + done.err
        assert b"a\nb" not in done.out + done.err
        assert b"<x>" not in done.out or form != "html"


def test_patches_of_such_names(tree: Path, tmp_path: Path) -> None:
    """Each has a plain name of its own and applies."""
    names = ("a b", "a\tb", "a\nb", "ü", "a-b", "-x", "x" * 200)
    for name in names:
        write(tree, service(name))
    repository(tree, {})
    patches = tmp_path / "patches"
    assert imgslim("migrate", tree, "--patch-dir", patches, "--jobs", "1").code == 0
    made = sorted(patches.iterdir())
    assert len(made) == len(names) + 1
    assert all(p.name.isascii() and p.name.isprintable() and not p.name.startswith((".", "-")) for p in made)
    git(tree, "apply", *map(str, made))
    assert git(tree, "status", "--porcelain").count("Dockerfile") == len(made)


def test_large_and_binary_files(tree: Path) -> None:
    """Above their bounds they are named; bytes that are no text are read without loss."""
    write(tree, {
        "large/Dockerfile": "FROM x\n" + "# x\n" * 600_000, "compose.yaml": "# x\n" * 300_000,
        "binary/Dockerfile": bytes(range(256)) * 10, "bytes/Dockerfile": HELLO.encode() + b"# \xff\xfe\n",
        "bytes/hello.c": C, "empty/Dockerfile": "",
    })  # fmt: skip
    results = planned(tree)
    assert results["large/Dockerfile"].reasons == ("too-large",)
    assert results["binary/Dockerfile"].state == "error"
    assert results["empty/Dockerfile"].state == "error"
    assert results["bytes/Dockerfile"].state == "safe"
    assert "compose.yaml: not read: it has more than" in _notes(tree)


def test_deep_folders(tree: Path) -> None:
    """The walk does not recurse."""
    at = tree
    for _ in range(300):
        at = at / "d"
    at.mkdir(parents=True)
    write(at, {"Dockerfile": HELLO, "hello.c": C})
    assert len(planned(tree)) == 2


def test_aliases_that_explode(tree: Path) -> None:
    """A compose file made of them is named, the rest is planned."""
    lines = ["x0: &x0 {" + ", ".join(f"k{i}: {{build: api}}" for i in range(1000)) + "}"]
    lines += [f"x{n}: &x{n} {{<<: [{', '.join([f'*x{n - 1}'] * 50)}]}}" for n in range(1, 9)]
    write(tree, {"compose.yaml": "\n".join([*lines, "services: *x8"])})
    assert "compose.yaml: not read: its aliases stand for too many nodes." in _notes(tree)
    assert planned(tree)["api/Dockerfile"].state == "safe"


def test_a_link_that_comes_before_the_write(tree: Path) -> None:
    """What was a file when it was planned is not written through a link."""
    (result,) = planned(tree).values()
    outside = tree.parent / "outside" / "Dockerfile"
    (tree / "api" / "Dockerfile").unlink()
    (tree / "api" / "Dockerfile").symlink_to(outside)
    said = write_result(Root(tree), result, unsafe=True, dirty=False)
    assert said == "it is a link out of the folder that is migrated"
    assert outside.read_text() == THEIRS


def test_a_result_without_a_rewrite_writes_nothing(tree: Path) -> None:
    """The twin of a written one."""
    (result,) = planned(tree).values()
    assert (
        write_result(Root(tree), Result(json.dumps({**result.document, "outcome": None})), unsafe=True, dirty=False)
        == ""
    )
    assert write_result(Root(tree), result, unsafe=False, dirty=False) == WRITTEN


def test_an_ignore_file_that_leads_out(tree: Path) -> None:
    """``Dockerfile.dockerignore`` beside the file may be a link: what it leads to is not read."""
    write(tree.parent / "outside", {"patterns": "hello.c\n"})
    (tree / "api" / "Dockerfile.dockerignore").symlink_to("../../outside/patterns")
    assert planned(tree)["api/Dockerfile"].state == "error"


def test_paths_that_no_file_has(tree: Path) -> None:
    """A null character is refused like any other path."""
    with pytest.raises(Refused):
        Root(tree).kind("a\0b")
