"""The reader of plain shell text and the grammar give the same commands and leave the same state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from imgslim.meaning.shell_fold import read_grammar, read_shell
from imgslim.meaning.shell_plain import statements_of
from imgslim.meaning.shell_state import ShellState
from imgslim.meaning.shell_text import ShellText, script_of
from imgslim.syntax import parse
from imgslim.text import Span
from imgslim.values import Unknown
from tests.kit import ROOT
from tests.meaning import test_shell

if TYPE_CHECKING:
    from imgslim.values import Value

_VARIABLES: dict[str, Value] = {
    "A": "x y",
    "B": "",
    "C": Unknown("c"),
    "D": " a ",
    "E": "e",
    "V": "1.*",
    "HOME": "/h",
    "PATH": "/bin",
}

#: Texts that have to be read without the grammar.
PLAIN = [
    "make",
    "cd a && make && make install",
    "apt-get update && apt-get install -y --no-install-recommends curl=7.* && rm -rf /var/lib/apt/lists/*",
    "set -ex; ./configure --prefix=/usr; make -j4;",
    "curl -fsSL https://example.org/a-${V}.tar.gz | tar xz -C /opt",
    'echo "a $E b" > /etc/a && sed -i \'s/80/8080/\' "/etc/$E.conf" 2>/dev/null',
    "command -v curl >/dev/null 2>&1 && ls; make",
    "cd ~ && cd ~/x && cp *.so ?.a $A/lib",
    "sh -c 'cd x && make' && sudo -u joe make",
    'make -j$(nproc) && make -j"$(nproc)" install && cd "$(go env GOPATH)/src" && ls',
    "$(pwd)x $(pwd)/$(pwd) && $(a/b) c; $(d) e; ls",
    "test $(id -u) && ls $(sh -c make); a | b $(c) | d && e",
    "a 2>&1 | b > c | cd d > e && f",
    "cp $A/$B.c x && cd - 2>&1 && cat - > /f",
    'echo "$A $B" "${E}  ${V}$E" > /f',
]
#: Texts in which the tokens alone do not settle what a shell does, or the grammar reads them in its own way.
NOT_PLAIN = [
    "",
    "a &&",
    "a || b",
    "a ;; b",
    "a & b",
    "(a)",
    "a $(b 'c')",
    "a $(b | c)",
    "a $(b $A)",
    "a $(b $(c))",
    "a $(A=1 b)",
    "a $(for b)",
    "a $( b )",
    "a $((1))",
    "a '$(b)'$(c)",
    "a `b`",
    "a \\\nb",
    "a\nb",
    "a # b",
    "A=1 a",
    "export A=1",
    "if a; then b; fi",
    "a < b",
    "a <<X\nX",
    "a &> b",
    "a > b c",
    "> b a",
    "a 12> b",
    "a {b,c}",
    "a [bc]",
    'a "\\n"',
    'a "b" > "c"',
    "a $1 $@",
    "a ${B:-c}",
    "a ~$B",
    "a =b",
    "! a",
    "a@b c",
    "- a=",
    "a+=b c",
    "a é",
    "a 'b",
    "sh -c 'a' > b",
    "$A b > c",
]


def _read_both(text: ShellText, *, complete: bool, errexit: bool) -> None:
    outcomes = []
    for reader in (read_shell, read_grammar):
        state = ShellState.start("/w", _VARIABLES, "", complete=complete)
        state.errexit = errexit
        reading = reader(text, state)
        outcomes.append((reading, state, state.environment))
    assert outcomes[0] == outcomes[1], text.text


def _text(text: str) -> ShellText:
    return ShellText(text, None, Span(0, len(text)))


@pytest.mark.parametrize("text", PLAIN)
def test_plain(text: str) -> None:
    """Ordinary text is read without the grammar."""
    assert statements_of(text) is not None
    _read_both(_text(text), complete=True, errexit=False)


@pytest.mark.parametrize("text", NOT_PLAIN)
def test_not_plain(text: str) -> None:
    """What is not certain is left to the grammar."""
    assert statements_of(text) is None


@pytest.mark.parametrize("text", [script for script, _ in test_shell.CASES])
def test_cases(text: str) -> None:
    """The cases of the shell tests are read alike."""
    for complete in (True, False):
        _read_both(_text(text), complete=complete, errexit=False)


def test_fixtures() -> None:
    """Every RUN of the fixtures is read alike, spans included."""
    seen = 0
    for file in sorted(ROOT.glob("*/*/**/*Dockerfile")):
        for node in parse(file.read_text()).instructions:
            if node.keyword == "RUN" and node.exec_form is None:
                _read_both(script_of(node), complete=True, errexit=False)
                seen += 1
    assert seen > 20


_BARE = st.text(st.sampled_from("ab1./:@%+,=^*?~-_{}[]!#\\<>()é"), min_size=1, max_size=4)
_VARIABLE = st.sampled_from(
    ["$A", "${A}", "$B", "$C", "${D}", "$E", "${V}", "$N", "$1", "$$", "$", "${A:-b}", "$(a)", "$(cd /x)", "$(pwd)",
     "$(ls -a b=c)", "$(1)", "$(a -)", "$(if a)"]
)  # fmt: skip
_INNER = st.lists(st.one_of(st.sampled_from(["a", "b ", " ", ".", "  ", "*", "~", "\\", "'", "!", "#"]), _VARIABLE))
_QUOTED = st.one_of(_INNER.map(lambda x: f'"{"".join(x)}"'), st.sampled_from(["'a b'", "''", "'$A'", "'\"'", "'*'"]))
_PART = st.one_of(_BARE, st.sampled_from(["a", "/x", ".c", "-o", "--p=", "~", "5"]), _VARIABLE, _QUOTED)
_NAMES = st.sampled_from(
    ["a", "cd", "cd /x", "cd -", "set", "set -e", "set +e", "read X", "eval a", "ls", "test", "grep a", "true", "sh -c",
     "sh -c 'cd /y; b'", "sudo", "env", "export", "pushd /p", "popd", ".", ":", "time", "if", "done", "in", "for", "[",
     "function", "select", "/bin/sh -ec 'a'", "su joe -c", "exec", "!", "{", "}", "1", "A=1", "unset A"]
)  # fmt: skip
_WORD = st.one_of(_NAMES, st.lists(_PART, min_size=1, max_size=4).map("".join))
_REDIRECT = st.sampled_from(
    ["> f", ">>f", "2>&1", ">&2", "2>/dev/null", "> $A", '> "f"', "< f", "&> f", "12> f", ">|f"]
)
_COMMAND = st.builds(
    lambda name, words, redirects: " ".join([name, *words, *redirects]),
    _WORD, st.lists(_WORD, max_size=3), st.lists(_REDIRECT, max_size=2) | st.just([]),
)  # fmt: skip
_JOIN = st.sampled_from([" && ", "&&", "; ", ";", " | ", "|", " || ", " & ", "\n", "  &&\t", " ;; ", " |& ", " "])
_TEXT = st.builds(
    lambda first, rest, end: first + "".join(join + command for join, command in rest) + end,
    _COMMAND, st.lists(st.tuples(_JOIN, _COMMAND), max_size=5), st.sampled_from(["", ";", " ", " ;", " &"]),
)  # fmt: skip
_SIMPLE_TEXT = st.builds(
    " ".join,
    st.lists(
        st.one_of(
            st.sampled_from(["&&", ";", "|", "> f", "2>&1", "cd", "ls", "set -e", "$A", '"$E"', "'a b'", "*", "~"]),
            st.lists(
                st.sampled_from(["a", "/", ".", "*", "?", "=", "-", "^", "$A", "${B}", "$D", '"', "'", " ", "~", "1",
                                 "$(a b)"]),
                min_size=1, max_size=5,
            ).map("".join),
        ),
        max_size=12,
    ),
)  # fmt: skip


@pytest.mark.engine  # slow
@settings(deadline=None, max_examples=1_000)
@given(text=_TEXT | _SIMPLE_TEXT, complete=st.booleans(), errexit=st.booleans())
@example(text="a | b && c | d && e", complete=True, errexit=False)
@example(text="ls && cd /x > f && b; c", complete=True, errexit=False)
@example(text="cd /x > $A", complete=True, errexit=False)
@example(text="a a$A$A/", complete=True, errexit=False)
@example(text='a "" b', complete=True, errexit=False)
def test_same_as_the_grammar(*, text: str, complete: bool, errexit: bool) -> None:
    """Whatever is read without the grammar is read as the grammar reads it."""
    _read_both(_text(text), complete=complete, errexit=errexit)
