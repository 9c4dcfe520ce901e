"""Traces: words of which a file has one in which gems are installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imgslim.model import Project

#: By name or as packages.
_TRACES = ("ruby", "gem", "bundle", "rake", "rails", "puma", "thin", "unicorn", "jekyll")


def has_traces(project: Project) -> bool:
    """Tell whether the file has such a word."""
    return any(map(project.dockerfile.text.__contains__, _TRACES))
