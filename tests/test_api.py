"""The Python API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import imgslim
from imgslim.context import MemoryContext
from imgslim.errors import InputError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

FILE = 'FROM gcc:12\nARG NAME=x.c\nCOPY x.c .\nRUN gcc -o /x $NAME\nCMD ["/x"]\n'
SOURCES = {"x.c": "int main(void) { return 0; }\n"}


def test_a_context_by_folder_or_as_an_object(tmp_path: Path) -> None:
    """A path, its text and a context of one's own give the same outcome."""
    (tmp_path / "x.c").write_text(SOURCES["x.c"])
    outcomes = [imgslim.rewrite(FILE, context) for context in (tmp_path, str(tmp_path), MemoryContext(SOURCES))]
    assert isinstance(outcomes[0], imgslim.Rewritten)
    assert outcomes[0].plan.target.name == "scratch"
    assert [getattr(outcome, "after", None) for outcome in outcomes] == [outcomes[0].after] * 3


def test_choices() -> None:
    """Target, C library, preference and build arguments mean what they mean on the command line."""
    context = MemoryContext(SOURCES)

    def target(**choices: str) -> str:
        outcome = imgslim.rewrite(FILE, context, **choices)  # type: ignore[arg-type]
        assert isinstance(outcome, imgslim.Rewritten)
        return outcome.plan.target.name

    assert target(target="ubuntu") == "ubuntu"
    assert target(prefer="debuggable") != "scratch"
    assert target(libc="glibc") == "scratch"
    other = imgslim.rewrite(FILE, context, build_args={"NAME": "y.c"})
    assert not isinstance(other, imgslim.Rewritten) or other.plan.assumptions


def test_no_context() -> None:
    """Without sources a plan rests on what they may hold, or there is none."""
    outcome = imgslim.rewrite(FILE)
    assert isinstance(outcome, imgslim.Declined) or outcome.plan.assumptions  # type: ignore[union-attr]


def test_what_is_raised() -> None:
    """Text that BuildKit refuses, and a target that is none."""
    with pytest.raises(InputError):
        imgslim.rewrite("FROM x\nNONSENSE y\n")
    with pytest.raises(UsageError):
        imgslim.rewrite(FILE, target="No Image")
