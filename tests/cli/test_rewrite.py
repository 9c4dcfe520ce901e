"""``imgslim rewrite``: where the result goes, and when it is written."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.cli.running import HELLO, UNSURE_C, imgslim, project

SCHEMA = Path(__file__).parents[2] / "docs/reference/outcome.schema.json"

DECLINED = HELLO.replace('["./hello"]', "./hello > /log")
UNCHANGED = "FROM gcc:12\nRUN apt-get update\n"


def test_a_diff_goes_to_standard_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without options the file stays; what was decided stands on standard error."""
    path = project(tmp_path)
    monkeypatch.chdir(tmp_path)
    result = imgslim("rewrite")
    assert result.code == 0
    assert result.text.startswith("--- a/Dockerfile\n+++ b/Dockerfile\n@@ ")
    assert "+FROM gcc:12 AS build\n" in result.text
    assert result.message.startswith("Dockerfile: c to scratch, safe\n  also: busybox:glibc (safe")
    assert path.read_text() == HELLO


def test_a_folder_may_hold_a_containerfile(tmp_path: Path) -> None:
    """Podman's name for the same thing is found."""
    project(tmp_path, name="Containerfile")
    assert b"+FROM scratch\n" in imgslim("rewrite", tmp_path).out


def test_standard_input_needs_a_context(tmp_path: Path) -> None:
    """A dash reads the text; what the sources say is known only with --context."""
    project(tmp_path)
    alone = imgslim("rewrite", "-", stdin=HELLO.encode())
    assert "standard input comes without --context: no source was read." in alone.message
    both = imgslim("rewrite", "-", "--context", tmp_path, stdin=HELLO.encode())
    assert both.message.startswith("Dockerfile: c to scratch, safe\n")
    assert both.text.startswith("--- a/Dockerfile\n")


def test_the_whole_text_on_request(tmp_path: Path) -> None:
    """``-o -`` prints the new Dockerfile, an unchanged one as it is, and nothing where it declined."""
    assert imgslim("rewrite", project(tmp_path), "-o", "-").text.startswith("FROM gcc:12 AS build\n")
    assert imgslim("rewrite", project(tmp_path, UNCHANGED), "-o", "-").text == UNCHANGED
    assert imgslim("rewrite", project(tmp_path, DECLINED), "-o", "-", "--target", "scratch").out == b""


def test_a_file_on_request_takes_its_ignore_file_along(tmp_path: Path) -> None:
    """BuildKit looks for an ignore file by the Dockerfile's name."""
    path = project(tmp_path, name="app.Dockerfile")
    (tmp_path / "app.Dockerfile.dockerignore").write_text("*.log\n")
    new = tmp_path / "small.Dockerfile"
    result = imgslim("rewrite", path, "-o", new)
    assert (result.code, result.out) == (0, b"")
    assert new.read_text().startswith("FROM gcc:12 AS build\n")
    copy = tmp_path / "small.Dockerfile.dockerignore"
    assert copy.read_text() == "*.log\n"
    copy.write_text("other\n")
    assert "small.Dockerfile.dockerignore: differs from" in imgslim("rewrite", path, "-o", new).message
    assert copy.read_text() == "other\n"


def test_in_place_keeps_mode_and_link(tmp_path: Path) -> None:
    """The file is replaced at once; a link to it stays a link."""
    path = project(tmp_path)
    path.chmod(0o640)
    link = tmp_path / "link"
    link.symlink_to("Dockerfile")
    result = imgslim("rewrite", link, "-i")
    assert (result.code, result.out) == (0, b"")
    assert link.is_symlink()
    assert path.read_text().startswith("FROM gcc:12 AS build\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert sorted(p.name for p in tmp_path.iterdir()) == ["Dockerfile", "hello.c", "link"]


def test_in_place_refuses_what_rests_on_assumptions(tmp_path: Path) -> None:
    """It names them, ends with 1 and leaves the file; --unsafe takes the risk."""
    path = project(tmp_path, source=UNSURE_C)
    result = imgslim("rewrite", path, "-i", "--target", "ubuntu")
    assert result.code == 1
    assert path.read_text() == HELLO
    message = result.message.split("not written: the rewrite rests on assumptions (--unsafe writes it):\n")[1]
    assert "[commands-unproven]" in message
    assert imgslim("rewrite", path, "-i", "--unsafe", "--target", "ubuntu").code == 0
    assert "FROM ubuntu" in path.read_text()


def test_nothing_is_written_where_nothing_changed(tmp_path: Path) -> None:
    """In place, an unchanged or declined file keeps its bytes and its time."""
    for text, code in ((UNCHANGED, 0), (DECLINED, 1)):
        path = project(tmp_path, text)
        before = path.stat()
        assert imgslim("rewrite", path, "-i", "--target", "scratch").code == code
        assert path.stat().st_ino == before.st_ino


@pytest.mark.parametrize(
    ("dockerfile", "arguments", "outcome", "code"),
    [
        (HELLO, (), "rewritten", 0),
        (HELLO, ("--target", "registry.example/base:1", "--libc", "glibc"), "rewritten", 0),
        (HELLO.replace("gcc:12", "gcc:12 as final"), ("--target", "ubuntu"), "rewritten", 0),
        (DECLINED, ("--target", "scratch"), "declined", 1),
        (HELLO.replace("hello.c .", "nothere.c ."), (), "declined", 1),
        (UNCHANGED, (), "unchanged", 0),
        (HELLO + "FROM scratch\n", (), "unchanged", 0),
        (HELLO.encode() + b"# \xff\xfe\n", (), "rewritten", 0),
        (HELLO.replace("\n", "\r\n"), ("--explain",), "rewritten", 0),
    ],
)
def test_json_has_every_key(
    tmp_path: Path, dockerfile: str | bytes, arguments: tuple[str, ...], outcome: str, code: int
) -> None:
    """Whatever the outcome, the document is what the published schema says."""
    result = imgslim("rewrite", project(tmp_path, dockerfile), "--format", "json", *arguments)
    document: dict[str, Any] = json.loads(result.out)
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(document)
    assert (result.code, document["outcome"]) == (code, outcome)
    assert (document["dockerfile"] is not None) == (outcome == "rewritten")
    assert bool(document["reasons"]) == (outcome != "rewritten")
    assert (document["applicability"] == "unsafe") == bool(document["assumptions"])


def test_json_lists_assumptions(tmp_path: Path) -> None:
    """An unsafe rewrite says what it rests on, and where."""
    result = imgslim("rewrite", project(tmp_path, source=UNSURE_C), "--format", "json", "--target", "ubuntu")
    document = json.loads(result.out)
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(document)
    assert (result.code, document["outcome"], document["applicability"]) == (0, "rewritten", "unsafe")
    assert {"reason", "message", "line"} == set(document["assumptions"][0])


def test_json_edits_make_the_new_text(tmp_path: Path) -> None:
    """An editor that applies the edits, last one first, has the text under ``dockerfile``."""
    path = project(tmp_path, HELLO.replace("COPY", "# \U0001f600 source\nCOPY"))
    document = json.loads(imgslim("rewrite", path, "--format", "json").out)
    lines = path.read_text().split("\n")
    starts = [sum(len(line) + 1 for line in lines[:n]) for n in range(len(lines) + 1)]

    def offset(at: dict[str, int]) -> int:
        units = lines[at["line"]].encode("utf-16-le")[: 2 * at["character"]] if at["line"] < len(lines) else b""
        return starts[at["line"]] + len(units.decode("utf-16-le"))

    text = path.read_text()
    for edit in reversed(document["edits"]):
        start, end = offset(edit["range"]["start"]), offset(edit["range"]["end"])
        text = text[:start] + edit["newText"] + text[end:]
    assert text == document["dockerfile"]


def test_a_context_above_the_file_is_stated(tmp_path: Path) -> None:
    """The nearest folder of the repository that holds every source is the context."""
    (tmp_path / ".git").mkdir()
    project(tmp_path)
    (tmp_path / "Dockerfile").unlink()
    path = project(tmp_path / "docker")
    (tmp_path / "docker/hello.c").unlink()
    result = imgslim("rewrite", path)
    assert result.code == 0
    assert f"the build context is {tmp_path}, where every COPY source exists." in result.message


def test_a_missing_source_is_named(tmp_path: Path) -> None:
    """Where no folder holds it, the instruction that wants it is shown."""
    text = 'FROM gcc:12\nCOPY hello.c .\nCOPY ["lost.c", "."]\nRUN gcc -o hello hello.c\nCMD ["./hello"]\n'
    result = imgslim("rewrite", project(tmp_path, text))
    assert result.code == 1
    assert (
        "Dockerfile:3:1: declined: No folder of the repository holds every COPY source; it lacks lost.c."
        in result.message
    )
    assert "[missing-in-context]" in result.message
    assert "help: Give the folder that docker build gets with --context.\n" in result.message
    other = imgslim("rewrite", "-", "--context", tmp_path, stdin=text.encode())
    assert f"Dockerfile:3:1: declined: The context {tmp_path} lacks lost.c. [missing-in-context]" in other.message


def test_a_build_argument_settles_the_base_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``--build-arg NAME`` takes the environment's value, as docker build does, and none where there is none."""
    path = project(tmp_path, "ARG TAG\n" + HELLO.replace("gcc:12", "gcc:${TAG:?}"))
    assert b"[variable-in-from]" in imgslim("rewrite", path).err
    assert imgslim("rewrite", path, "--build-arg", "TAG=12").code == 0
    monkeypatch.delenv("TAG", raising=False)
    assert imgslim("rewrite", path, "--build-arg", "TAG").code == 1
    monkeypatch.setenv("TAG", "12")
    assert imgslim("rewrite", path, "--build-arg", "TAG").code == 0


def test_explain_gives_decision_by_decision(tmp_path: Path) -> None:
    """Each command's fate, each note, each other target."""
    result = imgslim("rewrite", project(tmp_path), "--explain")
    assert "  * line 3: replaced: gcc -o hello hello.c\n" in result.message
    assert "  * line 4: runtime: CMD" in result.message
    assert "  busybox:glibc (safe, about " in result.message


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("-i", "-o", "x"), "contradiction"),
        (("-o", "-", "--format", "json"), "contradiction"),
        (("-o", "Dockerfile"), "contradiction"),
        (("--format", "xml"), "bad-option"),
        (("--libc", "bionic"), "bad-option"),
        (("--target", "UPPER CASE"), "bad-target"),
        (("--context", "nothere"), "no-context"),
        (("--verify", "--env", "novalue"), "bad-option"),
        (("--verify", "--build-context", "novalue"), "bad-option"),
        (("--verify", "--probe", "nothere.toml"), "bad-probe-file"),
    ],
)
def test_options_that_make_no_sense(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: str
) -> None:
    """They are refused by name, with exit code 2, before anything is written."""
    path = project(tmp_path)
    monkeypatch.chdir(tmp_path)
    result = imgslim("rewrite", *arguments)
    assert result.code == 2
    assert result.out == b""
    assert f"[{code}]" in result.message
    assert path.read_text() == HELLO
    assert sorted(p.name for p in tmp_path.iterdir()) == ["Dockerfile", "hello.c"]


def test_in_place_needs_a_file() -> None:
    """Standard input can't be replaced."""
    assert b"[contradiction]" in imgslim("rewrite", "-", "-i", stdin=HELLO.encode()).err


def test_verification_needs_a_context() -> None:
    """A build of standard input has no sources."""
    result = imgslim("rewrite", "-", "--verify", stdin=HELLO.encode())
    assert (result.code, b"[no-context]" in result.err) == (2, True)


def test_a_disk_that_refuses(tmp_path: Path) -> None:
    """A folder that does not exist takes no file; the error has a name and the exit code 2."""
    result = imgslim("rewrite", project(tmp_path), "-o", tmp_path / "no/such/folder")
    assert (result.code, b"[unwritable]" in result.err) == (2, True)


def test_a_terminal_is_not_steered(tmp_path: Path) -> None:
    """Escape sequences of the file, or of its name, are shown escaped; a pipe gets the bytes as they are."""
    folder = tmp_path / "a\x1b[31mb"
    path = project(folder, HELLO.replace("COPY", "# \x1b[2J\nCOPY"))
    shown = imgslim("rewrite", path, "--target", "scratch", terminal=True)
    assert b"\x1b" not in shown.out + shown.err
    assert b" # \\x1b[2J\n" in shown.out
    assert b" # \x1b[2J\n" in imgslim("rewrite", path, "--target", "scratch").out
    text = project(folder, HELLO + "CMD \x1b[2J && x\n")
    assert b"\x1b" not in imgslim("rewrite", text, "--target", "scratch").err
