"""The home of the user that a program runs as: it may write there, whatever else lies in it."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Outcome, Rewritten
from imgslim.service import Options, slim

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
