"""What others ask of the image holds a plan back, by name; what the runtime image has does not."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.evidence import Evidence
from imgslim.model import Declined, Need, NeedKind, Rewritten
from imgslim.service import Options, slim
from tests.evidence_kit import contents

DOCKERFILE = 'FROM gcc:12\nCOPY hello.c data.txt ./\nRUN gcc -o hello hello.c\nCMD ["./hello"]\n'
C = '#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n'
WHY = "compose.yaml:4: the service web does it"


def _slim(*uses: Need, target: str = "auto", text: str = DOCKERFILE) -> Rewritten | Declined:
    files = {"hello.c": C, "data.txt": "data\n", "wait.sh": "#!/bin/sh\n"}
    outcome = slim(text, MemoryContext(files), Options(target=target, uses=uses))
    assert isinstance(outcome, Rewritten | Declined)
    return outcome


def _target(*uses: Need) -> str:
    outcome = _slim(*uses)
    assert isinstance(outcome, Rewritten)
    return outcome.plan.target.name


def test_without_uses_the_smallest_target_is_taken() -> None:
    """The twin of all others here."""
    assert _target() == "scratch"


def test_a_shell_is_kept() -> None:
    """``command: sh -c …`` of a compose file moves the plan onto a target that has a shell."""
    assert _target(Need(NeedKind.SHELL, "sh", WHY)) == "busybox:glibc"


def test_scratch_says_who_needs_the_shell() -> None:
    """Asked for scratch, the refusal names file and line."""
    outcome = _slim(Need(NeedKind.SHELL, "sh", WHY), target="scratch")
    assert isinstance(outcome, Declined)
    assert outcome.reason == "shell-needed"
    assert WHY in outcome.message


@pytest.mark.parametrize("name", ["hello", "./hello", "/hello"])
def test_the_program_itself_is_there(name: str) -> None:
    """A health check that runs the program needs nothing more."""
    assert _target(Need(NeedKind.COMMAND, name, WHY)) == "scratch"


def test_another_program_is_not_brought_along() -> None:
    """``wget`` is in busybox and not on scratch; that it is another wget is stated."""
    outcome = _slim(Need(NeedKind.COMMAND, "wget", WHY), target="busybox:glibc")
    assert isinstance(outcome, Rewritten)
    assert [a.reason for a in outcome.plan.assumptions] == ["command-differs"]
    refused = _slim(Need(NeedKind.COMMAND, "wget", WHY), target="scratch")
    assert isinstance(refused, Declined)
    assert refused.reason == "needs-command"


def test_a_program_of_a_package_is_installed_again() -> None:
    """On the slim image of the same release, by the package that the base image has it from."""
    need, text = Need(NeedKind.COMMAND, "curl", WHY), DOCKERFILE.replace("gcc:12", "gcc:12-bookworm")
    outcome = _slim(need, target="debian:bookworm-slim", text=text)
    assert isinstance(outcome, Rewritten)
    line = "RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*"
    assert f"# curl: {WHY}\n{line} && which curl\n" in outcome.after
    unknown = _slim(Need(NeedKind.COMMAND, "rabbitmqctl", WHY), target="debian:bookworm-slim", text=text)
    assert isinstance(unknown, Declined)
    assert unknown.reason == "needs-command"


def test_a_program_that_is_built_is_not_installed() -> None:
    """The twin: the image's own curl is no package's."""
    text = (
        DOCKERFILE.replace("gcc:12", "gcc:12-bookworm")
        .replace("hello hello.c", "curl hello.c")
        .replace("./hello", "./curl")
    )
    outcome = _slim(Need(NeedKind.COMMAND, "curl", WHY), target="debian:bookworm-slim", text=text)
    assert isinstance(outcome, Rewritten)
    assert "apt-get" not in outcome.after


def test_a_program_of_the_built_image_comes_by_its_package() -> None:
    """Once the image was looked into, it says which package that is; of what no package has nothing is known."""
    text = DOCKERFILE.replace("gcc:12", "gcc:12-bookworm")
    files = {"/hello": 3, "/usr/bin/curl": 0, "/opt/probe": 0}
    built = contents(files, instructions=(1, 2, 3), packages={"/usr/bin/curl": "curl"})
    for program, comes in (("curl", True), ("/opt/probe", False)):
        options = Options(
            target="debian:bookworm-slim", uses=(Need(NeedKind.COMMAND, program, WHY),), evidence=Evidence(built)
        )
        outcome = slim(text, MemoryContext({"hello.c": C, "data.txt": "data\n"}), options)
        assert isinstance(outcome, Rewritten) is comes
        assert not comes or "install -y --no-install-recommends curl" in outcome.after  # type: ignore[union-attr]


def test_a_program_by_a_variable() -> None:
    """Nobody knows which it is: never scratch, and stated elsewhere."""
    refused = _slim(Need(NeedKind.COMMAND, "*", WHY), target="scratch")
    assert isinstance(refused, Declined)
    assert refused.reason == "needs-command"
    outcome = _slim(Need(NeedKind.COMMAND, "*", WHY), target="busybox:glibc")
    assert isinstance(outcome, Rewritten)
    assert [a.reason for a in outcome.plan.assumptions] == ["commands-unproven"]


def test_an_unknown_target() -> None:
    """Whether an image that nobody knows has the program is an assumption."""
    outcome = _slim(Need(NeedKind.COMMAND, "wget", WHY), target="registry.example.org/base:1")
    assert isinstance(outcome, Rewritten)
    assert "unknown-target" in [a.reason for a in outcome.plan.assumptions]


def test_a_script_that_goes_along_needs_a_shell() -> None:
    """A carried script is there, and a target without a shell can't run it."""
    text = DOCKERFILE.replace("data.txt ./", "wait.sh /opt/").replace("hello hello.c", "/hello /opt/hello.c")
    need = Need(NeedKind.COMMAND, "/opt/wait.sh", WHY)
    refused = _slim(need, target="scratch", text=text)
    assert isinstance(refused, Declined)
    assert refused.reason == "shell-needed"
    assert isinstance(_slim(need, target="busybox:glibc", text=text), Rewritten)


def test_a_file_that_is_copied_elsewhere() -> None:
    """What goes along may be copied from the image; what stays behind may not."""
    assert _target(Need(NeedKind.FILE, "/hello", WHY)) == "scratch"
    refused = _slim(Need(NeedKind.FILE, "/hello.c", WHY))
    assert isinstance(refused, Declined)
    assert refused.reason == "copied-elsewhere"
    assert WHY in refused.message


def test_an_image_that_others_build_on() -> None:
    """A Dockerfile that starts from this image and runs commands there may need anything of it."""
    refused = _slim(Need(NeedKind.FILE, "*", WHY))
    assert isinstance(refused, Declined)
    assert refused.reason == "used-as-base"


@pytest.mark.parametrize(("requirements", "there"), [("flask\ncelery[redis]==5.4\n", True), ("flask\n", False)])
def test_a_script_of_an_installed_package(requirements: str, *, there: bool) -> None:
    """``command: celery -A app worker`` of another service on the image of the web server."""
    text = 'FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\nCMD ["flask", "run"]\n'
    context = MemoryContext({"requirements.txt": requirements, "app.py": "import flask\napp = flask.Flask('a')\n"})
    outcome = slim(text, context, Options(uses=(Need(NeedKind.COMMAND, "celery", WHY),)))
    if there:
        assert isinstance(outcome, Rewritten)
        assert [a.reason for a in outcome.plan.assumptions] == ["sources-unread"]
    else:
        assert isinstance(outcome, Declined)
        assert outcome.reason == "needs-command"
