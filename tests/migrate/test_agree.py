"""A file that is built in several ways is changed only where all of them agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.migrate.trees import HELLO, UNSURE_C, C, planned, write

if TYPE_CHECKING:
    from pathlib import Path

    from imgslim.migrate.results import Result

BY_NAME = 'FROM gcc:12\nARG NAME=hello\nCOPY hello.c .\nRUN gcc -o /app hello.c\nLABEL name=$NAME\nCMD ["/app"]\n'


def _result(folder: Path, compose: str, files: dict[str, str | bytes]) -> Result:
    write(folder, {"compose.yaml": compose, **files})
    return planned(folder)["api/Dockerfile"]


def test_two_builds_that_agree(tmp_path: Path) -> None:
    """The same file with two names for its label: one rewrite serves both."""
    compose = (
        "services:\n  a: {build: {context: api, args: {NAME: a}}}\n  b: {build: {context: api, args: {NAME: b}}}\n"
    )
    result = _result(tmp_path, compose, {"api/Dockerfile": BY_NAME, "api/hello.c": C})
    assert result.state == "safe"
    assert [b["args"] for b in result.document["builds"]] == [{"NAME": "a"}, {"NAME": "b"}]


def test_two_builds_that_do_not(tmp_path: Path) -> None:
    """Another base image, another rewrite; both builds are named."""
    text = HELLO.replace("FROM gcc:12", "ARG BASE=gcc:12\nFROM $BASE")
    compose = "services:\n  a: {build: api}\n  b: {build: {context: api, args: {BASE: scratch}}}\n"
    result = _result(tmp_path, compose, {"api/Dockerfile": text, "api/hello.c": C})
    assert result.reasons == ("builds-disagree",)
    message = " ".join(result.sentences)
    assert "compose.yaml:2 (service a)" in message
    assert "compose.yaml:3 (service b)" in message
    assert not result.diff


def test_two_contexts(tmp_path: Path) -> None:
    """One of them lacks the source: the file is declined, and the build is named."""
    compose = "services:\n  a: {build: api}\n  b: {build: {context: ., dockerfile: api/Dockerfile}}\n"
    result = _result(tmp_path, compose, {"api/Dockerfile": HELLO, "api/hello.c": C})
    assert result.reasons == ("missing-in-context",)
    assert "compose.yaml:3 (service b)" in " ".join(result.sentences)
    assert str(tmp_path) not in " ".join(result.sentences)


def test_the_more_doubtful_one_counts(tmp_path: Path) -> None:
    """Two contexts, one rewrite, and what either rests on."""
    compose = "services:\n  a: {build: api}\n  b: {build: {context: other, dockerfile: ../api/Dockerfile}}\n"
    files: dict[str, str | bytes] = {"api/Dockerfile": HELLO, "api/hello.c": C, "other/hello.c": UNSURE_C}
    result = _result(tmp_path, compose, files)
    assert result.state in ("unsafe", "declined")
    assert result.reasons


def test_an_argument_that_is_not_literal(tmp_path: Path) -> None:
    """A base image by an unknown argument is declined; one that only names a label is not."""
    compose = 'services: {a: {build: {context: api, args: {NAME: "${NAME}", BASE: "${BASE}"}}}}\n'
    files: dict[str, str | bytes] = {"api/Dockerfile": BY_NAME, "api/hello.c": C}
    assert _result(tmp_path, compose, files).status == "rewritten"
    files["api/Dockerfile"] = BY_NAME.replace("FROM gcc:12", "ARG BASE=gcc:12\nFROM $BASE")
    result = _result(tmp_path, compose, files)
    assert result.reasons == ("variable-in-from",)
    assert "compose.yaml:1 gives BASE a value that is not literal" in " ".join(result.sentences)


def test_an_argument_whose_name_is_not_literal(tmp_path: Path) -> None:
    """It may be any that the file declares."""
    workflow = "jobs:\n  x:\n    steps:\n      - run: docker build --build-arg $ALL api\n"
    text = BY_NAME.replace("FROM gcc:12", "ARG BASE=gcc:12\nFROM $BASE")
    write(tmp_path, {".github/workflows/x.yml": workflow, "api/Dockerfile": text, "api/hello.c": C})
    assert planned(tmp_path)["api/Dockerfile"].reasons == ("variable-in-from",)


def test_stages_by_name_and_number(tmp_path: Path) -> None:
    """The stage's own name stays with the final stage; a number or another name would mean another one."""
    named = HELLO.replace("FROM gcc:12", "FROM gcc:12 AS app")
    compose = "services: {a: {build: {context: api, target: STAGE}}}\n"
    files: dict[str, str | bytes] = {"api/Dockerfile": named, "api/hello.c": C}
    assert _result(tmp_path, compose.replace("STAGE", "App"), files).state == "safe"
    for stage in ("0", "build"):
        result = _result(tmp_path, compose.replace("STAGE", f"'{stage}'"), files)
        assert result.reasons == ("target-stage",)
        assert f"asks for the stage {stage}" in " ".join(result.sentences)


SEVERAL = (
    "FROM gcc:12-bookworm AS build\nCOPY hello.c .\nRUN gcc -o /hello hello.c\n"
    'FROM debian:bookworm AS release\nCOPY --from=build /hello /hello\nCMD ["/hello"]\n'
)


def test_builds_of_several_stages(tmp_path: Path) -> None:
    """The last stage is planned for those who build it; a stage that somebody else builds stays as it is."""
    files: dict[str, str | bytes] = {
        "api/Dockerfile": SEVERAL,
        "api/hello.c": C,
        ".imgslim.toml": "last-stage = true\n",
    }
    alone = _result(tmp_path / "a", "services:\n  a: {build: api}\n", files)
    assert alone.state == "safe"
    assert "-static" in alone.diff
    compose = "services:\n  a: {build: {context: api, target: release}}\n  b: {build: {context: api, target: build}}\n"
    shared = _result(tmp_path / "b", compose, files)
    assert shared.state == "safe"
    assert "+FROM scratch AS release" in shared.diff
    assert "-static" not in shared.diff
    earlier = _result(tmp_path / "c", "services:\n  b: {build: {context: api, target: build}}\n", files)
    assert earlier.reasons == ("already-multi-stage",)
    numbered = "services:\n  a: {build: {context: api, target: '1'}}\n  b: {build: {context: api, target: '0'}}\n"
    assert _result(tmp_path / "d", numbered, files).reasons == ("target-stage",)
    in_place = _result(tmp_path / "e", "services:\n  a: {build: {context: api, target: '1'}}\n", files)
    assert in_place.state == "safe"
