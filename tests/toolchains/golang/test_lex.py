"""Go's tokens and string values."""

from __future__ import annotations

import pytest

from imgslim.toolchains.golang.lex import tokens, unquote


def _kinds(text: str) -> list[tuple[str, str]]:
    return [(t.kind, t.text) for t in tokens(text)]


def test_comments_strings_and_runes_are_told_apart() -> None:
    """A comment mark in a string is text, a quote in a rune opens nothing, a raw string runs over lines."""
    found = _kinds('x("a // b", \'"\', `c\n/* d`) // e\n/* f " */ y')
    assert found == [
        ("word", "x"), ("op", "("), ("string", '"a // b"'), ("op", ","), ("rune", "'\"'"), ("op", ","),
        ("string", "`c\n/* d`"), ("op", ")"), ("comment", "// e"), ("comment", '/* f " */'), ("word", "y"),
    ]  # fmt: skip


def test_unfinished_text_still_gives_tokens() -> None:
    """Text that is no Go ends in tokens: a string at its line's end, a comment at the file's."""
    assert _kinds('"a\nb /* c') == [("string", '"a'), ("word", "b"), ("comment", "/* c")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"a\\n\\t\\"b"', 'a\n\t"b'),
        ('"\\x41\\u00e9\\U0001F600\\101"', "A\u00e9\U0001f600A"),
        ("`a\\n\r\nb`", "a\\n\nb"),
        ('"\\UFFFFFFFF"', ""),
        ('"open', "open"),
    ],
)
def test_string_values(text: str, value: str) -> None:
    """Escapes count in quoted strings alone; a raw string loses carriage returns."""
    assert unquote(text) == value


def test_long_input_is_linear() -> None:
    """A hostile file of unclosed openers is read in one pass."""
    assert len(list(tokens("/*" + "*" * 200_000))) == 1
    assert len(list(tokens("'\\" * 50_000))) > 0
