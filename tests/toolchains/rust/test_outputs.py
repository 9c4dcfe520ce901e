"""Where cargo and rustc leave their programs."""

from __future__ import annotations

import pytest

from tests.toolchains.rust.support import MAIN, find, manifest

_ONE = {"Cargo.toml": manifest(), "src/main.rs": MAIN}
_BINS = {**_ONE, "src/bin/tool.rs": MAIN, "src/bin/big/main.rs": MAIN}
_SPACE = {
    "Cargo.toml": '[workspace]\nmembers = ["apps/*"]\nexclude = ["apps/old"]\n',
    "apps/a/Cargo.toml": manifest("a"), "apps/a/src/main.rs": MAIN,
    "apps/b/Cargo.toml": manifest("b"), "apps/b/src/main.rs": MAIN,
    "apps/old/Cargo.toml": manifest("old"), "apps/old/src/main.rs": MAIN,
}  # fmt: skip
_NAMED = {**_ONE, "Cargo.toml": manifest(more='[[bin]]\nname = "greet"\npath = "src/main.rs"')}
_ROOTED = {**_SPACE, "Cargo.toml": manifest() + _SPACE["Cargo.toml"], "src/main.rs": MAIN}
_DEFAULTS = {**_SPACE, "Cargo.toml": _SPACE["Cargo.toml"] + 'default-members = ["apps/b"]\n'}


def _config(text: str) -> dict[str, str]:
    return {**_ONE, ".cargo/config.toml": text}


@pytest.mark.parametrize(
    ("run", "files", "paths"),
    [
        ("cargo build", _ONE, ["target/debug/shop"]),
        ("cargo b -r", _ONE, ["target/release/shop"]),
        ("cargo build --release", _ONE, ["target/release/shop"]),
        ("cargo +nightly build --release", _ONE, ["target/release/shop"]),
        ("cargo build --profile=dist", _ONE, ["target/dist/shop"]),
        ("cargo build --profile dev", _ONE, ["target/debug/shop"]),
        ("cargo build --profile bench", _ONE, ["target/release/shop"]),
        ("cargo build --target x86_64-unknown-linux-musl", _ONE, ["target/x86_64-unknown-linux-musl/debug/shop"]),
        ("cargo build --target-dir /out", _ONE, ["/out/debug/shop"]),
        ("CARGO_TARGET_DIR=/out cargo build", _ONE, ["/out/debug/shop"]),
        ("CARGO_TARGET_DIR=/out cargo build --target-dir here", _ONE, ["here/debug/shop"]),
        ("cargo build --lib", _ONE, []),
        ("cargo test", _ONE, []),
        ("cargo check", _ONE, []),
        ("cargo fetch", _ONE, []),
        ("cargo chef cook --release --recipe-path recipe.json", _ONE, []),
        ("cargo build", _BINS, ["target/debug/shop", "target/debug/big", "target/debug/tool"]),
        ("cargo build --bin tool", _BINS, ["target/debug/tool"]),
        ("cargo build --bins", _BINS, ["target/debug/shop", "target/debug/big", "target/debug/tool"]),
        ("cargo build", _NAMED, ["target/debug/greet"]),
        ("cargo build", _SPACE, ["target/debug/a", "target/debug/b"]),
        ("cargo build -p b", _SPACE, ["target/debug/b"]),
        ("cargo build -pb", _SPACE, ["target/debug/b"]),
        ("cargo build --workspace --exclude a", _SPACE, ["target/debug/b"]),
        ("cargo build --manifest-path apps/a/Cargo.toml", _SPACE, ["target/debug/a"]),
        ("cd apps/a && cargo build", _SPACE, ["target/debug/a"]),
        ("cd apps/old && cargo build", _SPACE, ["apps/old/target/debug/old"]),
        ("cargo build", _ROOTED, ["target/debug/shop"]),
        ("cargo build --all", _ROOTED, ["target/debug/shop", "target/debug/a", "target/debug/b"]),
        ("cargo build", _DEFAULTS, ["target/debug/b"]),
        ("cargo build", _config('[build]\ntarget-dir = "out"'), ["out/debug/shop"]),
        ("cargo build", _config('[build]\ntarget = "arm"'), ["target/arm/debug/shop"]),
        ("cargo build", _config('[build]\ntarget = ["arm"]'), ["target/arm/debug/shop"]),
        ("cargo build", _config("[build"), ["target/debug/shop"]),
        ("cargo install --path .", _ONE, ["/usr/local/cargo/bin/shop"]),
        ("cargo install --path . --root /usr", _ONE, ["/usr/bin/shop"]),
        ("cargo install --path apps/b --root=/opt", _SPACE, ["/opt/bin/b"]),
        ("cargo install --path .", _config('[install]\nroot = "/opt"'), ["/opt/bin/shop"]),
        ("cargo install diesel_cli@2.0.0", _ONE, ["/usr/local/cargo/bin/diesel_cli"]),
        ("rustc src/main.rs", _ONE, ["main"]),
        ("rustc -O -o /app src/main.rs", _ONE, ["/app"]),
        ("rustc --out-dir=/out -C opt-level=3 src/main.rs", _ONE, ["/out/main"]),
        ("rustc --crate-name a-b src/main.rs", _ONE, ["a-b"]),
        ("rustc --crate-type lib src/main.rs", _ONE, []),
        ("rustc --version", _ONE, []),
    ],
)
def test_paths(run: str, files: dict[str, str], paths: list[str]) -> None:
    """The profile, target and folders of each form."""
    found = find(files, run)
    assert not found.not_followed
    assert [p.path for p in found.products] == [p if p.startswith("/") else f"/src/{p}" for p in paths]


def test_required_features() -> None:
    """A program that asks for a feature is built only with it."""
    more = '[features]\ncli = []\n[[bin]]\nname = "tool"\nrequired-features = ["cli"]\n'
    files = {**_BINS, "Cargo.toml": manifest(more=more)}
    assert len(find(files).products) == 2
    assert len(find(files, "cargo build --features cli").products) == 3


@pytest.mark.parametrize(
    ("run", "files", "why"),
    [
        ("cargo build --profile $(cat p)", _ONE, "not settled"),
        ("cargo build --profile=$(cat p)", _ONE, "the profile is not settled"),
        ("cargo build --target-dir=$(cat p)", _ONE, "the target folder is not settled"),
        ("cargo build --target=$(cat p)", _ONE, "the target is not settled"),
        ("cargo build -p other", _ONE, "no manifest of package other"),
        ("cargo build", {"a": ""}, "no Cargo.toml"),
        ("cargo build", None, "no Cargo.toml"),
        ("cargo build --target a --target b", _ONE, "several targets"),
        ("cargo zigbuild", _ONE, "cargo zigbuild is not known"),
        ("cross build", _ONE, "containers of its own"),
        ("rustc $(cat f)", _ONE, "not settled"),
        ("rustc --emit=obj src/main.rs", _ONE, "not a program alone"),
        ("cd $(cat d) && cargo build", _ONE, "its folder is not settled"),
    ],
)
def test_not_followed(run: str, files: dict[str, str] | None, why: str) -> None:
    """What is not settled is said, and no product guessed."""
    found = find(files, run)
    assert not found.products
    (declined,) = found.not_followed
    assert declined.reason == "build-not-followed"
    assert why in declined.message


def test_commands_that_serve_the_build() -> None:
    """They make nothing that runs."""
    assert len(find(_ONE, "rustup target add x && cargo fetch && sudo cargo build").build_commands) == 3
