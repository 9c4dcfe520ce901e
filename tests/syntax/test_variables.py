"""Expansion follows BuildKit's lexer, and Unknown travels."""

from __future__ import annotations

import pytest

from imgslim.syntax.variables import expand, expansion_problem
from imgslim.values import Unknown

VALUES = {"A": "a", "PATH": "/x:/y", "EMPTY": "", "F": "a/b/c.tar.gz", "STAR": "a*b", "LINES": "1\n2", "S": "é😀"}
OPEN = Unknown("open")


def lookup(name: str) -> str | Unknown | None:
    """OPEN is not settled; what VALUES lacks is unset."""
    return OPEN if name == "OPEN" else VALUES.get(name)


EXPANDED = (
    ("plain", "plain"),
    ("$A", "a"),
    ("${A}b", "ab"),
    ("$Ab", ""),
    ("x${NO}y", "xy"),
    ("/z:$PATH", "/z:/x:/y"),
    ("\\$A", "$A"),
    ("\\\\$A", "\\a"),
    ("a\\b", "ab"),
    ("a\\", "a"),
    ("'$A'", "$A"),
    ("'a\\'", "a\\"),
    ('"$A b"', "a b"),
    ('"a\\b"', "a\\b"),
    ('"a\\"b\\$A\\\\"', 'a"b$A\\'),
    ("a'b'\"c\"", "abc"),
    ("it\\'s", "it's"),
    ("$", "$"),
    ("$.", "$."),
    ("$1x", "x"),
    ("$12x", "x"),
    ("$@$#$?$$$!$*$-$0", ""),
    ("${@}", ""),
    ("${1:-b}", "b"),
    ("$A<b", "a<b"),
    ("$A << b", "a << b"),
    ("${NO:-w}", "w"),
    ("${NO-w}", "w"),
    ("${EMPTY:-w}", "w"),
    ("${EMPTY-w}", ""),
    ("${A:-w}", "a"),
    ("${NO:-$A}", "a"),
    ("${NO:-${NO2:-${A}}}", "a"),
    ("${NO:-'a b'}", "a b"),
    ("${NO:-\\}}", "}"),
    ("${A:+w}", "w"),
    ("${EMPTY:+w}", ""),
    ("${EMPTY+w}", "w"),
    ("${NO+w}", ""),
    ("${A:?e}", "a"),
    ("${EMPTY?e}", ""),
    ("${F#*/}", "b/c.tar.gz"),
    ("${F##*/}", "c.tar.gz"),
    ("${F%.*}", "a/b/c.tar"),
    ("${F%%.*}", "a/b/c"),
    ("${F#?}", "/b/c.tar.gz"),
    ("${F#x}", "a/b/c.tar.gz"),
    ("${F%gz}", "a/b/c.tar."),
    ("${STAR#a\\*}", "b"),
    ("${STAR%\\*b}", "a"),
    ("${NO#a}", ""),
    ("${F/b/x}", "a/x/c.tar.gz"),
    ("${F//./-}", "a/b/c-tar-gz"),
    ("${F//[/-}", "a/b/c.tar.gz"),
    ("${F/\\//-}", "a-b/c.tar.gz"),
    ("${F/*/x}", "x"),
    ("${A//*/x}", "x"),
    ("${F/a*c/$A}", "a.tar.gz"),
    ("${LINES#*2}", "1\n2"),
    ("${S#?}", "😀"),
    ("${S%?}", "é"),
    ("x\udcffy$A", "x\ufffdya"),
    ("x\udcff", "x\ufffd"),
)

REFUSED = (
    "${}", "${", "${A", "${:-b}", "${{A}", "${A^}", "${A:=b}", "${A:b}", "${A:#b}", "${A:", "'a", '"a', '"a\\',
    "${A:-b",
    "${A/b", "${A/b/c", "${NO?}", "${NO:?gone}", "${EMPTY:?}", "${A#\\x}", "${A/\\x/y}", "${A%" + "*x" * 20 + "}",
)  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), EXPANDED)
def test_expands(text: str, expected: str) -> None:
    """Each text becomes what BuildKit makes of it."""
    assert expand(text, lookup) == expected


@pytest.mark.parametrize("text", REFUSED)
def test_refuses(text: str) -> None:
    """What BuildKit refuses has no value."""
    found = expand(text, lookup)
    assert isinstance(found, Unknown)
    assert "can't be expanded" in found.why


@pytest.mark.parametrize(
    "text",
    ["$OPEN", "x${OPEN}", '"$OPEN"', "${OPEN:-w}", "${OPEN:+w}", "${OPEN#a}", "${OPEN/a/b}", "${NO:-$OPEN}",
     "${A#$OPEN}", "${A/$OPEN/b}", "${A/b/$OPEN}", "${A+$OPEN}", "${OPEN?e}"],
)  # fmt: skip
def test_unknown_travels(text: str) -> None:
    """What rests on an unsettled variable is unsettled, for the variable's own reason."""
    assert expand(text, lookup) is OPEN


@pytest.mark.parametrize("text", ["${A:-$OPEN}", "${EMPTY-$OPEN}", "${EMPTY:+$OPEN}", "${NO+$OPEN}"])
def test_unknown_that_is_not_used(text: str) -> None:
    """A branch that is not taken matters to nothing."""
    assert isinstance(expand(text, lookup), str)


def test_other_escape() -> None:
    """With a backtick for an escape the backslash is a character like others."""
    assert expand('C:\\$A`$A"`""', lookup, "`") == 'C:\\a$A"'
    assert expand("C:\\x", lookup, "`") == "C:\\x"


def test_deep_nesting_has_no_value_and_no_fault() -> None:
    """Nesting beyond what is followed is unsettled, not refused."""
    deep = "${B:-" * 5_000 + "}" * 5_000
    assert isinstance(expand(deep, lookup), Unknown)
    assert expansion_problem(deep) is None


def test_problem_is_independent_of_values() -> None:
    """A reference that must be set is only refused once its value is known."""
    assert expansion_problem("${NO:?gone}") is None
    assert expansion_problem("${NO:?gone") is not None
    assert expansion_problem("plain") is None
