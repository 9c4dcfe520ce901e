"""One migration with a real engine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import imgslim
from tests.migrate.trees import git, repository, service

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """\
#include <stdio.h>
#include <stdlib.h>
int main(int n, char **words) { printf("%s\\n", NAME); return n > 1 ? OTHER : 0; }
"""


@pytest.mark.engine
@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("other", "target", "written"),
    [
        ("atoi(words[1])", "busybox:glibc", "written"),
        # What it starts is computed, and no run showed it.
        ("system(words[1])", "debian:bookworm-slim", "it rests on assumptions (--unsafe writes it)"),
    ],
)
def test_end_to_end(tmp_path: Path, other: str, target: str, written: str) -> None:
    """Two builds of one file with other arguments are both built and run; what both prove is written and committed."""
    text = (
        'FROM gcc:12\nARG NAME\nCOPY hello.c .\nRUN gcc -DNAME=\\"$NAME\\" -o /app hello.c\nLABEL by=me\nCMD ["/app"]\n'
    )
    compose = "services:\n  a: {build: {context: api, args: {NAME: a}}, command: sh -c /app}\n"
    compose += "  b: {build: {context: api, args: {NAME: b}}}\n"
    tree = repository(
        tmp_path / "tree", {**service("api", text, PROGRAM.replace("OTHER", other)), "compose.yaml": compose}
    )
    done = imgslim("migrate", tree, "--jobs", "1", "--verify", "--write", "--format", "json")
    (one,) = json.loads(done.text)["files"]
    assert one["written"] == written, done.message
    assert one["outcome"]["target"] == target
    assert [build["args"] for build in one["builds"]] == [{"NAME": "a"}, {"NAME": "b"}]
    proven = written == "written"
    assert ("which program that is was not followed" in done.message) is not proven
    assert (one["outcome"]["verdict"] is not None) is proven
    if not proven:
        return
    assert (done.code, one["outcome"]["verdict"]["status"], one["outcome"]["assumptions"]) == (0, "holds", [])
    assert git(tree, "diff", "--name-only") == "api/Dockerfile\n"
