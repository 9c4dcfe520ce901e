"""What cargo wrote itself before it builds: manifests, dependencies, lock files."""

from __future__ import annotations

import pytest

from tests.toolchains.rust.support import MAIN, find, lock, manifest, only

LOCKED = {
    "Cargo.toml": manifest(more='[dependencies]\nbytes = "1"'),
    "Cargo.lock": lock(shop="bytes", bytes=""),
    "src/main.rs": MAIN,
}


@pytest.mark.parametrize(
    ("begin", "path"),
    [
        ("cargo new shop", "/src/shop/target/release/shop"),
        ("cargo new --bin shop --vcs none", "/src/shop/target/release/shop"),
        ("cargo new --name till shop", "/src/shop/target/release/till"),
        ("cargo init shop", "/src/shop/target/release/shop"),
        ("mkdir shop && cd shop && cargo init", "/src/shop/target/release/shop"),
    ],
)
def test_begun(begin: str, path: str) -> None:
    """The package that cargo began has the name of its folder, or the one given."""
    extra = f"RUN {begin}\nCOPY main.rs shop/src/main.rs\nWORKDIR shop\n"
    (product,) = find({"main.rs": MAIN}, extra=extra).products
    assert product.path == path
    assert product.ways
    assert not product.assumptions


@pytest.mark.parametrize(
    "begin",
    [
        "cargo new --lib shop",
        "test -d shop || cargo new shop",
        "cargo new shop && echo '[features]' >> shop/Cargo.toml",
        "cargo new shop && sed -i s/0.1.0/0.2.0/ shop/Cargo.toml",
        "cargo new $(date +%s)",
        "cargo new other",
    ],
)
def test_not_begun(begin: str) -> None:
    """A manifest that something else wrote, may have written, or wrote elsewhere is not known."""
    extra = f"RUN {begin}\nCOPY main.rs shop/src/main.rs\nWORKDIR shop\n"
    found = find({"main.rs": MAIN}, extra=extra)
    assert not found.products
    assert [d.reason for d in found.not_followed] == ["build-not-followed"]


def test_brought() -> None:
    """The manifest of the context takes the place of the one that cargo began."""
    extra = "RUN cargo new shop\nCOPY Cargo.toml shop/\nCOPY main.rs shop/src/main.rs\nWORKDIR shop\n"
    (product,) = find({"Cargo.toml": manifest("till"), "main.rs": MAIN}, extra=extra).products
    assert product.path == "/src/shop/target/release/till"


@pytest.mark.parametrize(
    ("run", "settled"),
    [
        ("cargo add openssl", False),
        ("cargo add openssl@0.10", False),
        ("cargo add --manifest-path Cargo.toml openssl", False),
        ("cargo add -p shop openssl", False),
        ("cargo add --git https://example.com/x.git", False),
        ("cargo update", False),
        ("cargo generate-lockfile", False),
        ("cd $(cat where) && cargo update", False),
        ("cargo update --dry-run", True),
        ("cargo new /tool && cd /tool && cargo add openssl", True),
        ("cargo fetch", True),
        ("true", True),
    ],
)
def test_locked_anew(run: str, *, settled: bool) -> None:
    """Crates that a command added, or took anew, are others than Cargo.lock names; in another folder they are not."""
    product = only(LOCKED, extra=f"RUN {run}\n")
    assert product.libraries_known == settled
    assert [a.reason for a in product.assumptions] == ([] if settled else ["modules-unread"])


@pytest.mark.parametrize("option", ["--dev", "--build"])
def test_not_linked(option: str) -> None:
    """What only tests or build scripts need is no crate of the program; the lock file is another all the same."""
    names = only(LOCKED, extra=f"RUN cargo add {option} openssl\n").assumptions[0].message
    assert "bytes" in names
    assert "openssl" not in names


def test_added_to_begun() -> None:
    """Crates of a package that cargo began are those that were added."""
    extra = "RUN cargo new shop\nCOPY main.rs shop/src/\nWORKDIR shop\nRUN cargo add serde bytes && cargo add serde\n"
    (product,) = find({"main.rs": MAIN}, extra=extra).products
    assert not product.libraries_known
    assert "bytes, serde" in product.assumptions[0].message
