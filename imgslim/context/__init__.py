"""The build context: the files that a build may see, from disk or from memory, after ``.dockerignore``."""

from __future__ import annotations

from imgslim.context.kinds import DiskContext, MemoryContext
from imgslim.context.nearest import Missing, Nearest, lacking, nearest_context
from imgslim.context.protocol import READ_LIMIT, WALK_LIMIT, BuildContext, Matched, NoContext
from imgslim.context.wildcards import has_wildcard

__all__ = [
    "READ_LIMIT",
    "WALK_LIMIT",
    "BuildContext",
    "DiskContext",
    "Matched",
    "MemoryContext",
    "Missing",
    "Nearest",
    "NoContext",
    "has_wildcard",
    "lacking",
    "nearest_context",
]
