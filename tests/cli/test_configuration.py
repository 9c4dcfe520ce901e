"""Configuration files and pragmas on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from tests.cli.running import HELLO, UNSURE_C, imgslim, project

SCHEMA = Path(__file__).parents[2] / "docs/reference/outcome.schema.json"
STATIC = "FROM scratch\n"


def _settings(folder: Path, text: str) -> None:
    (folder / ".imgslim.toml").write_text(text)


def test_rewrite_takes_the_target_from_the_file_and_the_command_line_wins(tmp_path: Path) -> None:
    """Options, then the file, then the defaults."""
    file = project(tmp_path)
    assert f"\n+{STATIC}" in imgslim("rewrite", file).text
    _settings(tmp_path, 'target = "ubuntu"\n')
    assert "\n+FROM ubuntu" in imgslim("rewrite", file).text
    assert f"\n+{STATIC}" in imgslim("rewrite", file, "--target", "auto").text
    assert "\n+FROM alpine" in imgslim("rewrite", file, "--target", "alpine").text


def test_the_c_library_of_the_file(tmp_path: Path) -> None:
    """``libc`` is that of ``--libc``."""
    file = project(tmp_path)
    _settings(tmp_path, 'libc = "musl"\n')
    assert "musl-gcc" in imgslim("rewrite", file, "-o", "-").text
    assert "musl-gcc" not in imgslim("rewrite", file, "-o", "-", "--libc", "glibc").text


def test_a_preference_for_what_can_be_looked_into(tmp_path: Path) -> None:
    """Of the safe targets, the smallest with a shell; a plan that is not safe is no better for having one."""
    file = project(tmp_path / "a")
    assert "\n+FROM busybox" in imgslim("rewrite", file, "--prefer", "debuggable").text
    _settings(tmp_path, 'prefer = "debuggable"\n')
    assert "\n+FROM busybox" in imgslim("rewrite", file).text
    assert f"\n+{STATIC}" in imgslim("rewrite", file, "--prefer", "smallest").text
    assert "could run on busybox:glibc (safe)" in imgslim("check", file).text
    assert "could run on scratch (safe)" in imgslim("check", file, "--prefer", "smallest").text
    assert b"[bad-option]" in imgslim("check", file, "--prefer", "nice").err


def test_build_arguments(tmp_path: Path) -> None:
    """They settle what the file leaves open; one on the command line wins over the same name."""
    file = project(tmp_path, HELLO.replace("gcc:12", "$IMAGE").replace("FROM", "ARG IMAGE\nFROM"))
    assert "[variable-in-from]" in imgslim("rewrite", file).message
    _settings(tmp_path, 'build-args = { IMAGE = "gcc:12", OTHER = "x" }\n')
    assert imgslim("rewrite", file).code == 0
    assert imgslim("check", file).code == 1
    assert "[unknown-base]" in imgslim("rewrite", file, "--build-arg", "IMAGE=corp/gcc:1").message


def test_the_context_of_the_file(tmp_path: Path) -> None:
    """Pattern by pattern; the option wins, and a folder that is none is refused."""
    file = project(tmp_path / "docker")
    (tmp_path / "docker/hello.c").rename(tmp_path / "hello.c")
    assert "[missing-in-context]" in imgslim("check", file).text
    _settings(tmp_path, 'context = { "docker/*" = "." }\n')
    assert imgslim("rewrite", file).code == 0
    assert imgslim("check", file).code == 1
    assert "[missing-in-context]" in imgslim("rewrite", file, "--context", tmp_path / "docker").message
    _settings(tmp_path, 'context = { "docker/*" = "nowhere" }\n')
    assert "[no-context]" in imgslim("rewrite", file).message
    assert (imgslim("check", file).code, "[no-context]" in imgslim("check", file).message) == (2, True)


def test_standard_input_is_configured_by_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no folder of its own."""
    project(tmp_path)
    _settings(tmp_path, 'target = "ubuntu"\n')
    monkeypatch.chdir(tmp_path)
    assert "FROM ubuntu" in imgslim("rewrite", "-", "--context", ".", "-o", "-", stdin=HELLO.encode()).text


def test_a_bad_file_ends_a_rewrite(tmp_path: Path) -> None:
    """Exit code 2, the place, the nearest key; nothing is written."""
    file = project(tmp_path)
    _settings(tmp_path, '\ntargt = "ubuntu"\n')
    result = imgslim("rewrite", "-i", file)
    assert (result.code, result.text, file.read_text()) == (2, "", HELLO)
    assert f"{tmp_path}/.imgslim.toml:2: there is no key 'targt'. [bad-config]" in result.message
    assert "help: Did you mean target?" in result.message


def test_a_bad_file_stops_only_what_it_is_for(tmp_path: Path) -> None:
    """The rest of a tree is checked."""
    project(tmp_path / "a")
    project(tmp_path / "b")
    _settings(tmp_path / "a", "x = 1\n")
    result = imgslim("check", tmp_path)
    assert result.code == 2
    assert "a/Dockerfile: error: " in result.message
    assert "[bad-config]" in result.message
    assert "b/Dockerfile:1:1: could run" in result.text
    _settings(tmp_path / "a", 'target = "a b"\n')
    assert "a/Dockerfile: error: " in imgslim("check", tmp_path).message
    assert "[bad-target]" in imgslim("check", tmp_path, "--target", "a b").message


def test_files_are_chosen_by_the_file(tmp_path: Path) -> None:
    """``include`` stands in place of the usual names, ``exclude`` holds for named files too."""
    project(tmp_path / "a")
    project(tmp_path / "a", name="web.build")
    project(tmp_path / "vendor/x")
    _settings(tmp_path, 'include = ["**/*.build", "vendor/**"]\nexclude = ["vendor"]\n')
    result = imgslim("check", tmp_path, tmp_path / "vendor/x/Dockerfile")
    heads = [line for line in result.text.split("\n") if line.startswith(str(tmp_path))]
    assert [head.split(":")[0].removeprefix(f"{tmp_path}/") for head in heads] == ["a/web.build"]
    assert result.message == f"{tmp_path}/vendor/x/Dockerfile: excluded by {tmp_path}/.imgslim.toml\n"
    assert imgslim("check", tmp_path / "vendor/x/Dockerfile").code == 0
    assert imgslim("check", tmp_path / "vendor").code == 0
    assert imgslim("rewrite", tmp_path / "vendor/x").code == 0
    assert imgslim("check", tmp_path / "a/Dockerfile").code == 1


def test_ignored_reasons_are_not_reported(tmp_path: Path) -> None:
    """They don't count for the exit code; rewrite does what it is asked all the same."""
    file = project(tmp_path)
    _settings(tmp_path, 'ignore = ["can-be-split"]\n')
    assert (imgslim("check", file).code, imgslim("check", file).text) == (0, "")
    assert imgslim("rewrite", file).text != ""
    (document,) = json.loads(imgslim("check", file, "--format", "json").out)
    assert (document["outcome"], document["findings"]) == ("rewritten", [])
    assert imgslim("check", file, "--statistics").text.startswith("       1  rewritten: safe\n")


def test_a_file_that_asks_to_be_left_alone(tmp_path: Path) -> None:
    """No command rewrites or reports it, whatever its sources and grammar."""
    file = project(tmp_path, f"# imgslim: ignore-file ours\n{HELLO}".replace("hello.c .", "lost.c ."))
    result = imgslim("rewrite", file, "-i")
    assert (result.code, result.text) == (0, "")
    assert "unchanged: The file asks to be left alone. [ignored]" in result.message
    assert imgslim("rewrite", file, "-o", "-").text == file.read_text()
    template = project(tmp_path / "t", "# imgslim: ignore-file\n{{ x }}\n")
    for path in (file, template):
        result = imgslim("check", path)
        assert (result.code, result.text, result.message) == (0, "", "")
        assert imgslim("check", path, "--format", "github").text == ""
        assert imgslim("check", path, "--statistics").text.startswith("       1  unchanged: ignored\n")


def test_pragmas_in_check(tmp_path: Path) -> None:
    """One that ignores something is silent, one that does not is a finding."""
    file = project(tmp_path, f"# imgslim: ignore[can-be-split]\n{HELLO}")
    assert (imgslim("check", file).code, imgslim("check", file).text) == (0, "")
    file = project(tmp_path, f"# imgslim: ignore[no-entry]\n# imgslim: ignore[can-be-split]\n{HELLO}")
    result = imgslim("check", file)
    assert result.code == 1
    assert f"{file}:1:1: The next instruction has no finding no-entry to ignore. [unused-pragma]" in result.text


IGNORED = f"# syntax=docker/dockerfile:1\n# imgslim: ignore[can-be-split] as told\n{HELLO}"


@pytest.mark.parametrize("more", [(), ("--unsafe",), ("--verify",), ("--format", "json")])
def test_a_split_that_is_ignored_is_not_written_in_place(tmp_path: Path, more: tuple[str, ...]) -> None:
    """By a comment or the configuration, whatever else is asked; no engine is asked either."""
    file = project(tmp_path, IGNORED)
    result = imgslim("rewrite", file, "-i", *more)
    assert (result.code, file.read_text()) == (1, IGNORED)
    assert f"{file}: not written: The comment in line 2 ignores can-be-split." in result.message
    file.write_text(HELLO)
    _settings(tmp_path, 'ignore = ["can-be-split"]\n')
    result = imgslim("rewrite", file, "-i", *more)
    assert (result.code, file.read_text()) == (1, HELLO)
    assert "not written: The configuration ignores can-be-split." in result.message


def test_a_split_that_is_ignored_is_shown(tmp_path: Path) -> None:
    """Who asks for the diff, or for another file, gets it."""
    file = project(tmp_path, IGNORED)
    result = imgslim("rewrite", file)
    assert (result.code, f"\n+{STATIC}" in result.text) == (0, True)
    assert imgslim("rewrite", file, "-o", tmp_path / "out").code == 0
    assert STATIC in (tmp_path / "out").read_text()


@pytest.mark.parametrize(
    "text",
    [
        f"# imgslim: ignore[shell-needed]\n{HELLO}",
        HELLO.replace("RUN", "# imgslim: ignore[can-be-split]\nRUN"),
        f"# imgslim: ignore[can-be-splitted]\n{HELLO}",
    ],
)
def test_what_else_is_ignored_keeps_nothing(tmp_path: Path, text: str) -> None:
    """The twins: another reason, another instruction, a name that is none."""
    file = project(tmp_path, text)
    assert imgslim("rewrite", file, "-i").code == 0
    assert STATIC in file.read_text()


def test_findings_in_json(tmp_path: Path) -> None:
    """By the published schema; assumptions are among them."""
    file = project(tmp_path, source=UNSURE_C)
    documents = json.loads(imgslim("check", file, "--format", "json").out)
    jsonschema.validate(documents[0], json.loads(SCHEMA.read_text()))
    assert [f["kind"] for f in documents[0]["findings"]][:2] == ["finding", "assumption"]
    assert documents[0]["findings"][0]["line"] == 1


def test_annotations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Named from the checkout, wherever the command runs; files outside of it by their full name."""
    project(tmp_path / "repo/app")
    project(tmp_path / "repo/bad", "FROM gcc:12\nCOPPY\n")
    project(tmp_path / "out")
    monkeypatch.chdir(tmp_path / "repo/app")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "repo"))
    result = imgslim("check", ".", "../bad", "../../out", "--format", "github")
    assert (result.code, result.message) == (2, "")
    lines = result.text.splitlines()
    assert lines[0].startswith("::warning file=app/Dockerfile,line=1,")
    assert lines[1].startswith("::error file=bad/Dockerfile,line=2,")
    assert lines[2].startswith(f"::warning file={tmp_path}/out/Dockerfile,")
    monkeypatch.delenv("GITHUB_WORKSPACE")
    assert "file=Dockerfile," in imgslim("check", ".", "--format", "github").text


def test_sarif_of_a_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One log; files that can't be read are results of level error, and the exit codes are the same."""
    project(tmp_path / "a")
    (tmp_path / "b.Dockerfile").write_bytes(b"#\n" * 2_000_000)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    result = imgslim("check", ".", "--format", "sarif")
    assert (result.code, result.message) == (2, "")
    found = json.loads(result.out)["runs"][0]["results"]
    assert [(r["ruleId"], r["level"]) for r in found] == [("too-large", "error"), ("can-be-split", "warning")]
    assert found[1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a/Dockerfile"
    assert b"[bad-option]" in imgslim("check", ".", "--statistics", "--format", "sarif").err


def test_the_last_stage_where_it_is_asked_for(tmp_path: Path) -> None:
    """By the option or by the configuration, in every command; else such a file is left alone."""
    file = project(tmp_path)
    file.write_text(
        "FROM gcc:12-bookworm AS build\nCOPY hello.c .\nRUN gcc -o /hello hello.c\n"
        'FROM debian:bookworm\nCOPY --from=build /hello /hello\nCMD ["/hello"]\n'
    )
    assert "already-multi-stage" in imgslim("rewrite", file).message
    assert "\n+FROM scratch\n" in imgslim("rewrite", file, "--last-stage").text
    assert "could run on scratch" in imgslim("check", "--last-stage", file).text
    document = json.loads(imgslim("rewrite", file, "--last-stage", "--format", "json").text)
    jsonschema.validate(document, json.loads(SCHEMA.read_text()))
    assert document["stage"] == "1"
    _settings(tmp_path, "last-stage = true\n")
    assert "\n+FROM scratch\n" in imgslim("rewrite", file).text
    assert "could run on scratch" in imgslim("check", file).text
    _settings(tmp_path, 'last-stage = "yes"\n')
    assert "last-stage takes true or false" in imgslim("rewrite", file).message
