"""Automake and Meson packages: what a build and an installation leave behind."""

# ruff: noqa: E501 (a case reads best on one line)

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imgslim.toolchains.c.driver import HOLE
from tests.toolchains.c.trees import build

if TYPE_CHECKING:
    from imgslim.toolchains.c.units import Unit

AC = "AC_INIT([p],[1])\nAM_INIT_AUTOMAKE\nAC_PROG_CC\ndnf AC_CHECK_LIB([no],[f])\n".replace("dnf", "dnl")


def automake(am: str, ac: str = AC, commands: str = "autoreconf -i && ./configure && make", **files: str) -> list[Unit]:
    """Build a package over src/a.c, src/b.cc and src/a.h."""
    tree = {
        "Makefile.am": "SUBDIRS = src .",
        "src/Makefile.am": am,
        "configure.ac": ac,
        "src/a.c": "",
        "src/b.cc": "",
        "src/a.h": "",
    }
    return build({**tree, **files}, commands)[0]


def test_programs_and_libraries() -> None:
    """Programs with their sources, convenience libraries and linker names."""
    am = """
bin_PROGRAMS = app two
noinst_LIBRARIES = libc1.a
check_PROGRAMS = t
S = a.c \\
    a.h
app_SOURCES = $(S)
app_LDADD = libc1.a -lm
libc1_a_SOURCES = b.cc
two_LDFLAGS = -static
"""
    app, two = automake(am)
    assert (app.path, [s.path for s in app.sources]) == ("/src/src/app", ["/src/src/a.c", "/src/src/b.cc"])
    assert (app.libs, app.cxx, app.strangers, app.holes, app.certain) == (("m",), True, (), (), True)
    assert ([s.path for s in two.sources], two.static) == (["/src/src/two.c"], True)
    assert "/src/configure.ac" in app.files


def test_configure_adds_libraries() -> None:
    """What configure looks for may be linked: named, and the link stays open; comments do not count."""
    ac = (
        AC
        + "AC_CHECK_LIB([z],[inflate])\nAC_SEARCH_LIBS([dlopen],[dl dld])\nPKG_CHECK_MODULES([SSL],[openssl >= 1.1 zlib])\n"
    )
    (app,) = automake("bin_PROGRAMS = app\napp_SOURCES = a.c\napp_LDADD = $(SSL_LIBS)\n", ac)
    assert set(app.libs) == {"z", "dl", "dld", "ssl", "crypto"}
    assert app.holes
    (plain,) = automake("bin_PROGRAMS = app\napp_SOURCES = a.c\n")
    assert not plain.holes
    assert plain.libs == ()


def test_conditions_make_programs_uncertain() -> None:
    """A program under ``if`` may not be built; sources under ``if`` are counted."""
    am = "bin_PROGRAMS = app\napp_SOURCES = a.c\nif X\nbin_PROGRAMS += two\napp_SOURCES += b.cc\nendif\n"
    app, two = automake(am)
    assert (app.certain, len(app.sources)) == (True, 2)
    assert not two.certain


def test_open_values() -> None:
    """A variable that nobody sets leaves the link open."""
    (app,) = automake("bin_PROGRAMS = app\napp_SOURCES = a.c $(MORE)\napp_LDADD = @EXTRA@ other.o\n")
    assert any(HOLE in h for h in app.holes)
    assert app.strangers == ("other.o",)


def test_installation_folders() -> None:
    """``make install`` follows prefix, bindir and DESTDIR."""
    am = "bin_PROGRAMS = app\nsbin_PROGRAMS = d\nlib_LTLIBRARIES = libx.la\nnoinst_PROGRAMS = n\napp_SOURCES = a.c\n"
    commands = "./configure --prefix=/opt --bindir /b CFLAGS=-O2 && make && make install DESTDIR=/pkg"
    paths = [u.path for u in automake(am, commands=commands)]
    assert paths[:4] == ["/src/src/app", "/src/src/d", "/src/src/.libs/libx.so", "/src/src/n"]
    assert paths[4:] == ["/pkg/b/app", "/pkg/opt/sbin/d", "/pkg/opt/lib/libx.so"]


def test_out_of_tree_and_cleaning() -> None:
    """Configure builds where it is run; ``make clean`` makes nothing."""
    am = "bin_PROGRAMS = app\napp_SOURCES = a.c\ninclude more.am\n"
    made = automake(
        am,
        commands="mkdir out && cd out && ../configure && make clean && make",
        **{"src/more.am": "bin_PROGRAMS += b\n"},
    )
    assert [u.path for u in made] == ["/src/out/src/app", "/src/out/src/b"]


def test_package_without_automake_is_a_problem() -> None:
    """A hand-written package is not guessed."""
    assert "no Makefile.am" in build({"configure": ""}, "./configure && make")[1].problems[0]


MESON = """
project('p', 'c')  # comment
inc = include_directories('inc')
dep = dependency('zlib')
util = static_library('util', 'u.c', dependencies : dep)
srcs = ['a.c']
srcs += files('b.cpp')
executable('app', srcs, include_directories : inc, link_with : util, dependencies : [dependency('threads'),
  meson.get_compiler('c').find_library('m')], install : true)
subdir('sub')
"""


def meson(commands: str, text: str = MESON, **files: str) -> list[Unit]:
    """Build a Meson project."""
    tree = {"meson.build": text, "sub/meson.build": "shared_library('s', 's.c', install: true, install_dir: 'lib64')\n"}
    return build({**tree, "a.c": "", "b.cpp": "", "u.c": "", "sub/s.c": "", **files}, commands)[0]


@pytest.mark.parametrize(
    "commands",
    [
        "meson setup out && ninja -C out",
        "meson out && meson compile -C out",
        "meson setup out . --buildtype=release && cd out && ninja",
    ],
)
def test_meson_build(commands: str) -> None:
    """Programs and shared libraries with sources, libraries and folders."""
    app, shared = meson(commands)
    assert (app.path, shared.path) == ("/src/out/app", "/src/out/sub/libs.so")
    assert [s.path for s in app.sources] == ["/src/a.c", "/src/b.cpp", "/src/u.c"]
    assert (set(app.libs), app.holes, app.cxx) == ({"pthread", "m", "z"}, (), True)
    assert app.files == ("/src/meson.build", "/src/sub/meson.build")


def test_meson_installation() -> None:
    """What is marked for installation lands below the prefix."""
    commands = "meson setup out --prefix /opt -Dx=1 -D y=2 && ninja -C out install; meson test; meson install -C out"
    assert [u.path for u in meson(commands)][2:] == ["/opt/bin/app", "/opt/lib64/libs.so"] * 2


def test_meson_open_ends() -> None:
    """Unknown dependencies, conditions and computed names are not guessed."""
    text = """
x = get_option('x')
l = 'a.c'
if x
  l += 'b.cpp'
  executable('maybe', 'a.c', dependencies : dependency('nobody'))
endif
executable('open', l + x, link_args : ['-lz', '-static'], name_prefix : {'a' : 1}['a'])
d = declare_dependency(link_with : shared_library('q', 'u.c'), include_directories : 'inc', sources : 'a.c')
executable('last', 'a' + '.c', dependencies : d, build_by_default : not x, sources : (true ? 'b.cpp' : 'u.c'))
executable('str', '''a.c''', link_with : foo)
"""
    units = {u.path.rsplit("/", 1)[1]: u for u in meson("meson setup out && ninja -C out", text)}
    assert not units["maybe"].certain
    assert units["maybe"].holes
    assert units["open"].libs == ("z",)
    assert units["open"].static
    assert units["last"].shared == ("/src/out/libq.so",)
    assert units["str"].holes


def test_meson_problems() -> None:
    """A project without meson.build is said."""
    assert "no meson.build" in build({}, "meson setup out && ninja -C out")[1].problems[0]
