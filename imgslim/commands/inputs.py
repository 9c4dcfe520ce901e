"""What every command reads: the file, and what its options may be."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from imgslim.errors import UsageError
from imgslim.files import dockerfile_in, read_stdin, read_text
from imgslim.sources import Input

if TYPE_CHECKING:
    from collections.abc import Collection


def one_of(option: str, value: str, allowed: Collection[str]) -> None:
    """Refuse a value that an option does not have.

    Raises:
        UsageError: with those it has.
    """
    if value not in allowed:
        raise UsageError("bad-option", f"{option} takes {' or '.join(a for a in allowed if a)}, not {value!r}.")


def read_input(path: str) -> Input:
    """Read a file, a folder's Dockerfile, or standard input.

    Raises:
        UsageError: there is no such file, or it can't be a Dockerfile.
    """
    if path == "-":
        return Input(read_stdin(), "Dockerfile", None)
    file = dockerfile_in(Path(path))
    return Input(read_text(file), file.as_posix(), file)


def pairs(words: tuple[str, ...]) -> dict[str, str]:
    """Read build arguments as docker build does: a bare name takes its value from the environment, if it is there."""
    split = (word.partition("=") for word in words)
    return {name: value if sign else os.environ[name] for name, sign, value in split if sign or name in os.environ}
