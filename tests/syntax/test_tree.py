"""The tree's spans and maps lead back to the file."""

from __future__ import annotations

from imgslim.syntax import parse
from imgslim.syntax.instructions import env_pairs, words
from imgslim.text import decode, encode

TEXT = (
    "# syntax=docker/dockerfile:1\r\n"
    "# a comment\r\n"
    "FROM --platform=$P golang:1 AS Build\r\n"
    "\r\n"
    "RUN --mount=type=cache,target=/x \\\r\n"
    "  # inner\r\n"
    "  echo a\\\r\n"
    "b && \\\r\n"
    "  c # d\r\n"
    "COPY <<E <<-F /x/\r\n"
    "1\r\n"
    "E\r\n"
    "\t2\r\n"
    "\tF\r\n"
    'ONBUILD RUN ["e"]\r\n'
    "CMD f"
)


def test_nodes() -> None:
    """Directives, comments and instructions cover what is not blank."""
    tree = parse(TEXT)
    assert [(d.name, d.value) for d in tree.directives] == [("syntax", "docker/dockerfile:1")]
    assert [c.text for c in tree.comments] == ["a comment"]
    assert tree.comments[0].span.of(TEXT) == "# a comment"
    assert [n.keyword for n in tree.instructions] == ["FROM", "RUN", "COPY", "ONBUILD", "CMD"]
    assert tree.newline == "\r\n"
    left = list(TEXT)
    spans = [d.span for d in tree.directives] + [c.span for c in tree.comments] + [n.span for n in tree.instructions]
    for span in spans:
        left[span.start : span.end] = " " * (span.end - span.start)
    assert "".join(left).strip() == ""


def test_value_map() -> None:
    """A word of the value is found in the file, also where it was split."""
    run = parse(TEXT).instructions[1]
    assert run.value == "echo ab &&   c # d"
    split = run.value_map.span(5, 7)
    assert split.of(TEXT) == "a\\\r\nb"
    at = run.value.index("c #")
    assert run.value_map.span(at, at + 1).of(TEXT) == "c"
    assert run.value_span.of(TEXT).startswith("echo a\\")
    assert run.value_span.of(TEXT).endswith("c # d")
    flag = run.flag("mount")
    assert flag is not None
    assert flag.span.of(TEXT) == "--mount=type=cache,target=/x"


def test_heredocs() -> None:
    """Bodies and terminators are spans; tabs are stripped from the content alone."""
    first, second = parse(TEXT).instructions[2].heredocs
    assert first.body.of(TEXT) == first.content == "1\r\n"
    assert first.terminator.of(TEXT) == "E"
    assert (second.body.of(TEXT), second.content) == ("\t2\r\n", "2\r\n")
    assert second.terminator.of(TEXT) == "\tF"
    assert parse(TEXT).instructions[2].span.of(TEXT).endswith("\tF")


def test_trigger() -> None:
    """What ONBUILD holds is an instruction of the same file."""
    trigger = parse(TEXT).instructions[3].trigger
    assert trigger is not None
    assert trigger.span.of(TEXT) == 'RUN ["e"]'
    assert trigger.keyword_span.of(TEXT) == "RUN"
    assert trigger.exec_form == ("e",)


def test_trigger_value_that_repeats() -> None:
    """The trigger starts where the arguments start, not where the same text happens to stand again."""
    text = "FROM a\nONBUILD RUN RUN RUN\n"
    trigger = parse(text).instructions[1].trigger
    assert trigger is not None
    assert trigger.span.of(text) == "RUN RUN RUN"
    assert trigger.value == "RUN RUN"


def test_split_keyword() -> None:
    """A keyword over two lines has a span over both."""
    text = "FROM a\n\\\nRU\\\nN b\n"
    node = parse(text).instructions[1]
    assert node.keyword == "RUN"
    assert node.keyword_span.of(text) == "RU\\\nN"
    assert node.span.of(text) == "\\\nRU\\\nN b"
    assert node.value_span.of(text) == "b"


def test_bytes_that_are_not_utf8() -> None:
    """They stay in the text; where Docker would replace them, U+FFFD shows it."""
    data = b'FROM a\nLABEL x=\xff\xc3\nCMD ["\xff", "b"]\n'
    tree = parse(decode(data))
    assert encode(tree.text) == data
    assert tree.instructions[1].value == "x=\udcff\udcc3"
    assert tree.instructions[2].exec_form == ("\ufffd", "b")


def test_nul_is_kept() -> None:
    """NUL is a character like others to BuildKit's parser."""
    assert parse("FROM a\nCMD b\0c\n").instructions[1].value == "b\0c"


def test_spans_of_words_and_pairs() -> None:
    """Words and pairs over continuations lead back to their places."""
    text = 'FROM a\nENV A="b \\\n  c" D=e\\\nf\nCOPY x \\\n  y z/\n'
    pairs = env_pairs(parse(text).instructions[1])
    assert [(p.name_span.of(text), p.value_span.of(text)) for p in pairs] == [
        ("A", '"b \\\n  c"'),
        ("D", "e\\\nf"),
    ]
    assert [w.span.of(text) for w in words(parse(text).instructions[2])] == ["x", "y", "z/"]


def test_deep_arrays_are_no_exec_form() -> None:
    """Nesting beyond the recursion limit is not followed."""
    tree = parse("FROM a\nRUN " + "[" * 5_000 + "\n")
    assert tree.instructions[1].exec_form is None


def test_numbers_that_go_can_not_hold() -> None:
    """``1e999`` is no JSON number to Go, so the text is shell form and not refused."""
    assert parse("FROM a\nCMD [1e999]\n").instructions[1].exec_form is None
