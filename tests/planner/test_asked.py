"""What tools ask of the image by the words with which a program's sources start them."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Rewritten
from imgslim.service import Options, slim


def _slimmed(line: str, target: str = "scratch") -> Rewritten:
    source = f'#include <stdlib.h>\nint main(void) {{ return system("{line}"); }}\n'
    text = 'FROM gcc:14-bookworm\nWORKDIR /app\nCOPY x.c .\nRUN gcc -o x x.c\nCMD ["./x"]\n'
    outcome = slim(text, MemoryContext({"x.c": source}), Options(target=target))
    assert isinstance(outcome, Rewritten), outcome
    return outcome


@pytest.mark.parametrize(
    ("line", "programs"),
    [
        ("tar cz /proc/uptime", {"gzip"}),
        ("tar -czf /proc/self/fd/1 /proc/uptime", {"gzip"}),
        ("tar --bzip2 -cf - /proc/uptime", {"bzip2"}),
        ("tar -xf in.tar.xz", {"xz"}),
        ("tar -I gzip -xf in", {"gzip"}),
        ("tar cf - /proc/uptime", set()),
        ("tar -C zone -cf - jar", set()),
        ("echo z j J", set()),
    ],
)
def test_programs_that_tar_starts(line: str, programs: set[str]) -> None:
    """It packs by others, which its options or the archive's name say."""
    which = next(row for row in _slimmed(line).after.splitlines() if "which " in row)
    assert {"gzip", "bzip2", "xz", "zstd"}.intersection(which.split()) == programs


@pytest.mark.parametrize(
    ("line", "taken"),
    [
        ("TZ=Asia/Tokyo date", True),
        ("date; TZ='Europe/Rome' date", True),
        ("env TZ=Asia/Tokyo date", True),
        ("TZ=UTC date", False),
        ("TZ=UTC0 date", False),
        ("echo XTZ=Asia/Tokyo", False),
        ("date", False),
    ],
)
def test_a_zone_that_a_line_sets(line: str, taken: bool) -> None:  # noqa: FBT001
    """It is looked up by the program that is started."""
    assert ("/usr/share/zoneinfo" in _slimmed(line).after) is taken


@pytest.mark.parametrize(
    ("line", "taken"), [("LC_ALL=C.UTF-8 sort /proc/uptime", True), ("LC_ALL=C sort /proc/uptime", False)]
)
def test_a_locale_that_a_line_sets(line: str, taken: bool) -> None:  # noqa: FBT001
    """C's own needs no file."""
    assert ("/usr/lib/locale" in _slimmed(line).after) is taken


@pytest.mark.parametrize(
    ("line", "path", "taken"),
    [
        ("getent services imaps", "/etc/services", True),
        ("getent passwd games", "/etc/passwd", True),
        ("getent hosts localhost", "/etc/services", False),
        ("echo services", "/etc/services", False),
    ],
)
def test_what_getent_looks_into(line: str, path: str, taken: bool) -> None:  # noqa: FBT001
    """Each of its data bases is a file of its own."""
    assert (path in _slimmed(line).after) is taken


@pytest.mark.parametrize(("call", "taken"), [("Command::new(&a[1])", True), ('Command::new("date")', False)])
def test_another_program_of_the_build(call: str, taken: bool) -> None:  # noqa: FBT001
    """Where the name of what is started is computed, it may be the build's own."""
    context = {
        "Cargo.toml": '[package]\nname = "x"\nversion = "0.1.0"\nedition = "2021"\n',
        "Cargo.lock": 'version = 3\n\n[[package]]\nname = "x"\nversion = "0.1.0"\n',
        "src/main.rs": "use std::process::Command;\nfn main() { let a: Vec<String> = std::env::args().collect(); "
        f'println!("{{}}", a.len()); let _ = {call}.status(); }}\n',
        "src/bin/worker.rs": "fn main() {}\n",
    }
    text = 'FROM rust:1.85-bookworm\nWORKDIR /app\nCOPY . .\nRUN cargo build --release\nCMD ["target/release/x"]\n'
    outcome = slim(text, MemoryContext(dict(context)), Options(target="debian-slim"))
    assert isinstance(outcome, Rewritten), outcome
    assert ("/app/target/release/worker" in outcome.after) is taken


@pytest.mark.parametrize(("line", "taken"), [("seq 3 | tac", True), ("bash -c 'date'", True), ("seq 3 | wc", False)])
def test_tools_that_keep_temporary_files(line: str, taken: bool) -> None:  # noqa: FBT001
    """They need the folder for them."""
    assert ("/runtime/tmp" in _slimmed(line).after) is taken


@pytest.mark.parametrize(
    ("declared", "taken"),
    [
        ('a = {AF_UNIX, "/var/run/x.sock"}', True),
        ('a = {.sun_family = AF_UNIX, .sun_path = "/var/run/x.sock"}', True),
        ("a = {AF_UNIX}", False),
        ("a", False),
    ],
)
def test_a_socket_that_is_named_where_it_is_declared(declared: str, taken: bool) -> None:  # noqa: FBT001
    """Its folder has to be there."""
    source = f"#include <sys/un.h>\nint main(void) {{ struct sockaddr_un {declared}; return bind(3, &a, sizeof a); }}\n"
    text = 'FROM gcc:14-bookworm\nWORKDIR /app\nCOPY x.c .\nRUN gcc -o x x.c\nCMD ["./x"]\n'
    outcome = slim(text, MemoryContext({"x.c": source}), Options(target="scratch"))
    assert isinstance(outcome, Rewritten), outcome
    assert ("/var/run" in outcome.after) is taken
