"""Text and grammar: what a Dockerfile and a shell command say, no more."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from imgslim.syntax.grammar import check_valid
from imgslim.syntax.parser import parse

if TYPE_CHECKING:
    from imgslim.syntax.nodes import Dockerfile

__all__ = ["check_valid", "parse", "read"]


@lru_cache(maxsize=1)  # finding a file's context and planning it both start here
def read(text: str) -> Dockerfile:
    """Parse a file that BuildKit takes.

    Raises:
        InputError: BuildKit would refuse it.
    """
    dockerfile = parse(text)
    check_valid(dockerfile)
    return dockerfile
