"""The parser's work grows with the file, not faster: counted, not timed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from imgslim.syntax import check_valid, parse

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from _typeshed import TraceFunction

SHAPES: dict[str, Callable[[int], str]] = {
    "many instructions": lambda n: "FROM a\n" + "RUN echo b && c\nENV A=b C=d\n" * n,
    "one long continuation": lambda n: "FROM a\nRUN b" + " \\\n  && c # d" * n + "\n",
    "empty and comment lines in a continuation": lambda n: "FROM a\nRUN b \\\n" + "\n# c\n" * n + "d\n",
    "one long heredoc": lambda n: "FROM a\nRUN <<E\n" + "b\n" * n + "E\n",
    "many heredocs on one line": lambda n: (
        "FROM a\nCOPY" + "".join(f" <<E{i}" for i in range(n)) + " /x/\n" + "".join(f"b\nE{i}\n" for i in range(n))
    ),
    "many pairs": lambda n: "FROM a\nENV" + " \\\n A=b" * n + "\n",
    "many flags": lambda n: "FROM a\nRUN" + " --mount=type=cache,target=/x" * n + " b\n",
    "a long array": lambda n: "FROM a\nCMD [" + ", ".join(['"b"'] * n) + "]\n",
    "a long array that is none": lambda n: "FROM a\nCMD [" + ", ".join(['"b"'] * n) + "\n",
    "many stages": lambda n: "".join(f"FROM a AS s{i}\nCOPY --from=s0 b c\n" for i in range(1, n)),
    "many open braces": lambda n: "FROM a\nCMD " + "{" * n + "," + "[" * n + "\n",
}


def work(text: str) -> int:
    """How many lines of Python are run, and functions called, to read ``text``."""
    count = 0

    def step(_frame: FrameType, _event: str, _argument: object) -> TraceFunction:
        nonlocal count
        count += 1
        return step

    before = sys.gettrace()
    sys.settrace(step)
    try:
        check_valid(parse(text))
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_work_is_linear(shape: str) -> None:
    """Four times the file is at most about four times the work."""
    make = SHAPES[shape]
    work(make(5))
    small, large = work(make(40)), work(make(160))
    assert large <= 4.4 * small
