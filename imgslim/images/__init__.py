"""Facts about well-known base images, and image references."""

from __future__ import annotations

from imgslim.images.facts import RPM_MANAGERS, ImageFacts, Libc, Source, UnknownImage, User, VersionRange
from imgslim.images.inspect import from_inspect
from imgslim.images.reference import ImageRef, parse_reference
from imgslim.images.release import of_release, started_by
from imgslim.images.resolve import resolve
from imgslim.images.sibling import RPM_FAMILIES, brings, slim_sibling, whole_sibling
from imgslim.images.tables import mirror_of, platform_of

__all__ = [
    "RPM_FAMILIES",
    "RPM_MANAGERS",
    "ImageFacts",
    "ImageRef",
    "Libc",
    "Source",
    "UnknownImage",
    "User",
    "VersionRange",
    "brings",
    "from_inspect",
    "mirror_of",
    "of_release",
    "parse_reference",
    "platform_of",
    "resolve",
    "slim_sibling",
    "started_by",
    "whole_sibling",
]
