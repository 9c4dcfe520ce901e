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
    ("other", "target", "left"),
    [
        ("atoi(words[1])", "busybox:glibc", []),
        # What it starts is computed, and no run showed it: that stays open.
        ("system(words[1])", "debian:bookworm-slim", ["commands-unproven", "data-files-unproven"]),
    ],
)
def test_end_to_end(tmp_path: Path, other: str, target: str, left: list[str]) -> None:
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
    assert (done.code, one["written"]) == (0, "written"), done.message
    assert one["outcome"]["verdict"]["status"] == "holds"
    assert one["outcome"]["target"] == target
    assert [a["reason"] for a in one["outcome"]["assumptions"]] == left
    assert [build["args"] for build in one["builds"]] == [{"NAME": "a"}, {"NAME": "b"}]
    assert git(tree, "diff", "--name-only") == "api/Dockerfile\n"
