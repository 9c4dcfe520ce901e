"""The CMake commands that set variables (cmake-commands(7), "Scripting Commands")."""

from __future__ import annotations

import fnmatch
import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.paths import has_magic
from imgslim.toolchains.c.driver import HOLE, SOURCES
from imgslim.toolchains.c.tree import is_folder
from imgslim.toolchains.tree import join

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imgslim.toolchains.c.cmake.interpret import Interpreter


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
        case "PREPEND":
            items = [*rest, *items]
        case "INSERT":
            at = int(rest[0]) if rest and rest[0].isdigit() else 0
            items[at:at] = rest[1:]
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
        case ["READ" | "STRINGS" | "TO_CMAKE_PATH", _, name, *_] | ["RELATIVE_PATH", name, *_]:
            it.set(name, HOLE)
        case _:
            return


def _glob(it: Interpreter, pattern: str, *, recursive: bool) -> Iterator[str]:
    full = it.path(pattern)
    folder, _, name = full.rpartition("/")
    if HOLE in full or has_magic(folder):
        yield HOLE
        return
    yield from _matching(it, folder, name, recursive=recursive)


# GLOB lists folders as well, GLOB_RECURSE does not (cmake-commands, file, LIST_DIRECTORIES).
def _matching(it: Interpreter, folder: str, pattern: str, *, recursive: bool) -> Iterator[str]:
    for name in it.tree.entries(folder or "/"):
        path = join(folder or "/", name)
        if recursive and is_folder(it.tree, path):
            yield from _matching(it, path, pattern, recursive=True)
        elif fnmatch.fnmatchcase(name, pattern):
            yield path


def _aux(it: Interpreter, words: list[str]) -> None:
    """``aux_source_directory(folder variable)``."""
    if len(words) > 1:
        folder = it.path(words[0])
        found = [join(folder, n) for n in it.tree.entries(folder) if n.endswith(SOURCES)]
        it.set(words[1], ";".join([*filter(None, (it.get(words[1]) or "").split(";")), *found]))


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
    "aux_source_directory": _aux,
}
