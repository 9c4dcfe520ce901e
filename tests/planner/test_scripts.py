"""Entry scripts: their interpreter and what they start."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Project
from imgslim.planner.scripts import Script, read_script
from imgslim.service import Options, read_project
from imgslim.syntax import parse


def script(content: bytes) -> Script | None:
    """Read a script that the context holds."""
    context = MemoryContext({"start": content})
    project = read_project(parse('FROM debian:bookworm\nCOPY start /start\nCMD ["/start"]\n'), context, Options())
    assert isinstance(project, Project)
    return read_script(project, "/start")


@pytest.mark.parametrize(
    ("first", "interpreter", "is_read"),
    [
        ("#!/bin/sh", "/bin/sh", True),
        ("#!/usr/bin/env bash", "bash", True),
        ("#!/usr/bin/env -S bash -e", "bash", True),
        ("#! /bin/bash -e", "/bin/bash", True),
        ("#!", "/bin/sh", True),
        ("# no interpreter", "/bin/sh", True),
        ("#!/usr/bin/python3", "/usr/bin/python3", False),
    ],
)
def test_interpreter(first: str, interpreter: str, is_read: bool) -> None:  # noqa: FBT001
    """The first line names it, env counts as what it starts, and only shells are read."""
    found = script(f"{first}\n/opt/server --fast\n".encode())
    assert found is not None
    assert found.interpreter == interpreter
    assert found.commands == ((("/opt/server", "--fast"),) if is_read else ())
    assert bool(found.open_end) == (not is_read)


def test_a_program_is_no_script() -> None:
    """What holds a zero byte is not text."""
    assert script(b"\x7fELF\0\0") is None
