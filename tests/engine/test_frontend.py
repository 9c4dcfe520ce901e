"""The syntax directive is found, and leaves without a trace."""

from __future__ import annotations

import pytest

from imgslim.engine.frontend import frontend, without_frontend


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (b"# syntax=docker/dockerfile:1\nFROM x\n", "docker/dockerfile:1"),
        (b"\xef\xbb\xbf#SYNTAX = a/b@sha256:1 \r\nFROM x\n", "a/b@sha256:1"),
        (b"# escape=`\n# syntax=a\nFROM x\n", "a"),
        (b"FROM x\n# syntax=a\n", ""),
        (b"# a comment\n# syntax=a\nFROM x\n", ""),
        (b"\n# syntax=a\nFROM x\n", ""),
        (b"", ""),
    ],
)
def test_frontend(text: bytes, name: str) -> None:
    """A directive counts only among the directives at the file's start."""
    assert frontend(text) == name


@pytest.mark.parametrize(
    ("text", "blank"),
    [
        (b"# syntax=a\nFROM x\n", b"#         \nFROM x\n"),
        (b"# syntax=a\r\n# escape=`\r\nFROM x\r\n", b"# escape=`\r\n#         \r\nFROM x\r\n"),
        (b"\xef\xbb\xbf#syntax=a\nFROM x", b"\xef\xbb\xbf#        \nFROM x"),
        (b"FROM x\n", b"FROM x\n"),
    ],
)
def test_without_frontend(text: bytes, blank: bytes) -> None:
    """The line becomes a comment as long, behind the directives that must stay readable."""
    assert without_frontend(text) == blank
    assert len(blank) == len(text)
