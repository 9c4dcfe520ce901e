"""What a mark says of its owner: at work, or gone (no engine)."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from imgslim.engine import owner as owners
from imgslim.engine.owner import LONGEST, Owner, new_owner, place_of_this_process, read_owner
from imgslim.records import replace

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_800_000_000
HERE = place_of_this_process()


def test_a_mark_is_read_as_it_was_made() -> None:
    """Pid, birth, place and time are in it; two pieces of work of one process have two marks."""
    made = new_owner(NOW)
    assert read_owner(made.mark) == made
    assert (made.pid, made.place, made.since) == (os.getpid(), HERE, NOW)
    assert new_owner(NOW).mark != made.mark


@pytest.mark.parametrize("mark", ["", "x", "1a2b-0123456789", "hello-world", "0123456789ab-1-2-3-0123456789-more"])
def test_what_is_no_mark(mark: str) -> None:
    """A name that others gave means nothing to us."""
    assert read_owner(mark) is None


def test_a_process_at_work() -> None:
    """This one; however long it has been at it."""
    assert not new_owner(NOW).is_gone(HERE, NOW)
    assert not new_owner(NOW).is_gone(HERE, NOW + 2 * LONGEST)


def test_a_process_that_ended(tmp_path: Path) -> None:
    """Gone while its parent has not collected it yet, and gone when it has."""
    code = "import sys; from imgslim.engine.owner import new_owner; sys.stdout.write(new_owner(1).mark)"
    mark = tmp_path / "mark"
    with mark.open("w") as file:
        process = subprocess.Popen([sys.executable, "-c", code], stdout=file)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    owner = read_owner(mark.read_text())
    assert owner is not None
    assert owner.pid == process.pid
    assert owner.is_gone(HERE, NOW)
    process.wait()
    assert owner.is_gone(HERE, NOW)


def test_an_id_that_another_process_has_now() -> None:
    """The same number, born at another time."""
    mine = new_owner(NOW)
    assert replace(mine, born=mine.born - 1).is_gone(HERE, NOW)
    assert replace(mine, pid=1 << 70).is_gone(HERE, NOW)


@pytest.mark.parametrize(
    ("age", "gone"),
    [(0, False), (LONGEST, False), (LONGEST + 1, True), (-5, False)],
    ids=["new", "old", "left", "ahead"],
)
@pytest.mark.parametrize("place", ["0123456789ab", "x"])
def test_elsewhere_only_age_counts(place: str, age: int, gone: bool) -> None:  # noqa: FBT001  (a column of the table)
    """A process of another machine, boot or container can't be seen; nor any where the system can't tell places."""
    there = Owner(place, os.getpid(), 0, NOW - age, "")
    assert there.is_gone(HERE, NOW) is gone
    assert there.is_gone("x", NOW) is gone


def test_without_the_engine_s_clock_age_is_not_known() -> None:
    """Then nothing of others is ever touched."""
    assert not Owner("0123456789ab", 1, 0, 0, "").is_gone(HERE, NOW)
    assert not Owner("0123456789ab", 1, 0, NOW - 2 * LONGEST, "").is_gone(HERE, 0)


def test_a_process_that_may_not_be_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another user's, where /proc is hidden: it is there, that is all that is known."""

    def refuse(*_: object) -> tuple[str, int]:
        raise PermissionError

    mine = new_owner(NOW)
    monkeypatch.setattr(os, "kill", refuse)
    assert not mine.is_gone(HERE, NOW)
    monkeypatch.setattr(owners, "_stat", refuse)
    assert not mine.is_gone(HERE, NOW)


def test_a_system_without_proc(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mark is made all the same; it names no place."""

    def refuse(*_: object) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(os, "readlink", refuse)
    made = new_owner(NOW)
    assert (made.place, made.born) == ("x", 0)
    assert read_owner(made.mark) == made
