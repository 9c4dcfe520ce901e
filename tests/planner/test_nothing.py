"""Why there is no program to move: each file gets the first thing that is in the way, with its place."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Declined, Unchanged
from imgslim.service import slim


def _answer(text: str, **files: bytes) -> Declined | Unchanged:
    found = slim(text, MemoryContext(files) if files else None)
    assert isinstance(found, Declined | Unchanged), found
    return found


@pytest.mark.parametrize(
    "command",
    [
        "echo root:x | chpasswd", "locale-gen en_US.UTF-8", "sudo add-apt-repository -y ppa:x/y", "mkdir -p $UNKNOWN",
        "mktemp -d", "curl -sL https://deb.nodesource.com/setup_8.x | sudo -E bash -", "nginx -V", "service x start",
        "/etc/init.d/mysql start", "wget https://bootstrap.pypa.io/get-pip.py && python get-pip.py", "gosu nobody true",
        "curl https://packagecloud.io/install/repositories/x/y/script.deb.sh | bash -s",
    ],
)  # fmt: skip
def test_what_sets_the_system_up_builds_nothing(command: str) -> None:
    """It is no program that a toolchain would have to know."""
    answer = _answer(f'FROM ubuntu:22.04\nRUN {command}\nCMD ["/usr/sbin/nginx"]\n')
    assert answer.reason == "nothing-built"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("cabal build", "No toolchain knows what 'cabal build' makes."),
        ("nginx -t -V", "No toolchain knows what 'nginx -t -V' makes."),
        ("curl https://x.org/setup_8.x | bash -", "'bash -' runs a script that a pipe gives it: what that does can't"),
        ("curl https://x.org/i.sh | sh -s latest", "'sh -s latest' runs a script that a pipe gives it"),
        ("./build.sh", "What './build.sh' does is not known: no toolchain reads that."),
        ("perl install.pl", "What 'perl install.pl' does is not known: no toolchain reads that."),
        ("$TOOL build", "No toolchain knows what '$TOOL build' makes."),
    ],
)
def test_what_may_build_is_named(command: str, said: str) -> None:
    """With its place, and in words that hold for it."""
    text = f'FROM ubuntu:22.04\nRUN {command}\nCMD ["/usr/sbin/nginx"]\n'
    answer = _answer(text)
    assert (answer.reason, answer.message[: len(said)]) == ("unknown-toolchain", said)
    assert answer.span is not None
    assert text.startswith(command.rsplit(" | ", 1)[-1], answer.span.start)


@pytest.mark.parametrize(
    "entry", ['["bash"]', '["/bin/bash", "-l"]', "exec sh", '["/usr/bin/env", "python3"]', '["irb"]']
)
def test_a_shell_that_waits_is_no_program(entry: str) -> None:
    """Nobody can know what people start in a tool box, whatever was installed there."""
    answer = _answer(f"FROM python:3.12\nRUN pip install flask && cabal build\nCMD {entry}\n")
    assert (answer.reason, answer.span is not None) == ("no-entry", True)


def test_a_shell_beside_what_was_built() -> None:
    """Where something is made, its author only has to name it; and a shell that runs a script doesn't wait."""
    text = 'FROM gcc:12\nCOPY a.c .\nRUN gcc -o a a.c\nCMD ["bash"]\n'
    assert _answer(text, **{"a.c": b"int main(void) { return 0; }\n"}).reason == "entry-not-built"
    assert _answer('FROM ubuntu:22.04\nRUN pip install x\nCMD ["bash", "x.sh"]\n').reason == "entry-not-built"


def test_an_entry_script_that_is_not_there() -> None:
    """It is named, not what was built beside it; a download is none of the context."""
    for copy, path in (
        ("COPY run.sh /", "/run.sh"),
        ("ADD root/ /", "/usr/x/run.sh"),
        ("COPY run.sh x/ /srv/", "/srv/run.sh"),
    ):
        answer = _answer(f'FROM ubuntu:22.04\n{copy}\nRUN pip install x\nCMD ["{path}", "x"]\n')
        assert answer.reason == "entry-not-built"
        assert f"{path}, which may come from the build context" in answer.message
    for copy in ("ADD https://x.org/run.sh /", "COPY other.sh /", "COPY --from=x run.sh /"):
        answer = _answer(f'FROM ubuntu:22.04\n{copy}\nRUN pip install x\nCMD ["/run.sh"]\n')
        assert answer.message == "The entry starts /run.sh, and no build step is known to make it."
    answer = _answer('FROM ubuntu:22.04\nCOPY run.sh /\nRUN pip install x\nCMD ["sh", "/run.sh"]\n')
    assert "starts /run.sh, which may come" in answer.message


def test_the_place_of_what_an_application_lacks() -> None:
    """It is where the program is started, not FROM."""
    text = 'FROM node:20\nWORKDIR /a\nCMD ["npm", "start"]\n'
    answer = _answer(text)
    assert (answer.reason, answer.span and answer.span.start) == ("build-not-followed", text.index("CMD"))
    assert "no package.json is there to be read" in answer.message
    assert "no package.json that is in the build context" in _answer(text, other=b"").message


def test_an_archive_of_a_context_that_is_not_there() -> None:
    """Whether a step makes it can't be told."""
    text = 'FROM openjdk:8\nCOPY target/ /t/\nCMD ["java", "-jar", "/t/a.jar"]\n'
    assert "since no context is there to be read" in _answer(text).message
    assert "nothing is known to make" in _answer(text.replace("COPY target/ /t/\n", "")).message


def test_an_entry_point_that_the_tag_leaves_open() -> None:
    """Where any that there may be only runs its arguments, CMD means the same; where one may do more, nothing does."""
    text = 'FROM node:10\nWORKDIR /a\nCOPY package.json a.js ./\nRUN npm install\nCMD ["node", "a.js"]\n'
    files = {"package.json": b"{}", "a.js": b"console.log(1)\n"}
    assert "FROM node:10-slim" in getattr(slim(text, MemoryContext(files)), "after", "")
    found = slim(text, MemoryContext(files), None)
    assert "entrypoint-left-out" not in [a.reason for a in found.plan.assumptions]  # type: ignore[union-attr]
    assert _answer('FROM eclipse-temurin:8\nENV USE_SYSTEM_CA_CERTS=1\nCMD ["x"]\n').reason == "unknown-base"


@pytest.mark.parametrize(
    ("step", "unread"),
    [("ADD contents /", False), ("COPY bin /usr/local/bin/", True), ("COPY srv /usr/local/bin/", True)],
)
def test_a_name_on_path_is_no_file_of_the_context_for_every_copy(step: str, unread: bool) -> None:  # noqa: FBT001
    """A folder that is laid over the whole system may hold anything; that says nothing about one program."""
    answer = _answer(f'FROM ubuntu:22.04\n{step}\nRUN pip install x\nCMD ["srv", "-n"]\n')
    assert ("which may come from the build context" in answer.message) is unread


@pytest.mark.parametrize("entry", ['ENTRYPOINT ["./run.sh"] # starts it', "CMD ['srv']", "CMD [srv]"])
def test_what_looks_like_an_array(entry: str) -> None:
    """Docker hands it to a shell as it stands; a test with brackets is a command."""
    answer = _answer(f"FROM ubuntu:22.04\nRUN pip install x\n{entry}\n")
    assert (answer.reason, "is no JSON array" in answer.message) == ("entry-not-built", True)
    for other in ('["srv"]', "[ -f /a ] && srv", "['x']\nENTRYPOINT [\"/srv\"]"):
        assert "JSON" not in _answer(f"FROM ubuntu:22.04\nRUN pip install x\nCMD {other}\n").message


def test_a_script_among_the_systems_programs() -> None:
    """By its own name, or with a folder laid there, it is of the context; a folder over everything says little."""
    for step, unread in (
        ("COPY run.sh /bin/", True),
        ("ADD bin/* /bin/", True),
        ("COPY . /", False),
        ("COPY x.sh /bin/", False),
    ):
        answer = _answer(f"FROM ubuntu:22.04\n{step}\nRUN pip install x\nCMD /bin/run.sh\n")
        assert ("which may come from the build context" in answer.message) is unread


def test_what_could_be_moved_unread() -> None:
    """A program at a place that the file names; what is built for the Java machine is none."""
    text = "FROM debian:12\nWORKDIR /a\nRUN git clone https://x.org/a . && {}\nCMD srv\n"
    for build, hint in (("make", True), ("mvn package", False)):
        answer = _answer(text.format(build))
        assert (answer.reason, "cp, mv or install" in getattr(answer, "hint", "")) == ("build-not-followed", hint)


def test_what_pip_installs_where_no_python_is_known() -> None:
    """The script is named after what was installed: it is Python that is not known."""
    text = "FROM debian:12\nRUN pip3 install youtube-dl\nCMD {}\n"
    assert _answer(text.format("youtube-dl")).reason == "needs-command"
    assert _answer(text.format("other-dl")).reason == "entry-not-built"
