"""What CMake's find modules hand to the linker, for the packages that real projects ask for."""

from __future__ import annotations

#: Package (lower case) to linker names; from the Find modules of CMake and each project's own configuration.
PACKAGES: dict[str, tuple[str, ...]] = {
    "threads": ("pthread",),
    "zlib": ("z",),
    "openssl": ("ssl", "crypto"),
    "curl": ("curl",),
    "sqlite3": ("sqlite3",),
    "postgresql": ("pq",),
    "libxml2": ("xml2",),
    "png": ("png16", "z"),
    "jpeg": ("jpeg",),
    "curses": ("ncurses", "tinfo"),
    "bzip2": ("bz2",),
    "liblzma": ("lzma",),
    "expat": ("expat",),
    "fmt": ("fmt",),
    "spdlog": ("spdlog", "fmt"),
    "yaml-cpp": ("yaml-cpp",),
    "jsoncpp": ("jsoncpp",),
    "libevent": ("event",),
    "libuv": ("uv",),
    "gtest": ("gtest",),
    "nlohmann_json": (),
    "eigen3": (),
    "cjson": ("cjson",),
    "glog": ("glog",),
    "gflags": ("gflags",),
    "sdl2": ("SDL2",),
    "freetype": ("freetype",),
    "x11": ("X11",),
    "mysqlclient": ("mysqlclient",),
    "pcap": ("pcap",),
    "crypt": ("crypt",),
}

#: Imported targets whose name does not say the library.
TARGETS: dict[str, tuple[str, ...]] = {
    "threads::threads": ("pthread",),
    "zlib::zlib": ("z",),
    "openssl::ssl": ("ssl", "crypto"),
    "openssl::crypto": ("crypto",),
    "curl::libcurl": ("curl",),
    "curl::curl": ("curl",),
    "sqlite::sqlite3": ("sqlite3",),
    "sqlite3::sqlite3": ("sqlite3",),
    "postgresql::postgresql": ("pq",),
    "libxml2::libxml2": ("xml2",),
    "png::png": ("png16", "z"),
    "jpeg::jpeg": ("jpeg",),
    "bzip2::bzip2": ("bz2",),
    "liblzma::liblzma": ("lzma",),
    "expat::expat": ("expat",),
    "fmt::fmt": ("fmt",),
    "fmt::fmt-header-only": (),
    "spdlog::spdlog": ("spdlog", "fmt"),
    "nlohmann_json::nlohmann_json": (),
    "eigen3::eigen": (),
    "boost::boost": (),
    "boost::headers": (),
    "boost::disable_autolinking": (),
    "jsoncpp_lib": ("jsoncpp",),
    "gtest::gtest": ("gtest",),
    "gtest::main": ("gtest_main",),
    "gtest::gtest_main": ("gtest_main",),
    "freetype::freetype": ("freetype",),
    "sdl2::sdl2": ("SDL2",),
}


def imported(name: str) -> tuple[str, ...] | None:
    """The linker names of an imported target; None where it is not known."""
    low = name.lower()
    if low in TARGETS:
        return TARGETS[low]
    if low.startswith("boost::"):
        return (f"boost_{low.partition('::')[2]}",)
    return None


def package_libraries(name: str, components: tuple[str, ...]) -> tuple[str, ...] | None:
    """The linker names that a package's ``…_LIBRARIES`` holds; None where they are not known."""
    if name.lower() == "boost":
        return tuple(f"boost_{c}" for c in components)
    return PACKAGES.get(name.lower())
