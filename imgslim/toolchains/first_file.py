"""The file that a started word means, where its bytes are there to be read."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imgslim.meaning.effects import Files


@lru_cache(maxsize=2)  # the planner and each toolchain ask for the program that is being followed
def first_file(files: Files, places: tuple[str, ...]) -> tuple[str, bytes] | None:
    """The first of ``places`` at which a file stands that can be read, with what it holds; None where none does."""
    for place in places:
        data = files.read(place)
        if data is not None:
            return place, data
    return None
