"""Paths of an image."""

from __future__ import annotations

import pytest

from imgslim.meaning.paths import tidy
from imgslim.toolchains.tree import join, parents


@pytest.mark.parametrize(
    ("path", "expected"),
    [("//src", "/src"), ("///src", "/src"), ("/a//b/../c/", "/a/c"), ("a/./b", "a/b"), ("//", "/"), ("../a", "../a")],
)
def test_tidy(path: str, expected: str) -> None:
    """Two leading slashes are one to Linux; a relative path stays relative."""
    assert tidy(path) == expected


def test_join() -> None:
    """An absolute path stands for itself, and nothing for the folder."""
    assert (join("/", "//src/x"), join("/a", "b"), join("/a", "")) == ("/src/x", "/a/b", "/a")


@pytest.mark.parametrize(
    ("folder", "expected"),
    [("/a/b", ["/a/b", "/a", "/"]), ("/", ["/"]), ("//a", ["//a", "//"]), ("a/b", ["a/b", "a", ""]), ("", [""])],
)
def test_parents(folder: str, expected: list[str]) -> None:
    """The way up ends, from a path that is not absolute or not tidy too."""
    assert list(parents(folder)) == expected
