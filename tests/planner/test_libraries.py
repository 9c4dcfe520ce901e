"""What the distribution's libraries need: known to be nothing, known, or an assumption."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Need, NeedKind, Outcome, Rewritten
from imgslim.planner.libraries import calm, library_needs, linker_name
from imgslim.service import Options, slim

SOURCE = b'#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n'


def linked(words: str, target: str = "auto") -> Outcome:
    """Rewrite a program that is linked with ``words``."""
    text = f'FROM gcc:12-bookworm\nCOPY main.c .\nRUN gcc -o /app main.c {words}\nCMD ["/app"]\n'
    return slim(text, MemoryContext({"main.c": SOURCE}), Options(target=target))


@pytest.mark.parametrize(
    "words", ["", "-lz", "-lssl -lcrypto", "-lpcre2-8 -lm", "-lboost_system", "/usr/lib/libz.so.1"]
)
def test_a_library_that_opens_nothing_is_safe(words: str) -> None:
    """What the loader finds is all that the program needs."""
    outcome = linked(words)
    assert isinstance(outcome, Rewritten)
    assert outcome.plan.assumptions == ()
    assert outcome.plan.target.name == "scratch"


@pytest.mark.parametrize(
    "words", ["-lmagic", "-lz -lmagic", "-lboost_locale", "/usr/lib/x86_64-linux-gnu/libmagic.so.1", "-l:libmagic.so.1"]
)
@pytest.mark.parametrize("target", ["auto", "scratch", "busybox:glibc"])
def test_a_library_that_may_open_files_is_an_assumption(words: str, target: str) -> None:
    """Libmagic without its database answers nothing: no target has it by itself."""
    outcome = linked(words, target)
    assert isinstance(outcome, Rewritten)
    assert [a.reason for a in outcome.plan.assumptions] == ["libraries-unproven"]
    assert "by itself" in outcome.plan.assumptions[0].message


@pytest.mark.parametrize("words", ["$(magic-config --libs)", "@libs.txt", "vendor.o", "/usr/lib/libvendor.a"])
def test_a_link_that_is_not_followed_is_an_assumption(words: str) -> None:
    """Which libraries there are is open, so what they open is as well."""
    outcome = linked(words)
    assert isinstance(outcome, Rewritten)
    assert "libraries-unproven" in {a.reason for a in outcome.plan.assumptions}


CGO = b'package main\n\n// #cgo pkg-config: %s\n// #include "x.h"\nimport "C"\n\nfunc main() { C.x() }\n'


@pytest.mark.parametrize(
    ("base", "install", "proven"),
    [
        ("golang:1.24-bookworm", "apt-get install -y libmagickwand-dev", False),
        ("golang:1.24-bookworm", "apt-get install -y libsqlite3-dev zlib1g-dev libmagic-dev=1:5.44-3", False),
        ("golang:1.24-bookworm", "apt-get install -y libsqlite3-dev zlib1g-dev libssl-dev git", True),
        ("golang:1.24-bookworm", "true", True),
        ("golang:1.24-alpine", "apk add gcc musl-dev imagemagick-dev", False),
        ("fedora:40", "dnf install -y golang gcc file-devel", False),
        ("fedora:40", "dnf install -y golang gcc zlib-devel", True),
        ("fedora:40", "dnf install -y golang && dnf group install -y 'Development Tools'", False),
    ],
)
def test_installed_libraries_may_be_linked(base: str, install: str, *, proven: bool) -> None:
    """Where not every link is known, what the build installs to link with says what it may be."""
    text = f'FROM {base}\nRUN {install}\nWORKDIR /src\nCOPY . .\nRUN CGO_ENABLED=1 go build -o /app .\nCMD ["/app"]\n'
    outcome = slim(text, MemoryContext({"go.mod": b"module x\n\ngo 1.22\n", "main.go": CGO % b"x"}))
    assert isinstance(outcome, Rewritten)
    assert ("libraries-unproven" not in {a.reason for a in outcome.plan.assumptions}) == proven


def test_a_static_program_links_nothing_that_opens() -> None:
    """Without cgo no library is linked, whatever is installed."""
    text = (
        "FROM golang:1.24-bookworm\nRUN apt-get install -y libmagic-dev\nWORKDIR /src\nCOPY . .\n"
        'RUN CGO_ENABLED=0 go build -o /app .\nCMD ["/app"]\n'
    )
    main = b"package main\n\nfunc main() {}\n"
    outcome = slim(text, MemoryContext({"go.mod": b"module x\n\ngo 1.22\n", "main.go": main}))
    assert isinstance(outcome, Rewritten)
    assert outcome.plan.assumptions == ()


def test_a_library_that_looks_up_users() -> None:
    """Libpq asks who runs it: the list of users comes along, and nothing is left open."""
    outcome = linked("-lpq")
    assert isinstance(outcome, Rewritten)
    assert outcome.plan.assumptions == ()
    assert "COPY --from=build /etc/passwd /etc/passwd\n" in outcome.after
    assert "nsswitch.conf" in outcome.after
    for words, names in (("-lcurl", True), ("-lsqlite3", False)):
        twin = linked(words)
        assert isinstance(twin, Rewritten)
        assert twin.plan.assumptions == ()
        assert "/etc/passwd" not in twin.after
        assert ("nsswitch.conf" in twin.after) == names


@pytest.mark.parametrize(("words", "modules"), [("", False), ("-lm -lpthread", False), ("-lz", True), ("-lpq", True)])
def test_libraries_may_ask_an_older_c_library_for_names(words: str, *, modules: bool) -> None:
    """Before glibc 2.34 the modules for names are no part of what ldd shows."""
    text = f'FROM gcc:10-bullseye\nCOPY main.c .\nRUN gcc -fopenmp -o /app main.c {words}\nCMD ["/app"]\n'
    outcome = slim(text, MemoryContext({"main.c": SOURCE}), Options(target="scratch"))
    assert isinstance(outcome, Rewritten)
    assert ("nss_(compat|dns|files)" in outcome.after) == modules
    newer = slim(text.replace("10-bullseye", "12-bookworm"), MemoryContext({"main.c": SOURCE}))
    assert isinstance(newer, Rewritten)
    assert "nss_" not in newer.after


def test_a_library_of_the_build_is_read_in_its_sources() -> None:
    """The project's own library opens what its sources say."""
    text = (
        "FROM gcc:12-bookworm\nWORKDIR /src\nCOPY . .\n"
        "RUN gcc -shared -fPIC -o libmagic.so own.c && gcc -o app main.c -L. -lmagic\n"
        'ENV LD_LIBRARY_PATH=/src\nCMD ["./app"]\n'
    )
    outcome = slim(text, MemoryContext({"main.c": SOURCE, "own.c": b"int own(void) { return 1; }\n"}))
    assert isinstance(outcome, Rewritten)
    assert outcome.plan.assumptions == ()


@pytest.mark.parametrize(
    ("library", "name"),
    [
        ("z", "z"), ("/usr/lib/libz.so.1", "z"), ("libz.so.1.2.13", "z"), (":libz.a", "z"),
        ("/usr/lib/libpcre2-8.so.0", "pcre2-8"), ("/opt/vendor.so", "/opt/vendor.so"),
    ],
)  # fmt: skip
def test_linker_name(library: str, name: str) -> None:
    """A path and its linker name are one library."""
    assert linker_name(library) == name


def test_names_are_whole() -> None:
    """A name that begins like a known one is another library."""
    assert calm("z")
    assert not calm("zip")
    assert not calm("boost_log_setup")
    assert calm("absl_strings")
    assert not list(library_needs([Need(NeedKind.COMMAND, "magic", "")], ()))


@pytest.mark.parametrize(("library", "reasons"), [("magic", {"libraries-unproven"}), ("z", set()), ("m", set())])
def test_what_an_archive_opens(library: str, reasons: set[str]) -> None:
    """A static program has the library in it, and not what that reads."""
    text = (
        f'FROM gcc:12-bookworm\nWORKDIR /app\nCOPY . .\nRUN gcc -static -o app main.c -l{library}\nCMD ["/app/app"]\n'
    )
    outcome = slim(text, MemoryContext({"main.c": b"int main(void) { return 0; }\n"}), Options())
    assert isinstance(outcome, Rewritten)
    assert {a.reason for a in outcome.plan.assumptions} == reasons
