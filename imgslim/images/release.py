"""The release that an image is of, where its tag leaves that open and the image itself says it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from imgslim.images.merge import version_range
from imgslim.images.sibling import BUILD_ONLY
from imgslim.images.tables import load
from imgslim.records import replace

if TYPE_CHECKING:
    from imgslim.images.facts import ImageFacts


def of_release(facts: ImageFacts, os_release: str) -> ImageFacts:
    """The same facts with the one release that the image says it is of.

    ``golang:1`` is of whatever release its makers built it on last. Images of interpreters stay as they are: their slim
    member is found by its tag, which moves with theirs.

    Args:
        facts: what is known of the base image.
        os_release: the text of ``/etc/os-release`` (os-release(5)); "" where there is none.
    """
    if facts.release is not None or facts.family not in BUILD_ONLY or not os_release:
        return facts
    fields = _fields(os_release)
    distribution = facts.distribution or ""
    release = fields.get("VERSION_CODENAME" if distribution == "debian" else "VERSION_ID", "")
    if distribution == "alpine":
        release = ".".join(release.split(".")[:2])
    known = (load(f"os/{distribution}") or {}).get("releases", {}).get(release)
    if fields.get("ID") != distribution or known is None:
        return facts
    return replace(facts, releases=(release,), libc_version=version_range([known.get("libc_version")]))


def _fields(text: str) -> dict[str, str]:
    """Assignments as a shell reads them (os-release(5)); a line that it would not read is passed over."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, equals, value = line.strip().partition("=")
        if not equals or name.startswith("#"):
            continue
        try:
            found[name] = "".join(shlex.split(value))
        except ValueError:
            continue
    return found
