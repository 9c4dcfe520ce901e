"""The embedded tables: one JSON file per family and per distribution, each read when it is first asked for.

A family's file maps tags to base releases and to an image description; a distribution's file holds what every image
of a release has. Both name the sources their facts were read from. Tags in the file have their version cut to
``depth`` parts: ``1.22.3-bookworm`` is found under ``1.22-bookworm``.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pkgutil import get_data
from typing import TYPE_CHECKING, Any

from imgslim.regex import regex

if TYPE_CHECKING:
    from imgslim.images.reference import ImageRef

#: Where Docker's official images are published as well, tag for tag (docs.aws.amazon.com, "Amazon ECR public gallery";
#: cloud.google.com, "Pull cached Docker Hub images").
_MIRRORS = {"public.ecr.aws": "docker/library/", "mirror.gcr.io": "library/", "registry.hub.docker.com": "library/"}
#: Where the Docker Hub has the official images of one architecture each, tag for tag, and what BuildKit calls that one
#: (docker-library/official-images, README.md, "Architectures other than amd64").
_PLATFORMS = {
    "amd64": "linux/amd64", "arm32v5": "linux/arm/v5", "arm32v6": "linux/arm/v6", "arm32v7": "linux/arm/v7",
    "arm64v8": "linux/arm64", "i386": "linux/386", "mips64le": "linux/mips64le", "ppc64le": "linux/ppc64le",
    "riscv64": "linux/riscv64", "s390x": "linux/s390x",
}  # fmt: skip
#: Families outside Docker's official images, by registry and start of the repository.
_ELSEWHERE = {("gcr.io", "distroless/"): "distroless"}
#: Red Hat's universal base images, by the names of their repositories, which hold the release: ``ubi9/ubi-minimal``,
#: ``ubi9-minimal``, on the Docker Hub ``redhat/ubi9-minimal``.
_UBI = regex(r"(?:redhat/)?ubi(\d+)(?:/ubi)?(-minimal)?")
_UBI_REGISTRIES = frozenset({"registry.access.redhat.com", "registry.redhat.io", "docker.io"})
#: Where Fedora's own images are published, its small ones among them, which the Docker Hub has not.
FEDORA, _FEDORAS = "registry.fedoraproject.org", frozenset({"fedora", "fedora-minimal"})
#: Rust's own images of its nightly compiler, otherwise like the official ones (rust-lang/docker-rust-nightly).
_NIGHTLY_RUST, _NIGHTLY = ("docker.io", "rustlang/rust"), regex(r"nightly(?:-(?!slim)([a-z]+[\d.]*))?(?:-(slim))?")
_VERSION = regex(r"v?(\d+(?:\.\d+)*)((?:u\d+(?:-b\d+)?|_\d+(?:\.\d+)*|-?(?:rc|beta|alpha|a|b|m)\.?\d+)?)(?=$|-)")
#: The day a distribution's image was made, in tags that never move: ``bookworm-20240513-slim``.
_DATE = regex(r"-\d{8}(?:\.\d+)?")


@lru_cache(maxsize=512)  # a name that has no table is one too, and files may name any number of those
def load(name: str) -> dict[str, Any] | None:
    """The table called ``name`` (``golang``, ``os/debian``), or None where there is none."""
    try:
        # Not importlib.resources: importing that costs more than reading a table.
        data = get_data("imgslim.images", f"data/{name}.json")
    except FileNotFoundError:
        return None
    table: dict[str, Any] | None = json.loads(data) if data is not None else None
    return table


def family_of(ref: ImageRef) -> str | None:
    """The family that an image belongs to by where it is published; None where it is in no table."""
    if ref.registry in _UBI_REGISTRIES and _UBI.fullmatch(ref.repository) is not None:
        return "ubi"
    if (ref.registry, ref.repository) == _NIGHTLY_RUST:
        return "rust"
    if ref.registry == FEDORA:
        return "fedora" if ref.repository in _FEDORAS else None
    name = _official(ref)
    if name is not None:
        return name if load(name) is not None else None
    for (registry, start), family in _ELSEWHERE.items():
        if ref.registry == registry and ref.repository.startswith(start):
            return family
    return None


def _front(ref: ImageRef) -> str:
    """What stands before the name of an official image in its registry: ``library/``, ``amd64/``."""
    start = ref.repository.partition("/")[0]
    if ref.registry == "docker.io" and start in _PLATFORMS:
        return f"{start}/"
    return _MIRRORS.get(ref.registry, "library/")


def _official(ref: ImageRef) -> str | None:
    """The name of an official image; None for any other."""
    front = _front(ref)
    is_one = ref.registry in {"docker.io", *_MIRRORS} and ref.repository.startswith(front)
    name = ref.repository.removeprefix(front)
    return name if is_one and "/" not in name else None


def mirror_of(ref: ImageRef) -> str:
    """What stands before the name of an official image that is taken from a mirror: ``public.ecr.aws/docker/library/``.

    Of an image of one architecture its name space (``amd64/``); "" for all others.
    """
    front = _front(ref)
    if _official(ref) is None or (ref.registry == "docker.io" and front == "library/"):
        return ""
    return front if ref.registry == "docker.io" else f"{ref.registry}/{front}"


def platform_of(ref: ImageRef) -> str:
    """The platform of an official image that is published for one alone (``linux/arm64``); "" for all others."""
    start = ref.repository.partition("/")[0]
    return _PLATFORMS.get(start, "") if ref.registry == "docker.io" and _official(ref) is not None else ""


def key_of(ref: ImageRef, tag: str) -> str:
    """What a family's table calls an image: its tag, with more where the family has several repositories."""
    if (ubi := _UBI.fullmatch(ref.repository)) is not None:
        return f"{ubi[1]}{ubi[2] or ''}"
    if ref.registry == FEDORA:
        return tag if ref.repository == "fedora" else f"{tag}-minimal"
    if (ref.registry, ref.repository) == _NIGHTLY_RUST:
        nightly = _NIGHTLY.fullmatch(tag)
        return "" if nightly is None else "-".join(filter(None, (nightly[2], nightly[1]))) or "latest"
    return tag if _official(ref) is not None else f"{ref.repository.rpartition('/')[2]}:{tag}"


def find(table: dict[str, Any], tag: str) -> tuple[list[str], str] | None:
    """Look a tag up: releases such as ``debian:bookworm`` and the name of the image description."""
    tags: dict[str, tuple[list[str], str]] = table["tags"]
    if tag in tags:
        return tags[tag]
    undated = _DATE.sub("", tag)
    if undated in tags:
        return tags[undated]
    match = _VERSION.match(undated)
    if match is None:
        return None
    short = ".".join(match[1].split(".")[: table["depth"]]) + undated[match.end() :]
    return tags.get(short)
