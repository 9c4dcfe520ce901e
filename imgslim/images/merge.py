"""Merge what several possible images have: what all agree on is known, the rest is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imgslim.images.facts import VersionRange

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def agree(values: Iterable[Any]) -> Any:  # noqa: ANN401 - values of JSON
    """The value that all share, else None."""
    first, *rest = list(values) or [None]
    return first if all(other == first for other in rest) else None


def version(text: str) -> tuple[int, ...]:
    """``2.36`` as numbers."""
    return tuple(int(part) for part in text.split("."))


def version_range(texts: Sequence[str | None]) -> VersionRange:
    """The range over all; an end is open where one of them is not known."""
    if not texts or any(text is None for text in texts):
        return VersionRange()
    numbers = [version(text) for text in texts if text is not None]
    return VersionRange(min(numbers), max(numbers))


def merge_releases(releases: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Merge the descriptions of the releases that are possible."""
    keys = {key for release in releases for key in release}
    merged = {key: agree(release.get(key) for release in releases) for key in keys}
    merged["libc_version"] = version_range([release.get("libc_version") for release in releases])
    listed = [frozenset(release.get("libraries") or ()) for release in releases]
    merged["libraries"] = frozenset.intersection(*listed) if listed else frozenset()
    for key in ("size", "compressed_size"):
        sizes = [release[key] for release in releases if release.get(key) is not None]
        merged[key] = max(sizes) if sizes else None
    return merged
