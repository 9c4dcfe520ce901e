"""Libraries of the distribution: which of them open nothing by themselves, so that the loader's view of them is whole.

A library may read files, start plugins or ask for users that no source of the project names: libmagic its database,
ImageMagick its coders, Kerberos its settings. What ldd shows of a program is all that it needs only where every
library is one of those listed here (their own documentation and sources; the ``FILES`` part of their manual pages).
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.model import Assumption, Linkage, Need, NeedKind
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.model import Product

#: The C library's and the compiler's own. What the C library opens (zones, converters, users) the calls show.
_BASE = frozenset(
    """
    anl asan atomic c c++ c++abi crypt dl gcc gcc_eh gcc_s gfortran gomp itm lsan m omp pthread quadmath resolv rt
    ssp stdc++ stdc++fs supc++ tsan ubsan unwind util
    """.split()
)
#: Linker names of libraries that open only what their caller names, and whose own libraries do no more.
_CALM = frozenset(
    """
    argon2 benchmark blas brotlicommon brotlidec brotlienc bsd bz2 cap cblas cjson config config++ crypto
    double-conversion ev event event_core event_extra event_openssl event_pthreads expat ffi fftw3 fftw3f fftw3l
    fmt freetype gflags gif gmock gmock_main gmp gmpxx gsl gslcblas gtest gtest_main hogweed inih jansson
    jpeg json-c jsoncpp lapack leveldb lmdb lz4 lzma mbedcrypto mbedtls mbedx509 md microhttpd mpc mpfr nettle nghttp2
    onig openblas pcre pcre16 pcre2-16 pcre2-32 pcre2-8 pcre2-posix pcre32 pcrecpp pcreposix png png16 protobuf
    protobuf-lite pugixml re2 seccomp snappy sodium spdlog sqlite3 ssl tiff tinyxml tinyxml2 tommath turbojpeg
    unistring utf8proc uuid uv webp webpdecoder webpdemux webpmux xml2 xxhash yaml yaml-cpp z zmq zstd
    """.split()
)
#: Of Boost all but these: locale brings ICU and iconv, log the system's log, python an interpreter.
_BOOST_OPENS = ("locale", "log", "python", "mpi", "numpy")
#: Their needs show elsewhere: the linker's name says terminals.
DRIVES_TERMINALS = frozenset(
    "curses form formw history menu menuw ncurses ncursesw panel panelw readline termcap tinfo".split()
)
#: They look up host names for their caller; libpq also asks who runs it (PQconnectdb, "user").
_ASKS = {
    "curl": (NeedKind.NAME_SERVICE,),
    "hiredis": (NeedKind.NAME_SERVICE,),
    "pq": (NeedKind.NAME_SERVICE, NeedKind.USERS),
    "pqxx": (NeedKind.NAME_SERVICE, NeedKind.USERS),
}
_LOOKS_UP = {NeedKind.NAME_SERVICE: "host names", NeedKind.USERS: "the user that it runs as"}
#: ``/usr/lib/libz.so.1`` and ``libz.a`` are z.
_FILE = regex(r"lib(?P<name>.+?)\.(?:so|a)(?:\.[\d.]+)?\Z")
#: ``libfoo-dev``, ``foo-devel``.
_DEVELOPMENT = regex(r"(?:lib)?(?P<name>.+?)-dev(?:el)?(?:[=:].*)?\Z")
#: Development packages that are not called after their library.
_PACKAGES = {
    "zlib1g": "z", "zlib": "z", "c6": "c", "musl": "c", "linux-libc": "c", "glibc": "c", "openssl": "ssl",
    "png": "png16", "pcre2": "pcre2-8", "pcre3": "pcre", "sqlite": "sqlite3", "bz2-1.0": "bz2", "bzip2": "bz2",
    "xz": "lzma", "curl4-openssl": "curl", "curl4-gnutls": "curl", "jpeg62-turbo": "jpeg", "jpeg-turbo": "jpeg",
    "gmp3": "gmp", "freetype6": "freetype", "ncurses5": "ncurses", "zmq3": "zmq", "zeromq": "zmq",
}  # fmt: skip


def library_needs(needs: Iterable[Need], products: Iterable[Product]) -> Iterator[Need | Assumption]:
    """What the linked libraries need beyond themselves, or that it is not known.

    Args:
        needs: of the programs in use.
        products: of the whole build: its own libraries' sources say what they need.
    """
    own = {posixpath.basename(product.path) for product in products}
    own_names = {match["name"] for name in own if (match := _FILE.match(name))}
    for need in needs:
        if need.kind is not NeedKind.LIBRARY or posixpath.basename(need.value) in own:
            continue
        name = linker_name(need.value)
        if name in own_names:
            continue
        for kind in _ASKS.get(name, ()):
            yield Need(kind, "", f"{need.why}, which looks up {_LOOKS_UP[kind]}")
        if opens_more(name):
            why = f"{need.why}: what that library opens by itself is not known."
            yield Assumption("libraries-unproven", why)


def installed_libraries(used: Iterable[Product], installed: Iterable[str]) -> Iterator[Assumption]:
    """What may be linked besides the libraries that are known: the build has what its packages for development brought.

    A program of which not every link is known can only be linked with a library that is there. Development packages
    are called ``-dev`` (Debian policy 8.4, Alpine) or ``-devel`` (Fedora).

    Args:
        used: the programs in use.
        installed: the packages that the build installs.
    """
    unknown = next((p for p in used if p.linkage is not Linkage.STATIC and not p.libraries_known), None)
    if unknown is None or any(a.reason == "libraries-unproven" for a in unknown.assumptions):
        return
    for package in installed:
        if package.startswith("@"):
            why = (
                f"{unknown.path} may be linked with a library of the group {package[1:]}: which those are is not known."
            )
            yield Assumption("libraries-unproven", why, unknown.command.span)
            return
        match = _DEVELOPMENT.match(package)
        if match is not None and opens_more(_PACKAGES.get(match["name"], match["name"])):
            why = f"{unknown.path} may be linked with a library of {package}: what that opens by itself is not known."
            yield Assumption("libraries-unproven", why, unknown.command.span)
            return


def linker_name(library: str) -> str:
    """What ``-l`` calls a library that is given by name or by path."""
    match = _FILE.match(posixpath.basename(library).removeprefix(":"))
    return match["name"] if match else library


def opens_more(name: str) -> bool:
    """Tell whether a library, as the linker calls it, may open what neither its caller nor this module names."""
    return name not in _ASKS and not calm(name)


def comes_with_compiler(name: str) -> bool:
    """Tell whether a library is the C library's or the compiler's own."""
    return name in _BASE


def calm(name: str) -> bool:
    """Tell whether a library is known to open nothing that its caller does not name."""
    if name.startswith("boost_"):
        return not name.removeprefix("boost_").startswith(_BOOST_OPENS)
    return comes_with_compiler(name) or name in _CALM or name in DRIVES_TERMINALS or name.startswith("absl_")
