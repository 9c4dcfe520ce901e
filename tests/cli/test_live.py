"""A verification's steps: drawn over on a terminal, plain lines elsewhere."""

from __future__ import annotations

import io
import json
import re
import sys
import time
from typing import TYPE_CHECKING

import pytest

from imgslim.commands import live as lives
from imgslim.commands import output
from imgslim.commands.live import Live
from tests.cli.running import imgslim, project
from tests.cli.test_prove import DIFFERS, Engine

if TYPE_CHECKING:
    from pathlib import Path


class Terminal(io.StringIO):
    """Keeps what is drawn."""

    def isatty(self) -> bool:
        """It is one."""
        return True

    def shown(self) -> list[str]:
        """The drawings, without what steers the terminal, times left out."""
        text = re.sub(r"\d+(\.\d)? s", "T", self.getvalue().replace("\n", "\r\x1b[K"))
        return [part for part in text.split("\r\x1b[K") if part]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Eighty columns, drawn on in a hurry."""
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(lives, "_PAUSE", 0.01)
    return Terminal()


def _wait_for(terminal: Terminal, text: str) -> None:
    end = time.monotonic() + 5
    while text not in terminal.getvalue() and time.monotonic() < end:
        time.sleep(0.01)


def test_a_step_is_drawn_over_and_stays_when_it_is_done(terminal: Terminal) -> None:
    """With how far its build is, and its last line, cut to the terminal's width."""
    live = Live(terminal)
    live.show("building the original")
    live.show("  [build 2/4] RUN make")
    live.show("    cc \x1b[31m" + "界" * 60)
    _wait_for(terminal, "界")
    live.show("version: running the original (1)")
    live.show("scratch: differs: exits with 1")
    live.close()
    shown = terminal.shown()
    assert shown[0] == "building the original T"
    drawn = next(line for line in shown if "界" in line)
    assert drawn.startswith("building the original [######------] T cc \\x1b[31m界")
    assert len(drawn) < 55
    assert [line for line in shown if line.endswith(": T") or "differs" in line] == [
        "building the original: T", "version: running the original (1): T", "scratch: differs: exits with 1",
    ]  # fmt: skip
    assert terminal.getvalue().endswith("\n")


def test_time_goes_on_by_itself(terminal: Terminal) -> None:
    """While nothing is told; after the end nothing is drawn."""
    live = Live(terminal)
    live.show("running the original (1)")
    _wait_for(terminal, "1 s")
    live.close()
    assert "running the original (1) 1 s" in terminal.getvalue()
    size = len(terminal.getvalue())
    time.sleep(0.05)
    assert len(terminal.getvalue()) == size


def test_what_else_is_said_ends_it(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line of ours is not drawn over, nor does it stand behind a step."""
    monkeypatch.setattr(sys, "stderr", terminal)
    output.progress("building the original")
    output.say("a line")
    assert terminal.shown()[-2:] == ["building the original: T", "a line"]
    output.progress("building the rewritten file")
    output.end_progress()
    output.end_progress()
    assert terminal.shown()[-1] == "building the rewritten file: T"


def test_elsewhere_lines_are_plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard output holds the result alone."""
    Engine(lambda _: DIFFERS).install(monkeypatch)
    result = imgslim("rewrite", project(tmp_path), "--verify", "--format", "json")
    assert json.loads(result.out)["outcome"] == "declined"
    assert "\x1b" not in result.message
    assert "scratch: differs: exit: exits with 1\n" in result.message
