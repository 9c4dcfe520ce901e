"""Recipes: rust. The set `core` has the one that fixtures build on.

docker-library/rust (rust-lang/docker-rust Dockerfile-debian.template): toolchain under /usr/local/cargo and
/usr/local/rustup, on buildpack-deps, or for -slim on debian slim with a C compiler to link with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bases.debian import older
from tests.bases.recipe import BOOKWORM, PRIVATE, TRIXIE, Layers, Recipe, install, numbered

if TYPE_CHECKING:
    from tests.bases.recipe import Release

#: Rust's version in each release, and its packages: bookworm has this one for building browsers. `-t` keeps apt from
#: taking the newer one of its security archive.
_RUST = {
    BOOKWORM.codename: ("1.85.0", "-t bookworm rustc-web cargo-web"),
    TRIXIE.codename: ("1.85.1", "rustc cargo"),
}

_HOMES = (
    "ENV RUSTUP_HOME=/usr/local/rustup\nENV CARGO_HOME=/usr/local/cargo\nENV PATH=/usr/local/cargo/bin:$PATH\n"
    'RUN mkdir -p "$CARGO_HOME/bin" "$RUSTUP_HOME" && chmod -R a+w "$CARGO_HOME" "$RUSTUP_HOME" \\\n'
    ' && for t in rustc cargo rustdoc; do ln -s /usr/bin/$t "$CARGO_HOME/bin/$t"; done && cargo --version\n'
)


def _rust(release: Release, *, slim: bool) -> Recipe:
    """Give Debian's Rust where the official image has rustup's."""
    version, packages = _RUST[release.codename]
    code = release.codename
    tail = "-slim" if slim else ""
    base = f"debian:{code}-slim" if slim else f"buildpack-deps:{code}"
    linker = "ca-certificates gcc libc6-dev " if slim else ""
    dockerfile = f"FROM {PRIVATE}{base}\n" + install(f"{packages} {linker}".strip())
    if release is TRIXIE:
        names = "slim 1-slim slim-trixie 1-slim-trixie" if slim else "latest 1 trixie 1-trixie"
    else:
        names = "1.85-slim slim-bookworm 1-slim-bookworm" if slim else "1.85 1.85-bookworm bookworm 1-bookworm"
    return Recipe(
        name=f"rust:standin-1.85{tail}-{code}",
        release=release,
        standin=f"Rust {version} of {release} packages, not Docker's official image",
        make=Layers(f"{dockerfile}{_HOMES}ENV RUST_VERSION={version}\n"),
        tags=numbered("rust", names),
        published=False,
    )


_OLDER = "1.84 1.83 1.82 1.81 1.80 1.79 1.78 1.77 1.76 1.75 1.74 1.73 1.72 1.71 1.70"

CORE = (_rust(BOOKWORM, slim=False),)
ALL = (
    _rust(BOOKWORM, slim=True),
    *(_rust(TRIXIE, slim=slim) for slim in (False, True)),
    older("rust:standin-older", "rust:standin-1.85-bookworm", "Rust 1.85", numbered("rust", _OLDER)),
    older("rust:standin-older-slim", "rust:standin-1.85-slim-bookworm", "Rust 1.85", numbered("rust", _OLDER, "-slim")),
)
