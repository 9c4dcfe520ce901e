"""Node.js as a package of Debian or Ubuntu: the same package is installed again."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Declined, Rewritten
from imgslim.service import slim
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


@pytest.mark.parametrize(("base", "found"), [("debian:bookworm", ["nodejs"]), ("alpine:3.19", "entry-not-built")])
def test_programs_for_the_whole_machine(base: str, found: list[str] | str) -> None:
    """Debian's npm puts them into /usr/local; where others do only an image shows."""
    assert installed("npm", cmd='["serve", "."]', base=base, more="RUN npm install -g serve\n") == found
