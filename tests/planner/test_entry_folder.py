"""Entries that change their folder before they start the program."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Declined, Rewritten
from imgslim.service import slim

_SOURCE = b'#include <stdio.h>\nint main(void) { return fopen("config.txt", "r") == 0; }\n'


def entry(line: str, script: str = "") -> Rewritten | Declined:
    """The rewrite of a program in /app that reads config.txt."""
    text = f"FROM debian:12\nRUN apt-get install -y gcc\nWORKDIR /app\nCOPY . .\nRUN gcc a.c -o a\n{line}\n"
    context = {"a.c": _SOURCE, "config.txt": b"", "data/config.txt": b"", "go.sh": f"#!/bin/sh\n{script}\n".encode()}
    outcome = slim(text, MemoryContext(context))
    assert isinstance(outcome, Rewritten | Declined)
    return outcome


@pytest.mark.parametrize(
    ("line", "script"),
    [
        ("CMD cd data && ../a", ""),
        ("CMD cd /app/data && exec /app/a", ""),
        ('CMD ["sh", "-c", "cd data; ../a"]', ""),
        ('CMD ["./go.sh"]', "cd data\nexec ../a"),
        ('CMD ["./go.sh"]', "cd\n/app/a"),
    ],
)
def test_names_of_another_folder_are_open(line: str, script: str) -> None:
    """The program is found from there; what it opens by a relative name lies there, too."""
    outcome = entry(line, script)
    assert isinstance(outcome, Rewritten)
    assert "COPY --from=build /app/a /app/a" in outcome.after
    assert [a.reason for a in outcome.plan.assumptions] == ["data-files-unproven"]


@pytest.mark.parametrize(
    ("line", "script"),
    [
        ('CMD ["./a"]', ""),
        ("CMD cd /app && ./a", ""),
        ("CMD cd data && cd .. && ./a", ""),
        ('CMD ["./go.sh"]', "./a"),
    ],
)
def test_the_working_directory_is_known(line: str, script: str) -> None:
    """Where it starts in WORKDIR after all, its names are settled."""
    outcome = entry(line, script)
    assert isinstance(outcome, Rewritten)
    assert "/app/config.txt" in outcome.after
    assert outcome.plan.assumptions == ()


def test_what_is_not_there_from_another_folder() -> None:
    """./a is no program in data."""
    outcome = entry("CMD cd data && ./a")
    assert isinstance(outcome, Declined)
    assert outcome.reason == "entry-not-built"
