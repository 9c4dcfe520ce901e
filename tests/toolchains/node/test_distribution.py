"""Node.js as a package of Debian, Ubuntu or Alpine: the same package is installed again."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.evidence import Evidence
from imgslim.model import Application, Declined, Project, Rewritten
from imgslim.service import Options, read_project, slim
from imgslim.syntax import read
from imgslim.toolchains.node import TOOLCHAIN
from tests.evidence_kit import contents
from tests.toolchains.node.support import package

_LINE = "RUN apt-get update && apt-get install -y --no-install-recommends"


def installed(
    packages: str,
    source: str = "",
    *,
    cmd: str = "node app.js",
    base: str = "debian:bookworm",
    more: str = "",
    parts: dict[str, object] | None = None,
) -> list[str] | str:
    """The packages that the run-time stage installs; of a refusal its reason."""
    text = f"FROM {base}\nRUN apt-get update && apt-get install -y {packages}\n{more}WORKDIR /app\nCOPY . .\n"
    files = {"app.js": source, "package.json": package(**(parts or {}))}
    outcome = slim(f"{text}CMD {cmd}\n", MemoryContext(files))
    if isinstance(outcome, Declined):
        return outcome.reason
    assert isinstance(outcome, Rewritten), outcome
    lines = [one for one in outcome.after.split("\n") if one.startswith(_LINE)]
    return [word for one in lines for word in one.removeprefix(_LINE).partition("&&")[0].split()]


@pytest.mark.parametrize(
    ("packages", "found"),
    [
        ("nodejs", ["nodejs"]),
        ("npm", ["nodejs"]),
        ("nodejs npm build-essential", ["nodejs"]),
        ("nodejs node-express", ["nodejs", "node-express"]),
        # Twins: no node at all, or one of another source.
        ("curl", "needs-command"),
        (
            "curl && curl https://deb.nodesource.com/setup_20.x | bash - && apt-get install -y nodejs",
            "needs-command",
        ),
    ],
)
@pytest.mark.parametrize("base", ["debian:bookworm", "ubuntu:22.04"])
def test_what_is_installed_again(base: str, packages: str, found: list[str] | str) -> None:
    """What only the build needs is not, npm among it."""
    assert installed(packages, base=base) == found


@pytest.mark.parametrize(
    ("source", "parts", "found"),
    [
        ('require("semver");', {}, ["nodejs", "npm"]),
        ('require("semver");', {"dependencies": {"semver": "7"}}, ["nodejs"]),
        ('require("fs"); require("./app.js");', {}, ["nodejs"]),
    ],
)
def test_packages_that_npm_brings(source: str, parts: dict[str, object], found: list[str]) -> None:
    """They lie where the distribution's node looks, and a program may load them without a word of it."""
    assert installed("nodejs npm", source, parts=parts) == found


def test_npm_that_starts_the_program() -> None:
    """It is a package of its own there."""
    scripts = {"start": "node app.js", "prestart": "echo ready"}
    assert installed("nodejs npm", cmd='["npm", "start"]', parts={"scripts": scripts}) == ["nodejs", "npm"]
    assert installed("npm", cmd='["npm", "start"]', parts={"scripts": {"start": "node app.js"}}) == ["nodejs"]


@pytest.mark.parametrize(("base", "found"), [("debian:bookworm", ["nodejs"]), ("fedora:40", "entry-not-built")])
def test_programs_for_the_whole_machine(base: str, found: list[str] | str) -> None:
    """Debian's npm puts them into /usr/local; where others do only an image shows."""
    assert installed("npm", cmd='["serve", "."]', base=base, more="RUN npm install -g serve\n") == found


@pytest.mark.parametrize(
    ("base", "source", "there", "library"),
    [
        ("debian:12", 'require("semver");', "/usr/share/nodejs/semver/index.js", ["/usr/share/nodejs"]),
        (
            "debian:12",
            'require("semver");',
            "/usr/lib/x86_64-linux-gnu/nodejs/a.node",
            ["/usr/lib/*-linux-gnu*/nodejs"],
        ),
        # Twins: it loads none but its own, none is there, or node is not the distribution's.
        ("debian:12", 'require("fs");', "/usr/share/nodejs/semver/index.js", []),
        ("debian:12", 'require("semver");', "/usr/share/doc/semver", []),
        ("node:20", 'require("semver");', "/usr/share/nodejs/semver/index.js", []),
    ],
)
def test_modules_of_packages_go_along_with_a_node_that_does(
    base: str, source: str, there: str, library: list[str]
) -> None:
    """What a run did not load yet may be asked for later."""
    install = "RUN apt-get update && apt-get install -y nodejs node-semver\n" if base == "debian:12" else ""
    text = f"FROM {base}\n{install}WORKDIR /app\nCOPY . .\nCMD node app.js\n"
    built = contents({there: 1, "/usr/bin/node": 1, "/app/app.js": 2}, instructions=(1, 3))
    files: dict[str, bytes | str] = {"app.js": source, "package.json": package()}
    found = read_project(read(text), MemoryContext(files), Options(evidence=Evidence(built)))
    assert isinstance(found, Project)
    answer = TOOLCHAIN.runs(("node", "app.js"), "/app", found)
    assert isinstance(answer, Application), answer
    assert [tree.path for tree in answer.library or ()] == library


def of_apk(
    add: str, *, base: str = "alpine:3.19", cmd: str = "node app.js", more: str = "", scripts: object = None
) -> list[str] | str:
    """The same of Alpine: the packages, or the refusal's message."""
    text = f"FROM {base}\nRUN apk {add}\n{more}WORKDIR /app\nCOPY . .\nCMD {cmd}\n"
    files = {"app.js": "", "package.json": package(scripts=scripts or {})}
    outcome = slim(text, MemoryContext(files))
    if isinstance(outcome, Declined):
        return outcome.message
    assert isinstance(outcome, Rewritten), outcome
    added = next(line for line in outcome.after.split("\nFROM ")[1].split("\n") if line.startswith("RUN apk add"))
    return added.removeprefix("RUN apk add --no-cache ").partition(" && ")[0].split()


@pytest.mark.parametrize(
    ("add", "found"),
    [
        ("add --no-cache nodejs npm", ["nodejs"]),
        ("--no-cache add nodejs=20.15.1-r0 gcc", ["nodejs"]),
        ("add nodejs-current npm python3 make g++", ["nodejs-current"]),
        # Which of Alpine's nodes npm asks for is apk's to choose.
        ("add npm gcc", ["npm"]),
        ("add --virtual .kept nodejs && apk add gcc", ["nodejs"]),
    ],
)
@pytest.mark.parametrize("base", ["alpine:3.19", "alpine", "golang:1.22-alpine3.19"])
def test_what_alpine_installs_again(base: str, add: str, found: list[str]) -> None:
    """Node alone, where the file names it."""
    assert of_apk(add, base=base) == found


@pytest.mark.parametrize(
    ("add", "why"),
    [
        ("add gcc", "no step is known to install it"),
        ("add nodejs@edge npm@edge", "no step is known to install it"),
        ("add -X http://example.org/edge nodejs", "no step is known to install it"),
        ("add --virtual .build nodejs && apk del .build", "no step is known to install it"),
        ("add -t .build nodejs && apk del --purge .build", "no step is known to install it"),
        ("add --virtual=.build nodejs && apk del .build", "no step is known to install it"),
        ("add nodejs && apk del nodejs", "no step is known to install it"),
        ("add --repository=http://example.org/edge nodejs", "other sources"),
        ("add nodejs && echo http://example.org/edge >> /etc/apk/repositories", "other sources"),
    ],
)
def test_what_alpine_does_not(add: str, why: str) -> None:
    """What was taken away again, or comes from elsewhere, is not the distribution's; the refusal says which."""
    found = of_apk(add)
    assert isinstance(found, str)
    assert "alpine:3.19 has none" in found
    assert why in found


def test_npm_of_alpine_that_starts_the_program() -> None:
    """It is a package of its own there, too."""
    scripts = {"start": "node app.js", "prestart": "echo ready"}
    assert of_apk("add nodejs npm gcc", cmd='["npm", "start"]', scripts=scripts) == ["nodejs", "npm"]
    assert of_apk("add nodejs npm gcc", cmd='["npm", "start"]', scripts={"start": "node app.js"}) == ["nodejs"]
    assert of_apk("add nodejs yarn gcc", cmd='["yarn", "start"]', scripts=scripts) == ["nodejs", "yarn"]
    assert of_apk("add yarn gcc", cmd="node app.js") == ["yarn"]


@pytest.mark.parametrize(
    ("base", "prefix"),
    [
        ("alpine:3.15", "/usr/local"),
        ("alpine", "/usr/local"),
        ("alpine:3.13", "/usr"),
        # Both were npm's setting in the time of this release, and which one a moving tag has nobody says.
        ("alpine:3.14", ""),
        ("alpine:edge", ""),
    ],
)
def test_where_npm_of_alpine_installs_for_the_whole_machine(base: str, prefix: str) -> None:
    """As the npmrc of its package says, which changed."""
    text = f"FROM {base}\nRUN apk add nodejs npm gcc\nRUN npm install -g serve\nWORKDIR /a\nCOPY . .\nCMD serve .\n"
    outcome = slim(text, MemoryContext({"app.js": "", "package.json": package()}))
    if not prefix:
        assert getattr(outcome, "reason", "") == "entry-not-built"
        return
    assert isinstance(outcome, Rewritten), outcome
    assert f"{prefix}/lib/node_modules/serve {prefix}/lib/node_modules/serve\n" in outcome.after
