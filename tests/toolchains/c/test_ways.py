"""Other ways to link: offered where sound, with a twin that is not."""

# ruff: noqa: E501 (a case reads best on one line)

from __future__ import annotations

import pytest

from imgslim.images import Libc
from imgslim.model import Linkage, Product
from tests.toolchains.c.projects import GCC, compiled, find, rewritten

HELLO = "#include <stdio.h>\nint main(void) { puts(1); }\n"


def kinds(product: Product) -> list[tuple[str, str]]:
    """Linkage and C library of each way."""
    return [(w.linkage.value, w.libc.value) for w in product.ways]


ALL = [("static", "glibc"), ("static", "musl"), ("dynamic", "musl")]


@pytest.mark.parametrize(
    ("code", "command", "expected", "why"),
    [
        (HELLO, "gcc main.c -o /app/app", ALL, ""),
        ("main() { puts(1); }", "gcc main.c -o /app/app", ALL, ""),
        (HELLO, "cc -O2 main.c -lm -lpthread -o /app/app", ALL, ""),
        (HELLO, "clang main.c -o /app/app", ALL[:1], ""),
        (HELLO, "gcc main.c -o /app/app -lssl", [], "-lssl"),
        (HELLO, "gcc main.c other.o -o /app/app", [], "other.o"),
        (HELLO, "gcc main.c -pie -o /app/app", [], "-pie"),
        (HELLO, "gcc main.c -fsanitize=address -o /app/app", [], "-fsanitize=address"),
        (HELLO, "gcc main.c $(llvm-config --libs) -o /app/app", [], "not literal"),
        (HELLO, "gcc -shared main.c -o /app/app", [], "shared library"),
        ("int main() { getaddrinfo(); }", "gcc main.c -o /app/app", [], "main.c:1 calls getaddrinfo"),
        ("int main() { getpwnam(); }", "gcc main.c -o /app/app", [], "calls getpwnam"),
        ("int main() { dlopen(); }", "gcc main.c -o /app/app", [], "calls dlopen"),
        ("int main() { iconv_open(); }", "gcc main.c -o /app/app", [], "calls iconv_open"),
        ('int main() { setlocale(1, "de_DE"); }', "gcc main.c -o /app/app", [], "locale by name"),
        ('int main() { setlocale(1, ""); }', "gcc main.c -o /app/app", ALL[:1], ""),
        ("#include <linux/if.h>\nint main() { }", "gcc main.c -o /app/app", ALL[:1], ""),
        ("#include <execinfo.h>\nint main() { }", "gcc main.c -o /app/app", ALL[:1], ""),
        ("#include <sys/epoll.h>\nint main() { }", "gcc main.c -o /app/app", ALL, ""),
        ("#include <boost/asio.hpp>\nint main() { }", "gcc main.c -o /app/app", [], "<boost/asio.hpp>"),
        ('#include "stdio.h"\n#include <sys/socket.h>\nint main() { }', "gcc main.c -o /app/app", ALL, ""),
        ("#include <vector>\n#include <bits/stdc++.h>\nint main() { }", "g++ main.c -o /app/app", ALL[:1], ""),
        ("int main() { qsort_r(); }", "gcc main.c -o /app/app", ALL[:1], ""),
    ],
)
def test_direct_ways(code: str, command: str, expected: list[tuple[str, str]], why: str) -> None:
    """Static where everything linked is known and opens nothing; musl where it is plain C besides."""
    product = compiled(code, command)
    assert kinds(product) == expected
    assert why in product.not_static
    assert bool(product.not_static) is (not any(k == "static" for k, _ in expected))


@pytest.mark.parametrize(
    ("includes", "base", "expected"),
    [
        ("<thread>", "gcc:12-bookworm", [("static", "glibc")]),
        ("<thread>", "gcc:10-bullseye", []),
        ("<vector>", "gcc:10-bullseye", [("static", "glibc")]),
    ],
)
def test_static_cxx_with_threads_needs_a_recent_libc(includes: str, base: str, expected: list[tuple[str, str]]) -> None:
    """Before glibc 2.34 a static C++ program calls weak thread symbols that are null."""
    assert kinds(compiled(f"#include {includes}\nint main() {{ }}", "g++ main.c -o /app/app", base)) == expected


@pytest.mark.parametrize(("base", "why"), [("example.org/private:1", "not known"), ("busybox:glibc", "libc.a")])
def test_base_image_decides(base: str, why: str) -> None:
    """Nothing is offered where nobody knows that libc.a is there."""
    product = compiled(HELLO, base=base)
    assert product.ways == ()
    assert why in product.not_static


def test_alpine_links_statically_with_its_own_library() -> None:
    """On musl, ``-static`` is musl, and name look-ups are part of the program."""
    product = compiled("int main() { getaddrinfo(); }", base="alpine:3.20")
    assert kinds(product) == [("static", "musl")]
    assert product.libc is Libc.MUSL
    assert compiled("int main() { dlopen(); }", base="alpine:3.20").ways == ()


@pytest.mark.parametrize(
    ("command", "static", "musl"),
    [
        ("gcc -O2 main.c", "RUN gcc -static -O2 main.c", "RUN musl-gcc -static -O2 main.c"),
        ("ccache gcc main.c", "RUN ccache gcc -static main.c", "RUN ccache musl-gcc -static main.c"),
        ("gcc -c main.c && gcc main.o", "RUN gcc -c main.c && gcc -static main.o", "RUN musl-gcc -c main.c && musl-gcc -static main.o"),
        ("gcc -c main.c && ar rc l.a main.o && gcc l.a", "RUN gcc -c main.c && ar rc l.a main.o && gcc -static l.a",
         "RUN musl-gcc -c main.c && ar rc l.a main.o && musl-gcc -static l.a"),
    ],
)  # fmt: skip
def test_edits_touch_the_compiler_alone(command: str, static: str, musl: str) -> None:
    """The edit stands right after the compiler's name, in every command that compiles for it."""
    text = f"FROM {GCC}\nWORKDIR /app\nCOPY . .\nRUN {command}\n"
    (product,) = find(text, main_dot_c=HELLO).products
    ways = {(w.linkage, w.libc): w for w in product.ways}
    assert rewritten(text, ways[Linkage.STATIC, Libc.GLIBC]).splitlines()[-1] == static
    assert rewritten(text, ways[Linkage.STATIC, Libc.MUSL]).splitlines()[-1] == musl
    assert ways[Linkage.STATIC, Libc.MUSL].packages == ("musl-tools",)


def test_exec_form_is_left_alone() -> None:
    """Words of a JSON array are not edited."""
    product = compiled(HELLO, '["gcc", "main.c", "-o", "/app/app"]')
    assert product.ways == ()


def test_static_already() -> None:
    """A program that is linked statically has no other way and no obstacle."""
    product = compiled(HELLO, "gcc -static main.c -o /app/app")
    assert (product.linkage, product.ways, product.not_static) == (Linkage.STATIC, (), "")
    assert compiled(HELLO, "musl-gcc -static main.c -o /app/app").libc is Libc.MUSL


def test_unread_sources_are_an_assumption() -> None:
    """Without its source a static way rests on an assumption, and so does the product."""
    (product,) = find(f"FROM {GCC}\nWORKDIR /app\nRUN curl -O x/gone.c && gcc gone.c -o app\n").products
    assert [a.reason for a in product.ways[0].assumptions] == ["sources-unread"]
    assert "sources-unread" in [a.reason for a in product.assumptions]
    assert kinds(product) == [("static", "glibc")]


MAKE = "app: main.o\n\t$(CC) $(LDFLAGS) $^ -o $@\n"


@pytest.mark.parametrize(
    ("makefile", "command", "static"),
    [
        (MAKE, "make", "make LDFLAGS=-static"),
        ("LDFLAGS = -lm\n" + MAKE, "make -j4 app", "make LDFLAGS='-lm -static' -j4 app"),
        ("CC = gcc\napp: main.c\n\t$(CC) $< -o $@\n", "make", "make CC='gcc -static'"),
        ("app: main.c\n\tgcc $< -o $@ $(LDLIBS)\n", "make", "make LDLIBS=-static"),
        ("app: main.c\n\tgcc $< -o $@\n", "make", None),
        (MAKE, "make LDFLAGS=-lm", "make CC='cc -static' LDFLAGS=-lm"),
        ("app: main.c\n\tgcc $(LDFLAGS) $< -lz -o $@\n", "make", None),
        ("LDFLAGS = $(shell date)\napp: main.c\n\tgcc $(LDFLAGS) $< -o $@\n", "make", None),
    ],
)
def test_ways_through_make(makefile: str, command: str, static: str | None) -> None:
    """A variable is set where the makefile provably hands it to the link, and the build checks its result."""
    text = f"FROM {GCC}\nWORKDIR /app\nCOPY . .\nRUN {command}\n"
    (product,) = find(text, main_dot_c=HELLO, Makefile=makefile).products
    ways = [w for w in product.ways if w.linkage is Linkage.STATIC and w.libc is Libc.GLIBC]
    assert [rewritten(text, w).splitlines()[-1] for w in ways] == ([f"RUN {static}"] if static else [])
    assert all(w.gate for w in ways)
    assert bool(product.not_static) is (static is None)


def test_musl_through_make() -> None:
    """CC reaches every compile and the link."""
    text = f"FROM {GCC}\nWORKDIR /app\nCOPY . .\nRUN make\n"
    (product,) = find(text, main_dot_c=HELLO, Makefile=MAKE).products
    found = [rewritten(text, w).splitlines()[-1] for w in product.ways if w.libc is Libc.MUSL]
    assert found == ["RUN make CC=musl-gcc LDFLAGS=-static", "RUN make CC=musl-gcc"]


@pytest.mark.parametrize(
    ("cmake", "command", "expected"),
    [
        ("add_executable(a main.c)", "cmake . && make", "RUN cmake -DCMAKE_EXE_LINKER_FLAGS=-static . && make"),
        ("add_executable(a main.c)", "cmake -DCMAKE_EXE_LINKER_FLAGS=-s . && make", None),
        ('set(CMAKE_EXE_LINKER_FLAGS "-s")\nadd_executable(a main.c)', "cmake . && make", None),
        ("add_executable(a main.c)\ntarget_link_libraries(a z)", "cmake . && make", None),
    ],
)
def test_ways_through_cmake(cmake: str, command: str, expected: str | None) -> None:
    """The linker flags of the configure step, where the project does not set them itself."""
    text = f"FROM {GCC}\nWORKDIR /app\nCOPY . .\nRUN {command}\n"
    (product,) = find(text, main_dot_c=HELLO, CMakeLists_dot_txt=cmake).products
    assert [rewritten(text, w).splitlines()[-1] for w in product.ways] == ([expected] if expected else [])


def test_ways_through_autotools_and_meson() -> None:
    """LDFLAGS of configure, and the link arguments of meson; libtool takes -static for itself."""
    text = f"FROM {GCC}\nWORKDIR /app\nCOPY . .\nRUN ./configure && make\n"
    files = {"main_dot_c": HELLO, "Makefile_dot_am": "bin_PROGRAMS = a\na_SOURCES = main.c\n"}
    (product,) = find(text, configure_dot_ac="AC_PROG_CC\n", **files).products
    assert rewritten(text, product.ways[0]).splitlines()[-1] == "RUN ./configure LDFLAGS=-static && make"
    (product,) = find(text, configure_dot_ac="LT_INIT\n", **files).products
    assert product.ways == ()
    text = f"FROM {GCC}\nWORKDIR /app\nCOPY . .\nRUN meson setup out && ninja -C out\n"
    (product,) = find(text, main_dot_c=HELLO, meson_dot_build="executable('a', 'main.c')\n").products
    assert "RUN meson -Dc_link_args=-static setup out" in rewritten(text, product.ways[0])


@pytest.mark.parametrize(
    ("template", "reasons"), [("config_dot_h_dot_in", []), ("other_dot_h_dot_in", ["sources-unread"])]
)
def test_made_headers_are_read_from_their_template(template: str, reasons: list[str]) -> None:
    """A header that configure makes is read from its template; one that nobody has is an assumption."""
    product = compiled('#include "config.h"\nint main() { }', **{template: "#define X 1\n"})
    assert [a.reason for a in product.assumptions] == reasons
    assert [a.reason for a in product.ways[0].assumptions] == reasons
