"""Targets by name, fitted to the builder."""

from __future__ import annotations

import itertools

import pytest

from imgslim.context import MemoryContext
from imgslim.errors import UsageError
from imgslim.images import parse_reference, resolve
from imgslim.model import Rewritten
from imgslim.service import Options, slim
from imgslim.targets import NAMES, nearest_family, same_family, size_of, target


@pytest.mark.parametrize(
    ("name", "base", "reference", "same"),
    [
        ("scratch", "gcc", "scratch", False),
        ("busybox", "gcc", "busybox:glibc", False),
        ("distroless", "gcc:12-bookworm", "gcr.io/distroless/static-debian12", True),
        ("distroless-cc", "gcc:14-trixie", "gcr.io/distroless/cc-debian13", True),
        ("debian", "gcc:12-bookworm", "debian:bookworm-slim", True),
        ("debian-slim", "ubuntu:24.04", "debian:trixie-slim", False),
        ("debian-slim", "debian", "debian:stable-slim", True),
        ("ubuntu", "ubuntu:22.04", "ubuntu:22.04", True),
        ("ubuntu", "ubuntu", "ubuntu", True),
        ("ubuntu", "gcc", "ubuntu:24.04", False),
        ("alpine", "alpine:3.20", "alpine:3.20", True),
        ("alpine", "gcc", "alpine:3.22", False),
        ("debian:bookworm-slim", "gcc:12-bookworm", "debian:bookworm-slim", True),
        ("debian:bookworm-slim", "gcc:14-trixie", "debian:bookworm-slim", False),
        ("registry.example.com/x:1", "gcc", "registry.example.com/x:1", False),
    ],
)
def test_target(name: str, base: str, reference: str, same: bool) -> None:  # noqa: FBT001
    """A name becomes a tagged reference of the builder's release where the family is one."""
    found = target(name, resolve(parse_reference(base)))
    assert (found.reference, found.same_family) == (reference, same)


@pytest.mark.parametrize("name", ["Not An Image", "", "a:b:c"])
def test_what_is_no_target(name: str) -> None:
    """Neither a name of ours nor a reference: an error with its code."""
    with pytest.raises(UsageError) as caught:
        target(name, resolve(parse_reference("gcc")))
    assert caught.value.code == "bad-target"


@pytest.mark.parametrize(
    ("base", "reference"),
    [
        ("gcc:12-bookworm", "debian:bookworm-slim"),
        ("debian", "debian:stable-slim"),
        ("ubuntu", "ubuntu"),
        ("alpine", "alpine"),
        ("registry.example.com/x:1", None),
    ],
)
def test_same_family(base: str, reference: str | None) -> None:
    """The small member of the builder's family and release, where it is known."""
    found = same_family(resolve(parse_reference(base)))
    assert (found.reference if found is not None else None) == reference


@pytest.mark.parametrize(("base", "reference"), [("gcc", "debian:trixie-slim"), ("ubuntu:24.04", None)])
def test_nearest_family(base: str, reference: str | None) -> None:
    """Of a floating tag of Debian, the newest release that it may mean."""
    found = nearest_family(resolve(parse_reference(base)))
    assert (found.reference if found is not None else None) == reference


def test_sizes_grow() -> None:
    """The names are listed from the smallest, give or take what a point release adds; an unknown size says so."""
    sizes = [size for name in NAMES if (size := size_of(name)) is not None]
    assert sizes[0] == 0
    assert all(later > earlier * 0.95 for earlier, later in itertools.pairwise(sizes))
    assert size_of("registry.example.com/x:1") is None


@pytest.mark.parametrize(
    ("base", "goal", "first"),
    [
        ("amd64/golang:1.22-bookworm", "scratch", "FROM --platform=linux/amd64 scratch"),
        ("arm64v8/golang:1.22-bookworm", "scratch", "FROM --platform=linux/arm64 scratch"),
        ("arm32v7/golang:1.22-bookworm", "busybox:glibc", "FROM --platform=linux/arm/v7 busybox:glibc"),
        # Of the same name space it is the same platform; twins: one that is for all, and one that says it itself.
        ("amd64/golang:1.22-bookworm", "debian-slim", "FROM amd64/debian:bookworm-slim"),
        ("golang:1.22-bookworm", "scratch", "FROM scratch"),
        ("--platform=$BUILDPLATFORM amd64/golang:1.22-bookworm", "scratch", "FROM --platform=$BUILDPLATFORM scratch"),
    ],
)
def test_an_image_of_one_architecture(base: str, goal: str, first: str) -> None:
    """The new image says of itself what the old one did, whatever machine builds it."""
    text = f'FROM {base}\nWORKDIR /a\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /x .\nCMD ["/x"]\n'
    context = {"main.go": "package main\n\nfunc main() {}\n", "go.mod": "module x\n\ngo 1.22\n"}
    outcome = slim(text, MemoryContext(dict(context)), Options(target=goal))
    assert isinstance(outcome, Rewritten), outcome
    assert [line for line in outcome.after.splitlines() if line.startswith("FROM")][-1] == first
