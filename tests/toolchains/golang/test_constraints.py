"""Build constraints: file names and expressions."""

from __future__ import annotations

import pytest

from imgslim.toolchains.golang.constraints import Platform, expression_holds, name_fits, old_lines_hold


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("main.go", True),
        ("a_linux.go", True),
        ("a_windows.go", False),
        ("a_amd64.go", True),
        ("a_arm64.go", False),
        ("a_linux_amd64.go", True),
        ("a_windows_amd64.go", False),
        ("linux.go", True),
        ("windows.go", True),
        ("a_unix.go", True),
        ("a_test.go", False),
        ("_a.go", False),
        (".a.go", False),
        ("a_foo_amd64.go", True),
        ("noext", False),
    ],
)
def test_names(name: str, fits: bool) -> None:  # noqa: FBT001
    """Only the parts behind an underscore are constraints, and ``unix`` is none of them."""
    assert name_fits(name, Platform()) is fits


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("linux", True),
        ("!linux", False),
        ("ignore", False),
        ("linux && !cgo", False),
        ("(windows || linux) && cgo", True),
        ("windows || darwin", False),
        ("unix", True),
        ("go1.20", True),
        ("go1.22", False),
        ("!(windows || plan9)", True),
        ("!!linux", True),
        ("prod", True),
        ("linux &&", False),
        ("", False),
        ("linux windows", False),
        ("(" * 5000 + "linux" + ")" * 5000, False),
    ],
)
def test_expressions(text: str, holds: bool) -> None:  # noqa: FBT001
    """Operators bind as in Go; a malformed line holds nowhere."""
    assert expression_holds(text, Platform(minor=21, tags=frozenset({"prod"}))) is holds


def test_old_lines() -> None:
    """Blanks are "or", commas are "and", lines are "and"."""
    platform = Platform()
    assert old_lines_hold(("linux,amd64 darwin", "!ignore"), platform)
    assert not old_lines_hold(("linux,arm64 darwin",), platform)
    assert not old_lines_hold(("linux", "ignore"), platform)
