"""How Rust programs are linked, and the lines that link them statically."""

from __future__ import annotations

import pytest

from imgslim.images import Libc
from imgslim.model import Linkage, NeedKind
from tests.toolchains.rust.support import MAIN, find, kinds, lock, manifest, only, program, static_line

_ONE = {"Cargo.toml": manifest(), "src/main.rs": MAIN}
_TWO = {**_ONE, "src/bin/tool.rs": MAIN}
_BOTH = ("shop", "tool")
_FLAG = "-- -C target-feature=+crt-static"


@pytest.mark.parametrize(
    ("run", "files", "line"),
    [
        ("cargo build --release", _ONE, f"cargo rustc --release --bin shop {_FLAG}"),
        ("cargo b", _ONE, f"cargo rustc --bin shop {_FLAG}"),
        ("cargo +stable build", _ONE, f"cargo +stable rustc --bin shop {_FLAG}"),
        ("cargo build --bin shop", _TWO, f"cargo rustc --bin shop {_FLAG}"),
        ("a; cargo build > log; b", _ONE, f"a; cargo rustc --bin shop {_FLAG} > log; b"),
        (
            "A=b cargo build",
            _TWO,
            "A=b cargo build" + "".join(f" && A=b cargo rustc --bin {b} {_FLAG}" for b in _BOTH),
        ),
        ("cargo build --bins", _TWO, ""),
        ("cargo build || true", _ONE, f"cargo rustc --bin shop {_FLAG} || true"),
        ("if a; then cargo build; fi", _TWO, ""),
        ("cargo install --path .", _ONE, ""),
        ('["cargo", "build"]', _ONE, ""),
        ("rustc src/main.rs", _ONE, "rustc -C target-feature=+crt-static src/main.rs"),
    ],
)
def test_static_line(run: str, files: dict[str, str], line: str) -> None:
    """The flag goes to the program's own crate; macros and build scripts can't take it."""
    assert static_line(files, run) == line


def test_whole_workspace() -> None:
    """A workspace that is built as one has its features joined: a program by itself may be another."""
    files = {"Cargo.toml": '[workspace]\nmembers = ["a", "b"]\n'}
    for name in ("a", "b"):
        files |= {f"{name}/Cargo.toml": manifest(name), f"{name}/src/main.rs": MAIN}
    assert static_line(files, "cargo build") == ""
    assert static_line(files, "cargo build -p a") == f"cargo rustc -p a --bin a {_FLAG}"


@pytest.mark.parametrize(
    ("base", "run", "linkage", "libc"),
    [
        ("rust:1-bookworm", "cargo build", Linkage.DYNAMIC, Libc.GLIBC),
        ("rust:1-alpine", "cargo build", Linkage.STATIC, Libc.MUSL),
        ("rust:1-alpine", "RUSTFLAGS='-C target-feature=-crt-static' cargo build", Linkage.DYNAMIC, Libc.MUSL),
        ("alpine:3.20", "cargo build", Linkage.DYNAMIC, Libc.MUSL),
        ("rust:1-bookworm", "cargo build --target x86_64-unknown-linux-musl", Linkage.STATIC, Libc.MUSL),
        ("rust:1-bookworm", "RUSTFLAGS='-C target-feature=+crt-static' cargo build", Linkage.STATIC, Libc.GLIBC),
        ("rust:1-bookworm", "RUSTFLAGS=$(cat x) cargo build", Linkage.UNKNOWN, Libc.GLIBC),
        ("example.com/rust:1", "cargo build --manifest-path /src/Cargo.toml", Linkage.DYNAMIC, None),
    ],
)
def test_linkage(base: str, run: str, linkage: Linkage, libc: Libc | None) -> None:
    """Rustup's musl targets link statically by default, Alpine's own and glibc's do not."""
    product = only(_ONE, run, base)
    assert (product.linkage, product.libc) == (linkage, libc)


@pytest.mark.parametrize(
    ("crates", "wants", "why"),
    [
        ("openssl-sys", "", "openssl-sys links -lssl"),
        ("openssl-sys", "openssl-src", ""),
        ("libsqlite3-sys", "pkg-config", "libsqlite3-sys links -lsqlite3"),
        ("libsqlite3-sys", "cc", ""),
        ("libz-sys", "", "what libz-sys links was not read"),
        ("some-sys", "", "what some-sys links was not read"),
        ("ring", "", ""),
        ("windows-sys", "", ""),
    ],
)
def test_libraries(crates: str, wants: str, why: str) -> None:
    """What is linked is what Cargo.lock says, followed through crates in between; other systems' are not."""
    rows = {crates.replace("-", "_"): wants, **{w.replace("-", "_"): "" for w in wants.split()}}
    files = {
        "Cargo.toml": manifest(more='[dependencies]\nbytes = "1"'), "src/main.rs": MAIN,
        "Cargo.lock": lock(shop="bytes", bytes=crates, **rows),
    }  # fmt: skip
    product = only(files)
    assert product.not_static == why
    assert bool(product.ways) == (not why)


def test_build_dependencies_are_not_linked() -> None:
    """Crates of build scripts and macros are left out with all that only they ask for."""
    files = {
        "Cargo.toml": manifest(more='[dependencies]\nserde_derive = "1"\ncc = "1"'), "src/main.rs": MAIN,
        "Cargo.lock": lock(shop="serde_derive cc", serde_derive="syn strange-sys", syn="", cc="", strange_sys=""),
    }  # fmt: skip
    assert only(files).not_static == ""


@pytest.mark.parametrize(
    "script", ['println!("cargo:rustc-link-lib=z");', 'pkg_config::probe_library("z");', "cc::Build::new();"]
)
def test_build_script(script: str) -> None:
    """A build script may link: the way is left out; one that only sets a variable changes nothing."""
    assert "build.rs may link" in only({"src/main.rs": MAIN, "build.rs": f"fn main() {{ {script} }}"}).not_static
    quiet = 'fn main() { println!("cargo:rerun-if-changed=a"); }'
    assert only({"src/main.rs": MAIN, "build.rs": quiet}).ways


def test_link_attribute() -> None:
    """``#[link]`` names a library that no crate does."""
    product = program('#[link(name = "z")]\nextern "C" {}\nfn main() {}\n')
    assert not product.libraries_known
    assert "links a library" in product.not_static


def test_no_lock() -> None:
    """Without Cargo.lock nothing says what fetched crates bring along."""
    product = only({"Cargo.toml": manifest(more='[dependencies]\nserde = "1"'), "src/main.rs": MAIN})
    assert not product.libraries_known
    assert not product.ways
    assert {(NeedKind.CERTIFICATES, ""), (NeedKind.TMP, "")} <= kinds(product)
    assert [a.reason for a in product.assumptions] == ["modules-unread"]


@pytest.mark.parametrize(
    ("run", "heeded"),
    [
        ("cargo install --path .", False),
        ("cargo install --locked --path .", True),
        ("cargo install --frozen --path .", True),
        ("cargo build --release", True),
    ],
)
def test_passed_over_lock(run: str, *, heeded: bool) -> None:
    """``cargo install`` takes the newest crates that the manifest allows, whatever Cargo.lock says."""
    files = {
        "Cargo.toml": manifest(more='[dependencies]\nbytes = "1"'), "src/main.rs": MAIN,
        "Cargo.lock": lock(shop="bytes", bytes=""),
    }  # fmt: skip
    product = only(files, run)
    assert product.libraries_known == heeded
    assert ["takes newer ones than" in a.message for a in product.assumptions] == ([] if heeded else [True])


def test_passed_over_lock_of_nothing() -> None:
    """What fetches no crate gets no other one."""
    product = only({"src/main.rs": MAIN, "Cargo.lock": lock(shop="")}, "cargo install --path .")
    assert product.libraries_known
    assert not product.assumptions


def test_absent_module() -> None:
    """A module that is generated was not read."""
    product = program("mod made;\nfn main() {}\n")
    assert product.not_static == "src/main.rs: mod made was not there to be read"
    assert [a.reason for a in product.assumptions] == ["sources-unread"]


def test_fetched_program() -> None:
    """What cargo fetches to install is not there to be read."""
    (product,) = find(_ONE, "cargo install ripgrep --bin rg").products
    assert product.path.endswith("/rg")
    assert product.linkage is Linkage.UNKNOWN
