"""What pkg-config answers for modules that real build files ask for."""

from __future__ import annotations

from imgslim.toolchains.c.driver import HOLE

#: What pkg-config's modules hand to the linker, for the modules that real files ask for (each project's own .pc file).
MODULES: dict[str, tuple[str, ...]] = {
    "openssl": ("ssl", "crypto"),
    "libssl": ("ssl",),
    "libcrypto": ("crypto",),
    "zlib": ("z",),
    "libcurl": ("curl",),
    "sqlite3": ("sqlite3",),
    "ncurses": ("ncurses", "tinfo"),
    "ncursesw": ("ncursesw", "tinfo"),
    "libpq": ("pq",),
    "libxml-2.0": ("xml2",),
    "glib-2.0": ("glib-2.0",),
    "gio-2.0": ("gio-2.0", "gobject-2.0", "glib-2.0"),
    "gobject-2.0": ("gobject-2.0", "glib-2.0"),
    "libuv": ("uv",),
    "libevent": ("event",),
    "jansson": ("jansson",),
    "json-c": ("json-c",),
    "yaml-0.1": ("yaml",),
    "libpcre": ("pcre",),
    "libpcre2-8": ("pcre2-8",),
    "libmicrohttpd": ("microhttpd",),
    "libsodium": ("sodium",),
    "libzmq": ("zmq",),
    "liblzma": ("lzma",),
    "libzstd": ("zstd",),
    "liblz4": ("lz4",),
    "hiredis": ("hiredis",),
    "libusb-1.0": ("usb-1.0",),
    "libpcap": ("pcap",),
    "fuse": ("fuse", "pthread"),
    "fuse3": ("fuse3", "pthread"),
    "x11": ("X11",),
    "sdl2": ("SDL2",),
    "libpng": ("png16",),
    "libjpeg": ("jpeg",),
    "freetype2": ("freetype",),
    "fmt": ("fmt",),
    "spdlog": ("spdlog", "fmt"),
    "gnutls": ("gnutls",),
    "readline": ("readline",),
    "expat": ("expat",),
    "protobuf": ("protobuf",),
    "grpc++": ("grpc++", "grpc", "gpr"),
    "mysqlclient": ("mysqlclient",),
    "libmariadb": ("mariadb",),
    "libmongoc-1.0": ("mongoc-1.0", "bson-1.0"),
    "libwebsockets": ("websockets",),
    "libseccomp": ("seccomp",),
    "libnl-3.0": ("nl-3",),
    "libcap": ("cap",),
    "libsystemd": ("systemd",),
}

_COMPARISONS = frozenset({"=", ">=", "<=", ">", "<", "!="})


def flags(arguments: list[str]) -> str:
    """The words that ``pkg-config`` prints; include folders of the system are left out, unknown modules are a hole."""
    options = {a for a in arguments if a.startswith("-")}
    if not options & {"--libs", "--libs-only-l"}:
        return "" if options & {"--cflags", "--cflags-only-I", "--libs-only-L", "--cflags-only-other"} else HOLE
    words: list[str] = []
    skip = False
    for argument in arguments:
        if skip or argument.startswith("-"):
            skip = False
        elif argument in _COMPARISONS:
            skip = True
        else:
            words += [f"-l{name}" for name in MODULES.get(argument, ())] or [HOLE]
    return " ".join(words)


def libraries(module: str) -> tuple[str, ...]:
    """The linker names of a module; the module itself, marked as such, where it is not in the table."""
    return MODULES.get(module, ())
