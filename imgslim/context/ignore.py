"""``.dockerignore``: its file format."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from e2b_dockerfile_utils import PatternMatcher


def ignore_patterns(text: str) -> list[str]:
    """The patterns of an ignore file, cleaned as moby/patternmatcher's ``ignorefile.ReadAll`` does."""
    patterns = []
    for line in text.removeprefix("\ufeff").split("\n"):
        pattern = line.strip()
        if line.startswith("#") or not pattern:
            continue
        mark = "!" if pattern.startswith("!") else ""
        pattern = pattern[len(mark) :].strip()
        if pattern:
            pattern = posixpath.normpath(re.sub("/+", "/", pattern))
            pattern = pattern[1:] if len(pattern) > 1 and pattern.startswith("/") else pattern
        patterns.append(mark + pattern)
    return patterns


def compile_patterns(text: str) -> PatternMatcher | None:
    """The matcher of an ignore file's text; None where it excludes nothing.

    Raises:
        ValueError: a pattern that Docker refuses.
    """
    patterns = ignore_patterns(text)
    if not patterns:
        return None
    from e2b_dockerfile_utils import PatternMatcher  # noqa: PLC0415 - only builds with an ignore file pay for it

    return PatternMatcher(patterns)
