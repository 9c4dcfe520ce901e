"""The short way to read a command line gives what typer gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st

from imgslim.commands import rewrite
from imgslim.commands.app import app
from imgslim.commands.plain import SWITCHES, VALUES, plain
from imgslim.errors import UsageError

if TYPE_CHECKING:
    from imgslim.commands.rewrite import Request

WORDS = (*VALUES, *SWITCHES, ".", "-", "", "json", "text", "musl", "a/Dockerfile", "--target=ubuntu", "-oX", "--", "-h",
         "--verify", "--build-arg", "--unsaf", "-io", "--no-such")  # fmt: skip


def _by_typer(words: list[str]) -> Request | str | None:
    """The request that typer makes, the code of its refusal, or None where it ends by itself."""
    asked: list[Request] = []

    def run(request: Request, _: object) -> int:
        asked.append(request)
        return 0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rewrite, "run", run)
        try:
            app(["rewrite", *words])
        except UsageError as error:
            return error.code
        except SystemExit:
            return asked[0] if asked else None
    return None


@settings(deadline=None)  # typer takes its time on a busy machine
@given(st.lists(st.sampled_from(WORDS), max_size=6))
def test_what_is_plain_is_read_as_typer_does(words: list[str]) -> None:
    """Whatever the words, the request and the refusal are the same, or it is left to typer."""
    read: Request | str | None
    try:
        read = plain(words)
    except UsageError as error:
        read = error.code
    if read is not None:
        assert read == _by_typer(words)


@pytest.mark.parametrize(
    "words", ["", "app", "- --context .", "-i --unsafe app", "--target ubuntu -o - app --explain --format text"]
)
def test_ordinary_lines_are_plain(words: str) -> None:
    """Nothing of the usual lines needs typer."""
    assert plain(words.split()) == _by_typer(words.split())


@pytest.mark.parametrize("words", ["--verify", "-h", "--target", "--target -i", "a b", "--build-arg A=1", "-io x"])
def test_other_lines_are_not(words: str) -> None:
    """Help, mistakes, joined options and verification are typer's."""
    assert plain(words.split()) is None


def test_the_table_names_options_that_typer_has() -> None:
    """Each name stands in typer's own table, with the same field and the same need of a value."""
    command: Any = typer.main.get_command(app).commands["rewrite"]  # type: ignore[attr-defined]
    options = {name: (p.name, p.is_flag) for p in command.params for name in p.opts if name.startswith("-")}
    assert {name: (field, False) for name, field in VALUES.items()}.items() <= options.items()
    assert {name: (field, True) for name, field in SWITCHES.items()}.items() <= options.items()
