"""The CMake commands that make targets and say how they are linked (cmake-commands(7), "Project Commands")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.toolchains.c.cmake.state import Target
from imgslim.toolchains.c.driver import HOLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from imgslim.toolchains.c.cmake.interpret import Interpreter

_KINDS = frozenset({"STATIC", "SHARED", "MODULE", "OBJECT", "INTERFACE"})
_VISIBILITY = frozenset(
    {"PUBLIC", "PRIVATE", "INTERFACE", "LINK_PUBLIC", "LINK_PRIVATE", "general", "BEFORE", "AFTER", "SYSTEM"}
)
_OFF = frozenset({"", "OFF", "0", "NO", "FALSE", "N", "off", "no", "false"})


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


def find_target(it: Interpreter, words: list[str]) -> Target | None:
    """The target that the first word names."""
    if not words:
        return None
    return it.project.targets.get(it.project.aliases.get(words[0], words[0]))


def _target_link_libraries(it: Interpreter, words: list[str]) -> None:
    target = find_target(it, words)
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
    target = find_target(it, words)
    if target is not None:
        target.sources += [_source(it, w) for w in words[1:] if w not in _VISIBILITY]


def _target_includes(it: Interpreter, words: list[str]) -> None:
    target = find_target(it, words)
    if target is not None:
        target.includes += [it.path(w) for w in words[1:] if w not in _VISIBILITY and HOLE not in w]


def _include_directories(it: Interpreter, words: list[str]) -> None:
    paths = [it.path(w) for w in words if w not in _VISIBILITY and HOLE not in w]
    it.variables["\0includes"] = ";".join([*(it.get("\0includes") or "").split(";"), *paths]).strip(";")
    for target in it.project.targets.values():
        if target.source_dir == it.source_dir:
            target.includes += paths


def _definitions(it: Interpreter, words: list[str]) -> None:
    target = find_target(it, words)
    for word in words[1:] if target is not None else words:
        name, equals, value = word.removeprefix("-D").partition("=")
        text = value.replace('\\"', '"')
        if equals and text[:1] == text[-1:] == '"' and HOLE not in text:
            for one in [target] if target is not None else it.project.targets.values():
                one.macros[name] = text[1:-1]


def _link_options(it: Interpreter, words: list[str]) -> None:
    target = find_target(it, words)
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
        target = find_target(it, [name])
        if target is not None:
            target.properties |= dict(zip(pairs[::2], pairs[1::2], strict=False))
            target.options += target.properties.get("LINK_FLAGS", "").split()


def _property(it: Interpreter, words: list[str]) -> None:
    """``set_property(TARGET t… PROPERTY key value…)``."""
    if words[:1] == ["TARGET"] and "PROPERTY" in words:
        at = words.index("PROPERTY")
        key, *values = words[at + 1 :] or [""]
        _properties(it, [*(w for w in words[1:at] if not w.startswith("APPEND")), "PROPERTIES", key, ";".join(values)])


HANDLERS: dict[str, Callable[[Interpreter, list[str]], None]] = {
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
}
