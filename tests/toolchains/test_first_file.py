"""The file that a started word means."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from imgslim.toolchains.first_file import first_file

if TYPE_CHECKING:
    from imgslim.meaning.effects import Files


class _Held(dict[str, bytes]):
    """Files of a stage, as far as they are asked for here."""

    __hash__ = object.__hash__  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return self is other

    def read(self, path: str) -> bytes | None:
        return self.get(path)


def _files(**held: bytes) -> Files:
    return cast("Files", _Held({f"/{name}": data for name, data in held.items()}))


def test_the_first_place_with_a_file_counts() -> None:
    """An empty file is one."""
    files = _files(b=b"", c=b"#!/bin/sh\n")
    assert first_file(files, ("/a", "/b", "/c")) == ("/b", b"")
    assert first_file(files, ("/a", "/c")) == ("/c", b"#!/bin/sh\n")
    assert first_file(files, ("/a",)) is None


def test_other_files_are_asked_anew() -> None:
    """What is kept is kept for the same files alone."""
    assert first_file(_files(a=b"1"), ("/a",)) == ("/a", b"1")
    assert first_file(_files(a=b"2"), ("/a",)) == ("/a", b"2")
