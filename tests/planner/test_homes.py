"""The home of the user that a program runs as: it may write there, whatever else lies in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from imgslim.context import MemoryContext
from imgslim.evidence import Evidence
from imgslim.model import Outcome, Project, Rewritten
from imgslim.planner.standing import as_it_is
from imgslim.service import Options, read_project, slim
from imgslim.syntax import read
from tests.evidence_kit import contents, elf

_CRATE = b'[package]\nname = "a"\nversion = "0.1.0"\nedition = "2021"\n'
_KEPT = 'chown "$(stat -c %u:%g /home/app)" /runtime/home/app; chmod "$(stat -c %a /home/app)" /runtime/home/app'


def _plan(user: str, workdir: str, last: str) -> Outcome:
    text = (
        f"FROM rust:1.85\nRUN {user}\nWORKDIR {workdir}\nCOPY . .\nRUN cargo build --release\n{last}\n"
        'CMD ["./target/release/a"]\n'
    )
    files = {"Cargo.toml": _CRATE, "src/main.rs": b'fn main() { println!("hi"); }'}
    return slim(text, MemoryContext(files), Options(target="debian:bookworm-slim"))


@pytest.mark.parametrize("workdir", ["/home/app/src", "/home/app"])
def test_a_home_that_holds_the_build_stays_its_users(workdir: str) -> None:
    """WORKDIR and COPY would make it root's; what the build left in it stays behind."""
    found = _plan("useradd -m app", workdir, "USER app")
    assert isinstance(found, Rewritten), found
    assert _KEPT in found.after
    assert "cp -a /home/app" not in found.after


@pytest.mark.parametrize(
    ("user", "workdir", "last"),
    [
        ("useradd -m app", "/home/app/src", ""),
        ("useradd -m app", "/home/app/src", "USER root"),
        ("useradd app", "/home/app/src", "USER app"),
        ("useradd -m app", "/src", "USER app"),
    ],
)
def test_any_other_does_not_need_it(user: str, workdir: str, last: str) -> None:
    """Root may write anywhere; a home that nothing made is not there; one apart from the build goes along whole."""
    found = _plan(user, workdir, last)
    assert isinstance(found, Rewritten), found
    assert _KEPT not in found.after


@pytest.mark.parametrize(
    ("install", "users", "kept"),
    [
        ("USER app\nRUN pip install --user flask", "app", "/home/app/.local"),
        ("USER app\nRUN python -m venv /home/app/env && /home/app/env/bin/pip install x", "app", "/home/app/env"),
        ("RUN pip install flask", "app", ""),  # root's, as COPY makes it
        ("USER app\nRUN pip install --user flask", "root", ""),  # root may write anywhere
        ("USER app\nRUN pip install --target /home/app/lib flask", "app", "/home/app/lib"),
    ],
)
def test_what_a_user_installed_stays_that_users(install: str, users: str, kept: str) -> None:
    """COPY would make its folder root's, where the program may write beside the packages."""
    text = (
        f"FROM python:3.11\nRUN useradd -m app\nWORKDIR /home/app/src\n{install}\nCOPY app.py .\nUSER {users}\n"
        'CMD ["python", "app.py"]\n'
    )
    found = slim(text, MemoryContext({"app.py": b"print(1)\n"}), Options(target="python:3.11-slim"))
    assert isinstance(found, Rewritten), found
    own = [line for line in found.after.splitlines() if 'chown "$(stat' in line and "/home/app/" in line]
    assert any(f"/runtime{kept};" in line for line in own) is bool(kept)


def test_folders_on_the_way_to_what_is_laid_out_keep_their_owner() -> None:
    """A file of a user's in a folder of the user's: mkdir alone would make the folder root's."""
    whole = contents({"/home/app/.cache/x/m.bin": 1, "/srv/plain/m.bin": 1}, instructions=(1,))
    owned = {p: replace(e, uid=7, gid=8) for p, e in whole.entries.items() if p.startswith("/home/app")}
    owned["/srv/plain/m.bin"] = replace(whole.entries["/srv/plain/m.bin"], uid=7, gid=8)
    built = replace(whole, entries={**whole.entries, **owned})
    project = read_project(read("FROM debian\n"), MemoryContext({}), Options(evidence=Evidence(built)))
    assert isinstance(project, Project)
    staged = as_it_is(project, "/home/app/.cache/x/m.bin")
    assert staged is not None
    assert "chown 7:8 /runtime/home/app/.cache/x; cp -a" in staged.shell
    assert "chown 7:8 /runtime/home/app; chown" in staged.shell
    plain = as_it_is(project, "/srv/plain/m.bin")
    assert plain is not None
    assert "chown" not in plain.shell


@pytest.mark.parametrize(
    ("user", "line", "asks", "laid"),
    [
        ("web", "web:x:33:33::/srv/web:/bin/sh", True, True),
        ("33:33", "web:x:33:33::/srv/web/:/bin/sh", True, True),
        ("web", "web:x:33:33::/srv/web:/bin/sh", False, False),
        ("web", "web:x:33:33::/nonexistent:/bin/sh", True, False),
        ("web", "web:x:33", True, False),
        ("other", "web:x:33:33::/srv/web:/bin/sh", True, False),
        ("root", "web:x:33:33::/srv/web:/bin/sh", True, False),
    ],
)
def test_a_home_that_the_base_image_brought(user: str, line: str, asks: bool, laid: bool) -> None:  # noqa: FBT001
    """An empty base has none: what asks for it may write there."""
    call = 'getenv("HOME") != 0' if asks else "0"
    source = f"#include <stdlib.h>\nint main(void) {{ return {call}; }}\n".encode()
    text = f'FROM gcc:14\nCOPY a.c /src/a.c\nRUN gcc -o /a /src/a.c\nUSER {user}\nCMD ["/a"]\n'
    built = contents({"/srv/web/": 0, "/a": 2}, instructions=(1, 2), elves={"/a": elf("libc.so.6")})
    built = replace(built, texts={"/etc/passwd": f"root:x:0:0::/root:/bin/sh\n{line}\n"})
    found = slim(text, MemoryContext({"a.c": source}), Options(target="scratch", evidence=Evidence(built)))
    assert isinstance(found, Rewritten), found
    assert ("mkdir -p /runtime/srv/web" in found.after) is laid
