"""Any text at all: the parser refuses it by name or reads it without loss, and agrees with BuildKit's."""

from __future__ import annotations

import re

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from imgslim.errors import InputError
from imgslim.second_reader import agree
from imgslim.syntax import check_valid, parse
from imgslim.syntax.blanks import SPACES
from imgslim.syntax.instructions import context_sources, env_pairs, from_parts, healthcheck, words
from imgslim.syntax.problems import CODES
from imgslim.text import Span, decode, encode
from tests.syntax.corpus import difference

_PIECES = (
    "FROM a\n", "FROM a AS b\n", "RUN ", "COPY ", "ENV ", "CMD ", "ONBUILD ", "HEALTHCHECK ", "ARG ", "LABEL ", "foo ",
    "\n", "\\\n", "\\", "`\n", "`", " ", "\t", "\r\n", "# ", "# escape=`\n", "# syntax=x\n", "#", "=", '"', "'", "$",
    "{", "}", "[", "]", ",", '["a"]', '"a"', "<<E", "<<-E", "<<'E F'", "3<<E", "E\n", "\tE\n", "E F\n", "a", "b=c",
    "--", "--x=", "--from=", "--mount=", "NONE", "\u00a0", "\x85", "\ufeff", "é", "😀", "\x1f", "\x0b", "1",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(_PIECES), max_size=30).map("".join)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
@example("RUN <<E\nE")
def test_agrees_with_buildkit(text: str) -> None:
    """Files put together from awkward pieces are read as BuildKit reads them.

    Left out is what BuildKit has changed since the oracle: ``<< E`` is a here-document, a bare ``--`` ends the flags,
    the escape directive holds inside of flags too, and text behind an array makes it shell form, here-documents
    included. So are flags that are not ASCII, which BuildKit garbles, chains of ONBUILD, which are refused later, and
    HEALTHCHECK with characters of which one byte looks like a blank to Go.
    """
    assume(re.search(r"<<[ \t\r]|(?<!\S)--(?!\S)", text.replace("\\\n", "")) is None)
    assume(not ("--" in text and ("`" in text or not text.isascii())))
    assume(re.search(r"ONBUILD\s+ONBUILD|HEALTHCHECK.*[\u00a0\x85]", text.replace("\\\n", "")) is None)
    assume(re.search(r"\].*<<|HEALTHCHECK.*\][^\n]*\S", text.replace("\\\n", "")) is None)
    assert difference(text) == ""


@settings(max_examples=300, deadline=None)
@given(st.one_of(TEXTS, st.text(), st.binary().map(decode)))
def test_only_input_errors(text: str) -> None:
    """Reading, checking and asking never raise anything but InputError with a known code."""
    refusal = None
    try:
        tree = parse(text)
        for node in tree.instructions:
            for inner in (node, *([node.trigger] if node.trigger else [])):
                words(inner), env_pairs(inner), healthcheck(inner), from_parts(inner)
        context_sources(tree)
        agree(tree)
        check_valid(tree)
    except InputError as error:
        refusal = error
    assert refusal is None or refusal.code in CODES
    assert refusal is None or Span(0, len(text)).holds(refusal.span)


@settings(max_examples=300, deadline=None)
@given(st.one_of(TEXTS, st.binary().map(decode)))
def test_round_trip(text: str) -> None:
    """Nodes lie in order inside the text without overlap, and what lies between them is blank."""
    try:
        tree = parse(text)
    except InputError:
        return
    assert tree.text == text
    assert decode(encode(text)) == text
    at = 0
    spans = [d.span for d in tree.directives] + [c.span for c in tree.comments] + [n.span for n in tree.instructions]
    for span in sorted(spans):
        assert span.start >= at
        assert text[at : span.start].strip(SPACES + "\ufeff") == ""
        at = span.end
    assert text[at:].strip(SPACES) == ""


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_values_are_found_in_the_file(text: str) -> None:
    """Each character of a value stands at the place that its map names."""
    try:
        tree = parse(text)
    except InputError:
        return
    for node in tree.instructions:
        for inner in (node, *([node.trigger] if node.trigger else [])):
            assert "".join(text[inner.value_map.at(i)] for i in range(len(inner.value))) == inner.value
            assert all(node.span.holds(flag.span) for flag in inner.flags)
            for heredoc in inner.heredocs:
                assert heredoc.terminator.of(text).lstrip("\t" if heredoc.chomp else "") == heredoc.name
