"""The FROM line alone says what is inherited."""

from __future__ import annotations

import pytest

from imgslim.verify.base import from_only


@pytest.mark.parametrize(
    ("text", "start"),
    [
        (b"FROM x\nRUN a\n", b"FROM x\n"),
        (b"ARG V=1\nfrom x:${V} as y\nRUN FROM\n", b"ARG V=1\nfrom x:${V} as y\n"),
        (b"FROM --platform=linux/amd64 \\\n  x\nRUN a\n", b"FROM --platform=linux/amd64 \\\n  x\n"),
        (b"# escape=`\r\nFROM `\r\n  x\r\nRUN a\r\n", b"# escape=`\r\nFROM `\r\n  x\n"),
        (b"FROM x", b"FROM x\n"),
        (b"FROM x\nFROM y\n", b"FROM y\n"),
        (b"ARG V=1\nFROM x:$V AS a\nRUN b\nFROM a AS c\nFROM d\nFROM c\nRUN e\n", b"ARG V=1\nFROM x:$V AS a\n"),
        (b"RUN a\n", b""),
    ],
)
def test_from_only(text: bytes, start: bytes) -> None:
    """Everything up to the only FROM stays; of several, that of the image under the last stage."""
    assert from_only(text) == start
