"""The JSON array of an entry in exec form."""

from __future__ import annotations

import json

import pytest

from imgslim.planner.entry import exec_form


@pytest.mark.parametrize(
    "words", [(), ("/app",), ("sh", "-c", "echo \"a\\b\" 'c'"), ("\t\n\x00\x1f\x7f", "é😀\u2028", "</>&", "")]
)
def test_it_is_what_json_makes_of_the_words(words: tuple[str, ...]) -> None:
    """Whatever is in them: quotes, control characters, any script."""
    assert exec_form(words) == json.dumps(words, ensure_ascii=False)
