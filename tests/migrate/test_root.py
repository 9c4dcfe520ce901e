"""The one door to the tree."""

from __future__ import annotations

import posixpath
from itertools import product
from typing import TYPE_CHECKING

import pytest

from imgslim.migrate.root import Root

if TYPE_CHECKING:
    from pathlib import Path

PARTS = ("a", ".", "..", "", ".github", "b.c")


@pytest.mark.parametrize("folder", ["", "a", "a/b", "a/..", ".x/y", "./a", "a//b", "a/"])
def test_a_joined_path_is_the_normal_one(tmp_path: Path, folder: str) -> None:
    """The short way of ordinary words gives what normalising gives, for every other word too."""
    root = Root(tmp_path)
    words = {"/".join(parts) for count in (1, 2, 3) for parts in product(PARTS, repeat=count)}
    for word in (word for word in words if not word.startswith("/")):
        path = posixpath.normpath(posixpath.join(folder, word))
        outside = path == ".." or path.startswith("../")
        assert root.joined(folder, word) == (None if outside else "" if path == "." else path), (folder, word)
