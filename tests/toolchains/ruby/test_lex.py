"""Ruby's tokens and string values."""

from __future__ import annotations

import pytest

from imgslim.toolchains.ruby.lex import lex


def _kinds(text: str) -> list[tuple[str, str]]:
    return [(t.kind, t.text) for t in lex(text).parts[0] if t.kind != "newline"]


def test_comments_documentation_and_data_are_left_out() -> None:
    """A hash in a string is text; =begin holds a comment; nothing behind __END__ is code."""
    text = 'a "# b" # c\n=begin\nsystem("x")\n=end\nd\n__END__\nsystem("y")\n'
    assert _kinds(text) == [("word", "a"), ("string", "# b"), ("word", "d")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"a\\tb\\u0041\\x42\\101"', "a\tbABA"),
        (r"'a\tb\'c'", r"a\tb'c"),
        ("%q(a (b) c)", "a (b) c"),
        ("%(a)", "a"),
        ("%Q{a{b}c}", "a{b}c"),
        ("%|a|", "a"),
        ("?a", "a"),
        ('"never ends', "never ends"),
    ],
)
def test_a_string_has_its_value(text: str, value: str) -> None:
    """Escapes by the kind of quote; brackets nest."""
    assert _kinds("x = " + text)[2:] == [("string", value)]


def test_what_stands_before_tells_a_pattern_from_a_division() -> None:
    """A slash behind a value divides; behind an operator or as a first argument it opens a pattern."""
    assert _kinds('a / b / "c"') == [("word", "a"), ("op", "/"), ("word", "b"), ("op", "/"), ("string", "c")]
    assert _kinds('x =~ /"/; y') == [("word", "x"), ("op", "=~"), ("pattern", '"'), ("op", ";"), ("word", "y")]
    assert _kinds('puts /"/') == [("word", "puts"), ("pattern", '"')]
    assert _kinds("a % b") == [("word", "a"), ("op", "%"), ("word", "b")]
    assert _kinds("f %w[a b]") == [("word", "f"), ("list", "a b")]


def test_code_in_a_string_is_read_too() -> None:
    """What is interpolated ends the value that is known, and is code of its own."""
    found = lex('"a#{b("c}")}d" + `e #{f}`').parts
    assert [(t.kind, t.text, t.computed) for t in found[0]] == [
        ("string", "a", True), ("op", "+", False), ("command", "e ", True),
    ]  # fmt: skip
    assert [[t.text for t in part] for part in found[1:]] == [["b", "(", "c}", ")"], ["f"]]


def test_a_heredoc_is_a_string_where_it_is_named() -> None:
    """Its lines are no code; what follows it on the line of its name is."""
    assert _kinds("f(<<~A, <<-'B')\n  system\n  A\n#{x}\nB\ng") == [
        ("word", "f"), ("op", "("), ("string", "  system\n"), ("op", ","), ("string", "#{x}\n"), ("op", ")"),
        ("word", "g"),
    ]  # fmt: skip
    assert _kinds("a << B") == [("word", "a"), ("op", "<<"), ("word", "B")]


def test_symbols_and_labels() -> None:
    """A label is a key; a colon in a conditional is none."""
    assert _kinds("f :a, b: 1, c ? d : e") == [
        ("word", "f"), ("symbol", ":a"), ("op", ","), ("label", "b:"), ("number", "1"), ("op", ","), ("word", "c"),
        ("op", "?"), ("word", "d"), ("op", ":"), ("word", "e"),
    ]  # fmt: skip
    assert _kinds(':"a b"') == [("symbol", ":a b")]


def test_depth_ends() -> None:
    """Strings in code in strings, deeper than anybody writes, end somewhere and take no long."""
    assert len(lex('"#{' * 200 + "x").parts) < 10
