"""Packages that a file installs by name, as each manager takes them."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Project
from imgslim.service import Options, read_project
from imgslim.syntax import read
from imgslim.toolchains.installed import installed


@pytest.mark.parametrize(
    ("steps", "names"),
    [
        ("apt-get update && apt-get install -y --no-install-recommends a=1.2 b", ["a", "b"]),
        ("apk add --no-cache a~1.2 'b>=3' c@edge", ["a", "b"]),
        ("apk --no-cache --virtual .x add a b", ["a", "b"]),
        ("apk add -t .x a && apk add b && apk del .x", ["b"]),
        ("apk add a b && apk del a", ["b"]),
        ("apk add -X http://example.org a", []),
        ("dnf install -y nodejs-18.19.0 python3-3.9.16-1.el9 java-17-openjdk java-1.8.0-openjdk-devel",
         ["nodejs", "python3", "java-17-openjdk", "java-1.8.0-openjdk-devel"]),
        ("microdnf -y install ruby.x86_64 python3.11", ["ruby", "python3.11"]),
        ("yum install -y @nodejs:20 nodejs:20 ./a.rpm https://example.org/b.rpm perl-* c", ["c"]),
        ("dnf module install -y nodejs:20", []),
        ("dnf --enablerepo=crb install -y a", []),
        ("dnf install -y --setopt=install_weak_deps=False a", ["a"]),
        ("dnf install -y a b && dnf remove -y a", ["b"]),
        ("yum install -y a && yum erase -y a", []),
    ],
)  # fmt: skip
def test_names(steps: str, names: list[str]) -> None:
    """Without versions and machines; none of another source, and none that went again."""
    found = read_project(read(f"FROM debian:12\nRUN {steps}\nCMD x\n"), MemoryContext({}), Options())
    assert isinstance(found, Project)
    assert list(installed(found)) == names
