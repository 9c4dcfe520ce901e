"""Packages of the original that the runtime stage installs again, for the programs that the program starts."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.evidence import Evidence
from imgslim.model import Declined, Outcome, Rewritten
from imgslim.planner.installs import Installed, install_lines
from imgslim.service import Options, slim
from tests.evidence_kit import contents


def starts(
    program: str, steps: str, base: str = "debian:12", rest: str = 'CMD ["/a"]', target: str = "auto"
) -> Outcome:
    """The rewrite of a C program that starts ``program``, built after ``steps``."""
    text = f"FROM {base}\n{steps}\nCOPY a.c .\nRUN gcc a.c -o /a\n{rest}\n"
    call = f'execlp("{program}", "{program}", (char *)0)' if program else "0"
    source = f"#include <unistd.h>\nint main(void) {{ return {call}; }}\n"
    return slim(text, MemoryContext({"a.c": source.encode()}), Options(target=target))


@pytest.mark.parametrize(
    ("program", "steps", "line"),
    [
        ("python3", "RUN apt-get update && apt-get install -y gcc python3",
         "RUN apt-get update && apt-get install -y python3 && rm -rf /var/lib/apt/lists/* && which python3"),
        # the author's options, versions and all packages of that name
        ("php-cgi", "RUN apt update && apt install -yq gcc php-cgi=2:8.2 php-gd php",
         "RUN apt-get update && apt-get install -yq php-cgi=2:8.2 php-gd php && rm -rf /var/lib/apt/lists/* && which php-cgi"),  # noqa: E501
        ("/usr/bin/git", "RUN apt-get install -y gcc\nRUN apt-get install -y git",
         "RUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/* && which /usr/bin/git"),
        # named otherwise than its package
        ("identify", "RUN apt-get install -y gcc imagemagick less",
         "RUN apt-get update && apt-get install -y imagemagick && rm -rf /var/lib/apt/lists/* && which identify"),
        ("php", "RUN apt-get install -y gcc php8.2-cli",
         "RUN apt-get update && apt-get install -y php8.2-cli && rm -rf /var/lib/apt/lists/* && which php"),
    ],
)  # fmt: skip
def test_packages_are_installed_again(program: str, steps: str, line: str) -> None:
    """The slim image of the same release gets what the author installed for it, and nothing is left open."""
    outcome = starts(program, steps)
    assert isinstance(outcome, Rewritten)
    assert outcome.plan.target.reference == "debian:bookworm-slim"
    assert line in outcome.after.split("\nFROM ")[1].splitlines()
    assert outcome.plan.assumptions == ()


@pytest.mark.parametrize(
    "steps",
    [
        "RUN apt-get install -y gcc imagemagick",
        "RUN apt-get install -y gcc -t bookworm-backports figlet",
        "RUN apt-get install -y gcc figlet && pip install figlet",
        "RUN echo deb http://example.org x main > /etc/apt/sources.list.d/x.list && apt-get install -y gcc figlet",
        "RUN add-apt-repository ppa:x && apt-get install -y gcc figlet",
        "RUN ./setup.sh && apt-get install -y gcc figlet",
    ],
)
def test_packages_from_elsewhere_are_not(steps: str) -> None:
    """Where a package may be another one, or is named otherwise, the plan for the family says no."""
    outcome = starts("figlet", steps, target="debian:12-slim")
    if "imagemagick" not in steps:
        assert isinstance(outcome, Declined)
        assert outcome.reason == "needs-command"
    else:
        assert isinstance(outcome, Rewritten)
        assert "if which figlet; then exit 1; fi" in outcome.after


@pytest.mark.parametrize(
    ("program", "packages", "there"),
    [
        ("dot", "graphviz", True),
        ("pdftoppm", "poppler-utils", True),
        ("protoc", "protobuf-compiler", True),
        ("notify-send", "libnotify-bin", True),
        ("dot", "libpq5 libssl-dev pkg-config curl fonts-noto", False),
        ("dot", "protobuf-compiler git openssl imagemagick ffmpeg", False),
        ("pbcopy", "graphviz", False),
    ],
)
def test_a_program_of_a_package_of_another_name(program: str, packages: str, there: bool) -> None:  # noqa: FBT001
    """Which programs a package has, its name does not say; twins: libraries, and packages whose programs are known."""
    outcome = starts(program, f"RUN apt-get install -y gcc {packages}")
    assert isinstance(outcome, Rewritten)
    target = outcome.plan.target.reference
    assert target == ("debian:bookworm-slim" if there else "scratch")
    assert (f"which {program}" in outcome.after.split("\nFROM ")[1]) is there


def test_what_the_entry_starts_is_installed_too() -> None:
    """An init in front of the program, and what a health check asks with."""
    rest = 'HEALTHCHECK CMD curl localhost\nCMD ["tini", "--", "/a"]'
    outcome = starts("", "RUN apk add --no-cache gcc musl-dev tini curl", "alpine:3.20", rest, "alpine:3.20")
    assert isinstance(outcome, Rewritten)
    runtime = outcome.after.split("\nFROM ")[1]
    assert "RUN apk add --no-cache curl tini && which curl tini" in runtime or (
        "RUN apk add --no-cache tini curl && which tini curl" in runtime
    )


def test_other_families_install_nothing() -> None:
    """Another distribution's package is another program."""
    outcome = starts("python3", "RUN apt-get install -y gcc python3", target="alpine")
    assert isinstance(outcome, Declined)
    assert outcome.reason == "needs-command"


def _python(steps: str, program: str = "dot", base: str = "python:3.13") -> Outcome:
    """The rewrite of a Python program that starts ``program``."""
    text = f'FROM {base}\nWORKDIR /app\n{steps}\nCOPY a.py .\nRUN pip install flask\nCMD ["python", "a.py"]\n'
    source = f"import flask, subprocess\nsubprocess.run(['{program}', '-Tpng'])\n"
    return slim(text, MemoryContext({"a.py": source.encode()}), Options(target="python:3.13-slim"))


@pytest.mark.parametrize(
    ("steps", "packages"),
    [
        ("RUN apt-get update && apt-get install -y graphviz", "-y graphviz"),
        (
            "RUN apt-get install -y --no-install-recommends build-essential libpq-dev graphviz=2.42 fonts-x",
            "-y --no-install-recommends graphviz=2.42 fonts-x",
        ),
        ("RUN apt-get install -y gcc graphviz\nRUN apt-get install -y nut-client", "-y graphviz nut-client"),
    ],
)
def test_a_package_of_another_name_may_have_it(steps: str, packages: str) -> None:
    """All that the author installed to run with comes again, and the build stops where none of it has the program."""
    outcome = _python(steps)
    assert isinstance(outcome, Rewritten)
    line = f"RUN apt-get update && apt-get install {packages} && rm -rf /var/lib/apt/lists/* && which dot"
    assert line in outcome.after.split("\nFROM ")[1].splitlines()


@pytest.mark.parametrize(
    ("steps", "program"),
    [
        # The full image may bring it, in a package that is not known.
        ("RUN apt-get install -y graphviz", "mysql_config"),
        ("RUN echo deb https://x y > /etc/apt/sources.list.d/x.list", "git"),
        ("RUN apt-get install -y -t trixie-backports graphviz", "dot"),
        ("RUN echo deb https://x y > /etc/apt/sources.list.d/x.list && apt-get install -y graphviz", "dot"),
    ],
)
def test_no_package_may_have_it(steps: str, program: str) -> None:
    """Where nothing was installed to run with, it may be the base image's, or comes from elsewhere."""
    outcome = _python(steps, program)
    assert isinstance(outcome, Declined)
    assert outcome.reason == "needs-command"


@pytest.mark.parametrize(
    ("steps", "program"),
    [
        ("RUN true", "dot"),
        ("RUN apt-get install -y build-essential libgraphviz-dev", "dot"),
        ("RUN apt-get install -y graphviz", "powershell"),
    ],
)
def test_a_program_that_nothing_installs_is_missing_before_and_after(steps: str, program: str) -> None:
    """The program goes without it in the original too; the build stops where that is wrong."""
    outcome = _python(steps, program)
    assert isinstance(outcome, Rewritten)
    gate = next(
        line for line in outcome.after.split("\nFROM ")[0].splitlines() if f"if which {program} | grep -vE" in line
    )
    assert "/usr/local/bin" in gate  # what pip installed goes along


@pytest.mark.parametrize(
    ("steps", "base"),
    [
        ("RUN ./anything", "python:3.13"),
        ("RUN apt-get install -y -t trixie-backports powershell", "python:3.13"),
        ("RUN true", "registry.example/team/python:3.13"),
    ],
)
def test_where_anything_may_have_been_installed_it_is_asked_for(steps: str, base: str) -> None:
    """A step that nobody followed, a package of that name, an image that nobody knows."""
    outcome = _python(steps, "powershell", base)
    assert not isinstance(outcome, Rewritten) or "named by the program" not in outcome.after


@pytest.mark.parametrize(
    ("program", "packages"),
    [
        ("git", "git openssh-client ca-certificates"),
        ("/usr/bin/curl", "curl"),
        ("ps", "procps"),
        ("unzip", "unzip"),
    ],
)
def test_what_the_base_image_is_made_with(program: str, packages: str) -> None:
    """No step installed it: the image is made of one that has these packages of the distribution."""
    outcome = _python("RUN true", program)
    assert isinstance(outcome, Rewritten)
    line = f"RUN apt-get update && apt-get install -y --no-install-recommends {packages} && rm -rf /var/lib/apt/lists/*"
    assert f"{line} && which {program}" in outcome.after.split("\nFROM ")[1].splitlines()


@pytest.mark.parametrize("base", ["python:3.13-slim", "python:3.13-alpine", "example.org/python:3.13"])
def test_a_slim_base_image_is_made_without(base: str) -> None:
    """The twin: what the original lacks nobody installs for it."""
    outcome = _python("RUN true", "git", base)
    assert not isinstance(outcome, Rewritten) or "openssh-client" not in outcome.after


@pytest.mark.parametrize(("program", "known"), [("git", True), ("unzip", False)])
def test_an_image_that_is_made_of_less(program: str, *, known: bool) -> None:
    """Go's image has git, and no unzip."""
    text = 'FROM golang:1.24-bookworm\nWORKDIR /a\nCOPY . .\nRUN go build -o /b\nCMD ["/b"]\n'
    source = f'package main\nimport "os/exec"\nfunc main() {{ exec.Command("{program}", "-h").Run() }}\n'
    files = {"main.go": source.encode(), "go.mod": b"module e.org/a\ngo 1.24\n"}
    outcome = slim(text, MemoryContext(files), Options(target="debian:bookworm-slim"))
    installs = isinstance(outcome, Rewritten) and "install -y --no-install-recommends git" in outcome.after
    assert installs is known


@pytest.mark.parametrize("program", ["git", "unzip"])
def test_an_image_that_is_made_of_all(program: str) -> None:
    """The twin: gcc's has both."""
    outcome = starts(program, "RUN true", "gcc:14-trixie", target="debian:trixie-slim")
    assert isinstance(outcome, Rewritten)
    assert f"install -y --no-install-recommends {program}" in outcome.after


def test_a_link_is_of_the_package_that_has_the_program() -> None:
    """What it leads to may be of a library's package, which brings no program of that name."""
    files = {"/usr/bin/python3": 0, "/usr/local/bin/python3": 0, "/usr/sbin/tool-update": 1, "/app/a.py": 2}
    owners = {"/usr/bin/tool": "toolbox", "/usr/sbin/tool-update": "libtool6"}
    whole = contents(files, instructions=(1, 2), packages=owners, links={"/usr/bin/tool": "/usr/sbin/tool-update"})
    text = "FROM python:3.13\nRUN apt-get install -y own-name\nCOPY a.py /app/\nWORKDIR /app\n"
    outcome = slim(
        text + 'CMD ["python3", "a.py"]\n',
        MemoryContext({"a.py": b"import subprocess\nsubprocess.run(['tool'])\n"}),
        Options(target="python:3.13-slim", evidence=Evidence(whole)),
    )
    assert isinstance(outcome, Rewritten), outcome
    assert "install -y --no-install-recommends toolbox &&" in outcome.after or "install -y toolbox &&" in outcome.after
    assert "libtool6" not in outcome.after


@pytest.mark.parametrize(
    ("author", "line"),
    [
        (("-y",), "apt-get install -y served tool"),
        (("-y", "--no-install-recommends"), "apt-get install -y --no-install-recommends served tool"),
    ],
)
def test_recommended_packages_come_again_where_the_author_had_them(author: tuple[str, ...], line: str) -> None:
    """Settings of theirs go along, and would name what is not there."""
    named = Installed("apt", author, ("served",), "served", "the entry starts served", None)
    asked = Installed("apt", ("-y", "--no-install-recommends"), ("tool",), "tool", "a run started tool", None)
    assert line in install_lines((named, asked))[0].text
    assert line.replace("served tool", "tool served") in install_lines((asked, named))[0].text
