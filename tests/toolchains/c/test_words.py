"""Shell text of recipes as simple commands."""

from __future__ import annotations

import pytest

from imgslim.toolchains.c.driver import HOLE
from imgslim.toolchains.c.words import commands


def argvs(text: str) -> list[tuple[str, ...]]:
    """The argument vectors of ``text``."""
    return [c.argv for c in commands(text) if c.argv]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('gcc -o \'a b\' "c\\"d" e\\ f', [("gcc", "-o", "a b", 'c"d', "e f")]),
        ("a && b; c | d", [("a",), ("b",), ("c",), ("d",)]),
        ("a > out 2>&1 < in", [("a",)]),
        ("a # b", [("a",)]),
        ("for d in x y; do make -C $d; done", [("make", "-C", "x"), ("make", "-C", "y")]),
        ("for d in $(ls); do make -C $d; done", [("make", "-C", HOLE)]),
        ("(cd a && make)", [("(",), ("cd", "a"), ("make",), (")",)]),
        ("gcc `pkg-config --libs openssl`", [("gcc", "-lssl", "-lcrypto")]),
        ("gcc $(pkg-config --cflags openssl) a.c", [("gcc", "a.c")]),
        ("gcc $(pkg-config --libs nobody-knows)", [("gcc", HOLE)]),
        ("gcc $(llvm-config --libs)", [("gcc", HOLE)]),
        ("X=1; gcc -D$X ${Y}", [("gcc", "-D1", HOLE)]),
        ('echo "$X $(date)"', [("echo", f"{HOLE} {HOLE}")]),
        ('cd "$(dirname "$0")" && make', [("cd", HOLE), ("make",)]),
        (
            "R=$(cd /a/b/.. && pwd); X=$(basename /x/y); echo $R $X `dirname /p/q` $(readlink -f /z)",
            [("echo", "/a", "y", "/p", "/z")],
        ),
        ("while true; do a; done; b", [("true",), ("a",), ("b",)]),
    ],
)
def test_argv(text: str, found: list[tuple[str, ...]]) -> None:
    """Words come out after quote removal; what expansion leaves open is a hole."""
    assert argvs(text) == found


def test_certainty() -> None:
    """What stands under ``if`` or behind ``||`` may not run; what follows does."""
    assert [c.certain for c in commands("if a; then b; fi; c || d; e") if c.argv] == [False, False, True, False, True]


def test_assignments_stand_apart() -> None:
    """Assignments in front of a command are not words of it."""
    (command,) = commands("CC=clang X='a b' make")
    assert (command.argv, command.assignments) == (("make",), (("CC", "clang"), ("X", "a b")))


def test_open_quotes_take_no_time() -> None:
    """Unclosed quotes and substitutions are read in linear time."""
    for piece in ('"$(a) ', '"$(', "$(", "'", "`", '"\\'):
        assert commands(piece * 5_000) is not None
