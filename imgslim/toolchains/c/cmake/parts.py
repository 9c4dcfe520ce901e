"""The CMake commands that bring other files, packages and projects in, and ``install``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.toolchains.c.cmake.packages import package_libraries
from imgslim.toolchains.c.cmake.state import Install
from imgslim.toolchains.c.cmake.targets import find_target
from imgslim.toolchains.c.driver import HOLE
from imgslim.toolchains.c.pkgconfig import libraries
from imgslim.toolchains.tree import join

if TYPE_CHECKING:
    from collections.abc import Callable

    from imgslim.toolchains.c.cmake.interpret import Interpreter


def _add_subdirectory(it: Interpreter, words: list[str]) -> None:
    if not words:
        return
    source = it.path(words[0])
    if HOLE in source or it.tree.text(join(source, "CMakeLists.txt")) is None:
        it.project.problems.append(
            f"the folder {words[0].replace(HOLE, '…')} that add_subdirectory names can't be read"
        )
        it.project.fetched.append(words[0])
        return
    binary = (
        it.path(words[1], binary=True)
        if len(words) > 1 and words[1] != "EXCLUDE_FROM_ALL"
        else it.path(words[0], binary=True)
    )
    before = set(it.project.targets)
    it.folder(source, binary)
    if "EXCLUDE_FROM_ALL" in words:
        for name in set(it.project.targets) - before:
            it.project.targets[name].exclude = True


def _include(it: Interpreter, words: list[str]) -> None:
    if not words:
        return
    if words[0].endswith(".cmake"):
        if not it.file(it.path(words[0])) and "OPTIONAL" not in words:
            it.project.problems.append(f"{words[0].replace(HOLE, '…')} can't be read")
        return
    for folder in (it.get("CMAKE_MODULE_PATH") or "").split(";"):
        if folder and it.file(join(it.path(folder), f"{words[0]}.cmake")):
            return


def _find_package(it: Interpreter, words: list[str]) -> None:
    if not words:
        return
    name = words[0]
    keywords = {"REQUIRED", "QUIET", "CONFIG", "NO_MODULE", "EXACT", "MODULE"}
    components: tuple[str, ...] = ()
    for keyword in ("COMPONENTS", "REQUIRED"):
        if keyword in words:
            components = tuple(w for w in words[words.index(keyword) + 1 :] if w not in keywords | {"COMPONENTS"})
            break
    found = package_libraries(name, components)
    if found is None:
        it.project.foreign.append(name)
    value = HOLE if found is None else ";".join(found)
    for prefix in (name, name.upper()):
        it.variables[f"{prefix}_LIBRARIES"] = value
        it.variables[f"{prefix}_LIBRARY"] = value
        it.variables[f"{prefix}_INCLUDE_DIRS"] = it.variables[f"{prefix}_INCLUDE_DIR"] = ""
        it.variables[f"{prefix}_FOUND"] = "1" if "REQUIRED" in words else HOLE
    if name == "OpenSSL":
        it.variables |= {"OPENSSL_SSL_LIBRARY": "ssl", "OPENSSL_CRYPTO_LIBRARY": "crypto"}


def _pkg_check(it: Interpreter, words: list[str]) -> None:
    """``pkg_check_modules(PREFIX … modules)`` of FindPkgConfig."""
    skip = {"REQUIRED", "QUIET", "IMPORTED_TARGET", "GLOBAL", "STATIC", "NO_CMAKE_PATH"}
    modules = [w for w in words[1:] if w not in skip and not w.startswith((">", "<", "="))]
    found = [n for m in modules for n in libraries(m.split(">")[0].split("=")[0]) or (HOLE,)]
    prefix = words[0] if words else ""
    for key in ("LIBRARIES", "LINK_LIBRARIES", "LDFLAGS"):
        it.variables[f"{prefix}_{key}"] = ";".join(found)
    it.variables[f"{prefix}_FOUND"] = "1"
    it.project.imported[f"PkgConfig::{prefix}"] = None if HOLE in found else tuple(found)


def _find_library(it: Interpreter, words: list[str]) -> None:
    if len(words) > 1:
        names = words[words.index("NAMES") + 1 :] if "NAMES" in words else words[1:]
        it.variables[words[0]] = names[0] if names else HOLE


def _find_path(it: Interpreter, words: list[str]) -> None:
    if words:
        it.variables[words[0]] = HOLE


def _fetch(it: Interpreter, words: list[str]) -> None:
    if words:
        it.project.fetched.append(words[0])


def _configure_file(it: Interpreter, words: list[str]) -> None:
    if words and it.tree.origin(it.path(words[0])) is not None:
        it.project.files.append(it.path(words[0]))


def _install(it: Interpreter, words: list[str]) -> None:
    """``install(TARGETS …)``, ``install(PROGRAMS …)`` and ``install(FILES …)``."""
    kind, *rest = words or [""]
    stops = {
        "RUNTIME", "LIBRARY", "ARCHIVE", "DESTINATION", "EXPORT", "COMPONENT", "PERMISSIONS", "OBJECTS", "BUNDLE",
        "PUBLIC_HEADER", "INCLUDES", "OPTIONAL", "RENAME", "CONFIGURATIONS", "FILE_PERMISSIONS", "PRIVATE_HEADER",
    }  # fmt: skip
    names: list[str] = []
    for word in rest:
        if word in stops:
            break
        names.append(word)
    if kind == "TARGETS":
        for name in names:
            target = find_target(it, [name])
            role = (
                "RUNTIME"
                if target is None or target.kind == "EXECUTABLE"
                else "LIBRARY"
                if target.kind in {"SHARED", "MODULE"}
                else "ARCHIVE"
            )
            place = _destination(it, rest, role)
            it.project.installs.append(Install(it.project.aliases.get(name, name), is_target=True, destination=place))
    elif kind in {"PROGRAMS", "FILES"} and "DESTINATION" in rest[:-1]:
        place = rest[rest.index("DESTINATION") + 1]
        rename = rest[rest.index("RENAME") + 1] if "RENAME" in rest[:-1] else ""
        it.project.installs += [Install(it.path(n), is_target=False, destination=place, rename=rename) for n in names]


def _destination(it: Interpreter, words: list[str], role: str) -> str:
    current, general = "", None
    found: dict[str, str] = {}
    for at, word in enumerate(words[:-1]):
        if word in {"RUNTIME", "LIBRARY", "ARCHIVE", "BUNDLE", "PUBLIC_HEADER", "INCLUDES"}:
            current = word
        elif word == "DESTINATION":
            if current:
                found[current] = words[at + 1]
            else:
                general = words[at + 1]
    default = (it.get("CMAKE_INSTALL_BINDIR") if role == "RUNTIME" else it.get("CMAKE_INSTALL_LIBDIR")) or "bin"
    return found.get(role) or general or default


HANDLERS: dict[str, Callable[[Interpreter, list[str]], None]] = {
    "add_subdirectory": _add_subdirectory,
    "include": _include,
    "find_package": _find_package,
    "pkg_check_modules": _pkg_check,
    "pkg_search_module": _pkg_check,
    "find_library": _find_library,
    "find_path": _find_path,
    "find_program": _find_path,
    "fetchcontent_declare": _fetch,
    "externalproject_add": _fetch,
    "cpmaddpackage": _fetch,
    "configure_file": _configure_file,
    "install": _install,
}
