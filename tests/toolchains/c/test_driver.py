"""The compiler's command line."""

# ruff: noqa: E501 (a case reads best on one line)

from __future__ import annotations

import pytest

from imgslim.toolchains.c.driver import HOLE, compiler, invocation
from imgslim.toolchains.c.units import Kind
from tests.toolchains.c.trees import build


@pytest.mark.parametrize(
    ("name", "tool"),
    [
        ("gcc", "gcc"), ("/usr/bin/g++", "g++"), ("x86_64-linux-gnu-gcc-12", "gcc"), ("clang++-14", "clang++"),
        ("musl-gcc", "musl-gcc"), ("c99", "c99"), ("gccgo", None), ("ccache", None), ("gcc-ar", None), ("clang-format", None),
    ],
)  # fmt: skip
def test_compiler_names(name: str, tool: str | None) -> None:
    """A triplet in front and a version behind do not matter; other tools of the family are no compilers."""
    assert compiler(name) == tool


def test_options() -> None:
    """Every option that matters for the output lands in its place."""
    call = invocation(
        ("g++", "-O2", "-Wall", "-Iinc", "-I", "more", "-isystem", "sys", '-DP="/x"', "-D", "N=1", "-Llib", "-lfoo", "-l", "bar",
         "-pthread", "-o", "out", "a.cc", "-fopenmp", "-fsanitize=address", "-Wl,-Bstatic,-O1", "-Xlinker", "-dn", "-static-pie")
    )  # fmt: skip
    assert call is not None
    assert (call.cxx, call.mode, call.output, call.inputs) == (True, "link", "out", ["a.cc"])
    assert (call.includes, call.folders, call.libs) == (["inc", "more", "sys"], ["lib"], ["foo", "bar", "pthread"])
    assert call.macros == {"P": "/x"}
    assert call.special == ["-fopenmp", "-fsanitize=address", "-Wl,-Bstatic", "-Wl,-dn"]
    assert call.static
    assert call.static_pie


@pytest.mark.parametrize(
    ("word", "mode"), [("-c", "compile"), ("-S", "assemble"), ("-E", "none"), ("--version", "none")]
)
def test_modes(word: str, mode: str) -> None:
    """Only a link makes a program."""
    call = invocation(("gcc", word, "a.c"))
    assert call is not None
    assert call.mode == mode


def test_holes() -> None:
    """Response files and words that are not settled are holes."""
    call = invocation(("gcc", "@args", HOLE, f"-DX={HOLE}", "-x", "c", "-"))
    assert call is not None
    assert call.holes == ["@args", HOLE]
    assert call.language == "c"
    assert invocation(("ls",)) is None


def test_one_command_makes_a_program() -> None:
    """The default name is a.out; ``-c`` and ``-E`` make none."""
    assert [u.path for u in build({"a.c": ""}, "gcc a.c; gcc -c a.c; gcc -E a.c; gcc --version")[0]] == ["/src/a.out"]


def test_objects_reach_a_later_link() -> None:
    """Sources, C++ and macros travel with objects and archives."""
    files = {"a.c": "", "b.cpp": "", "m.c": ""}
    made, _ = build(
        files, "gcc -c -Iinc a.c && g++ -c b.cpp -o b.o && ar rcs libx.a a.o b.o && g++ m.c -L. -lx -lm -o app"
    )
    (unit,) = made
    assert [s.path for s in unit.sources] == ["/src/m.c", "/src/a.c", "/src/b.cpp"]
    assert (unit.cxx, unit.libs, unit.strangers, unit.sources[1].includes) == (True, ("m",), (), ("/src/inc",))


def test_archives_grow_and_list_strangers() -> None:
    """A member that nobody made is a stranger; ``ar t`` makes nothing."""
    made, shop = build(
        {"a.c": ""}, "gcc -c a.c; ar t libx.a; ar -rc libx.a a.o; ar q libx.a other.o; gcc libx.a -o app"
    )
    assert shop.units["/src/libx.a"].kind is Kind.ARCHIVE
    assert made[0].strangers == ("/src/other.o",)


def test_shared_libraries_of_the_build() -> None:
    """``-l`` finds the shared library first, ``-l:`` the file named, ``-static`` the archive."""
    files = {"a.c": "", "m.c": ""}
    text = "gcc -shared -fPIC a.c -o libx.so; gcc -c a.c; ar rc libx.a a.o; gcc m.c -L. -lx -o one; gcc m.c -L. -l:libx.a -o two;"
    made, _ = build(files, text + "gcc -static m.c -L. -lx -o three; gcc m.c ./libx.so -o four")
    library, one, two, three, four = made
    assert library.kind is Kind.SHARED
    assert (one.shared, two.shared, three.shared, four.shared) == (("/src/libx.so",), (), (), ("/src/libx.so",))


def test_globs_are_expanded_or_a_hole() -> None:
    """A glob takes sources and made objects; one that matches nothing is a hole."""
    made, _ = build(
        {"a.c": "", "b.c": "", "x.h": ""}, "gcc *.c -o app; gcc -c a.c b.c; gcc *.o -o two; gcc *.cc -lx y.c -o three"
    )
    assert [len(u.sources) for u in made[:2]] == [2, 2]
    assert made[2].holes == ("*.cc",)


def test_wrappers_and_moves() -> None:
    """Wrappers are looked through; ``cp``, ``mv``, ``ln`` and ``install`` carry a unit along."""
    text = (
        "ccache gcc a.c -o app; env A=b gcc a.c -o two; cp app /usr/local/bin; mv two /opt/x; ln -s ../app /bin/link;"
        "install -m 755 -t /dest app; install -d /y; cp nothing /usr/bin/z; mv -t /w app"
    )
    _, shop = build({"a.c": ""}, text)
    assert set(shop.units) == {"/usr/local/bin/app", "/opt/x", "/dest/app", "/w/app"}
