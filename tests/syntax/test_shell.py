"""Which shell text exec form can hold, held against a real shell; and the commands of scripts."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imgslim.syntax.shell import ShellNeeded, SimpleCommand, literal, script_commands, simple_command
from imgslim.syntax.shell_source import parser

SIMPLE = (
    ("./hello", ("./hello",)),
    ("  ./hello\ta \n", ("./hello", "a")),
    ("exec ./x a", ("./x", "a")),
    ("exec echo -n", ("echo", "-n")),
    ("'exec' x", ("x",)),
    ('a \'b c\' "d\\"e\\x"', ("a", "b c", 'd"e\\x')),
    ("a b\\ c \\$d", ("a", "b c", "$d")),
    ("ab'c'\"d\"", ("abcd",)),
    ("a '' b", ("a", "", "b")),
    ("a#b c#", ("a#b", "c#")),
    ("a b~c ~d~"[:5], ("a", "b~c")),
    ("a X=1", ("a", "X=1")),
    ('"X"=1 a', ("X=1", "a")),
    ('"if" x', ("if", "x")),
    ("a {} %", ("a", "{}", "%")),
    ("a ! if", ("a", "!", "if")),
    ("é ü", ("é", "ü")),
)

NEEDS = (
    ("a $X", "the expansion $X"),
    ('a "${X:-b c}"', "the expansion ${X:-b c}"),
    ("a $", "the expansion $"),
    ("a `b`", "a command substitution"),
    ('a "`b`"', "a command substitution"),
    ("a $(b)", "a command substitution"),
    ("a > b", "a redirection"),
    ("a 2>&1", "a redirection"),
    ("a < b", "a redirection"),
    ("a && b", "the operator &&"),
    ("a || b", "the operator ||"),
    ("a | b", "the operator |"),
    ("a; b", "the operator ;"),
    ("a &", "the operator &"),
    ("(a)", "a subshell or function"),
    ("a() b", "a subshell or function"),
    ("a # b", "a comment"),
    ("#", "a comment"),
    ("X=1 a", "the assignment X=1"),
    ("X+=1 a", "the assignment X+=1"),
    ("~/x", "a tilde for a home directory"),
    ("a --b=~", "a tilde for a home directory"),
    ("a *.x", "the pattern *.x"),
    ("a b?", "the pattern b?"),
    ("[ -f a ]", "the pattern ["),
    ("a {b,c}", "the braces {b,c}, which some shells expand"),
    ("a {1..3}", "the braces {1..3}, which some shells expand"),
    ("if a", "the reserved word if"),
    ("! a", "the reserved word !"),
    ("{ a", "the reserved word {"),
    ("cd /a", "the builtin cd"),
    ("'cd' /a", "the builtin cd"),
    (". a", "the builtin ."),
    ("exec", "the builtin exec"),
    ("exec -a b c", "the builtin exec"),
    ("echo -n a", "the builtin echo with an option or a backslash"),
    ("echo 'a\\tb'", "the builtin echo with an option or a backslash"),
    ("a 'b", "a quote that is not closed"),
    ('a "b', "a quote that is not closed"),
    ("a \\", "a backslash at its end"),
    ("a\nb", "several lines"),
    ("a \\\n b", "several lines"),
    ("", "no command"),
    ("'' a", "no command"),
    ("a \udcff", "bytes that are not UTF-8"),
)


@pytest.mark.parametrize(("text", "argv"), SIMPLE)
def test_simple(text: str, argv: tuple[str, ...]) -> None:
    """One literal command gives its words."""
    assert simple_command(text) == SimpleCommand(argv)


@pytest.mark.parametrize(("text", "why"), NEEDS)
def test_needs_a_shell(text: str, why: str) -> None:
    """All else says what needs the shell."""
    assert simple_command(text) == ShellNeeded(why)


def test_builtin_that_is_a_program_too() -> None:
    """With plain operands echo, printf and the like do the same as programs."""
    assert simple_command("echo a 'b c'") == SimpleCommand(("echo", "a", "b c"), also_builtin=True)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab ='\"\\$~#!{}*?[]();|&<>,.`\té-", max_size=14))
def test_words_are_those_of_a_real_shell(tail: str) -> None:
    """Whatever is called simple, ``sh`` splits into the same words."""
    found = simple_command(f"show {tail}")
    if isinstance(found, ShellNeeded):
        return
    script = f'show() {{ for a do printf "%s\\0" "$a"; done; }}\nshow {tail}'
    shown = subprocess.run(["/bin/sh", "-c", script], capture_output=True, check=True, timeout=10).stdout
    assert tuple(shown.decode().split("\0")[:-1]) == found.argv[1:]


SCRIPT = r"""#!/bin/sh
set -e
X=1 foo "$X" 'a b' c\ d > out <<E
text
E
if test -f x; then
  exec bar "$@"
fi
( a; b | "c d" e"f" g )
exec "$@"
"""


def test_script() -> None:
    """Every command is found, in order, whatever it stands in; the script's own arguments are no open end."""
    commands, open_end = script_commands(SCRIPT)
    assert commands == (
        ("set", "-e"),
        ("foo", "", "a b", "c d"),
        ("test", "-f", "x"),
        ("exec", "bar", ""),
        ("a",),
        ("b",),
        ("c d", "ef", "g"),
    )
    assert open_end == ""


@pytest.mark.parametrize(
    ("text", "open_end"),
    [
        ("$X a\n", "it starts $X"),
        ('exec "$X"\n', 'it starts "$X"'),
        ("b*\n", "it starts b*"),
        ("a /$X/$Y.c $X-$Y\n", ""),
        ("/$X/$Y\n", "it starts /$X/$Y"),
        ("a $V\\*\n", "a part was not understood"),
        ("a ) b\n", "a part was not understood"),
    ],
)
def test_script_with_an_open_end(text: str, open_end: str) -> None:
    """A computed program, or text that the grammar does not know, leaves the list open."""
    assert script_commands(text)[1] == open_end


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a 'b'", "b"),
        ('a "b\\"\\x"', 'b"\\x'),
        ("a b\\*c", "b*c"),
        ("a 12", "12"),
        ("a ~", None),
        ("a b*", None),
        ('a "$b"', None),
        ("a b$c", None),
        ("a b'c'\"d\"", "bcd"),
    ],
)
def test_literal(text: str, value: str | None) -> None:
    """Quote removal of the grammar's word nodes."""
    root = parser().parse(text.encode()).root_node
    assert literal(root.children[0].children[1]) == value
