"""What well-known references resolve to: exact where the tag settles it, a range where it does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from imgslim.images import ImageFacts, Libc, UnknownImage, VersionRange, brings, parse_reference, resolve


def facts_of(text: str) -> ImageFacts:
    """The facts of an image that the tables know."""
    facts = resolve(parse_reference(text))
    assert isinstance(facts, ImageFacts), facts
    return facts


@pytest.mark.parametrize(
    ("text", "system", "libc", "workdir"),
    [
        ("golang", "debian bookworm trixie", "2.36-2.41", "/go"),
        ("golang:latest", "debian bookworm trixie", "2.36-2.41", "/go"),
        ("docker.io/library/golang:1.22", "debian bookworm", "2.36", "/go"),
        ("golang:1.22.3-bookworm", "debian bookworm", "2.36", "/go"),
        ("golang:1.20", "debian bullseye bookworm", "2.31-2.36", "/go"),
        ("golang:1.16", "debian buster bullseye", "2.28-2.31", "/go"),
        ("golang:1.12", "debian stretch buster", "2.24-2.28", "/go"),
        ("golang:1.10", "debian stretch", "2.24", "/go"),
        ("golang:1.17-alpine3.14", "alpine 3.14", "1.2.2", "/go"),
        ("golang:1.21-alpine", "alpine 3.18 3.19 3.20", "1.2.4-1.2.5", "/go"),
        ("gcc", "debian bookworm trixie", "2.36-2.41", "/"),
        ("gcc:13.2.0", "debian bookworm", "2.36", "/"),
        ("gcc:12", "debian bullseye bookworm", "2.31-2.36", "/"),
        ("gcc:7", "debian stretch buster", "2.24-2.28", "/"),
        ("buildpack-deps:bookworm", "debian bookworm", "2.36", "/"),
        ("buildpack-deps:jammy", "ubuntu 22.04", "2.35", "/"),
        ("rust:1.75-slim-bookworm", "debian bookworm", "2.36", "/"),
        ("node:20-bookworm", "debian bookworm", "2.36", "/"),
        ("node:20", "debian bullseye bookworm", "2.31-2.36", "/"),
        ("node:16.3.0-buster", "debian buster", "2.28", "/"),
        ("node:18-alpine3.19", "alpine 3.19", "1.2.4", "/"),
        ("python:3.6-stretch", "debian stretch", "2.24", "/"),
        ("python:3.9", "debian buster bullseye bookworm trixie", "2.28-2.41", "/"),
        ("python:3.12-slim-bookworm", "debian bookworm", "2.36", "/"),
        ("ruby:3.2-bookworm", "debian bookworm", "2.36", "/"),
        ("maven:3.9-eclipse-temurin-17", "ubuntu 22.04 24.04", "2.35-2.39", "/"),
        ("eclipse-temurin:17-jdk-jammy", "ubuntu 22.04", "2.35", "/"),
        ("eclipse-temurin:17.0.10_7-jdk-jammy", "ubuntu 22.04", "2.35", "/"),
        ("openjdk:8-jdk-alpine", "alpine 3.4 3.5 3.6 3.7 3.8 3.9", "?", "/"),
        ("openjdk:8u181-jdk-stretch", "debian stretch", "2.24", "/"),
        ("openjdk:17-jdk-slim-buster", "debian buster", "2.28", "/"),
        ("nginx:1.25-bookworm", "debian bookworm", "2.36", "/"),
        ("ubuntu:14.04", "ubuntu 14.04", "2.19", "/"),
        ("ubuntu:xenial", "ubuntu 16.04", "2.23", "/"),
        ("ubuntu:18.04", "ubuntu 18.04", "2.27", "/"),
        ("ubuntu:20.04", "ubuntu 20.04", "2.31", "/"),
        ("ubuntu:22.04", "ubuntu 22.04", "2.35", "/"),
        ("ubuntu:noble", "ubuntu 24.04", "2.39", "/"),
        ("ubuntu", "ubuntu 24.04 26.04", "2.39-2.43", "/"),
        ("ubuntu:19.04", "ubuntu 19.04", "?", "/"),
        ("ubuntu:artful", "ubuntu 17.10", "?", "/"),
        ("rustlang/rust:nightly", "debian bookworm trixie", "2.36-2.41", "/"),
        ("rustlang/rust:nightly-slim", "debian bookworm trixie", "2.36-2.41", "/"),
        ("rustlang/rust:nightly-bullseye", "debian bullseye", "2.31", "/"),
        ("rustlang/rust:nightly-buster-slim", "debian buster", "2.28", "/"),
        ("debian:bookworm-slim", "debian bookworm", "2.36", "/"),
        ("debian:12.5-slim", "debian bookworm", "2.36", "/"),
        ("debian:bookworm-20240513-slim", "debian bookworm", "2.36", "/"),
        ("debian:jessie", "debian jessie", "2.19", "/"),
        ("debian", "debian bookworm trixie", "2.36-2.41", "/"),
        ("debian:trixie-slim", "debian trixie", "2.41", "/"),
        ("alpine:3.20", "alpine 3.20", "1.2.5", "/"),
        ("alpine:3.20.3", "alpine 3.20", "1.2.5", "/"),
        ("alpine:3.4", "alpine 3.4", "?", "/"),
        ("centos:7", "centos 7", "2.17", "/"),
        ("rockylinux:9-minimal", "rockylinux 9", "2.34", "/"),
        ("almalinux:8", "almalinux 8", "2.28", "/"),
        ("fedora:37", "fedora 37", "?", "/"),
        ("busybox:glibc", "busybox", "2.36-2.41", "/"),
        ("busybox:1.28", "busybox", "?", "/"),
        ("gcr.io/distroless/base-debian12", "debian bookworm", "2.36", "/"),
        ("gcr.io/distroless/cc-debian13:nonroot", "debian trixie", "2.41", "/home/nonroot"),
        ("gcr.io/distroless/base", "debian bookworm trixie", "2.36-2.41", "/"),
        ("gcr.io/distroless/static-debian12:debug", "debian bookworm", "?", "/"),
        ("gcr.io/distroless/java21-debian12", "debian bookworm", "2.36", "/"),
        ("gcr.io/distroless/nodejs22-debian13", "debian trixie", "2.41", "/"),
        ("gcr.io/distroless/python3-debian12:latest-amd64", "debian bookworm", "2.36", "/"),
    ],
)
def test_distribution_and_libc(text: str, system: str, libc: str, workdir: str) -> None:
    """Distribution, releases, C library version and WORKDIR of a reference."""
    facts = facts_of(text)
    found = " ".join([str(facts.distribution), *facts.releases])
    version = str(facts.libc_version)
    assert (found, version, facts.workdir) == (system, libc, workdir)
    assert facts.origin == "embedded"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("example.com/team/app:1", "no table"),
        ("bitnami/node:20", "no table"),
        ("golang:1.99", "no tag"),
        ("golang:nanoserver", "Windows"),
        ("golang:1.22-windowsservercore-ltsc2022", "Windows"),
        ("golang@sha256:" + "0a" * 32, "digest without a tag"),
        ("gcr.io/distroless/nothing", "no tag"),
        ("quay.io/library/golang", "no table"),
        ("public.ecr.aws/lambda/python:3.11", "no table"),
        ("mirror.gcr.io/library/bitnami/node", "no table"),
        ("mirror.gcr.io/library/nothing", "no table"),
        ("amd64/nothing", "no table"),
        ("rustlang/rust:1.70", "no tag"),
        ("rustlang/rust", "no tag"),
        ("ghcr.io/rustlang/rust:nightly", "no table"),
        ("rustlang/tools:nightly", "no table"),
        ("ubuntu:19.05", "no tag"),
        ("ghcr.io/astral-sh/uv", "no table"),
        ("ghcr.io/astral-sh/uv:debian-slim", "no table"),
        ("ghcr.io/astral-sh/uv:python3.99-bookworm", "no table"),
        ("ghcr.io/other/uv:python3.12-bookworm", "no table"),
        ("amd64/more/golang", "no table"),
        ("quay.io/amd64/golang", "no table"),
        ("amd65/golang", "no table"),
    ],
)
def test_unknown(text: str, why: str) -> None:
    """An image that is in no table is unknown, and it is said what that forbids."""
    unknown = resolve(parse_reference(text))
    assert isinstance(unknown, UnknownImage)
    assert why in unknown.why
    assert "WORKDIR" in unknown.why


@pytest.mark.parametrize("slim", ["", "-slim"])
def test_an_image_made_of_an_official_one(slim: str) -> None:
    """It has what that has, its own command, and what was added."""
    facts = facts_of(f"ghcr.io/astral-sh/uv:0.8.3-python3.12-bookworm{slim}")
    official = facts_of(f"python:3.12{slim}-bookworm")
    assert facts.tag == official.tag
    assert (facts.cmd, facts.entrypoint) == (("/usr/local/bin/uv",), ())
    assert facts.env == (*official.env, ("UV_TOOL_BIN_DIR", None))
    assert replace(facts, ref=official.ref, official=None, cmd=official.cmd, env=official.env) == official
    assert all(brings(facts, name) for name in ("uv", "/usr/local/bin/uvx", "python3"))
    assert not any(brings(facts, name) for name in ("poetry", "/opt/uv"))
    assert not brings(official, "uv")


def test_digest_beside_a_tag_is_answered_by_the_tag() -> None:
    """A digest pins one of the images that the tag has meant."""
    assert facts_of("debian:bookworm-slim@sha256:" + "0a" * 32).release == "bookworm"


def test_versions_in_variables_are_not_known() -> None:
    """Values that depend on the exact version are not made up; the others stand in the image's order."""
    facts = facts_of("golang:1.22")
    path = "/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    assert facts.env == (("PATH", path), ("GOLANG_VERSION", None), ("GOTOOLCHAIN", "local"), ("GOPATH", "/go"))
    assert facts.env_known


def test_variables_of_some_releases_only_make_the_list_open() -> None:
    """GOTOOLCHAIN came with 1.21's later images: golang:1.21-alpine may or may not have it."""
    facts = facts_of("golang:1.21-alpine")
    assert ("GOTOOLCHAIN", None) in facts.env
    assert not facts.env_known


def test_libc_archives() -> None:
    """Images with a C tool chain have libc.a, the distribution's own don't; of others it is not known."""
    archives = {t: facts_of(t).static_libc for t in ("gcc:12", "golang:1.22", "golang:1.22-alpine", "debian:12")}
    assert archives == {"gcc:12": True, "golang:1.22": True, "golang:1.22-alpine": None, "debian:12": False}
    assert facts_of("python:3.12-slim").static_libc is None, "installed and removed again: what stays is not followed"


def test_entry_points() -> None:
    """Only an entry point that is known to do nothing but exec says so."""
    node, nginx = facts_of("node:20"), facts_of("nginx:1.25")
    assert (node.entrypoint, node.cmd, node.entrypoint_execs_args) == (("docker-entrypoint.sh",), ("node",), True)
    assert nginx.entrypoint_execs_args is False
    assert (nginx.expose, nginx.stopsignal) == (("80/tcp",), "SIGQUIT")
    assert facts_of("node:8").entrypoint is None, "it came during the life of this tag"


def test_busybox() -> None:
    """The three busyboxes: glibc and its modules alone, or nothing for others; the applets are listed."""
    glibc, musl = facts_of("busybox:glibc"), facts_of("busybox:musl")
    assert glibc.libc is Libc.GLIBC
    assert glibc.libraries_complete
    assert {"ld-linux-x86-64.so.2", "libc.so.6", "libm.so.6", "libpthread.so.0", "libresolv.so.2"} <= glibc.libraries
    assert not {"libgcc_s.so.1", "libstdc++.so.6", "libz.so.1", "libdl.so.2"} & glibc.libraries
    assert (musl.libc, musl.libraries, musl.libraries_complete) == (Libc.NONE, frozenset(), True)
    assert {"sh", "date", "wget"} <= glibc.applets & musl.applets
    assert "curl" not in glibc.applets
    assert glibc.applets_complete
    assert [u.name for u in glibc.users][:2] == ["root", "daemon"]
    assert (glibc.tmp, glibc.ca_bundle, glibc.tzdata, glibc.shell, glibc.shell_kind) == (
        True, False, False, "/bin/sh", "ash",
    )  # fmt: skip


def test_distroless() -> None:
    """What each distroless image adds to the one below it."""
    names = ("static", "base-nossl", "base", "cc")
    static, nossl, base, cc = (facts_of(f"gcr.io/distroless/{name}-debian12") for name in names)
    assert (static.libc, static.libraries) == (Libc.NONE, frozenset())
    assert nossl.libraries < base.libraries < cc.libraries
    assert base.libraries - nossl.libraries == {"libssl.so.3", "libcrypto.so.3"}
    assert cc.libraries - base.libraries == {"libgomp.so.1", "libstdc++.so.6", "libgcc_s.so.1"}
    assert (static.has_shell, static.ca_bundle, static.tzdata, static.tmp) == (False, True, True, True)
    assert ("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt") in static.env
    assert [u.uid for u in static.users] == [0, 65534, 65532]
    debug = facts_of("gcr.io/distroless/base-debian12:debug-nonroot")
    assert (debug.shell, debug.user, debug.has_shell) == ("/busybox/sh", "65532", True)


def test_an_engine_wins() -> None:
    """What an engine says is taken before the tables, by either spelling of the reference."""
    mine = replace(facts_of("debian:12"), workdir="/srv", origin="engine")
    for key in ("golang", "golang:latest"):
        assert resolve(parse_reference("golang"), overrides={key: mine}) is mine
    assert facts_of("golang").workdir == "/go"


def test_ranges_are_written_for_people() -> None:
    """A range names its ends; an open end is a question mark."""
    assert str(VersionRange((2, 36), (2, 36))) == "2.36"
    assert str(VersionRange(None, (2, 41))) == "?-2.41"
    assert VersionRange((2, 36), (2, 41)).exact is None
    assert VersionRange((2, 36), (2, 36)).exact == (2, 36)


def test_what_a_release_lacks_may_have_been_installed_on_it() -> None:
    """A release's "no" is no answer for images that are built on it; nor is its size."""
    base, built = facts_of("alpine:3.20"), facts_of("node:20-alpine3.20")
    assert (base.tzdata, built.tzdata) == (False, None)
    assert base.size is not None
    assert built.size is None
    assert built.ca_bundle is True
