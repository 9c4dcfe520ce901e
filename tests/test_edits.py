"""Edits and diffs."""

from __future__ import annotations

import pytest

from imgslim.edits import Edit, OverlapError, apply, unified_diff
from imgslim.text import LineIndex, Position, Span, decode, encode, position


def test_edits_apply_at_once() -> None:
    """Offsets are those of the original, whatever came before."""
    assert apply("abcdef", [Edit(Span(4, 5), "E"), Edit(Span(0, 1), "AA")]) == "AAbcdEf"


def test_insertions_at_one_place_keep_their_order() -> None:
    """Two insertions at one offset follow each other as given."""
    assert apply("ab", [Edit(Span(1, 1), "1"), Edit(Span(1, 1), "2")]) == "a12b"


def test_overlapping_edits_are_refused() -> None:
    """No character is replaced twice."""
    with pytest.raises(OverlapError):
        apply("abc", [Edit(Span(0, 2), "x"), Edit(Span(1, 3), "y")])


def test_an_equal_text_has_no_diff() -> None:
    """Nothing changed, nothing shown."""
    assert unified_diff("a\n", "a\n", "f") == ""


def test_a_missing_final_newline_is_said_as_git_says_it() -> None:
    """``git apply`` needs the marker line."""
    assert unified_diff("a", "b\n", "f") == "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n"


def test_carriage_returns_and_form_feeds_stay_inside_lines() -> None:
    """Only LF ends a line for git."""
    assert "-\x0cb\n+\x0cc\n" in unified_diff("a\r\n\fb\n", "a\r\n\fc\n", "f")


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 5), ("utf-16", 3), ("utf-32", 2)])
def test_columns_are_counted_in_the_negotiated_encoding(encoding: str, column: int) -> None:
    """A character beyond the BMP is four bytes, two UTF-16 units, one code point."""
    index = LineIndex("x\na\U0001f600b")
    offset = 4
    assert index.position(offset, encoding) == Position(1, column)  # type: ignore[arg-type]
    assert index.offset(Position(1, column), encoding) == offset  # type: ignore[arg-type]


def test_positions_outside_are_held_inside() -> None:
    """A column past the line's end is its end, a line past the last is the text's end."""
    index = LineIndex("ab\r\ncd")
    assert index.offset(Position(0, 99)) == 2
    assert index.offset(Position(0, 99), "utf-16") == 2
    assert index.offset(Position(9, 0)) == 6
    assert len(index) == 2


def test_one_position_is_that_of_the_index() -> None:
    """Counting to an offset finds what an index of the whole text does, at line ends and behind the last one too."""
    for text in ("", "a", "\n", "a\r\n\nb\x0c\u2028c\n", "\U0001f600\nx"):
        index = LineIndex(text)
        assert [position(text, at) for at in range(len(text) + 1)] == [index.position(a) for a in range(len(text) + 1)]


def test_bytes_survive_decoding() -> None:
    """Bytes that are not UTF-8 come back as they were."""
    data = b"FROM x\r\n# \xff\xfe\n"
    assert encode(decode(data)) == data


def test_spans_know_each_other() -> None:
    """Holding is half-open."""
    assert Span(0, 5).holds(Span(1, 5))
    assert not Span(0, 5).holds(Span(1, 6))
