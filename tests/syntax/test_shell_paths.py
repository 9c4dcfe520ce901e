"""What shell texts name and write."""

from __future__ import annotations

import pytest

from imgslim.syntax.shell_paths import paths_in


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("./app < conf/in.txt", ("./app", "conf/in.txt")),
        ("for f in sql/*.sql 'a b'/x; do echo; done", ("sql", "a b/x", "echo")),
        ('CONF="conf/$NAME.yml"; ./app "$CONF"', ("conf", "./app")),
        ('./app "a\\"b/$X" pre"fix/"$Y/z', ("./app", 'a"b', "prefix")),
        ("./app ${CONF:-conf/app.yml}", ("./app", "conf/app.yml")),
        ("./app $(cat VERSION)", ("./app", "cat", "VERSION")),
        ("./app ~/x/$Y $X/y", ("./app",)),
        ("./app {a,b}/c", ("./app",)),
        ("# conf/app.yml", ()),
    ],
)
def test_words_that_may_be_paths(text: str, names: tuple[str, ...]) -> None:
    """Of a word that the shell expands the folder before that counts."""
    found = dict.fromkeys(paths_in(text).named)
    assert tuple(n.rstrip("/") for n in found if not n.endswith("/") or len(n) == 1) == names


@pytest.mark.parametrize(
    ("text", "patterns"),
    [
        ("./app *.txt conf/?.yml a[bc]", ("*.txt", "conf/?.yml", "a[bc]")),
        ("for f in *.sql; do a=(b*); done", ("*.sql", "b*")),
        ('./app \'*.txt\' "*.txt" \\*.txt "$X"*.txt ~/* {a,b}*', ()),
        ("case $x in *.txt) ;; esac; [[ $x == *.txt ]]; y=*.txt; echo ${x#*.}", ()),
    ],
)
def test_patterns_of_names(text: str, patterns: tuple[str, ...]) -> None:
    """Those that a shell expands to names of files, as far as they are literal."""
    assert paths_in(text).patterns == patterns


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("./app > /var/log/a 2>> b", ("/var/log/a", "b")),
        ("./app &> /var/log/a; x >| c", ("/var/log/a", "c")),
        ("{ a; b; } > /var/log/a", ("/var/log/a",)),
        ("./app 2>&1 < in", ()),
        ('./app > "$LOG"', ()),
        ("echo '> /var/log/a'", ()),
    ],
)
def test_files_that_are_written(text: str, names: tuple[str, ...]) -> None:
    """A descriptor is none, nor is a name that the shell computes."""
    assert paths_in(text).written == names
