"""Derived: images that others make of an official one by adding programs, under tags that say which one it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.images.reference import parse_reference
from imgslim.records import dataclass
from imgslim.regex import regex

if TYPE_CHECKING:
    from imgslim.images.reference import ImageRef

#: uv's images on Python's: ``python3.12-bookworm-slim``, ``0.8.3-python3.12-alpine3.20`` (astral-sh/uv,
#: .github/workflows/build-docker.yml: the official image, uv and uvx in /usr/local/bin, no entry point).
_UV = regex(r"((?:\d+(?:\.\d+){1,2}-)?python)(3\.\d+)-(alpine[\d.]*|[a-z]+)(-slim)?")
_ADDED_BY_UV = ("/usr/local/bin", frozenset({"uv", "uvx"}))


@dataclass(frozen=True, slots=True)
class Derived:
    """An image made of an official one."""

    #: What it is made of: ``python:3.12-slim-bookworm``.
    official: ImageRef
    #: Its own small member.
    slim: str
    #: The folder that the added programs are in, and their names.
    folder: str
    programs: frozenset[str]
    cmd: tuple[str, ...]
    #: Variables that some of its versions set.
    env: tuple[str, ...]


def derived(ref: ImageRef) -> Derived | None:
    """What an image is made of; None for one that is not known to be made of another."""
    if (ref.registry, ref.repository) != ("ghcr.io", "astral-sh/uv"):
        return None
    found = _UV.fullmatch(ref.tag or "")
    if found is None:
        return None
    start, version, suite, slim = found.groups()
    official = f"python:{version}-slim-{suite}" if slim else f"python:{version}-{suite}"
    of_alpine = suite.startswith("alpine")
    own = f"{ref.name}:{start}{version}-{suite}{'' if of_alpine else '-slim'}"
    return Derived(parse_reference(official), own, *_ADDED_BY_UV, ("/usr/local/bin/uv",), ("UV_TOOL_BIN_DIR",))
