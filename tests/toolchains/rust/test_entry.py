"""``cargo run`` as the entry."""

from __future__ import annotations

import pytest

from imgslim.model import Linkage, NeedKind
from tests.toolchains.rust.support import MAIN, entry, manifest

_ONE = {"Cargo.toml": manifest(), "src/main.rs": MAIN}
_TWO = {**_ONE, "src/bin/tool.rs": MAIN}
_RELEASED = "/src/target/release/shop"
_FLAG = "-- -C target-feature=+crt-static"


@pytest.mark.parametrize(
    ("argv", "files", "line", "started"),
    [
        (("cargo", "run"), _ONE, f"cargo rustc --bin shop {_FLAG}", ("/src/target/debug/shop",)),
        (("cargo", "r", "-r", "--", "-v"), _ONE, f"cargo rustc --release --bin shop {_FLAG}", (_RELEASED, "-v")),
        (("sh", "-c", "A=b cargo run x"), _ONE, f"A=b cargo rustc --bin shop {_FLAG}",
         ("env", "A=b", "/src/target/debug/shop", "x")),
        (("sh", "-c", "exec cargo run x"), _ONE, f"cargo rustc --bin shop {_FLAG}", ("/src/target/debug/shop", "x")),
        (("sh", "-c", "env A=b cargo run"), _ONE, f"A=b cargo rustc --bin shop {_FLAG}",
         ("env", "A=b", "/src/target/debug/shop")),
        (("cargo", "run", "--bin", "tool"), _TWO, f"cargo rustc --bin=tool {_FLAG}", ("/src/target/debug/tool",)),
    ],
)  # fmt: skip
def test_compiled_ahead(argv: tuple[str, ...], files: dict[str, str], line: str, started: tuple[str, ...]) -> None:
    """A build step makes what the entry would, and the entry starts it."""
    found = entry(argv, files)
    assert found is not None
    assert (found.run_line, found.argv) == (f"RUN {line}", started)
    assert found.product.linkage is Linkage.STATIC
    assert [a.reason for a in found.product.assumptions] == ["entry-compiled-ahead"]
    asked = {(n.kind, n.value) for n in found.product.needs}
    assert ((NeedKind.COMMAND, "env") in asked) is (started[0] == "env")


def test_default_run() -> None:
    """Of several programs the manifest says which."""
    files = {**_TWO, "Cargo.toml": manifest(more='default-run = "tool"')}
    found = entry(("cargo", "run"), files)
    assert found is not None
    assert found.path == "/src/target/debug/tool"


def test_not_static() -> None:
    """A program that looks names up stays as cargo builds it."""
    found = entry(("cargo", "run"), {**_ONE, "src/main.rs": 'fn main() { std::net::TcpStream::connect("a:1"); }'})
    assert found is not None
    assert found.run_line == "RUN cargo build"
    assert found.product.linkage is Linkage.DYNAMIC


@pytest.mark.parametrize(
    ("argv", "files"),
    [
        (("cargo", "run"), _TWO),
        (("cargo", "run", "--example", "x"), _ONE),
        (("cargo", "watch", "-x", "run"), _ONE),
        (("sh", "-c", "cargo run $X"), _ONE),
        (("sh", "-c", "cargo run && b"), _ONE),
        (("cargo", "run"), {**_ONE, "src/main.rs": 'fn main() { std::env::var("CARGO_MANIFEST_DIR"); }'}),
        (("shop", "cargo"), _ONE),
        (("cargo", "run"), {}),
        (("cargo", "run"), {**_ONE, ".cargo/config.toml": '[env]\nA = "b"\n'}),
        (("cargo", "run"), {**_ONE, ".cargo/config": '[target.x86_64-unknown-linux-gnu]\nrunner = "strace"\n'}),
        (("sh", "-c", "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER=time cargo run"), _ONE),
    ],
)
def test_left_alone(argv: tuple[str, ...], files: dict[str, str]) -> None:
    """Several programs, other verbs, variables, what cargo sets for the program."""
    assert entry(argv, files) is None


def test_other_configuration() -> None:
    """Of what only steers the build the entry is compiled ahead as well."""
    assert entry(("cargo", "run"), {**_ONE, ".cargo/config.toml": "[build]\njobs = 1\n[net]\nretry = 3\n"}) is not None
