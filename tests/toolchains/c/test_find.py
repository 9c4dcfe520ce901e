"""What is found in whole projects, and what is left to others."""

# ruff: noqa: E501 (a case reads best on one line)

from __future__ import annotations

import pytest

from imgslim.meaning.trace import Run
from imgslim.model import Linkage
from imgslim.toolchains import first_names
from imgslim.toolchains.c import TOOLCHAIN
from tests.toolchains.c.projects import GCC, find, project

HELLO = "int main(void) { puts(1); }\n"
HEAD = f"FROM {GCC}\nWORKDIR /app\nCOPY . .\n"


def paths(run: str, **files: str) -> list[str]:
    """The products' paths."""
    return [p.path for p in find(f"{HEAD}RUN {run}\n", main_dot_c=HELLO, **files).products]


@pytest.mark.parametrize(
    ("run", "found"),
    [
        ("gcc main.c", ["/app/a.out"]),
        ("cd sub && gcc ../main.c -o x", ["/app/sub/x"]),
        ("echo gcc main.c", []),
        ("gcc -c main.c", []),
        ("make -C sub", ["/app/sub/s"]),
        ("make clean", []),
        ("make -n", []),
        ("./build.sh", ["/app/scripted"]),
        ("sh build.sh", ["/app/scripted"]),
        ("./other.sh", []),
        ("bash deep/b.sh", ["/app/up"]),
        ("if true; then gcc main.c -o maybe; fi", ["/app/maybe"]),
        ("strip a.out; ar t x.a; pkg-config --libs zlib", []),
    ],
)
def test_paths(run: str, found: list[str]) -> None:
    """Products stand at absolute paths; commands that make none give none."""
    files = {
        "sub__Makefile": "s: s.c\n\tgcc s.c -o s\n", "sub__s_dot_c": HELLO, "Makefile": "clean:\n\trm -f x\n",
        "build_dot_sh": "#!/bin/sh\nset -e\n(cd sub && make t)\ngcc main.c -o scripted\n./other.sh\n", "other_dot_sh": "#!/bin/sh\nls\n", "deep__b_dot_sh": '#!/bin/bash\ncd "$(dirname "$0")/.."\ngcc main.c -o up\n',
    }  # fmt: skip
    assert paths(run, **files) == found


@pytest.mark.parametrize(
    ("head", "follows"),
    [
        (f"FROM {GCC}\nWORKDIR /app\n", True),
        (f"FROM {GCC}\n", True),
        ("FROM debian:12\nRUN apt-get update && apt-get install -y gcc make\nWORKDIR /app\n", True),
        # what may have made a makefile: a package in the system's folders, its source, a file of one, any other command
        ("FROM debian:12\nRUN apt-get install -y gcc make\nWORKDIR /usr/src/app\n", False),
        ("FROM debian:12\nRUN apt-get install -y gcc && apt-get source hello\n", False),
        ("FROM debian:12\nRUN apt-get install -y ./gcc.deb\n", False),
        ("FROM debian:12\nWORKDIR /app\nRUN ./configure\nRUN apt-get install -y gcc make\n", False),
        (f"FROM {GCC}\nWORKDIR /app\nCOPY --from=example.org/sources:1 /src .\n", False),
        # nobody knows what the image holds
        ("FROM example.org/builder:1\nWORKDIR /app\n", False),
    ],
)  # fmt: skip
def test_make_without_makefile(head: str, *, follows: bool) -> None:
    """Make's own rules hold where no makefile can stand."""
    found = find(f"{head}COPY main.c .\nRUN make main\n", main_dot_c=HELLO)
    assert [p.path.rpartition("/")[2] for p in found.products] == ["main"] * follows
    assert [d.reason for d in found.not_followed] == ["build-not-followed"] * (not follows)


def test_build_commands_are_claimed() -> None:
    """Compilers, build systems and binutils only serve the build; the rest belongs to others."""
    text = f"{HEAD}RUN apt-get update && gcc main.c && strip a.out && cp a.out /usr/bin\nRUN make clean\n"
    assert find(text, main_dot_c=HELLO, Makefile="clean:\n").build_commands == {(2, 1), (2, 2), (3, 0)}


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        ("make", "build-not-followed"), ("cmake . && make", "build-not-followed"), ("./configure && make", "build-not-followed"),
        ("bazel build //x", "build-system-unknown"), ("conan install .", "build-system-unknown"), ("cmake --build out", "build-not-followed"),
        ("./build.sh", "build-not-followed"), ("make $GOAL", "build-not-followed"),
    ],
)  # fmt: skip
def test_what_cannot_be_followed_has_a_name(run: str, reason: str) -> None:
    """Nothing to read, or a build system that nobody here reads."""
    found = find(f"{HEAD}ARG GOAL\nRUN {run}\n", main_dot_c=HELLO, build_dot_sh="#!/bin/sh\nmake\n")
    assert [d.reason for d in found.not_followed] == [reason]
    assert found.products == ()


def test_an_unknown_folder_is_said() -> None:
    """A base image that nobody knows, and no WORKDIR: where gcc writes is open."""
    found = find("FROM example.org/private:1\nCOPY . .\nRUN gcc main.c\n", main_dot_c=HELLO)
    assert found.build_commands == {(1, 0)}
    assert "is not settled" in found.not_followed[0].message


def test_open_links_are_unknown() -> None:
    """The target's name is known, what is linked is not."""
    makefile = "S = $(shell generate)\napp: $(S)\n\tgcc $(S) -o app\n"
    (product,) = find(f"{HEAD}RUN make\n", Makefile=makefile).products
    assert (product.path, product.linkage, product.libraries_known) == ("/app/app", Linkage.UNKNOWN, False)
    assert product.ways == ()


def test_conditional_builds_are_assumptions() -> None:
    """What may not be made is said to be so."""
    (product,) = find(f"{HEAD}RUN test -f x || gcc main.c\n", main_dot_c=HELLO).products
    assert [a.reason for a in product.assumptions] == ["build-conditional"]


def test_sources_hold_makefiles_and_headers() -> None:
    """Everything that the build reads is consumed."""
    files = {
        "Makefile": "include m.mk\napp: main.c\n\tgcc -Iinc main.c -o app\n",
        "m_dot_mk": "",
        "inc__a_dot_h": "",
        "README": "",
    }
    (product,) = find(f"{HEAD}RUN make\n", main_dot_c='#include "a.h"\n' + HELLO, **files).products
    assert set(product.sources) == {"main.c", "inc/a.h", "Makefile", "m.mk"}


def test_installed_products() -> None:
    """``make install`` after ``make`` gives the installed program too."""
    makefile = "PREFIX = /usr/local\napp: main.c\n\tgcc main.c -o app\ninstall: app\n\tinstall -m755 app $(DESTDIR)$(PREFIX)/bin/app\n"
    assert paths("make && make install", Makefile=makefile) == ["/app/app", "/usr/local/bin/app"]


def test_claims() -> None:
    """The prefilter sees through wrappers and believes no look-alike."""
    steps = project("FROM x\nRUN gcc a.c; ccache g++ a.cc; ls gcc; go build; make\n").trace.steps
    commands = [c for s in steps if isinstance(s, Run) for c in s.commands]
    assert [TOOLCHAIN.claims([c], first_names([c])) for c in commands] == [True, True, False, False, True]


def test_nothing_to_find() -> None:
    """A file without our commands is not even read."""
    assert find(f"{HEAD}RUN npm install\n").build_commands == frozenset()
