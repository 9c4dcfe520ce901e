"""The second reader: what it confirms, where it parts, and how little it is shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from imgslim import second_reader
from imgslim.errors import InputError
from imgslim.second_reader import agree, projection
from imgslim.syntax import parse
from imgslim.text import LineIndex, Span
from tests.syntax.nasty import FILES

if TYPE_CHECKING:
    from imgslim.syntax.nodes import Dockerfile

FIXTURES = Path(__file__).parents[2] / "fixtures"


def project(text: str) -> str:
    """The projection of a text."""
    return projection(parse(text), LineIndex(text))


def test_projection_keeps_the_lines() -> None:
    """What the second reader can't read becomes comments; every other line stands where it stood."""
    text = (
        "# syntax=x\n# escape=`\nFROM a\n\nRUN b `\n\n  # c\n  d\nCOPY <<E /x\nFROM e\nE\n`\nR`\nUN f ``\nCMD`\n g `\n"
    )
    assert project(text) == (
        "# escape=`\n#\nFROM a\n\nRUN b `\n#\n#\n  d\nCOPY <<E /x\n#\n#\n#\nRUN `\n f ``_\nCMD `\n g \n\n"
    )


def test_what_shows_as_it_is_would_be_spelled_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """The short way through ordinary lines gives what the long one does, over every fixture and every odd file."""
    texts = [*FILES.values(), *(path.read_text("utf-8") for path in sorted(FIXTURES.glob("*/*/Dockerfile*")))]
    trees = [tree for text in texts if (tree := _parsed(text)) is not None]
    trees += [
        tree for text in texts if (tree := _parsed(text.replace("\\\n", " \\\n\t").replace("&&", "\\\n&&"))) is not None
    ]
    short = [projection(tree, LineIndex(tree.text)) for tree in trees]
    monkeypatch.setattr(second_reader, "_shows_as_it_is", lambda *_: False)
    monkeypatch.setattr(second_reader, "_is_plain", lambda *_: False)
    assert len(trees) > 200
    assert [projection(tree, LineIndex(tree.text)) for tree in trees] == short


def test_a_swallowed_instruction_is_seen() -> None:
    """A tree that misses an instruction, or has one too many, meets disagreement."""
    whole = parse("FROM a\nRUN b\nCMD c\n")
    assert agree(whole) is None
    middle, last = agree(_with(whole, [0, 2])), agree(_with(whole, [0, 1]))
    assert middle is not None
    assert middle.message == "CMD on line 3 is RUN on line 2 to the other reader."
    assert last is not None
    assert last.message == "One reader sees 2 instructions, the other 3."
    assert agree(_with(whole, [0, 1, 2, 2])) is not None


def test_odd_blanks_part_the_readers() -> None:
    """A no-break space is a blank to one reader alone."""
    found = agree(parse("FROM a\nCMD\u00a0b\n"))
    assert found is not None
    assert found.span == Span(7, 12)


def test_values_part_the_readers() -> None:
    """Arguments are compared, not only keywords."""
    found = agree(parse("FROM a\nRUN b \\\u00a0\nCMD c\n"))
    assert found is not None
    assert "arguments of RUN on line 2" in found.message


@pytest.mark.parametrize("lines", [10, 5_000])
def test_long_continuations_are_cut(lines: int) -> None:
    """Beyond a thousand lines the second reader, quadratic in them, sees only the beginning and the end."""
    text = "FROM a\nRUN b" + " \\\n  && c" * lines + "\nCMD d\n"
    assert agree(parse(text)) is None
    assert project(text).count("&& c") == min(lines, 1_001)
    assert project(text).count("\n") == text.count("\n") + 1


def test_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """dockerfile-parse writes ./Dockerfile when it is not given a stream of bytes; here it never does."""
    monkeypatch.chdir(tmp_path)
    assert agree(parse("FROM a\nENV b=$c\nLABEL d=\udcff\n")) is None
    assert list(tmp_path.iterdir()) == []


def _parsed(text: str) -> Dockerfile | None:
    try:
        return parse(text)
    except InputError:
        return None


def _with(tree: Dockerfile, kept: list[int]) -> Dockerfile:
    """The tree with some of its instructions."""
    return replace(tree, instructions=tuple(tree.instructions[i] for i in kept))
