"""What nobody could read is never called safe."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Applicability, Declined, Rewritten
from imgslim.service import slim


def _reasons(text: str, files: dict[str, bytes] | None = None) -> list[str]:
    found = slim(text, MemoryContext(files) if files is not None else None)
    assert isinstance(found, Rewritten), found
    return [a.reason for a in found.plan.assumptions]


_SERVES = "FROM python:3.12\nWORKDIR /srv/x\n{}CMD python -m http.server\n"


def test_a_build_context_that_nobody_read() -> None:
    """A file of it may be whatever the program reads or starts; without a COPY from it there is none."""
    assert _reasons(_SERVES.format("COPY a.html .\n"))[-1] == "sources-unread"
    assert _reasons(_SERVES.format("COPY a.html .\n"), {"a.html": b""}) == []
    for none in ("", "ADD https://x.org/a.html .\n"):
        assert _reasons(_SERVES.format(none)) == []


def test_the_place_of_a_context_that_nobody_read() -> None:
    """It is the first instruction that takes something out of it."""
    text = _SERVES.format("ADD https://x.org/a .\nCOPY a.html .\n")
    found = slim(text)
    assert isinstance(found, Rewritten)
    one = found.plan.assumptions[-1]
    assert one.span is not None
    assert one.span.of(text) == "COPY a.html ."


@pytest.mark.parametrize("program", ["http.server", "SimpleHTTPServer"])
def test_a_server_of_the_root_folder(program: str) -> None:
    """It gives out files that no rule takes along; in a folder of its own all of them go along."""
    text = f"FROM python:3.6\nRUN echo hej > hej.txt\nCMD python -m {program} && echo\n"
    assert _reasons(text) == ["data-files-unproven"]
    assert _reasons(text.replace("RUN", "WORKDIR /srv/x\nRUN")) == []


def test_ruby_serves_its_folder() -> None:
    """un.rb works on whatever lies there."""
    text = 'FROM ruby:3.3\nWORKDIR /srv/x\nCMD ["ruby", "{}", "httpd"]\n'
    assert _reasons(text.format('-run", "-e')) == ["data-files-unproven"]


def test_a_module_that_is_nowhere() -> None:
    """Neither of the context nor of Python itself; where packages were installed, that they are unread is said once."""
    text = "FROM python:3.12\nWORKDIR /srv/x\nCOPY a.py .\n{}CMD python -m {}\n"
    files = {"a.py": b"print(1)\n"}
    assert _reasons(text.format("", "bot"), files) == ["sources-unread"]
    assert _reasons(text.format("", "a"), files) == []
    assert _reasons(text.format("", "smtpd"), files) == []
    assert _reasons(text.format("RUN pip install bot\n", "bot"), files) == ["sources-unread"]


def test_what_node_runs_was_fetched() -> None:
    """A package that only an install by name tells of was read by nobody."""
    text = 'FROM node:20\nWORKDIR /a\nRUN {} npm install x\nCMD ["npm", "start"]\n'
    assert _reasons(text.format("git clone https://x.org/a . &&"), {})[-1] == "sources-unread"
    files = {"package.json": b'{"scripts": {"start": "node a.js"}}', "a.js": b"console.log(1)\n"}
    assert "sources-unread" not in _reasons(text.format("").replace("RUN", "COPY . .\nRUN"), files)


def test_linked_packages() -> None:
    """They lie beside the program's own folder."""
    text = 'FROM node:20\nWORKDIR /a/b\nCOPY . .\nRUN npm install && {}\nCMD ["node", "a.js"]\n'
    files = {"package.json": b"{}", "a.js": b"require('c')\n"}
    answer = slim(text.format("npm link c"), MemoryContext(files))
    assert isinstance(answer, Declined)
    assert answer.message.startswith("node link leads") or "link leads packages" in answer.message
    assert isinstance(slim(text.format("true"), MemoryContext(files)), Rewritten)


@pytest.mark.parametrize("source", ["add-apt-repository ppa:x/y", "apt-add-repository ppa:x/y"])
def test_packages_of_another_source(source: str) -> None:
    """The slim image would install the distribution's package of that name, or none."""
    text = "FROM debian:12\nRUN {}apt-get install -y python3\nWORKDIR /srv/x\nCMD python3 -m http.server\n"
    assert "RUN apt-get update && apt-get install" in getattr(slim(text.format("")), "after", "").split("FROM")[-1]
    assert isinstance(slim(text.format(f"{source} && ")), Declined)


@pytest.mark.parametrize(
    ("given", "wanted"), [("python-pip", "python"), ("python3-pip", "python3"), ("python", "python")]
)
def test_which_python_a_package_brings(given: str, wanted: str) -> None:
    """Without python3 among them, the distribution's packages of Python are those of 2.7."""
    text = f"FROM ubuntu:18.04\nRUN apt-get install -y {given}\nWORKDIR /srv/x\nCMD {wanted} -m http.server\n"
    after = getattr(slim(text), "after", "").split("FROM")[-1]
    assert f"--no-install-recommends {wanted} &&" in after
    assert f"which /usr/bin/{wanted}" in after


def test_a_download_that_may_be_gone() -> None:
    """A COPY of what a later step takes away, or may, would stop the build."""
    text = "FROM python:3.12\nADD https://x.org/a.zip /a.zip\n{}WORKDIR /srv/x\nCMD python -m http.server\n"
    for step, there in (("", True), ("RUN rm /a.zip\n", False), ("RUN true && rm /a.zip || true\n", False)):
        found = slim(text.format(step))
        assert isinstance(found, Rewritten)
        assert ("COPY --from=build /a.zip" in found.after) is there
        assert found.plan.applicability is Applicability.SAFE
