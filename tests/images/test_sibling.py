"""The small member of an image's family."""

from __future__ import annotations

import pytest

from imgslim.images import ImageFacts, parse_reference, resolve, slim_sibling, whole_sibling


@pytest.mark.parametrize(
    ("text", "sibling"),
    [
        ("golang:1.22-bookworm", "debian:bookworm-slim"),
        ("golang:1.22", "debian:bookworm-slim"),
        ("golang", None),
        ("golang:1.16", None),
        ("golang:1.17-alpine3.14", "alpine:3.14"),
        ("gcc:13", "debian:bookworm-slim"),
        ("gcc:12", None),
        ("rust:1.75-bookworm", "debian:bookworm-slim"),
        ("buildpack-deps:jammy", "ubuntu:22.04"),
        ("ubuntu:22.04", "ubuntu:22.04"),
        ("debian:12", "debian:bookworm-slim"),
        ("alpine:3.20", "alpine:3.20"),
        ("node:20", "node:20-slim"),
        ("node", "node:slim"),
        ("node:20-bookworm", "node:20-bookworm-slim"),
        ("node:20-alpine", "node:20-alpine"),
        ("python:3.11", "python:3.11-slim"),
        ("python:3.11-bookworm", "python:3.11-slim-bookworm"),
        ("ruby:3.2-bookworm", "ruby:3.2-slim-bookworm"),
        ("eclipse-temurin:17-jdk-jammy", "eclipse-temurin:17-jre-jammy"),
        ("public.ecr.aws/docker/library/node:20", "public.ecr.aws/docker/library/node:20-slim"),
        ("mirror.gcr.io/library/golang:1.22-bookworm", "mirror.gcr.io/library/debian:bookworm-slim"),
        ("registry.hub.docker.com/library/gradle:jdk21", "registry.hub.docker.com/library/eclipse-temurin:21-jre"),
        ("docker.io/library/node:20", "node:20-slim"),
        ("amd64/node:20", "amd64/node:20-slim"),
        ("ghcr.io/astral-sh/uv:python3.12-bookworm", "ghcr.io/astral-sh/uv:python3.12-bookworm-slim"),
        ("ghcr.io/astral-sh/uv:0.8-python3.12-alpine", "ghcr.io/astral-sh/uv:0.8-python3.12-alpine"),
        ("arm64v8/golang:1.22-bookworm", "arm64v8/debian:bookworm-slim"),
        ("gradle:8.5-jdk17", "eclipse-temurin:17-jre"),
        ("gradle:7-jdk11-alpine", "eclipse-temurin:11-jre-alpine"),
        ("gradle:jdk21-noble", "eclipse-temurin:21-jre-noble"),
        ("gradle:8", None),
        ("java:8", "java:8-jre"),
        ("java", "java:jre"),
        ("java:openjdk-7-jdk", "java:openjdk-7-jre"),
        ("java:8-alpine", "java:8-jre-alpine"),
        ("java:8u45-jdk", "java:8u45-jre"),
        ("eclipse-temurin:17-jre", "eclipse-temurin:17-jre"),
        ("eclipse-temurin:17", "eclipse-temurin:17-jre"),
        ("eclipse-temurin:21-alpine", "eclipse-temurin:21-jre-alpine"),
        ("openjdk:17", None),
        ("maven:3.9-eclipse-temurin-17", "eclipse-temurin:17-jre"),
        ("maven:3.9-eclipse-temurin-17-alpine", "eclipse-temurin:17-jre-alpine"),
        ("maven:3.9", None),
        ("maven:3.6.3-openjdk-8", "openjdk:8-jre-slim"),
        ("maven:3-jdk-8", "openjdk:8-jre-slim"),
        ("maven:3.6.0-jdk-8-slim", "openjdk:8-jre-slim"),
        ("maven:3.8.1-openjdk-11-slim", None),
        ("maven:3.8-openjdk-17", None),
        ("maven:3.5-jdk-8-alpine", None),
        ("openjdk:8-jdk-alpine", "openjdk:8-jre-alpine"),
        ("openjdk:11-jdk", "openjdk:11-jre-slim"),
        ("openjdk", None),
        ("rockylinux:9", "rockylinux:9-minimal"),
        ("rockylinux:9.3", "rockylinux:9.3-minimal"),
        ("rockylinux:9.3.20231119", "rockylinux:9.3.20231119-minimal"),
        ("rockylinux:8-minimal", "rockylinux:8-minimal"),
        ("almalinux:9.4-20240530", "almalinux:9.4-minimal"),
        ("almalinux:latest", "almalinux:minimal"),
        ("almalinux", "almalinux:minimal"),
        ("almalinux:minimal", "almalinux:minimal"),
        ("oraclelinux:9", "oraclelinux:9-slim"),
        ("oraclelinux:8.10", "oraclelinux:8-slim"),
        ("oraclelinux:9-slim", "oraclelinux:9-slim"),
        ("registry.access.redhat.com/ubi9/ubi", "registry.access.redhat.com/ubi9/ubi-minimal:latest"),
        ("registry.access.redhat.com/ubi9/ubi:9.4-1214", "registry.access.redhat.com/ubi9/ubi-minimal:9.4"),
        ("registry.redhat.io/ubi8/ubi-minimal:8.10", "registry.redhat.io/ubi8/ubi-minimal:8.10"),
        ("registry.access.redhat.com/ubi9:9.4", "registry.access.redhat.com/ubi9-minimal:9.4"),
        ("redhat/ubi10", "redhat/ubi10-minimal:latest"),
        ("registry.access.redhat.com/ubi9/ubi:build-1", None),
        ("fedora:40", "fedora:40"),
        ("fedora", "fedora"),
        ("registry.fedoraproject.org/fedora:40", "registry.fedoraproject.org/fedora-minimal:40"),
        ("registry.fedoraproject.org/fedora-minimal", "registry.fedoraproject.org/fedora-minimal:latest"),
        ("amazonlinux:2", "amazonlinux:2"),
        ("public.ecr.aws/docker/library/amazonlinux:2023", "public.ecr.aws/docker/library/amazonlinux:2023"),
        ("mirror.gcr.io/library/rockylinux:9", "mirror.gcr.io/library/rockylinux:9-minimal"),
        ("centos:7.9.2009", "centos:7.9.2009"),
        ("centos", "centos"),
        ("nginx:1.25", None),
        ("busybox:glibc", None),
        ("gcc:latest", None),
        ("gcr.io/distroless/base-debian12", None),
        ("openjdk:17-jdk-oracle", None),
    ],
)
def test_sibling(text: str, sibling: str | None) -> None:
    """The sibling has the same release and is a tag that exists; where several releases are possible there is none."""
    facts = resolve(parse_reference(text))
    assert isinstance(facts, ImageFacts)
    assert slim_sibling(facts) == sibling


@pytest.mark.parametrize(
    ("text", "sibling"),
    [
        ("openjdk:8-jdk", "openjdk:8-jre"),
        ("maven:3-jdk-8", "openjdk:8-jre"),
        ("maven:3.8-openjdk-11", None),
        ("maven:3.6.0-jdk-8-slim", None),
        ("maven:3.9-eclipse-temurin-17", None),
    ],
)
def test_the_sibling_with_fonts(text: str, sibling: str | None) -> None:
    """Openjdk's and what stands on it have one beside the slim one, where they are not slim themselves."""
    facts = resolve(parse_reference(text))
    assert isinstance(facts, ImageFacts)
    assert whole_sibling(facts) == sibling


def test_sibling_of_a_bare_digest() -> None:
    """A digest alone names no tag to derive another from."""
    facts = resolve(parse_reference("node:20"))
    assert isinstance(facts, ImageFacts)
    bare = parse_reference("node@sha256:" + "0a" * 32)
    known = ImageFacts(bare, "node", distribution="debian", releases=("bookworm",))
    assert slim_sibling(known) is None
    assert slim_sibling(ImageFacts(bare, "gcc", distribution="centos", releases=("7",))) is None
