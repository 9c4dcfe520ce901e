"""Who uses an image of the tree is found by its names, and holds the plan back with file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.migrate.trees import HELLO, planned, service, surveyed, write

if TYPE_CHECKING:
    from pathlib import Path

    from imgslim.migrate.results import Result

NAMED = "services:\n  api:\n    image: example.org/team/api:1\n    build: api\n"


def _result(folder: Path, files: dict[str, str | bytes], target: str = "") -> Result:
    write(folder, {**service("api"), **files})
    return planned(folder, target)["api/Dockerfile"]


def _message(result: Result) -> str:
    return " ".join(result.sentences)


def test_nobody_uses_it(tmp_path: Path) -> None:
    """The twin of all others."""
    assert _result(tmp_path, {"compose.yaml": NAMED}).target == "scratch"


@pytest.mark.parametrize(
    ("lines", "line", "what"),
    [
        ("    command: sh -c 'exec ./hello'\n", 5, "command"),
        ("    entrypoint: [bash, -ec, './hello']\n", 5, "entrypoint"),
        ("    healthcheck:\n      test: ./hello || exit 1\n", 6, "health check"),
        ("    healthcheck: {test: [CMD-SHELL, ./hello]}\n", 5, "health check"),
    ],
)
def test_a_shell_that_compose_needs(tmp_path: Path, lines: str, line: int, what: str) -> None:
    """The plan goes to a target with a shell; asked for scratch it is declined with the line."""
    files: dict[str, str | bytes] = {"compose.yaml": NAMED + lines}
    assert _result(tmp_path, files).target == "busybox:glibc"
    refused = _result(tmp_path, files, "scratch")
    assert refused.reasons == ("shell-needed",)
    assert f"compose.yaml:{line}: the {what} of service api" in _message(refused)
    assert any(f"compose.yaml:{line}" in use for use in refused.document["uses"])


@pytest.mark.parametrize(
    "lines",
    [
        "    command: [./hello, --flag]\n",
        "    entrypoint: ./hello 'a b'\n",
        "    healthcheck: {test: [CMD, ./hello]}\n",
        "    healthcheck: {test: [NONE]}\n",
        "    healthcheck: {disable: true, test: ./hello}\n",
        "    healthcheck: {interval: 5s}\n",
    ],
)
def test_what_needs_no_shell(tmp_path: Path, lines: str) -> None:
    """The program itself, or nothing at all."""
    assert _result(tmp_path, {"compose.yaml": NAMED + lines}).target == "scratch"


def test_a_tool_that_a_health_check_needs(tmp_path: Path) -> None:
    """``curl`` is on no small target that is known: never scratch."""
    refused = _result(tmp_path, {"compose.yaml": NAMED + "    healthcheck: {test: [CMD, curl, x]}\n"}, "scratch")
    assert refused.reasons == ("needs-command",)
    assert "compose.yaml:5" in _message(refused)


def test_a_program_by_a_variable(tmp_path: Path) -> None:
    """Compose puts in what nobody knows here."""
    refused = _result(tmp_path, {"compose.yaml": NAMED + "    command: $START now\n"}, "scratch")
    assert refused.reasons == ("needs-command",)


def test_command_holds_arguments_where_there_is_an_entry_point(tmp_path: Path) -> None:
    """``sh`` is then a word for the program; without ENTRYPOINT it is one that starts."""
    dockerfile = HELLO.replace("CMD", "ENTRYPOINT")
    files: dict[str, str | bytes] = {"compose.yaml": NAMED + "    command: sh -c x\n", "api/Dockerfile": dockerfile}
    assert _result(tmp_path, files).target == "scratch"
    files["compose.yaml"] = NAMED + "    entrypoint: []\n    command: sh -c ./hello\n"
    assert _result(tmp_path, files).target == "busybox:glibc"


def test_services_that_run_the_image_by_name(tmp_path: Path) -> None:
    """Another compose file's service; another image is none of ours, nor is one with another tag."""
    other = "services:\n  x:\n    image: {}\n    command: sh -c ./hello\n"
    assert _result(tmp_path, {"compose.yaml": NAMED, "e2e/compose.yml": other.format("redis")}).target == "scratch"
    found = _result(tmp_path, {"e2e/compose.yml": other.format("example.org/team/api:2")})
    assert found.target == "scratch"
    found = _result(tmp_path, {"e2e/compose.yml": other.format("example.org/team/api:1")})
    assert found.target == "busybox:glibc"
    assert "e2e/compose.yml:4: the command of service x starts sh" in found.document["uses"]


@pytest.mark.parametrize(
    "start",
    [
        "FROM example.org/team/api:1\n",
        "ARG BASE=example.org/team/api:1\nFROM $BASE\n",
        "ARG REGISTRY\nFROM ${REGISTRY}/team/api:1\n",
        "FROM --platform=linux/amd64 example.org/team/api:1 AS x\n",
    ],
)
def test_a_dockerfile_that_builds_on_it(tmp_path: Path, start: str) -> None:
    """What its RUN needs is not followed: the image stays as it is."""
    child = f"{start}RUN make\n"
    refused = _result(tmp_path, {"compose.yaml": NAMED, "child/Dockerfile": child})
    assert refused.reasons == ("used-as-base",)
    line = 1 + start.count("ARG")
    assert f"child/Dockerfile:{line}: it builds on this image and runs commands in it" in _message(refused)


@pytest.mark.parametrize("start", ["FROM example.org/other/api:1\n", "FROM example.org/team/api-client:1\n"])
def test_a_dockerfile_that_builds_on_another(tmp_path: Path, start: str) -> None:
    """The twin: a name that only looks like it."""
    assert _result(tmp_path, {"compose.yaml": NAMED, "child/Dockerfile": f"{start}RUN make\n"}).target == "scratch"


@pytest.mark.parametrize(
    ("made", "used"),
    [
        ("api", "api:latest"),
        ("api:latest", "docker.io/library/api"),
        ("index.docker.io/team/api:1", "team/api:1"),
        ("localhost:5000/api", "localhost:5000/api:latest"),
        ("api:${TAG}", "api:2"),
        ("api:v${TAG}-x", "api:v2-x"),
        ("api${SUFFIX}", "api:2"),
        ("${REGISTRY}/api:1", "example.org/api:1"),
    ],
)
def test_one_image_by_two_names(tmp_path: Path, made: str, used: str) -> None:
    """No tag is ``latest``, no registry docker.io; where a variable leaves it open it counts, and is said."""
    compose = f"services: {{api: {{image: '{made}', build: api}}}}\n"
    refused = _result(tmp_path, {"compose.yaml": compose, "child/Dockerfile": f"FROM {used}\nRUN make\n"})
    assert refused.reasons == ("used-as-base",)
    assert (f"(if {used} and " in _message(refused)) is ("$" in made)


@pytest.mark.parametrize(
    ("made", "used"),
    [
        ("api:1", "api"),
        ("api", "api:1"),
        ("api:1", "api:1@sha256:" + "0" * 64),
        ("localhost:5000/api", "localhost:5000/api:5000"),
        ("api:v${TAG}", "api:2"),
    ],
)
def test_another_tag_is_another_image(tmp_path: Path, made: str, used: str) -> None:
    """The twin: it is no use, and it is said, because the next release may make it one."""
    compose = f"services: {{api: {{image: '{made}', build: api}}}}\n"
    files: dict[str, str | bytes] = {"compose.yaml": compose, "child/Dockerfile": f"FROM {used}\nRUN make\n"}
    assert _result(tmp_path, files).target == "scratch"
    notes = "\n".join(map(str, surveyed(tmp_path).notes))
    assert f"child/Dockerfile:1: {used} is none of the tree's images: api/Dockerfile makes " in notes
    assert "which has another tag" in notes


@pytest.mark.parametrize(("made", "used"), [("example.org/api", "api"), ("library/api", "example.org/library/api")])
def test_another_registry_is_another_image(tmp_path: Path, made: str, used: str) -> None:
    """The twin of those, of which nothing is said."""
    compose = f"services: {{api: {{image: '{made}', build: api}}}}\n"
    files: dict[str, str | bytes] = {"compose.yaml": compose, "child/Dockerfile": f"FROM {used}\nRUN make\n"}
    assert _result(tmp_path, files).target == "scratch"
    assert not surveyed(tmp_path).notes


def test_a_base_by_several_builds(tmp_path: Path) -> None:
    """Each build's own argument says what FROM means; one of another name says nothing."""
    compose = NAMED + "  a: {build: {context: child, args: {BASE: 'example.org/team/api:1'}}}\n"
    compose += "  b: {build: {context: child, args: {BASE: debian}}}\n"
    child = "ARG BASE=debian\nFROM $BASE\nRUN make\n"
    assert _result(tmp_path, {"compose.yaml": compose, "child/Dockerfile": child}).reasons == ("used-as-base",)
    assert _result(tmp_path, {"compose.yaml": compose.replace("{BASE", "{OTHER")}).target == "scratch"


def test_a_child_without_commands(tmp_path: Path) -> None:
    """It starts what its own CMD says: the program is there, a shell keeps the target off scratch."""
    child = 'FROM example.org/team/api:1\nENV A=1\nCMD ["/hello", "x"]\n'
    assert _result(tmp_path, {"compose.yaml": NAMED, "child/Dockerfile": child}).target == "scratch"
    child = child.replace('CMD ["/hello", "x"]', 'CMD ./hello $A\nHEALTHCHECK CMD ["./hello"]')
    assert _result(tmp_path, {"child/Dockerfile": child}).target == "busybox:glibc"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("FROM debian\nCOPY --from=example.org/team/api:1 /hello.c /x\n", 2),
        ("FROM example.org/team/api:1 AS src\nFROM debian\nCOPY --from=src /hello.c /x\n", 3),
        ('FROM example.org/team/api:1\nFROM debian\nCOPY --from=0 ["/hello.c", "/x"]\n', 3),
        ("FROM debian\nRUN --mount=from=example.org/team/api:1,source=/hello.c,target=/x cat /x\n", 2),
    ],
)
def test_files_that_others_copy(tmp_path: Path, text: str, line: int) -> None:
    """A source that would stay behind; the program itself may be copied."""
    refused = _result(tmp_path, {"compose.yaml": NAMED, "child/Dockerfile": text})
    assert refused.reasons == ("copied-elsewhere",)
    assert f"child/Dockerfile:{line}: it takes /hello.c from this image" in _message(refused)
    assert _result(tmp_path, {"child/Dockerfile": text.replace("hello.c", "hello")}).target == "scratch"


def test_additional_contexts(tmp_path: Path) -> None:
    """Compose and bake give another service's image a name of its own."""
    compose = NAMED + "  child:\n    build: {context: child, additional_contexts: {below: 'service:api'}}\n"
    child = "FROM below\nRUN make\n"
    assert _result(tmp_path, {"compose.yaml": compose, "child/Dockerfile": child}).reasons == ("used-as-base",)
    compose = compose.replace("service:api", "docker-image://debian")
    assert _result(tmp_path, {"compose.yaml": compose}).target == "scratch"
    compose = compose.replace("docker-image://debian", "docker-image://example.org/team/api:1")
    assert _result(tmp_path, {"compose.yaml": compose}).reasons == ("used-as-base",)


def test_bake_names_too(tmp_path: Path) -> None:
    """``target:`` in ``contexts``."""
    bake = 'target "api" {\n  context = "api"\n}\n'
    bake += 'target "child" {\n  context = "child"\n  contexts = { below = "target:api" }\n}\n'
    files: dict[str, str | bytes] = {"docker-bake.hcl": bake, "child/Dockerfile": "FROM below\nRUN make\n"}
    assert _result(tmp_path, files).reasons == ("used-as-base",)


def test_an_image_named_like_its_base(tmp_path: Path) -> None:
    """A file that starts FROM the name it is given does not use itself."""
    compose = "services: {api: {image: gcc, build: api}}\n"
    assert _result(tmp_path, {"compose.yaml": compose}).target == "scratch"


def test_names_with_variables(tmp_path: Path) -> None:
    """``${REGISTRY}/api`` may be the image; a name that is all variable says nothing."""
    child: dict[str, str | bytes] = {"child/Dockerfile": "FROM example.org/team/api:1\nRUN make\n"}
    named = NAMED.replace("example.org/team", "${REGISTRY:-x}")
    assert _result(tmp_path, {"compose.yaml": named, **child}).reasons == ("used-as-base",)
    named = NAMED.replace("example.org/team/api:1", "${IMAGE}")
    assert _result(tmp_path, {"compose.yaml": named, **child}).target == "scratch"
    named = NAMED.replace("example.org/team/api:1", "example.org/team/a${X}i:1")
    assert _result(tmp_path, {"compose.yaml": named, **child}).reasons == ("used-as-base",)


def test_uses_are_kept_apart(tmp_path: Path) -> None:
    """A shell that one service needs is not asked of another's image."""
    compose = NAMED + "    command: sh -c x\n  web:\n    build: web\n"
    write(tmp_path, {**service("api"), **service("web"), "compose.yaml": compose})
    jobs = {job.path: job.uses for job in surveyed(tmp_path).jobs}
    assert jobs["api/Dockerfile"]
    assert not jobs["web/Dockerfile"]
