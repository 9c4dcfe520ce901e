"""Shell text: which commands run, where, with what."""

from __future__ import annotations

import pytest

from imgslim.meaning import BaseState, directory_option, shell_simple, unwrap
from imgslim.values import Unknown
from tests.meaning.reading import read, run, show, shown

CASES = [
    # sequences and directories
    ("make", ["/w$ make"]),
    ("cd a && make && make install", ["/w$ cd a", "/w/a$ make", "/w/a$ make install"]),
    ("cd a; make; cd ..; ls", ["/w$ cd a", "/w/a$ make", "/w/a$ cd ..", "/w$ ls"]),
    ("cd /x/../y/./z && ls", ["/w$ cd /x/../y/./z", "/y/z$ ls"]),
    ("cd /a && cd /b && cd - && ls", ["/w$ cd /a", "/a$ cd /b", "/b$ cd -", "/a$ ls"]),
    ("cd - && ls", ["/w$ cd -", "?$ ls"]),
    ("cd && ls", ["/w$ cd", "/root$ ls"]),
    ("cd -- a && ls", ["/w$ cd -- a", "/w/a$ ls"]),
    ("cd $(cat dir) && ls", ["S /w$ cat dir", "/w$ cd ?", "?$ ls"]),
    ("pushd /a && ls && popd && ls && popd", ["/w$ pushd /a", "/a$ ls", "/a$ popd", "/w$ ls", "/w$ popd"]),
    # subshells, pipelines, branches
    ("(cd a && make) && make", ["S /w$ cd a", "S /w/a$ make", "/w$ make"]),
    ("{ cd a; make; } && ls", ["/w$ cd a", "/w/a$ make", "/w/a$ ls"]),
    ("cd a | cat; ls", ["P /w$ cd a", "P /w$ cat", "/w$ ls"]),
    ("curl x | tar xz && make", ["P /w$ curl x", "P /w$ tar xz", "/w$ make"]),
    ("a || b", ["/w$ a", "C /w$ b"]),
    ("cd /x || exit 1; ls", ["/w$ cd /x", "C /x$ exit 1", "/x$ ls"]),
    ("cd /x || cd /y; ls", ["/w$ cd /x", "C /x$ cd /y", "?$ ls"]),
    ("cd /x & ls", ["S /w$ cd /x", "/w$ ls"]),
    ("if test -f x; then cd /x; fi; ls", ["/w$ test -f x", "C /w$ cd /x", "?$ ls"]),
    ("if a; then b; elif c; then d; else e; fi", ["/w$ a", "C /w$ b", "C /w$ c", "C /w$ d", "C /w$ e"]),
    ("if a; then cd /x; else cd /x; fi; ls", ["/w$ a", "C /w$ cd /x", "C /w$ cd /x", "/x$ ls"]),
    ("for i in a b; do cd $i; ls; done; ls", ["C ?$ cd ?", "C ?$ ls", "?$ ls"]),
    ("while a; do b; done", ["C /w$ a", "C /w$ b"]),
    ("case $x in a) cd /x;; b) ls;; esac; ls", ["C /w$ cd /x", "C /w$ ls", "?$ ls"]),
    ("f() { cd /x; Y=1; }; f; echo $Y", ["C ?$ cd /x", "C /x$ Y=1", "/w$ f", "?$ echo ?"]),
    ("f() { ls; }; f; ls", ["C ?$ ls", "/w$ f", "/w$ ls"]),
    ("! a && b", ["/w$ a", "/w$ b"]),
    # a question that decides nothing makes what follows conditional; one that fails the build does not
    ("[ -f x ] && cp x y", ["/w$ [", "/w$ cp x y"]),
    ("[ -f x ] && cp x y; make", ["/w$ [", "C /w$ cp x y", "/w$ make"]),
    ("[[ -f x ]] && a || b", ["/w$ [[", "C /w$ a", "C /w$ b"]),
    ("cd a && make; ls", ["/w$ cd a", "/w/a$ make", "/w/a$ ls"]),
    ("(! a) && b; c", ["S /w$ a", "C /w$ b", "/w$ c"]),
    # variables
    ("X=1; echo $X ${X}y '$X' \"$X z\"", ["/w$ X=1", "/w$ echo 1 1y $X 1 z"]),
    ("X=1 make", ["/w$ X=1 make"]),
    ("A=1 B=2; echo $A$B", ["/w$ A=1 B=2", "/w$ echo 12"]),
    ("X=$(date); echo $X", ["S /w$ date", "/w$ X=?", "/w$ echo ?"]),
    ("X='-O2 -g'; gcc $X \"$X\" m.c", ["/w$ X=-O2 -g", "/w$ gcc -O2 -g -O2 -g m.c"]),
    ("X=' a '; echo b${X}c", ["/w$ X= a ", "/w$ echo b a c"]),
    ("X='*'; ls $X", ["/w$ X=*", "/w$ ls ?"]),
    ("X=; gcc $X m.c", ["/w$ X=", "/w$ gcc m.c"]),
    ("X=a; X+=b; echo $X; Y+=c; Z+=$(d)", ["/w$ X=a", "/w$ X=ab", "/w$ echo ab", "/w$ Y=c", "S /w$ d", "/w$ Z=?"]),
    ("X=$(d); X+=b", ["S /w$ d", "/w$ X=?", "/w$ X=?"]),
    ("echo ${U:-d} ${U-e} ${U:+f} ${E:-g} ${E-h} ${E+i}", ["/w$ echo d e e e i"]),
    ("echo ${E/x/y} $((1+1)) $1 $? $RANDOM", ["/w$ echo ? ? ? ? ?"]),
    ("P=/a/b.tar.gz; cd ${P%/*} && echo ${P##*/} ${P%%.*} ${P#/a} ${N%x} ${P/a/b}", [
        "/w$ P=/a/b.tar.gz", "/w$ cd /a", "/a$ echo b.tar.gz /a/b /b.tar.gz ?",
    ]),
    ("export X=1; unset X; echo [$X]", ["/w$ export X=1", "/w$ echo []"]),
    ("read X; echo $X", ["/w$ read X", "/w$ echo ?"]),
    ("if a; then X=1; fi; echo $X", ["/w$ a", "C /w$ X=1", "/w$ echo ?"]),
    ("cd $(pwd)/a && ls `pwd` $PWD", ["S /w$ pwd", "/w$ cd /w/a", "S /w/a$ pwd", "/w/a$ ls /w/a /w/a"]),
    ("eval x; ls $E", ["/w$ eval x", "?$ ls ?"]),
    (". ./env; ls", ["/w$ . ./env", "?$ ls"]),
    ("$X y; ls", ["/w$ y", "/w$ ls"]),
    ("$(x) y; ls", ["S /w$ x", "/w$ ? y", "?$ ls"]),
    ("/usr/bin/$(x) y; ls", ["S /w$ x", "/w$ ? y", "/w$ ls"]),
    # words
    ("ls *.c a?b [ab] 'x*' \\*", ["/w$ ls ? ? ? x* *"]),
    ("ls ~ ~/x ~joe", ["/w$ ls /root /root/x ?"]),
    ("ls a\\ b \"a\\\"b\" \"a\\b\" 'c'd\"e\"", ['/w$ ls a b a"b a\\b cde']),
    ("mkdir {a,b} x{1..2} {} a{b}", ["/w$ mkdir ? ? {} a{b}"]),
    ("echo $'a\\n' <(x)", ["S /w$ x", "/w$ echo ? ?"]),
    ('echo "$(x) y" é', ["S /w$ x", "/w$ echo ? é"]),
    # several expansions in one word, and blanks between those in a string
    ("A=a; B=b; cp $A/$B.c ${A}/$B$A x", ["/w$ A=a", "/w$ B=b", "/w$ cp a/b.c a/ba x"]),
    ("A=a; X=$A/$E/c; ls $X", ["/w$ A=a", "/w$ X=a/e/c", "/w$ ls a/e/c"]),
    ("A=a; X=$A$E ls $A '$A/$E' \"$A/$E\"", ["/w$ A=a", "/w$ X=ae ls a $A/$E a/e"]),
    ("echo > $E/$E/c d", ["/w$ echo d >e/e/c"]),
    ("cd $E/$E/c && export X=$E/$E && ls $X", ["/w$ cd e/e/c", "/w/e/e/c$ export X=$E/$E", "/w/e/e/c$ ls e/e"]),
    ("for i in $E/$E.c; do b; done", ["C /w$ b"]),
    ("a é$E/$E.c ü$E", ["/w$ a ée/e.c üe"]),
    ("a `pwd`/$E/`pwd` > b", ["S /w$ pwd", "S /w$ pwd", "/w$ a /w/e//w >b"]),
    ("a \\$E/\\$E '`pwd`/`pwd`'", ["/w$ a $E/$E `pwd`/`pwd`"]),
    ('a "${E}  ${E}" "$E $E" " $E \\n ${E}$(pwd) "', ["S /w$ pwd", "/w$ a e  e e e  e \\n e/w "]),
    ('a "$E  $(pwd)" "$E"  "$E"', ["S /w$ pwd", "/w$ a e  /w e e"]),
    ("cd /a; cd - 2>&1; ls - > f", ["/w$ cd /a", "/a$ cd - 2>&1", "/w$ ls - >f"]),
    ("ls $((1 - 2)) -1 2>&1", ["/w$ ls ? -1 2>&1"]),
    # what follows a pipeline is not part of it
    ("a | b | c && cd d; ls", ["P /w$ a", "P /w$ b", "P /w$ c", "/w$ cd d", "/w/d$ ls"]),
    ("a | b | c || cd d; ls", ["P /w$ a", "P /w$ b", "P /w$ c", "C /w$ cd d", "?$ ls"]),
    ("a && b > x | c && d", ["/w$ a", "P /w$ b >x", "P /w$ c", "/w$ d"]),
    ("a | b | c > x || d && e | f", ["P /w$ a", "P /w$ b", "P /w$ c >x", "C /w$ d", "P /w$ e", "P /w$ f"]),
    ("a | b | (c && cd d); ls", ["P /w$ a", "P /w$ b", "PS /w$ c", "PS /w$ cd d", "/w$ ls"]),
    # redirections
    (">f a -j$(b)", ["S /w$ b", "/w$ a ? >f"]),
    ("a > /f 2>&1 < in", ["/w$ a >/f 2>&1 <in"]),
    ("a && b >> f", ["/w$ a", "/w$ b >>f"]),
    ("(cd a; b) > f", ["S /w$ cd a", "S /w/a$ b >/w/f"]),
    ("cd a && b > f", ["/w$ cd a", "/w/a$ b >f"]),
    ("for i in a; do b; done > f", ["C /w$ b >/w/f"]),
    ("> f", ["/w$ >f"]),
    ("> f echo a", ["/w$ echo a >f"]),
    ("a > $(b)", ["/w$ a >?", "S /w$ b"]),
    ("cat <<< word", ["/w$ cat <<<?"]),
    # shells in shells, wrappers
    ("sh -c 'cd /x && make' && ls", ["S /w$ cd /x", "S /x$ make", "/w$ ls"]),
    ('bash -ec "cd $E/x; ls"', ["S /w$ cd e/x", "S /w/e/x$ ls"]),
    ('sh -c "$(x)"', ["S /w$ x", "/w$ sh -c ?"]),
    ("sh script.sh -c x", ["/w$ sh script.sh -c x"]),
    ("sh", ["/w$ sh"]),
    ("X=1; export Y=2; sh -c 'echo $X $Y'", ["/w$ X=1", "/w$ export Y=2", "S /w$ echo 2"]),
    ("A=1 sh -c 'echo $A' > f", ["S /w$ echo 1 >f"]),
    ("bash -lc 'echo $NEW'", ["S /w$ echo ?"]),
    ("su joe -c 'make'", ["S /w$ make"]),
    ("su - joe -s /bin/sh -c 'make'", ["S ?$ make"]),
    ("su $(x) -c 'make'", ["S /w$ x", "/w$ su ? -c make"]),
    ("su joe", ["/w$ su joe"]),
    ("sudo -E sh -c 'make a'", ["S /w$ make a"]),
    ("[ -f x ] && sh -c 'a'; b", ["/w$ [", "CS /w$ a", "/w$ b"]),
]  # fmt: skip


#: Texts for another shell that hold what the base image's environment may set: the same inside.
GIVEN = [
    ('sh -c "cd /x && a --port ${NEW:-80} \\"$NEW\\" b"', ["S /w$ cd /x", "S /x$ a --port ? ? b"]),
    ('sh -c "\\$NEW/a $E"', ["S /w$ ? e"]),
    ('export X=$(y); sh -c "a $X"', ["S /w$ y", "/w$ export X=$(y)", "S /w$ a ?"]),
    # what only this shell has, what the command sets, and what quotes keep from the inner shell is not
    ('X=$(y); sh -c "a $X"', ["S /w$ y", "/w$ X=?", "/w$ sh -c ?"]),
    ('NEW=1 sh -c "a $NEW"', ["/w$ NEW=1 sh -c ?"]),
    ("sh -c \"a '$NEW'\"", ["/w$ sh -c ?"]),
    ('sh -c "a $(b) $NEW"', ["S /w$ b", "/w$ sh -c ?"]),
    ("sh -c a$NEW", ["/w$ sh -c ?"]),
]  # fmt: skip


#: Texts that the grammar reads without an error, but not whole.
TORN = ["a $E\\*", "- a=b", "a \\  b", "a\\ $E\\$", 'a "$E"\\/']
WHOLE = ['a $E"*"', "b - a=b", "a '\\ ' b", "a\\ $E$", 'a "$E"/']


@pytest.mark.parametrize("script", TORN)
def test_torn(script: str) -> None:
    """A text of which the grammar's tree leaves something out, or holds a word in two pieces, is not followed."""
    step = run(script)
    assert [opaque.why for opaque in step.opaque] == ["the shell grammar does not understand this text"]
    assert step.commands == ()


@pytest.mark.parametrize("script", WHOLE)
def test_whole(script: str) -> None:
    """Its twin is."""
    step = run(script)
    assert step.opaque == ()
    assert len(step.commands) == 1


@pytest.mark.parametrize(("script", "expected"), GIVEN)
def test_text_with_values(script: str, expected: list[str]) -> None:
    """A text for another shell is read with its variables in it, where both shells have the same ones."""
    step = run(script, before="WORKDIR /w\nENV E=e", base=BaseState(env_known=False))
    assert shown(step) == expected


@pytest.mark.parametrize(("script", "expected"), CASES)
def test_commands(script: str, expected: list[str]) -> None:
    """Each command stands with the directory it runs in, its settled words, and how it is reached."""
    step = run(script, before="WORKDIR /w\nENV E=e")
    assert shown(step) == expected
    assert step.opaque == ()


def test_nesting_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shells in shells are followed to a bounded depth."""
    script = """sh -c 'sh -c "a b"'"""
    assert shown(run(script)) == ["S /$ a b"]
    monkeypatch.setattr(shell_simple, "_NESTING", 1)
    assert shown(run(script)) == ["S /$ sh -c a b"]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("a && b && c", True),
        ("a", True),
        ("set -e; a; b", True),
        ("set -ex; a", True),
        ("set -o errexit; a; b", True),
        ("X=1; a && b", True),
        ("export X=1 && a", True),
        ("a; b", False),
        ("set -e; set +e; a; b", False),
        ("a || b", False),
        ("a | b", False),
        ("(a)", False),
        ("a & b", False),
        ("if a; then b; fi", False),
        ("sh -c a", False),
        ("f() { a; }; f", False),
        ("a )", False),
    ],
)
def test_sequential(script: str, expected: bool) -> None:  # noqa: FBT001 - a table
    """Only commands joined by && (or by anything under set -e) all run in order."""
    assert run(script).sequential is expected


def test_spans() -> None:
    """Spans are those of the file, over continuations and comments, and in characters."""
    text = 'FROM x\nRUN é && make \\\n  # note\n  -j "a b" > f && sh -c "x y"\n'
    step = read(text).steps[0]
    commands = getattr(step, "commands")  # noqa: B009 - a Run
    assert [c.span.of(text) for c in commands] == ["é", 'make \\\n  # note\n  -j "a b" > f', 'sh -c "x y"']
    assert [w.span.of(text) for w in commands[1].words] == ["make", "-j", '"a b"']
    assert [w.literal for w in run('a "b" $c d$e *').commands[0].words] == [True, True, False, False]


def test_split_word_spans() -> None:
    """Every word that an expansion becomes has the span of the expansion."""
    words = run("X='a b'; ls $X").commands[1].words
    assert [(w.value, w.raw) for w in words] == [("ls", "ls"), ("a", "$X"), ("b", "$X")]
    assert words[1].span == words[2].span


@pytest.mark.parametrize("script", ["a )", "if a; then", "a && && b"])
def test_opaque(script: str) -> None:
    """From text that the grammar does not understand nothing is concluded."""
    step = run(script)
    assert step.commands == ()
    assert len(step.opaque) == 1
    assert not step.sequential


@pytest.mark.parametrize(
    ("before", "why"),
    [
        ('SHELL ["powershell", "-command"]', "powershell"),
        ('SHELL ["/bin/bash", "-x"]', "does not end in -c"),
    ],
)
def test_other_shells(before: str, why: str) -> None:
    """Text for a shell of another language is opaque; twin: bash with options is read."""
    assert why in run("ls", before=before).opaque[0].why
    assert shown(run("ls", before='SHELL ["/bin/bash", "-o", "pipefail", "-c"]')) == ["/$ ls"]


def test_shell_with_errexit() -> None:
    """SHELL may turn set -e on."""
    assert run("a; b", before='SHELL ["/bin/sh", "-ec"]').sequential
    assert run("a; b", before='SHELL ["/bin/bash", "-o", "errexit", "-c"]').sequential
    assert not run("a; b", before='SHELL ["/bin/bash", "-c"]').sequential


def test_exec_form() -> None:
    """Exec form is one command of literal words, or the text that it hands to a shell."""
    step = run('["gcc", "-o", "a b", "$X"]')
    assert step.commands[0].argv == ("gcc", "-o", "a b", "$X")
    assert all(word.literal for word in step.commands[0].words)
    assert step.sequential
    assert shown(run('["/bin/bash", "-c", "cd /x && make"]')) == ["S /$ cd /x", "S /x$ make"]


@pytest.mark.parametrize(
    ("text", "expected", "opaque"),
    [
        ("RUN <<EOF\ncd /x\nmake\nEOF", ["/$ cd /x", "/x$ make"], 0),
        ("RUN <<-EOF\n\tcd /x\n\tmake\n\tEOF", ["/$ cd /x", "/x$ make"], 0),
        ("RUN <<EOF\n#!/bin/bash -e\nmake\nEOF", ["/$ make"], 0),
        ("RUN <<EOF\n#!/usr/bin/env sh\nmake\nEOF", ["/$ make"], 0),
        ("RUN <<EOF\n#!/usr/bin/env python3\nprint()\nEOF", [], 1),
        ("RUN cat <<EOF > /f && make\nhello && bye\nEOF", ["/$ cat <<? >/f", "/$ make"], 0),
        ("RUN cat <<EOF | tee /f\nhello\nEOF", ["/$ cat <<?", "P /$ tee /f"], 0),
        ("RUN cat <<EOF || make\nhello\nEOF", ["/$ cat <<?", "C /$ make"], 0),
        ("RUN cat <<A >/a\nx\nA\nRUN ls", ["/$ ls"], 0),
        ("RUN python3 <<EOF\nprint(')')\nEOF", ["/$ python3 <<?"], 0),
    ],
)
def test_heredocs(text: str, expected: list[str], opaque: int) -> None:
    """A RUN of a heredoc alone is its body's script; other heredocs are input of their command."""
    step = read(f"FROM x\n{text}\n").steps[-1]
    assert [show(c) for c in getattr(step, "commands")] == expected  # noqa: B009 - a Run
    assert len(getattr(step, "opaque")) == opaque  # noqa: B009


def test_heredoc_spans() -> None:
    """Commands in a heredoc's body stand where they are written; with <<- the whole instruction stands for them."""
    text = "FROM x\nRUN <<EOF\ncd /x\nmake all\nEOF\n"
    commands = getattr(read(text).steps[0], "commands")  # noqa: B009 - a Run
    assert [c.span.of(text) for c in commands] == ["cd /x", "make all"]
    text = "FROM x\nRUN <<-EOF\n\tmake all\n\tEOF\n"
    commands = getattr(read(text).steps[0], "commands")  # noqa: B009
    assert commands[0].span.of(text).startswith("RUN <<-EOF")


def test_environment() -> None:
    """A command's environment holds ENV, ARG and exports, not plain shell variables."""
    step = run("X=1; export Y=2 Z; make; E=4; make", before="ENV E=e\nARG A=a\nARG N")
    first, second = (c.env for c in step.commands if c.name == "make")
    assert {k: v for k, v in first.items() if k != "PATH"} == {
        "E": "e", "A": "a", "N": Unknown("ARG N has no default"), "Y": "2", "Z": ""
    }  # fmt: skip
    assert second["E"] == "4"


def test_unknown_base() -> None:
    """On an unknown base any variable may be set, and the directory is open; twin: on a known one it is not."""
    unknown = BaseState.unknown("nobody knows")
    assert shown(run("ls $X && cd a", base=unknown)) == ["?$ ls ?", "?$ cd a"]
    assert shown(run("ls $X ~", before="USER joe")) == ["/$ ls ?"]
    assert shown(run("ls $X y")) == ["/$ ls y"]


@pytest.mark.parametrize(
    ("script", "inner", "user", "assignments"),
    [
        ("gcc a", "gcc a", "u", {}),
        ("sudo -u joe -E make -C x", "make -C x", "joe", {}),
        ("sudo A=1 make", "make", "root", {"A": "1"}),
        ("doas make", "make", "root", {}),
        ("env -u X A=b C=d make", "make", "u", {"A": "b", "C": "d"}),
        ("X=1 exec nice -n 5 time -p make", "make", "u", {"X": "1"}),
        ("timeout -s KILL 5 make", "make", "u", {}),
        ("gosu joe make x", "make x", "joe", {}),
        ("nohup -- make", "make", "u", {}),
        ("ccache gcc -c a.c", "gcc -c a.c", "u", {}),
        ("ccache -s", "ccache -s", "u", {}),
        ("command -v gcc", "command -v gcc", "u", {}),
        ("env", "env", "u", {}),
        ("sudo -i make", "sudo -i make", "u", {}),
        ("env $(x) make", "env ? make", "u", {}),
        ("sudo -u", "sudo -u", "u", {}),
    ],
)
def test_unwrap(script: str, inner: str, user: str, assignments: dict[str, str]) -> None:
    """Commands that only start another one are seen through, with what they set."""
    command = unwrap(run(script, before="USER u").commands[-1])
    assert " ".join("?" if isinstance(w, Unknown) else w for w in command.argv) == inner
    assert (command.user, dict(command.assignments)) == (user, assignments)


@pytest.mark.parametrize(
    ("script", "folder"),
    [("make -C x all", "x"), ("ninja -Cx", "x"), ("make all", None), ("make -C", ""), ("make -C $(x)", Unknown)],
)
def test_directory_option(script: str, folder: object) -> None:
    """The folder of -C, as its own word or joined."""
    found = directory_option(run(script).commands[-1])
    match folder:
        case "":
            assert found is None
        case type():
            assert isinstance(found, Unknown)
        case _:
            assert found == folder
