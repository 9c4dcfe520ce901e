"""Programs that a program starts: what comes along, what can't, and what the original does not have either."""

from __future__ import annotations

import shlex

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Declined, Outcome, Rewritten
from imgslim.planner.programs import asks_for_modules
from imgslim.service import Options, slim


def starts(line: str, packages: str = "gcc", base: str = "ubuntu:22.04", target: str = "scratch") -> Outcome:
    """The rewrite of a C program that runs ``line`` by system()."""
    install = f"RUN apt-get update && apt-get install -y {packages}\n" if packages else ""
    text = f'FROM {base}\n{install}COPY a.c .\nRUN gcc a.c -o /a\nCMD ["/a"]\n'
    source = f'#include <stdlib.h>\nint main(void) {{ return system("{line}"); }}\n'
    return slim(text, MemoryContext({"a.c": source.encode()}), Options(target=target))


def rewritten(outcome: Outcome) -> tuple[str, list[str]]:
    """The new file and the names of its assumptions."""
    assert isinstance(outcome, Rewritten)
    return outcome.after, [a.reason for a in outcome.plan.assumptions]


@pytest.mark.parametrize(
    ("line", "packages", "base"),
    [
        ("python3 x.py", "gcc python3", "ubuntu:22.04"),
        ("php x.php", "gcc php7.4-cli", "ubuntu:22.04"),
        ("python3 x.py", "", "gcc"),
        ("git log", "", "gcc"),
        ("perl -v", "gcc", "ubuntu:22.04"),
        ("gcc -v", "build-essential", "ubuntu:22.04"),
        ("figlet hello", "gcc figlet", "debian"),
    ],
)
def test_what_reads_more_than_libraries_stays_behind(line: str, packages: str, base: str) -> None:
    """An interpreter without its modules starts and then fails: no plan for an empty base."""
    outcome = starts(line, packages, base)
    assert isinstance(outcome, Declined)
    assert outcome.reason == "needs-command"


@pytest.mark.parametrize("target", ["scratch", "busybox:glibc", "ubuntu:22.04"])
def test_what_the_original_lacks_is_not_missed(target: str) -> None:
    """Nothing installs it: the program does not find it there either, and the build stops where that is not so."""
    after, reasons = rewritten(starts("cls; pause3 x.py", target=target))
    assert "if which cls pause3 | grep .; then exit 1; fi" in after
    assert reasons == []


def test_what_the_entry_starts_is_there() -> None:
    """The original starts: its wrapper is in the image, wherever it came from."""
    text = 'FROM ubuntu:22.04\nRUN apt-get install -y gcc\nCOPY a.c .\nRUN gcc a.c -o /a\nCMD ["tini", "--", "/a"]\n'
    outcome = slim(text, MemoryContext({"a.c": b"int main(void) { return 0; }\n"}), Options(target="scratch"))
    assert isinstance(outcome, Declined)
    assert outcome.reason == "needs-command"


def test_a_tool_that_may_be_missing_does_not_stop_the_build() -> None:
    """A health check by curl where nobody installs curl fails before and after; the image builds."""
    text = (
        "FROM ubuntu:22.04\nRUN apt-get install -y gcc\nCOPY a.c .\nRUN gcc a.c -o /a\n"
        'HEALTHCHECK CMD curl http://localhost\nCMD ["/a"]\n'
    )
    context = MemoryContext({"a.c": b"int main(void) { return 0; }\n"})
    after, reasons = rewritten(slim(text, context, Options(target="scratch")))
    assert "which /bin/sh curl > /tmp/tools || true" in after
    assert "ca-certificates" not in after
    assert reasons == []
    assert "which /bin/sh date > /tmp/tools;" in rewritten(starts("date"))[0]


@pytest.mark.parametrize(
    ("line", "packages", "holds", "lacks", "open_ends"),
    [
        ("ls -l", "gcc", "/etc/passwd", "ca-certificates", []),
        ("cat x", "gcc", "which /bin/sh cat", "/etc/passwd", []),
        ("curl https://example.org", "gcc curl ca-certificates", "ca-certificates.crt", "/etc/passwd", []),
        ("curl http://example.org", "gcc curl ca-certificates", "curl", "ca-certificates.crt", []),
        ("clear", "gcc", "/lib/terminfo", "/etc/passwd", []),
    ],
)
def test_what_a_tool_reads_of_the_image(line: str, packages: str, holds: str, lacks: str, open_ends: list[str]) -> None:
    """User names, trust stores and terminals are needs of the program that starts the tool."""
    after, reasons = rewritten(starts(line, packages))
    runtime = after.split("\nFROM ubuntu")[-1].split("RUN set -e", 1)[1]
    assert holds in runtime
    assert lacks not in runtime
    assert reasons == open_ends


def test_what_debian_images_do_not_have() -> None:
    """Ps and kill are procps', which Debian's images leave out: it is installed again where a step installed it."""
    again, reasons = rewritten(starts("ps", "gcc procps", "debian:12", "debian:12-slim"))
    assert "install -y procps" in again.split("\nFROM ")[1]
    assert not reasons
    without, _ = rewritten(starts("ps", "gcc", "debian:12", "debian:12-slim"))
    assert "if which ps; then exit 1; fi" in without
    assert "which /bin/sh ps" in rewritten(starts("ps", "gcc procps", "debian:12"))[0]


def test_a_library_that_drives_terminals_is_opened_by_name() -> None:
    """Its descriptions go along, as for one that is linked; not for another library."""

    def after(library: str) -> str:
        main = f'#include <dlfcn.h>\nint main(void) {{ return !dlopen("{library}", 1); }}\n'
        text = 'FROM gcc:13\nCOPY a.c .\nRUN gcc a.c -o /a\nCMD ["/a"]\n'
        return rewritten(slim(text, MemoryContext({"a.c": main.encode()}), Options(target="scratch")))[0]

    assert "/lib/terminfo" in after("libtinfo.so.6")
    assert "/lib/terminfo" not in after("libz.so.1")


@pytest.mark.parametrize(
    ("base", "tool", "package"),
    [
        ("eclipse-temurin:17-jdk", "curl", "curl"),
        ("eclipse-temurin:21", "wget", "wget"),
        ("maven:3.9-eclipse-temurin-17", "git", "git openssh-client ca-certificates"),
        ("gradle:8-jdk17", "unzip", "unzip"),
        ("openjdk:11", "curl", "curl"),
        ("openjdk:11-slim", "curl", ""),
        ("eclipse-temurin:17-jdk", "unzip", ""),
        ("eclipse-temurin:17-jdk-alpine", "curl", ""),
        ("maven:3.8-openjdk-17", "curl", ""),
    ],
)
def test_what_images_with_java_have_besides(base: str, tool: str, package: str) -> None:
    """A health check's program is installed where the base image is known to have it, and only there."""
    source = b"public class A { public static void main(String[] a) throws Exception { Thread.sleep(1000); } }"
    text = f'FROM {base}\nWORKDIR /app\nCOPY . .\nRUN javac A.java\nHEALTHCHECK CMD {tool} x\nCMD ["java", "A"]\n'
    outcome = slim(text, MemoryContext({"A.java": source}))
    installs = isinstance(outcome, Rewritten) and f"install -y --no-install-recommends {package}" in outcome.after
    assert installs if package else not isinstance(outcome, Rewritten) or "apt-get" not in outcome.after


@pytest.mark.parametrize(
    ("line", "more"),
    [
        ("perl -e 1", False),
        ("perl -MList::Util=sum -ne 'print sum(1)'", False),
        ("perl -e 'use strict; use POSIX qw(floor);' x", False),
        ("perl -i -pe s/a/b/ file", False),
        ("perl -MJSON::PP -e 1", True),
        ("perl -e 'use Time::Piece;'", True),
        ("perl tool.pl", True),
    ],
)
def test_what_perl_is_asked_for(line: str, more: bool) -> None:  # noqa: FBT001
    """The essential package holds few modules; the builder has all of them, and the target gets them again."""
    assert asks_for_modules(tuple(shlex.split(line))) is more
    text = 'FROM gcc:12-bookworm\nWORKDIR /app\nCOPY . .\nRUN gcc -o a a.c\nENTRYPOINT ["/app/entry.sh"]\n'
    files = {"a.c": b"int main(void) { return 0; }\n", "entry.sh": f"#!/bin/sh\n{line}\n./a\n".encode()}
    after, reasons = rewritten(slim(text, MemoryContext(files), Options(target="debian:bookworm-slim")))
    assert ("install -y --no-install-recommends perl " in after) is more
    # What a file of its starts was not read.
    assert ("commands-unproven" in reasons) is line.endswith(".pl")
