"""The CMake commands that decide what is built; any other one leaves targets alone (cmake-commands(7))."""

from __future__ import annotations

import fnmatch
import posixpath
from typing import TYPE_CHECKING

from imgslim.toolchains.c.cmake.packages import package_libraries
from imgslim.toolchains.c.cmake.state import Install, Target
from imgslim.toolchains.c.driver import HOLE, SOURCES
from imgslim.toolchains.c.pkgconfig import libraries
from imgslim.toolchains.c.tree import has_magic, is_folder, join

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imgslim.toolchains.c.cmake.interpret import Interpreter

_KINDS = frozenset({"STATIC", "SHARED", "MODULE", "OBJECT", "INTERFACE"})
_VISIBILITY = frozenset(
    {"PUBLIC", "PRIVATE", "INTERFACE", "LINK_PUBLIC", "LINK_PRIVATE", "general", "BEFORE", "AFTER", "SYSTEM"}
)
_OFF = frozenset({"", "OFF", "0", "NO", "FALSE", "N", "off", "no", "false"})


def _project(it: Interpreter, words: list[str]) -> None:
    name = words[0] if words else ""
    for key in ("PROJECT_NAME", *(["CMAKE_PROJECT_NAME"] if it.source_dir == it.project.source_dir else [])):
        it.set(key, name)
    for key, value in (("SOURCE_DIR", it.source_dir), ("BINARY_DIR", it.binary_dir)):
        it.set(f"PROJECT_{key}", value)
        it.set(f"{name}_{key}", value)
    if "VERSION" in words[:-1]:
        it.set("PROJECT_VERSION", words[words.index("VERSION") + 1])


def _set(it: Interpreter, words: list[str]) -> None:
    if not words or words[0].startswith("ENV{"):
        return
    name, *values = words
    if "PARENT_SCOPE" in values:
        if it.parents:
            it.parents[-1][name] = ";".join(v for v in values if v != "PARENT_SCOPE")
        return
    if "CACHE" in values:
        values = values[: values.index("CACHE")]
        if it.get(name) is not None and "FORCE" not in words:
            return
    it.set(name, ";".join(values) if values else None)
    if name in {"EXECUTABLE_OUTPUT_PATH", "CMAKE_RUNTIME_OUTPUT_DIRECTORY"} and values:
        it.set("CMAKE_RUNTIME_OUTPUT_DIRECTORY", values[0])


def _unset(it: Interpreter, words: list[str]) -> None:
    if words:
        it.set(words[0], None)


def _option(it: Interpreter, words: list[str]) -> None:
    if words and it.get(words[0]) is None:
        it.set(words[0], words[2] if len(words) > 2 else "OFF")  # noqa: PLR2004


def _list(it: Interpreter, words: list[str]) -> None:
    if len(words) < 2:  # noqa: PLR2004
        return
    action, name, *rest = words
    items = [w for w in (it.get(name) or "").split(";") if w]
    match action:
        case "APPEND":
            items += rest
        case "PREPEND" | "INSERT":
            items = [*rest, *items]
        case "REMOVE_ITEM":
            items = [i for i in items if i not in rest]
        case "FILTER" | "TRANSFORM" | "POP_BACK" | "POP_FRONT" | "SUBLIST":
            items = _filtered(items, rest) if action == "FILTER" else [HOLE]
        case "REMOVE_DUPLICATES":
            items = list(dict.fromkeys(items))
        case "SORT" | "REVERSE":
            pass
        case _:
            return
    it.variables[name] = ";".join(items)


def _filtered(items: list[str], rest: list[str]) -> list[str]:
    """``list(FILTER x EXCLUDE REGEX …)`` for patterns whose meaning is the same in every dialect."""
    pattern = rest[-1].replace(".*", "*").replace("\\.", ".").replace("$", "") if rest else ""
    if any(c in pattern for c in "[](){}|+^\\"):
        return [HOLE]
    keep = rest[0] == "INCLUDE"
    return [i for i in items if fnmatch.fnmatchcase(i, f"*{pattern}*") is keep]


def _file(it: Interpreter, words: list[str]) -> None:
    match words:
        case ["GLOB" | "GLOB_RECURSE" as action, name, *rest]:
            relative = rest[rest.index("RELATIVE") + 1] if "RELATIVE" in rest else None
            patterns = [
                w
                for w in rest
                if w not in {"CONFIGURE_DEPENDS", "RELATIVE", relative, "LIST_DIRECTORIES", "false", "true"}
            ]
            found = [p for w in patterns for p in _glob(it, w, recursive=action == "GLOB_RECURSE")]
            if relative is not None:
                found = [posixpath.relpath(f, relative) for f in found]
            it.set(name, ";".join(found))
        case ["READ" | "STRINGS" | "TO_CMAKE_PATH" | "RELATIVE_PATH", target, *_]:
            it.set(target if words[0] != "READ" else words[2] if len(words) > 2 else "", HOLE)  # noqa: PLR2004
        case _:
            return


def _glob(it: Interpreter, pattern: str, *, recursive: bool) -> Iterator[str]:
    full = it.path(pattern)
    folder, _, name = full.rpartition("/")
    if HOLE in full or has_magic(folder):
        yield HOLE
        return
    yield from _matching(it, folder, name, recursive=recursive)


def _matching(it: Interpreter, folder: str, pattern: str, *, recursive: bool) -> Iterator[str]:
    for name in it.tree.entries(folder or "/"):
        path = join(folder or "/", name)
        if is_folder(it.tree, path):
            if recursive:
                yield from _matching(it, path, pattern, recursive=True)
        elif fnmatch.fnmatchcase(name, pattern):
            yield path


# --- targets --------------------------------------------------------------------------------------------------


def _add_executable(it: Interpreter, words: list[str]) -> None:
    if not words or "IMPORTED" in words[1:2]:
        return
    name, *rest = words
    if rest[:1] == ["ALIAS"]:
        it.project.aliases[name] = rest[1]
        return
    sources = [w for w in rest if w not in {"WIN32", "MACOSX_BUNDLE", "EXCLUDE_FROM_ALL"}]
    _add(it, name, "EXECUTABLE", sources, exclude="EXCLUDE_FROM_ALL" in rest)


def _add_library(it: Interpreter, words: list[str]) -> None:
    if not words:
        return
    name, *rest = words
    if rest[:1] == ["ALIAS"]:
        it.project.aliases[name] = rest[1]
        return
    if "IMPORTED" in rest or "UNKNOWN" in rest[:1]:
        it.project.foreign.append(name)
        return
    kind = rest.pop(0) if rest[:1] and rest[0] in _KINDS else None
    if kind is None:
        shared = it.get("BUILD_SHARED_LIBS") or ""
        kind = "STATIC" if shared in _OFF else "SHARED"
    _add(it, name, kind, [w for w in rest if w != "EXCLUDE_FROM_ALL"], exclude="EXCLUDE_FROM_ALL" in rest)


def _add(it: Interpreter, name: str, kind: str, sources: list[str], *, exclude: bool) -> None:
    target = Target(name, kind, [_source(it, s) for s in sources], it.source_dir, it.binary_dir)
    target.maybe = bool(it.doubt)
    target.exclude = exclude
    target.includes = [w for w in (it.get("\0includes") or "").split(";") if w]
    target.libs = [w for w in (it.get("\0libraries") or "").split(";") if w]
    flags = " ".join(
        it.get(v) or "" for v in ("CMAKE_EXE_LINKER_FLAGS", "CMAKE_CXX_FLAGS", "CMAKE_C_FLAGS", "\0options")
    )
    target.options = flags.replace(";", " ").split()
    for prop, variable in (
        ("RUNTIME_OUTPUT_DIRECTORY", "CMAKE_RUNTIME_OUTPUT_DIRECTORY"),
        ("LIBRARY_OUTPUT_DIRECTORY", "CMAKE_LIBRARY_OUTPUT_DIRECTORY"),
    ):
        value = it.get(variable)
        if value:
            target.properties[prop] = value
    it.project.targets[name] = target


def _source(it: Interpreter, word: str) -> str:
    """Beside the CMakeLists.txt, else made by the build in its own folder."""
    if HOLE in word or word.startswith("$<"):
        return word
    path = it.path(word)
    if it.tree.origin(path) is None and it.source_dir != it.binary_dir:
        made = it.path(word, binary=True)
        return path if word.startswith("/") or it.tree.origin(made) is None else made
    return path


def _target(it: Interpreter, words: list[str]) -> Target | None:
    if not words:
        return None
    return it.project.targets.get(it.project.aliases.get(words[0], words[0]))


def _target_link_libraries(it: Interpreter, words: list[str]) -> None:
    target = _target(it, words)
    if target is None:
        return
    rest = iter(words[1:])
    for word in rest:
        if word in {"debug", "optimized"}:
            following = next(rest, "")
            target.libs += [following] if word == "optimized" else []
        elif word not in _VISIBILITY:
            target.libs.append(word)
    target.open_link = target.open_link or bool(it.doubt)


def _link_libraries(it: Interpreter, words: list[str]) -> None:
    it.variables["\0libraries"] = ";".join([it.get("\0libraries") or "", *words]).strip(";")


def _target_sources(it: Interpreter, words: list[str]) -> None:
    target = _target(it, words)
    if target is not None:
        target.sources += [_source(it, w) for w in words[1:] if w not in _VISIBILITY]


def _target_includes(it: Interpreter, words: list[str]) -> None:
    target = _target(it, words)
    if target is not None:
        target.includes += [it.path(w) for w in words[1:] if w not in _VISIBILITY and HOLE not in w]


def _include_directories(it: Interpreter, words: list[str]) -> None:
    paths = [it.path(w) for w in words if w not in _VISIBILITY and HOLE not in w]
    it.variables["\0includes"] = ";".join([*(it.get("\0includes") or "").split(";"), *paths]).strip(";")
    for target in it.project.targets.values():
        if target.source_dir == it.source_dir:
            target.includes += paths


def _definitions(it: Interpreter, words: list[str]) -> None:
    target = _target(it, words)
    for word in words[1:] if target is not None else words:
        name, equals, value = word.removeprefix("-D").partition("=")
        text = value.replace('\\"', '"')
        if equals and text[:1] == text[-1:] == '"' and HOLE not in text:
            for one in [target] if target is not None else it.project.targets.values():
                one.macros[name] = text[1:-1]


def _link_options(it: Interpreter, words: list[str]) -> None:
    target = _target(it, words)
    if target is not None:
        target.options += [w for w in words[1:] if w not in _VISIBILITY]


def _options(it: Interpreter, words: list[str]) -> None:
    it.variables["\0options"] = " ".join([it.get("\0options") or "", *words]).strip()


def _properties(it: Interpreter, words: list[str]) -> None:
    """``set_target_properties(t… PROPERTIES key value …)``."""
    if "PROPERTIES" not in words:
        return
    at = words.index("PROPERTIES")
    pairs = words[at + 1 :]
    for name in words[:at]:
        target = _target(it, [name])
        if target is not None:
            target.properties |= dict(zip(pairs[::2], pairs[1::2], strict=False))
            target.options += target.properties.get("LINK_FLAGS", "").split()


def _property(it: Interpreter, words: list[str]) -> None:
    """``set_property(TARGET t… PROPERTY key value…)``."""
    if words[:1] == ["TARGET"] and "PROPERTY" in words:
        at = words.index("PROPERTY")
        key, *values = words[at + 1 :] or [""]
        _properties(it, [*(w for w in words[1:at] if not w.startswith("APPEND")), "PROPERTIES", key, ";".join(values)])


# --- other files ----------------------------------------------------------------------------------------------


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


def _string(it: Interpreter, words: list[str]) -> None:
    match words:
        case ["APPEND", name, *rest]:
            it.variables[name] = (it.get(name) or "") + "".join(rest)
        case ["TOLOWER" | "TOUPPER" as action, text, name]:
            it.set(name, text.lower() if action == "TOLOWER" else text.upper())
        case ["REPLACE", old, new, name, *rest]:
            it.set(name, "".join(rest).replace(old, new))
        case ["REGEX", _, _, *rest] if rest:
            it.set(rest[-2] if len(rest) > 2 and words[1] == "REPLACE" else rest[0], HOLE)  # noqa: PLR2004
        case _:
            return


def _get_filename(it: Interpreter, words: list[str]) -> None:
    if len(words) > 2:  # noqa: PLR2004
        name, path, mode, *_ = words
        base = posixpath.basename(path)
        answers = {"NAME": base, "DIRECTORY": posixpath.dirname(path), "PATH": posixpath.dirname(path)}
        answers |= {"NAME_WE": base.split(".")[0], "NAME_WLE": posixpath.splitext(base)[0], "ABSOLUTE": it.path(path)}
        it.set(name, answers.get(mode, HOLE))


def _execute(it: Interpreter, words: list[str]) -> None:
    for keyword in ("OUTPUT_VARIABLE", "RESULT_VARIABLE", "ERROR_VARIABLE"):
        if keyword in words[:-1]:
            it.variables[words[words.index(keyword) + 1]] = HOLE


def _aux(it: Interpreter, words: list[str]) -> None:
    """``aux_source_directory(folder variable)``."""
    if len(words) > 1:
        folder = it.path(words[0])
        found = [join(folder, n) for n in it.tree.entries(folder) if n.endswith(SOURCES)]
        it.set(words[1], ";".join([*filter(None, (it.get(words[1]) or "").split(";")), *found]))


def _install(it: Interpreter, words: list[str]) -> None:
    """``install(TARGETS …)``, ``install(PROGRAMS …)`` and ``install(FILES …)``."""
    kind, *rest = words or [""]
    stops = {"RUNTIME", "LIBRARY", "ARCHIVE", "DESTINATION", "EXPORT", "COMPONENT", "PERMISSIONS", "OBJECTS", "BUNDLE"} | {
        "PUBLIC_HEADER", "INCLUDES", "OPTIONAL", "RENAME", "CONFIGURATIONS", "FILE_PERMISSIONS", "PRIVATE_HEADER",
    }  # fmt: skip
    names: list[str] = []
    for word in rest:
        if word in stops:
            break
        names.append(word)
    if kind == "TARGETS":
        for name in names:
            target = _target(it, [name])
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
    "project": _project,
    "set": _set,
    "unset": _unset,
    "option": _option,
    "list": _list,
    "file": _file,
    "string": _string,
    "get_filename_component": _get_filename,
    "execute_process": _execute,
    "add_executable": _add_executable,
    "add_library": _add_library,
    "target_link_libraries": _target_link_libraries,
    "link_libraries": _link_libraries,
    "target_sources": _target_sources,
    "target_include_directories": _target_includes,
    "include_directories": _include_directories,
    "target_compile_definitions": _definitions,
    "add_definitions": _definitions,
    "add_compile_definitions": _definitions,
    "target_link_options": _link_options,
    "target_compile_options": _link_options,
    "add_link_options": _options,
    "add_compile_options": _options,
    "set_target_properties": _properties,
    "set_property": _property,
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
    "aux_source_directory": _aux,
    "install": _install,
}
