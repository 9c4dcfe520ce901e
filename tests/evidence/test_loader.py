"""The loaders' rules, one at a time; that real programs are found alike is compared with an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from imgslim.evidence import Contents, Elf, Entry, EntryKind
from imgslim.evidence.loader import Libraries, closure, environment, newest_versions

if TYPE_CHECKING:
    from collections.abc import Mapping

LOADER = "/lib64/ld-linux-x86-64.so.2"
MUSL = "/lib/ld-musl-x86_64.so.1"


def library(*needed: str, soname: str = "", **more: Any) -> Elf:  # noqa: ANN401  (fields of Elf)
    """A library."""
    return Elf("x86_64", "", needed, soname=soname, **more)


def program(*needed: str, interpreter: str = LOADER, **more: Any) -> Elf:  # noqa: ANN401  (fields of Elf)
    """A program."""
    return Elf("x86_64", interpreter, needed, is_program=True, **more)


def image(elf: Mapping[str, Elf], links: Mapping[str, str] | None = None, **more: Any) -> Contents:  # noqa: ANN401
    """An image of these files."""
    entries: dict[str, Entry] = {}
    for path in (*elf, *(links or {})):
        parts = path.split("/")
        for end in range(2, len(parts)):
            entries["/".join(parts[:end])] = Entry(EntryKind.FOLDER, 0, 0o755, 0, 0, 0)
    entries |= dict.fromkeys(elf, Entry(EntryKind.FILE, 9, 0o755, 0, 0, 0))
    entries |= {path: Entry(EntryKind.LINK, 0, 0o777, 0, 0, 0, target) for path, target in (links or {}).items()}
    return Contents("amd64", (), entries, elf, {}, None, (), 0, **more)


LD = {LOADER: library(soname="ld-linux-x86-64.so.2", searches=("/lib", "/usr/lib"))}
LD_MUSL = {MUSL: library(soname="libc.musl-x86_64.so.1")}


def test_libraries_of_libraries() -> None:
    """Breadth first, each once; the loader is there from the start."""
    contents = image({
        **LD,
        "/app": program("liba.so", "libc.so.6"),
        "/lib/liba.so": library("libb.so", "libc.so.6"),
        "/usr/lib/libb.so": library("liba.so"),
        "/lib/libc.so.6": library("ld-linux-x86-64.so.2"),
    })  # fmt: skip
    assert closure(contents, "/app") == Libraries(
        {
            "liba.so": "/lib/liba.so",
            "libc.so.6": "/lib/libc.so.6",
            "libb.so": "/usr/lib/libb.so",
            "ld-linux-x86-64.so.2": LOADER,
        },
        (),
    )


def test_what_is_nowhere_is_missing() -> None:
    """Also the interpreter: the kernel says ``no such file`` of the program itself then."""
    contents = image({"/app": program("liba.so", "liba.so"), "/other/liba.so": library()})
    assert closure(contents, "/app") == Libraries({}, (LOADER, "liba.so"))


def test_static_programs_and_other_files_need_nothing() -> None:
    """Nor does what is not there."""
    contents = image({"/app": Elf("x86_64", "", (), is_program=True)})
    assert closure(contents, "/app") == closure(contents, "/none") == Libraries({}, ())


@pytest.mark.parametrize(
    ("top", "below", "env", "expected"),
    [
        ({"rpath": ("/r",)}, {}, {}, "/r/libx.so"),
        ({"runpath": ("/r",)}, {}, {}, "/lib/libx.so"),
        ({}, {"runpath": ("$ORIGIN/../r",)}, {}, "/d/../r/libx.so"),
        ({}, {"rpath": ("${ORIGIN}",)}, {}, "/d/libx.so"),
        ({"rpath": ("/r",)}, {}, {"LD_LIBRARY_PATH": "/d"}, "/r/libx.so"),
        ({}, {"runpath": ("/r",)}, {"LD_LIBRARY_PATH": "/none:/d"}, "/d/libx.so"),
        ({"rpath": ("/r",)}, {"runpath": ("/none",)}, {}, "/lib/libx.so"),
        ({"rpath": ("/r",), "runpath": ("/none",)}, {}, {}, "/lib/libx.so"),
        ({}, {"rpath": ("/$LIB",)}, {}, "/lib/libx.so"),
        ({"rpath": ("r",)}, {}, {}, "/r/libx.so"),
    ],
)
def test_run_paths_of_glibc(top: dict[str, Any], below: dict[str, Any], env: dict[str, str], expected: str) -> None:
    """DT_RPATH is passed down and comes before LD_LIBRARY_PATH, DT_RUNPATH neither."""
    contents = image({
        **LD,
        "/app": program("libd.so", **top),
        "/lib/libx.so": library(),
        "/d/libx.so": library(),
        "/r/libx.so": library(),
        "/lib/libd.so": library("libx.so", **below),
        "/d/libd.so": library("libx.so", **below),
    }, links={"/lib/e/libd.so": "../../d/libd.so"}, library_cache={"libd.so": ("/d/libd.so",)})  # fmt: skip
    found = closure(contents, "/app", env).found
    assert found["libx.so"] == expected


def test_the_cache_comes_before_the_built_in_folders() -> None:
    """What it names and is no longer there is passed over; a folder that it does not know is not searched."""
    elf = {**LD, "/app": program("liba.so", "libb.so", "libc.so"), "/l/liba.so": library(), "/lib/liba.so": library()}
    elf |= {"/lib/libb.so": library(), "/usr/local/lib/libc.so": library()}
    contents = image(elf, library_cache={"liba.so": ("/l/liba.so",), "libb.so": ("/gone/libb.so",)})
    assert closure(contents, "/app") == Libraries({"liba.so": "/l/liba.so", "libb.so": "/lib/libb.so"}, ("libc.so",))


def test_a_cache_that_could_not_be_read() -> None:
    """Then the folders that it is made of have to do."""
    contents = image({**LD, "/app": program("liba.so"), "/l/liba.so": library()}, unread=("/etc/ld.so.cache",))
    contents = Contents("amd64", (), contents.entries, contents.elf, {}, None, ("/l",), 0, unread=contents.unread)
    assert closure(contents, "/app").found == {"liba.so": "/l/liba.so"}


def test_a_library_for_another_machine_is_passed_over() -> None:
    """As on an image with two architectures."""
    other = Elf("i686", "", ())
    contents = image({**LD, "/app": program("liba.so"), "/lib/liba.so": other, "/usr/lib/liba.so": library()})
    assert closure(contents, "/app").found == {"liba.so": "/usr/lib/liba.so"}


def test_a_name_with_a_slash_is_a_path() -> None:
    """It is searched nowhere."""
    contents = image({**LD, "/app": program("/x/liba.so", "/x/none.so"), "/x/liba.so": library()})
    assert closure(contents, "/app") == Libraries({"/x/liba.so": "/x/liba.so"}, ("/x/none.so",))


def test_a_file_under_two_names_is_loaded_once() -> None:
    """Its own libraries are then looked for once as well."""
    contents = image(
        {**LD, "/app": program("liba.so.1", "liba.so"), "/lib/liba.so.1.2": library("libb.so", soname="liba.so.1")},
        links={"/lib/liba.so.1": "liba.so.1.2", "/lib/liba.so": "liba.so.1"},
    )
    assert closure(contents, "/app") == Libraries(
        {"liba.so.1": "/lib/liba.so.1", "liba.so": "/lib/liba.so"}, ("libb.so",)
    )


def test_a_loader_that_says_nothing() -> None:
    """Debian's folders and the usual ones."""
    contents = image({LOADER: library(), "/app": program("liba.so"), "/usr/lib/x86_64-linux-gnu/liba.so": library()})
    assert closure(contents, "/app").found == {"liba.so": "/usr/lib/x86_64-linux-gnu/liba.so"}


def test_preloaded_libraries() -> None:
    """They are loaded where they are; where not, the program starts without."""
    contents = image({**LD, "/app": program(), "/lib/liba.so": library("libb.so")}, config={
        "Env": ["LD_PRELOAD=liba.so:gone.so"],
    })  # fmt: skip
    assert environment(contents) == {"LD_PRELOAD": "liba.so:gone.so"}
    assert closure(contents, "/app") == Libraries({"liba.so": "/lib/liba.so"}, ("libb.so",))


def test_a_library_by_itself_goes_with_the_images_loader() -> None:
    """It does not name one."""
    elf = {
        **LD_MUSL,
        "/app": program(interpreter=MUSL),
        "/p.so": library("libx.so"),
        "/usr/local/lib/libx.so": library(),
    }
    assert closure(image(elf), "/p.so").found == {"libx.so": "/usr/local/lib/libx.so"}


@pytest.mark.parametrize(
    ("app", "folders", "env", "expected"),
    [
        ({}, None, {}, "/usr/local/lib/libx.so"),
        ({}, ("/opt",), {}, "/opt/libx.so"),
        ({"runpath": ("/r",)}, None, {}, "/r/libx.so"),
        ({"rpath": ("/r",), "runpath": ("/none",)}, None, {}, "/usr/local/lib/libx.so"),
        ({"runpath": ("/r",)}, None, {"LD_LIBRARY_PATH": "/opt"}, "/opt/libx.so"),
    ],
)
def test_musl(app: dict[str, Any], folders: tuple[str, ...] | None, env: dict[str, str], expected: str) -> None:
    """Its run paths are passed down, LD_LIBRARY_PATH comes first, its own path file replaces its folders."""
    contents = image({
        **LD_MUSL,
        "/app": program("libd.so", "libc.musl-x86_64.so.1", "libpthread.so.0", interpreter=MUSL, **app),
        **dict.fromkeys(("/usr/local/lib/libd.so", "/opt/libd.so"), library("libx.so")),
        **dict.fromkeys(("/r/libx.so", "/opt/libx.so", "/usr/local/lib/libx.so", "/usr/lib/libx.so"), library()),
    }, musl_folders=folders)  # fmt: skip
    found = closure(contents, "/app", env).found
    assert found["libx.so"] == expected
    assert found["libc.musl-x86_64.so.1"] == found["libpthread.so.0"] == MUSL


def test_newest_versions() -> None:
    """Of the program and of what goes with it; the C library's own parts ask what only their own set has."""
    contents = image({
        **LD,
        "/app": program("libstdc++.so.6", "libm.so.6", versions={"libc.so.6": ("GLIBC_2.2.5", "GLIBC_2.9")}),
        "/lib/libstdc++.so.6": library(versions={"libc.so.6": ("GLIBC_2.38", "GLIBC_ABI_DT_RELR", "CXXABI_FLOAT128")}),
        "/lib/libm.so.6": library(versions={"libc.so.6": ("GLIBC_PRIVATE", "GLIBC_2.41")}),
    })  # fmt: skip
    assert newest_versions(contents, "/app") == {"GLIBC": (2, 38), "CXXABI_FLOAT128": ()}
    assert newest_versions(contents, "/app", carried=()) == {"GLIBC": (2, 9)}
    relr = image({**LD, "/app": program(versions={"libc.so.6": ("GLIBC_2.9", "GLIBC_ABI_DT_RELR")})})
    assert newest_versions(relr, "/app") == {"GLIBC": (2, 36)}
