"""Makefiles: which commands a goal runs, and what they make."""

# ruff: noqa: E501 (a case reads best on one line)

from __future__ import annotations

import pytest

from imgslim.toolchains.c.driver import HOLE
from imgslim.toolchains.c.make.options import Options
from imgslim.toolchains.c.make.run import Make, Outcome
from imgslim.toolchains.c.workshop import Workshop
from tests.toolchains.c.trees import MemoryTree


def make(files: dict[str, str] | str, *words: str, env: dict[str, str] | None = None) -> Outcome:
    """Run ``make WORDS…`` in ``/src``; a string is the makefile over a.c, b.c, d/c.c and a.h."""
    if isinstance(files, str):
        files = {"Makefile": files, "a.c": "", "b.c": "", "d/c.c": "", "a.h": "", "x.cpp": ""}
    out = Outcome()
    Make(Workshop(MemoryTree(files)), env or {}, out).run(Options.read(words), "/src")
    return out


def ran(text: str, *words: str, env: dict[str, str] | None = None) -> list[str]:
    """The commands of a make, as lines."""
    return [" ".join(argv) for argv in make(text, *words, env=env).ran]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("app: a.o b.o\n\t$(CC) -o $@ $^\n", ["cc -c -o a.o a.c", "cc -c -o b.o b.c", "cc -o app a.o b.o"]),
        ("app: a.c\n", []),
        ("a: a.o\n", ["cc -c -o a.o a.c", "cc a.o -o a"]),
        ("CFLAGS = -O2\nCFLAGS += -g\nLDLIBS=-lm\na:\n", ["cc -O2 -g a.c -lm -o a"]),
        ("x: x.o\n\t$(CXX) x.o -o x", ["g++ -c -o x.o x.cpp", "g++ x.o -o x"]),
        ("S := $(wildcard *.c)\nO := $(S:.c=.o)\napp: $(O)\n\tld $^\n%.o: %.c\n\tgcc -c $< -o $@\n",
         ["gcc -c a.c -o a.o", "gcc -c b.c -o b.o", "ld a.o b.o"]),
        ("O = $(patsubst %.c,obj/%.o,$(notdir $(wildcard d/*.c)))\nVPATH = d\napp: $(O)\n\tld $<\nobj/%.o: %.c\n\tgcc -c $< -o $@\n",
         ["gcc -c d/c.c -o obj/c.o", "ld obj/c.o"]),
        ("vpath %.c d\nc.o:\n\tld c.o\napp: c.o\n", ["ld c.o"]),
        ("OBJ = a.o b.o\nall: $(OBJ)\n$(OBJ): %.o: %.c a.h\n\tgcc $< -o $@ # $*\n", ["gcc a.c -o a.o", "gcc b.c -o b.o"]),
        (".c.o:\n\tgcc -c $<\nall: a.o\n", ["gcc -c a.c"]),
        # of patterns that fit, the shortest stem, and of equal stems the first
        ("o/c.o:\no/%.o: %.c\n\techo 1\no/%.o: d/%.c\n\techo 2 $<\no/%.o: a.c\n\techo 3\n", ["echo 2 d/c.c"]),
        ("o/a.o:\n%.o: a.h\n\techo 1\no/%.o: a.c\n\techo 2\n", ["echo 2"]),
        ("a.o:\n%.o: %.c\n\techo 1\n%.o: %.c\n\techo 2\n", ["echo 2"]),
        ("a.o:\n.c.o:\n\techo 1\n%.o: %.h\n\techo 2\n", ["echo 2"]),
        # "./" is no part of a name, in patterns neither
        ("all: ./o/a.o\n./o/%.o: ./%.c .WAIT a.h\n\techo $< $@\n", ["echo a.c o/a.o"]),
        # a pattern without recipe makes nothing, and cancels the built-in one
        ("a.o:\n%.o: %.h\n", ["cc -c -o a.o a.c"]),
        ("a.o:\n%.o: %.c\n", []),
        ("all: ; @echo hi\n", ["echo hi"]),
        ("all: one two\none two:\n\techo $@\n", ["echo one", "echo two"]),
        ("all::\n\techo 1\nall::\n\techo 2\n", ["echo 1", "echo 2"]),
        (".PHONY: all\nall:\n\t-@cd d && gcc c.c -o ../c; echo $$x\n", ["gcc c.c -o ../c", f"echo {HOLE}"]),
        ("all:\n\techo a \\\n\t  b\n", ["echo a b"]),
        ("define do\n\techo 1\n\techo $(1)\nendef\nall:\n\t$(call do,x)\n", ["echo 1", "echo x"]),
        ("define tmpl\n$(1):\n\techo $(1)\nendef\nall: p q\n$(foreach n,p q,$(eval $(call tmpl,$(n))))\n", ["echo p", "echo q"]),
        ("all: F = two\nF = one\nall: sub\n\techo $(F)\nsub:\n\techo sub $(F)\n", ["echo sub two", "echo two"]),
        ("all: private F += two\nall:\n\techo $(X)\n", ["echo"]),
        ("include more.mk\nall:\n\techo 1\n", ["echo 1"]),
        ("export A = 1\nall:\n\t$(MAKE) -C d\n", []),
        (".DEFAULT_GOAL := two\none:\n\techo 1\ntwo:\n\techo 2\n", ["echo 2"]),
        ("all: a.h | order\n\techo $| $(@F) $(<D)\norder:\n\techo o\n", ["echo o", "echo order all ."]),
        ("all: missing.c\n\techo 1\n", ["echo 1"]),
        ("X = $(X)\nall:\n\techo $(X)\n", [f"echo {HOLE}"]),
    ],
)  # fmt: skip
def test_commands(text: str, lines: list[str]) -> None:
    """The goal's recipes run after those of what it needs, as GNU make runs them."""
    assert ran(text) == lines


@pytest.mark.parametrize(
    ("condition", "taken"),
    [
        ("ifeq ($(A),1)", True), ("ifeq ($(A),2)", False), ('ifeq "$(A)" "1"', True), ("ifneq ($(A),1)", False),
        ("ifdef A", True), ("ifdef B", False), ("ifndef B", True), ("ifeq ($(shell uname -s),Linux)", True),
        ("ifeq ($(shell uname),Darwin)", False), ("ifeq ($(strip $(B)),)", True),
    ],
)  # fmt: skip
def test_conditionals(condition: str, taken: bool) -> None:  # noqa: FBT001
    """A settled condition takes one branch."""
    text = f"A = 1\n{condition}\nX = yes\nelse\nX = no\nendif\nall:\n\techo $(X)\n"
    assert ran(text) == ["echo yes" if taken else "echo no"]


def test_else_chains_and_nesting() -> None:
    """``else ifeq`` goes on until one holds; skipped text holds no conditions of its own."""
    text = "A = 2\nifeq ($(A),1)\nX = 1\nifeq (a,a)\nX = 9\nendif\nelse ifeq ($(A),2)\nX = 2\nelse\nX = 3\nendif\nall:\n\techo $(X)\n"
    assert ran(text) == ["echo 2"]
    assert ran("all:\nifeq (1,1)\n\techo 1\nelse\n\techo 2\nendif\n") == ["echo 1"]


def test_open_conditions_leave_values_open() -> None:
    """What ``uname -m`` says is not known: neither branch is believed."""
    head = "ifeq ($(shell uname -m),x86_64)\n"
    assert ran(f"{head}X = 1\nelse\nX = 2\nendif\nall:\n\techo $(X)\n") == [f"echo {HOLE}"]
    assert ran(f"X = 0\n{head}X += 1\nendif\nall:\n\techo $(X)\n") == [f"echo 0 1 {HOLE}"]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("$(subst a,b,aa)", "bb"), ("$(strip  a  b )", "a b"), ("$(findstring a,abc)", "a"), ("$(filter %.c,a.c b.h)", "a.c"),
        ("$(filter-out %.c,a.c b.h)", "b.h"), ("$(sort b a b)", "a b"), ("$(word 2,a b)", "b"), ("$(wordlist 2,3,a b c d)", "b c"),
        ("$(words a b)", "2"), ("$(firstword a b)", "a"), ("$(lastword a b)", "b"), ("$(dir a/b c)", "a/ ./"), ("$(notdir a/b)", "b"),
        ("$(suffix a.c b)", ".c"), ("$(basename x/a.c)", "x/a"), ("$(addsuffix .o,a b)", "a.o b.o"), ("$(addprefix d/,a b)", "d/a d/b"),
        ("$(join a b,1 2)", "a1 b2"), ("$(if x,y,z)", "y"), ("$(if ,y,z)", "z"), ("$(or ,b)", "b"), ("$(and a,b)", "b"), ("$(and a,)", ""),
        ("$(foreach i,1 2,x$(i))", "x1 x2"), ("$(origin CC)", "default"), ("$(flavor V)", "simple"), ("$(value V)", "a.c b.c"),
        ("$(abspath d)", "/src/d"), ("$(V:%.c=%.o)", "a.o b.o"), ("${V:.c=.o}", "a.o b.o"), ("$(shell echo hi)", "hi"), ("$(shell pwd)", "/src"),
        ("$(shell ls *.c)", "a.c b.c"), ("$(shell find . -name '*.c')", "./a.c ./b.c ./d/c.c"), ("$(shell find d -type f -name *.c)", "d/c.c"),
        ("$(shell find . -maxdepth 1 -name *.c)", "./a.c ./b.c"), ("$(shell find . -newer x)", HOLE), ("$(shell cat a.h)", ""),
        ("$(shell find . -type d)", ". ./d"), ("$(shell find . -maxdepth 0)", "."), ("$(shell find d)", "d d/c.c"), ("$(shell find no -type d)", ""),
        ("$(shell which c++)", "c++"), ("$(shell command -v /usr/bin/gcc-12)", "/usr/bin/gcc-12"), ("$(shell which perl)", HOLE),
        ("$(shell nproc)", "1"), ("$(shell basename x/y)", "y"), ("$(shell dirname x/y)", "x"), ("$(shell date)", HOLE), ("$(shell ls | wc -l)", HOLE),
        ("$(shell pkg-config --libs zlib)", "-lz"), ("$(info x)", ""), ("$$x", "$x"), ("$(notthere)", ""), ("$(shell uname -o)", "GNU/Linux"),
        ("$(shell mkdir -p x)", ""), ("$(call V)", "a.c b.c"), ("$(wordlist a,b,c)", HOLE), ("$(realpath a.c)", "/src/a.c"), ("$V", "a.c b.c"),
        ("$(shell ls d)", "c.c"), ("$(shell ls d/)", "c.c"), ("$(shell ls d a.c)", HOLE), ("$(shell ls nothere)", ""),
        ("$(shell ls d | awk '{print \"d/\"$$1}')", "d/c.c"), ("$(shell ls d/ | sed 's/^/d\\//')", "d/c.c"),
        ("$(shell ls d | sed 's|\\.c$$|.o|')", "c.o"), ("$(shell ls d | sed 's/[a-z]/x/')", HOLE), ("$(shell ls d | sed 's/c/&&/')", HOLE),
        ("$(shell find . -name '*.c' | grep -v /d/ | sort)", "./a.c ./b.c"), ("$(shell ls *.c | grep b)", "b.c"), ("$(shell ls *.c | grep 'a*')", HOLE),
        ("$(shell ls *.c | xargs)", "a.c b.c"), ("$(shell ls *.c | xargs basename)", HOLE), ("$(shell ls *.c | awk '{print NR}')", HOLE),
        ("$(shell date | sort)", HOLE), ("$(shell ls *.c; ls d)", HOLE), ("$(shell ls *.c || ls d)", HOLE), ("$(shell ls *.c | tr '\\n' ' ')", "a.c b.c"),
        ("$(shell echo $(shell date))", HOLE), ("$(file > x,y)", HOLE), ("$(flavor NO)", "undefined"),
    ],
)  # fmt: skip
def test_functions(expression: str, value: str) -> None:
    """Functions give what GNU make gives, or a hole where it asks the world."""
    out = make(f"V := a.c b.c\nX := {expression}\nall:\n\techo 1\n")
    assert out.makefile is not None
    assert out.makefile.variables["X"].text == value


def test_command_line_and_environment() -> None:
    """The command line beats the makefile, the makefile beats the environment, ``?=`` yields to both."""
    text = "A = m\nB ?= m\nC ?= m\noverride D += m\nall:\n\techo $(A) $(B) $(C) $(D)\n"
    assert ran(text, "A=c", "D=c", env={"B": "e", "A": "e"}) == ["echo c e m c m"]
    assert ran("X != echo 5\nX ::= $(X)\nundefine Y\nall:\n\techo $(X)\n") == ["echo 5"]


def test_options() -> None:
    """Goals, files, folders and variables come apart; numbers belong to ``-j``."""
    options = Options.read(("-j", "4", "-C", "d", "-fx.mk", "--directory=e", "V=1", "goal", "-rn", "--file", "y.mk"))
    assert options.goals == ("goal",)
    assert options.folders == ("d", "e")
    assert options.files == ("x.mk", "y.mk")
    assert options.variables == {"V": "1"}
    assert options.no_built_in
    assert options.dry


def test_sub_makes() -> None:
    """A make in a recipe reads its own makefile, with the command line's and exported variables."""
    files = {
        "Makefile": "export E = 1\nN = 2\nall:\n\t$(MAKE) -C d V=3\n\tfor x in d; do (cd $$x && make t); done\n",
        "d/Makefile": "all:\n\techo $(E) $(N) $(V) $(W)\nt:\n\techo t\n",
    }
    assert [" ".join(a) for a in make(files, "W=4").ran] == ["echo 1 3 4", "echo t"]


def test_rules_without_makefile() -> None:
    """Asked by name, make needs no makefile: its own rules do ("Using Implicit Rules", 10.1)."""
    assert [" ".join(a) for a in make({"app.c": ""}, "app").ran] == ["cc app.c -o app"]
    assert [" ".join(a) for a in make({"app.cpp": ""}, "app", "CXXFLAGS=-O2").ran] == ["g++ -O2 app.cpp -o app"]
    assert make({"app.c": ""}, "gone").ran == []


@pytest.mark.parametrize("words", [(), ("-f", "no.mk", "app"), ("-C", "d", "app")])
def test_no_rules_without_makefile(words: tuple[str, ...]) -> None:
    """The twin: nothing is named, a makefile is, or one may stand there that nobody can read."""

    class Open(MemoryTree):
        """A tree with a folder of which nobody knows what it holds."""

        def absent(self, path: str) -> bool:
            return super().absent(path) and not path.startswith("/src/d/")

    out = Outcome()
    Make(Workshop(Open({"app.c": "", "d/app.c": ""})), {}, out).run(Options.read(words), "/src")
    assert out.ran == []
    assert out.problems


def test_problems_are_named() -> None:
    """No makefile, a missing include and a compiler that is not settled are said."""
    assert make({}).problems == ["no makefile can be read in /src"]
    assert "includes no.mk" in make("include no.mk\nall:\n\techo\n").problems[0]
    assert make("-include no.mk dep.d\ninclude x.d\nall:\n\techo\n").problems == []
    assert "is not settled" in make("CC = $(shell ./choose gcc)\na: a.c\n\t$(CC) -o a a.c\n").problems[0]
    assert "no rule makes it" in make("all: gone.txt\n\techo\n").problems[0]


def test_made_files_are_up_to_date() -> None:
    """A second make does not run a recipe whose output stands."""
    shop = Workshop(
        MemoryTree(
            {"Makefile": "app: a.c\n\tgcc a.c -o app\ninstall: app\n\tinstall app $(DESTDIR)/usr/bin\n", "a.c": ""}
        )
    )
    first, second = Outcome(), Outcome()
    Make(shop, {}, first).run(Options.read(()), "/src")
    Make(shop, {}, second).run(Options.read(("install", "DESTDIR=/pkg")), "/src")
    assert [u.path for u in first.made] == ["/src/app"]
    assert [a[0] for a in second.ran] == ["install"]
    assert [u.path for u in second.made] == ["/pkg/usr/bin"]


def test_one_shell() -> None:
    """``.ONESHELL`` gives the whole recipe to one shell."""
    assert ran(".ONESHELL:\nall:\n\tcd d\n\tgcc c.c -o c\n") == ["gcc c.c -o c"]
