"""What is known of crates that the build fetches: from a reading of them, and from what they document."""

from __future__ import annotations

from enum import Enum
from functools import cache
from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Crates of build scripts and macros: their own pages say that they serve a build (``[build-dependencies]``).
_BUILD_ONLY = frozenset(
    """
    autocfg bindgen built cargo_metadata cargo-platform cc cexpr clang-sys cmake codegen ctor-proc-macro dunce
    fs_extra find-msvc-tools jobserver pkg-config prettyplease proc-macro2 proc-macro-crate prost-build protobuf-codegen
    protobuf-parse protobuf-src protoc-bin-vendored quote rustc_version shlex syn system-deps target-lexicon tonic-build
    string_cache_codegen toml_edit_build vcpkg vergen version_check version-compare tonic-prost-build rust-embed-impl
    rust-embed-utils
    """.split()
)
#: Of other systems than Linux (each crate's own page).
_ELSEWHERE = regex(
    r"(?:windows|winapi|wasi|wit-|wasm-|android|objc|ndk|jni|web-|js-|core-foundation|core-graphics|security-framework"
    r"|apple-|fsevent|redox|hermit|kernel32|ws2_32|dispatch2?\b|mach2?\b|schannel|cocoa|libredox|winreg|winsafe|clipboard-win"
    r"|vcruntime|cygwin|solaris|haiku|illumos|crypt32|advapi32|foreign-types-macos|system-configuration"
    r"|fuchsia-|cloudabi\b|errno-dragonfly|wepoll-|miow\b|mio-named-pipes).*"
)
#: Crates that start programs, look names up or read files only where their caller asks for it by a call that
#: ``calls.py`` lists, or by what its sources show else: linking them does nothing.
BY_CALL = frozenset(
    """
    actix-rt actix-server actix-web async-io async-net async-process async-std chrono gotham home hyper-util
    iana-time-zone libc libloading nix rocket rouille rustix salvo_core signal-hook smol socket2 sysinfo tide tiny_http
    tokio tokio-tungstenite tungstenite url walkdir warp which
    """.split()
)
#: Crates that connect to servers by name: what looks the name up is a crate of :data:`BY_CALL`.
_CLIENTS = frozenset("awc hyper-rustls hyper-tls hyper-timeout isahc lapin reqwest surf teloxide serenity".split())


class Links(Enum):
    """What a crate links beside Rust."""

    #: Rust, or C code that it compiles in.
    NOTHING = "nothing"
    #: Libraries of the system, listed.
    LISTED = "listed"
    #: It depends on what the builder has, or nobody read it.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Linking:
    """What a crate links."""

    links: Links
    #: Linker names.
    libraries: tuple[str, ...] = ()


#: ``*-sys`` crates (the Cargo Book, "\\*-sys Packages") by what their build scripts say: libraries that they link;
#: after ``/`` a crate among their own dependencies with which they compile the library in instead; ``?``: it is taken
#: from the system where pkg-config finds it.
_SYS = """
libc:
aws-lc-rs:
portable-atomic:
termios:
rustix:
iana-time-zone:
getrandom:
alsa-sys: asound
aws-lc-fips-sys:
aws-lc-sys:
blake3:
bzip2-sys: ?bz2
curl-sys: ?curl ?ssl ?crypto ?z
dirs-sys:
gmp-mpfr-sys:
inotify-sys:
jemalloc-sys:
libbz2-rs-sys:
libdbus-sys: dbus-1
libgit2-sys: ?git2 ?ssl ?crypto ?z
libmimalloc-sys:
librocksdb-sys: stdc++
libsodium-sys: ?sodium
libsqlite3-sys: sqlite3 /cc
libssh2-sys: ?ssh2 ?ssl ?crypto ?z
libudev-sys: udev
libz-ng-sys:
libz-rs-sys:
libz-sys: ?z
link-cplusplus: stdc++
linux-raw-sys:
lmdb-sys:
lua-src:
lzma-sys: ?lzma
mysqlclient-sys: mysqlclient
onig_sys:
openssl-sys: ssl crypto /openssl-src
pcre2-sys: ?pcre2-8
pq-sys: pq /pq-src
psm:
rdkafka-sys: ?z ?ssl ?crypto
ring:
secp256k1-sys:
sqlite3-sys: sqlite3
stacker:
tikv-jemalloc-sys:
yaml-rust-sys:
zstd-sys:
"""


@cache
def _sys() -> dict[str, tuple[str, ...]]:
    rows = (line.partition(":") for line in _SYS.strip().splitlines())
    return {name: tuple(words.split()) for name, _, words in rows}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reading of one crate found."""

    #: It is a macro: it runs in the compiler alone.
    macro: bool
    #: ``links`` in its manifest, or ``#[link]`` in its sources.
    links: bool
    #: It starts other programs or opens libraries.
    starts: bool
    #: It looks host names up.
    names: bool
    #: It asks for users or homes.
    users: bool
    #: It reads the zones of the system.
    zones: bool


@cache
def _table() -> dict[str, str]:
    from imgslim.toolchains.rust.crate_table import TABLE  # noqa: PLC0415 (data, read only where crates are fetched)

    rows = (line.split() for line in TABLE.strip().splitlines())
    return {name: letters for name, _, letters in rows}


def reading_of(crate: str) -> Reading | None:
    """What a reading of the crate found; None where it was not read."""
    letters = _table().get(crate)
    if letters is None:
        return None
    names = "n" in letters or crate in _CLIENTS
    return Reading("m" in letters, "l" in letters, "s" in letters, names, "u" in letters, "z" in letters)


def linking_of(crate: str, wants: frozenset[str]) -> Linking:
    """What the crate links; ``wants`` are its own dependencies in Cargo.lock."""
    words = _sys().get(crate)
    if words is not None:
        if any(w.startswith("/") and w[1:] in wants for w in words) or not words:
            return Linking(Links.NOTHING)
        named = tuple(w.lstrip("?") for w in words if not w.startswith("/"))
        return Linking(Links.UNKNOWN if any(w.startswith("?") for w in words) else Links.LISTED, named)
    read = reading_of(crate)
    if read is not None:
        return Linking(Links.UNKNOWN if read.links else Links.NOTHING)
    return Linking(Links.UNKNOWN)


def is_only_for_builds(crate: str) -> bool:
    """Tell whether a crate runs while others are compiled and is not part of a program."""
    read = reading_of(crate)
    return crate in _BUILD_ONLY or crate.endswith("-src") or (read is not None and read.macro)


def is_elsewhere(crate: str) -> bool:
    """Tell whether a crate is of another system."""
    return _ELSEWHERE.fullmatch(crate) is not None


#: Which crates read the system's trust store, each with who says so (their own pages on the registry).
_TRUST = frozenset({"native-tls", "openssl-probe", "openssl-sys", "rustls-native-certs", "rustls-platform-verifier"})


def trust_of(fetched: Mapping[str, str]) -> str:
    """A crate that reads the system's trust store; "" where none does."""
    return next((name for name in fetched if name in _TRUST), "")


#: Crates that make temporary files, each by its own page; SQLite ("Temporary Files Used By SQLite") where it is linked.
_TEMPORARY = frozenset(
    "async-tempfile libsqlite3-sys mktemp rocket sqlite3-sys temp-dir temp-file tempdir tempfile temporary".split()
)


def temporary_of(fetched: Mapping[str, str]) -> str:
    """A crate that makes temporary files, or lets others make some; "" where none does."""
    return next((name for name in fetched if name in _TEMPORARY), "")
