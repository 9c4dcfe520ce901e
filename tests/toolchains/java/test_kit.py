"""Whether the build stage has a jlink: by the image's name, its variables, what steps install, and the built image."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.evidence import Access, Evidence
from imgslim.model import Declined, Project, Rewritten
from imgslim.records import replace
from imgslim.service import Options, slim
from imgslim.toolchains.java.kit import has_jlink, machine, release
from tests.evidence_kit import contents, elf, run
from tests.toolchains.java.support import HELLO, read


def _project(base: str, extra: str = "") -> Project:
    return read(f'FROM {base}\n{extra}CMD ["java"]\n', {})


@pytest.mark.parametrize(
    ("base", "found"),
    [
        ("maven:3.6.3-adoptopenjdk-8", 8),
        ("maven:3-jdk-8", 8),
        ("gradle:4.10-jdk8", 8),
        ("openjdk:8u212-jdk-alpine", 8),
        ("openjdk:alpine", 8),
        ("java:8", 8),
        ("bitnami/java:1.8", 8),
        ("adoptopenjdk/openjdk8:alpine", 8),
        ("anapsix/alpine-java:8_jdk", 8),
        ("ibm-semeru-runtimes:open-8-jdk", 8),
        ("ghcr.io/graalvm/graalvm-ce:java8-21.0", 8),
        ("registry.access.redhat.com/redhat-openjdk-18/openjdk18-openshift", 8),
        ("hseeberger/scala-sbt:8u222_1.3.5_2.13.1", 8),
        ("maven:3.6.3-adoptopenjdk-11", 11),
        ("gradle:8-jdk17", 17),
        ("amazoncorretto:21-alpine", 21),
        ("azul/zulu-openjdk-debian:11", 11),
        ("sbtscala/scala-sbt:eclipse-temurin-jammy-17.0.10_7_1.9.9_3.4.0", 17),
        ("oracle/graalvm-ce:20.1.0-java11", 11),
        ("maven:3.9", 9),
        ("openjdk", 9),
        ("maven:3.6", None),
        ("openjdk:stretch", None),
        ("amazoncorretto", None),
        ("gradle:8.5", 9),
        ("gradle:7", None),
        ("example/java-app:12", None),
        ("hseeberger/scala-sbt:11.0.6_1.3.9_2.13.1", None),
    ],
)
def test_the_release_that_a_name_says(base: str, found: int | None) -> None:
    """Each maker's tags have a form of their own; another number is none of Java's. A moving tag says "past 8"."""
    project = _project(base)
    assert release(project) == found
    assert has_jlink(project) is (found is not None and found > 8)


@pytest.mark.parametrize(
    ("base", "extra", "there"),
    [
        ("debian:bookworm", "RUN apt-get install -y openjdk-17-jdk-headless\n", True),
        ("debian:bookworm", "RUN apt-get install -y default-jdk\n", True),
        ("debian:stretch", "RUN apt-get install -y default-jdk\n", False),
        ("ubuntu:16.04", "RUN apt-get install -y openjdk-8-jdk\n", False),
        ("example/base:1", "RUN apt-get install -y default-jdk\n", False),
        ("debian:bookworm", "RUN apt-get install -y openjdk-17-jre-headless\n", False),
        ("alpine:3.19", "RUN apk add openjdk17-jdk\n", True),
        ("alpine:3.19", "RUN apk add openjdk8=8.402.06-r0\n", False),
        ("fedora:39", "RUN dnf install -y java-17-openjdk-devel\n", False),
        ("fedora:39", "RUN dnf install -y java-17-openjdk-devel java-17-openjdk-jmods\n", True),
        ("eclipse-temurin:17-jre", "", False),
        ("gcr.io/distroless/java17-debian12", "", False),
        ("registry.access.redhat.com/ubi8/openjdk-17:1.14", "", False),
        ("example/base:1", "ENV JAVA_VERSION=jdk-17.0.2+8\n", True),
        ("example/base:1", "ENV JAVA_VERSION=jdk8u302-b08\n", False),
        ("example/base:1", "ENV JAVA_HOME=/usr/lib/jvm/java-1.8.0-amazon-corretto/jre\n", False),
        ("example/base:1", "ENV JAVA_HOME=/opt/jdk-11.0.2\n", True),
    ],
)
def test_what_else_says_it(base: str, extra: str, *, there: bool) -> None:
    """Packages and variables; a run-time environment has no jlink, and some kits have the modules apart."""
    assert has_jlink(_project(base, extra)) is there


_HOME = "/opt/java"


@pytest.mark.parametrize(
    ("version", "files", "there"),
    [
        ("17.0.2", ("bin/jlink", "jmods/java.base.jmod"), True),
        ("17.0.2", ("bin/jlink",), False),
        ("17.0.2", ("bin/java",), False),
        ("24.0.1", ("bin/jlink",), True),
    ],
)
def test_a_built_image_shows_it(version: str, files: tuple[str, ...], *, there: bool) -> None:
    """What lies there counts, whatever the name says."""
    project = _project("maven:3-jdk-8", f"ENV JAVA_VERSION={version} PATH={_HOME}/bin:/bin\n")
    built = contents(dict.fromkeys((f"{_HOME}/{name}" for name in files), 0))
    assert has_jlink(replace(project, evidence=Evidence(built=built))) is there


@pytest.mark.parametrize(
    ("files", "links", "tree"),
    [
        (("lib/modules",), {}, _HOME),
        (("jre/lib/rt.jar", "lib/tools.jar"), {}, f"{_HOME}/jre"),
        (("lib/modules", "lib/a"), {f"{_HOME}/lib/b": "a"}, _HOME),
        (("lib/modules",), {f"{_HOME}/conf": "/etc/java-17-openjdk"}, ""),
        (("lib/other",), {}, ""),
    ],
)
def test_a_machine_that_goes_along_as_it_is(files: tuple[str, ...], links: dict[str, str], tree: str) -> None:
    """All of it lies in one folder; where settings lie elsewhere, it stays."""
    project = _project("example/base", f"ENV PATH={_HOME}/bin:/bin\n")
    paths = (f"{_HOME}/bin/java", "/etc/java-17-openjdk/a", *(f"{_HOME}/{name}" for name in files))
    built = contents(dict.fromkeys(paths, 0), links=links)
    found = machine(replace(project, evidence=Evidence(built=built)), "java")
    assert (found[0].path if found else "") == tree
    assert machine(project, "java") is None, "nobody looked"


def _outcome(evidence: Evidence, class_path: str = ".") -> Rewritten | Declined:
    text = (
        f"FROM maven:3.6.3-adoptopenjdk-8\nENV PATH={_HOME}/bin:/bin\nWORKDIR /src\nCOPY . .\nRUN javac Hello.java\n"
        f'ENTRYPOINT ["java", "-cp", "{class_path}", "Hello"]\n'
    )
    outcome = slim(
        text, MemoryContext({"Hello.java": HELLO, "a.jar": "PK"}), Options(target="scratch", evidence=evidence)
    )
    assert isinstance(outcome, Rewritten | Declined), outcome
    return outcome


def test_java_8_goes_along_once_a_run_was_watched() -> None:
    """Reading declines, since nothing makes a smaller machine; a built image has one that was seen at work."""
    read_only = _outcome(Evidence())
    assert isinstance(read_only, Declined)
    assert read_only.reason == "needs-command"
    java = f"{_HOME}/bin/java"
    files = {java: 0, f"{_HOME}/jre/lib/rt.jar": 0, "/src/Hello.java": 1, "/src/Hello.class": 2}
    image = contents(
        files | {"/lib64/ld-linux-x86-64.so.2": 0, "/lib/x86_64-linux-gnu/libc.so.6": 0},
        instructions=(3, 4),
        elves={java: elf("libc.so.6")},
    )
    seen = run({java: Access.EXECUTED, "/src/Hello.class": Access.READ}, (java, "Hello"))
    moved = _outcome(Evidence(built=image, run=seen))
    assert isinstance(moved, Rewritten)
    assert "jlink" not in moved.after
    assert f"COPY --from=build {_HOME}/jre {_HOME}/jre" in moved.after
    assert "libfontconfig" not in moved.after, "all of its code was read, and draws nothing"
    other = _outcome(Evidence(built=image, run=seen), "a.jar:.")
    assert isinstance(other, Rewritten)
    assert f"d=$(find {_HOME}/jre -name libfontmanager.so" in other.after
