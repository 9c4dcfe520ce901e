"""Distributions as builders: what a program that is built on each of them brings along, and where it can't go."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Applicability, Declined, Outcome, Rewritten
from imgslim.service import Options, slim

_C = b'#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n'


def _built(base: str, install: str, build: str = "gcc -o a a.c", target: str = "auto") -> Outcome:
    files = {"a.c": _C, "a.go": b"package main\nfunc main() {}\n", "a.py": b"print(1)\n"}
    text = f'FROM {base}\nRUN {install}\nWORKDIR /src\nCOPY . .\nRUN {build}\nCMD ["./a"]\n'
    return slim(text, MemoryContext(files), Options(target=target))


@pytest.mark.parametrize(
    ("base", "install"),
    [
        ("fedora:40", "dnf install -y gcc"),
        ("centos:7", "yum groupinstall -y 'Development Tools'"),
        ("rockylinux:9", "dnf -y install gcc"),
        ("almalinux:9-minimal", "microdnf install -y gcc"),
        ("amazonlinux:2", "yum install -y gcc"),
        ("amazonlinux:2023", "dnf install -y gcc"),
        ("amazonlinux", "dnf group install -y 'Development Tools'"),
        ("oraclelinux:9", "dnf install -y gcc"),
        ("oraclelinux:8-slim", "microdnf install -y gcc"),
        ("registry.access.redhat.com/ubi9/ubi:9.4", "dnf install -y gcc"),
        ("registry.redhat.io/ubi8/ubi-minimal", "microdnf install -y gcc"),
        ("redhat/ubi10-minimal", "microdnf install -y gcc"),
        ("registry.access.redhat.com/ubi8", "yum install -y gcc"),
    ],
)
def test_packages_of_rpm_bring_no_static_c_library(base: str, install: str) -> None:
    """glibc-static is a package of its own there: the program brings its loader and libraries instead."""
    found = _built(base, install)
    assert isinstance(found, Rewritten)
    assert "gcc -o a a.c" in found.after
    assert "ldd /src/a" in found.after
    assert found.after.split("\nFROM ")[1].startswith("scratch\nCOPY --from=build /runtime/ /\n")


@pytest.mark.parametrize(("base", "known"), [("rockylinux:9", True), ("debian:12", True), ("example.org/rpm:9", False)])
def test_zones_lie_at_one_place(base: str, *, known: bool) -> None:
    """Every known distribution has them there, if at all; of another image that is an assumption."""
    source = b"#include <time.h>\nint main(void) { time_t t = 0; return localtime(&t)->tm_hour; }\n"
    text = f'FROM {base}\nWORKDIR /\nENTRYPOINT []\nRUN dnf install -y gcc\nCOPY a.c .\nRUN gcc -o /a a.c\nCMD ["/a"]\n'
    found = slim(text, MemoryContext({"a.c": source}), Options(target="scratch"))
    assert isinstance(found, Rewritten)
    assert ("/usr/share/zoneinfo" in found.after) is known
    assert ("time-zones-unproven" in {a.reason for a in found.plan.assumptions}) is not known


@pytest.mark.parametrize("base", ["alpine:3.20", "alpine"])
def test_what_musl_links_never_goes_to_glibc_unless_static(base: str) -> None:
    """A static program may; one that is not finds no loader there."""
    install = "apk add --no-cache --virtual .build-deps gcc musl-dev"
    found = _built(base, install, "gcc -o a a.c && apk del .build-deps")
    assert isinstance(found, Rewritten)
    assert "RUN gcc -static -o a a.c && apk del .build-deps" in found.after
    for target in ("debian-slim", "ubuntu", "busybox:glibc", "distroless-cc", "almalinux:9"):
        shared = _built(base, install, "gcc -shared -o liba.so a.c && gcc -o a a.c -L. -la", target)
        assert isinstance(shared, Declined) or "/lib/ld-musl" in shared.after or "cp -L" in shared.after  # type: ignore[union-attr]


@pytest.mark.parametrize("install", ["dnf install -y golang", "yum install -y golang", "microdnf install -y golang"])
def test_go_is_the_same_everywhere(install: str) -> None:
    """A program without cgo asks for nothing of the distribution."""
    found = _built("amazonlinux:2023", install, "CGO_ENABLED=0 go build -o a a.go")
    assert isinstance(found, Rewritten)
    assert (found.plan.target.reference, found.plan.applicability) == ("scratch", Applicability.SAFE)
    assert "ldd" not in found.after


@pytest.mark.parametrize(
    "base", ["amazonlinux:2017.09", "amazonlinux:1999", "registry.access.redhat.com/ubi9/python-311"]
)
def test_releases_that_no_table_has(base: str) -> None:
    """They are no image that is known."""
    assert getattr(_built(base, "yum install -y gcc"), "reason", "") == "unknown-base"


def test_an_interpreter_of_packages_of_rpm() -> None:
    """Installed again; of a base that is not known to have it, declined, with what starts it."""
    text = "FROM fedora:40\nRUN dnf install -y python3 gcc\nWORKDIR /a\nCOPY . .\nCMD python3 a.py\n"
    assert isinstance(slim(text, MemoryContext({"a.py": b"print(1)\n"})), Rewritten)
    found = slim(text.replace("python3 gcc", "gcc"), MemoryContext({"a.py": b"print(1)\n"}))
    assert isinstance(found, Declined)
    assert (found.reason, "python3 a.py" in found.message) == ("needs-command", True)
    apt = text.replace("fedora:40", "debian:12").replace("dnf", "apt-get")
    assert isinstance(slim(apt, MemoryContext({"a.py": b"print(1)\n"})), Rewritten)
