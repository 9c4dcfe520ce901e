"""The release of an image whose tag leaves it open, by what the image says."""

from __future__ import annotations

import pytest

from imgslim.images import ImageFacts, of_release, parse_reference, resolve, slim_sibling

DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nVERSION_ID="13"\nVERSION_CODENAME={name}\nID=debian\n'


def settled(reference: str, text: str) -> ImageFacts:
    """The facts of an image that says ``text``."""
    facts = resolve(parse_reference(reference))
    assert isinstance(facts, ImageFacts)
    return of_release(facts, text)


@pytest.mark.parametrize(
    ("reference", "text", "sibling"),
    [
        ("golang:1", DEBIAN.format(name="trixie"), "debian:trixie-slim"),
        ("gcc:12", DEBIAN.format(name="bookworm"), "debian:bookworm-slim"),
        ("alpine:3", 'ID=alpine\nVERSION_ID="3.22.1"\n', "alpine:3.22"),
        ("almalinux", 'ID="almalinux"\nVERSION_ID="9.4"\n', "almalinux:minimal"),
        ("rust:1", "ID='debian'\nVERSION_CODENAME='trixie'", "debian:trixie-slim"),
    ],
)
def test_what_the_image_says(reference: str, text: str, sibling: str) -> None:
    """It is of one release, and its small member is of the same."""
    facts = settled(reference, text)
    assert facts.release is not None
    assert facts.libc_version.low == facts.libc_version.high
    assert slim_sibling(facts) == sibling


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        ("golang:1", ""),
        ("golang:1", "VERSION_CODENAME=trixie\n"),  # of which distribution it does not say
        ("golang:1", "ID=ubuntu\nVERSION_CODENAME=trixie\n"),
        ("golang:1", DEBIAN.format(name="nobody")),
        ("golang:1", 'ID=debian\n# VERSION_CODENAME=trixie\nNAME="open\n'),
        ("golang:1", "ID=debian\nVERSION_ID=trixie\n"),
        ("python:3.13", DEBIAN.format(name="trixie")),  # its slim member moves with it
        ("golang:1.22-bookworm", DEBIAN.format(name="trixie")),
    ],
)
def test_what_settles_nothing(reference: str, text: str) -> None:
    """The facts stay as the tag has them."""
    assert settled(reference, text) == resolve(parse_reference(reference))
