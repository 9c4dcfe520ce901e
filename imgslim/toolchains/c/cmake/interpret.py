"""Interprets CMake commands far enough to know targets, their sources, links and places."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.regex import regex
from imgslim.toolchains.c.cmake.conditions import Condition
from imgslim.toolchains.c.cmake.handlers import HANDLERS
from imgslim.toolchains.c.cmake.lex import Argument, Invoke, invocations, unescape
from imgslim.toolchains.c.driver import HOLE
from imgslim.toolchains.c.tree import is_folder
from imgslim.toolchains.tree import join

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imgslim.toolchains.c.cmake.state import Project
    from imgslim.toolchains.c.tree import Tree

_REFERENCE = regex(r"\$(ENV|CACHE)?\{([^${}]*)\}")
_STEPS = 100_000
_DEPTH = 40

#: What CMake itself says on Linux.
_SYSTEM = {
    "UNIX": "1", "LINUX": "1", "CMAKE_SYSTEM_NAME": "Linux", "CMAKE_HOST_SYSTEM_NAME": "Linux", "CMAKE_HOST_UNIX": "1",
    "CMAKE_EXECUTABLE_SUFFIX": "", "CMAKE_SHARED_LIBRARY_PREFIX": "lib", "CMAKE_SHARED_LIBRARY_SUFFIX": ".so",
    "CMAKE_INSTALL_BINDIR": "bin", "CMAKE_INSTALL_LIBDIR": "lib", "CMAKE_INSTALL_SBINDIR": "sbin",
    "CMAKE_INSTALL_DATADIR": "share", "CMAKE_INSTALL_INCLUDEDIR": "include", "CMAKE_INSTALL_SYSCONFDIR": "etc",
    "CMAKE_INSTALL_LIBEXECDIR": "libexec", "CMAKE_INSTALL_DOCDIR": "share/doc", "CMAKE_DL_LIBS": "dl",
    "CMAKE_CURRENT_LIST_FILE": "CMakeLists.txt", "CMAKE_CFG_INTDIR": ".", "CMAKE_THREAD_LIBS_INIT": "pthread",
}  # fmt: skip
_UNSET_MEANS_OPEN = regex(
    r"CMAKE_(?:C|CXX)_COMPILER(?:_ID|_VERSION)?\Z|CMAKE_(?:HOST_)?SYSTEM_PROCESSOR|CMAKE_SIZEOF|CMAKE_VERSION|CMAKE_GENERATOR"
)


class Interpreter:
    """Reads one project into a :class:`Project`."""

    def __init__(self, tree: Tree, project: Project, cache: Mapping[str, str], env: Mapping[str, str]) -> None:
        """Prepare to read; ``cache`` are the ``-D`` definitions."""
        self.tree = tree
        self.project = project
        self.env = env
        self.cache = dict(cache)
        self.variables: dict[str, str] = {
            **_SYSTEM,
            "CMAKE_SOURCE_DIR": project.source_dir,
            "CMAKE_BINARY_DIR": project.binary_dir,
            "CMAKE_INSTALL_PREFIX": project.prefix,
        }
        #: The scopes that PARENT_SCOPE speaks of.
        self.parents: list[dict[str, str]] = []
        self.macros: dict[str, tuple[str, list[str], list[Invoke]]] = {}
        #: Greater than zero inside a branch that nobody can settle.
        self.doubt = 0
        self._steps = 0
        self._depth = 0
        self.returned = False

    # --- folders ----------------------------------------------------------------------------------------------

    def folder(self, source: str, binary: str) -> None:
        """Read ``source``/CMakeLists.txt; its variables are its own."""
        outer = self.variables
        self.variables = {
            **outer,
            "CMAKE_CURRENT_SOURCE_DIR": source,
            "CMAKE_CURRENT_LIST_DIR": source,
            "CMAKE_CURRENT_BINARY_DIR": binary,
        }
        self.parents.append(outer)
        self.file(join(source, "CMakeLists.txt"))
        self.parents.pop()
        self.returned = False
        self.variables = outer

    def file(self, path: str) -> bool:
        """Read one file in the current scope; False where it can't be read."""
        text = self.tree.text(path)
        if text is None or self._depth > _DEPTH:
            return False
        if path not in self.project.files:
            self.project.files.append(path)
        self._depth += 1
        self.run(list(invocations(text)))
        self._depth -= 1
        return True

    @property
    def source_dir(self) -> str:
        """CMAKE_CURRENT_SOURCE_DIR."""
        return self.variables["CMAKE_CURRENT_SOURCE_DIR"]

    @property
    def binary_dir(self) -> str:
        """CMAKE_CURRENT_BINARY_DIR."""
        return self.variables["CMAKE_CURRENT_BINARY_DIR"]

    # --- commands ---------------------------------------------------------------------------------------------

    def run(self, commands: Sequence[Invoke]) -> None:
        """Run commands in order."""
        at = 0
        while at < len(commands) and not self.returned:
            command = commands[at]
            self._steps += 1
            if self._steps > _STEPS:
                self.project.problems.append("the project is too long to follow")
                return
            match command.name:
                case "if":
                    end = _end(commands, at, "if", "endif")
                    self._if(commands[at:end])
                    at = end
                case "foreach":
                    end = _end(commands, at, "foreach", "endforeach")
                    self._foreach(command, commands[at + 1 : end])
                    at = end
                case "while":
                    at = _end(commands, at, "while", "endwhile")
                case "function" | "macro":
                    end = _end(commands, at, command.name, f"end{command.name}")
                    names = self.words(command)
                    if names:
                        self.macros[names[0].lower()] = (command.name, names[1:], list(commands[at + 1 : end]))
                    at = end
                case "return":
                    if not self.doubt:
                        self.returned = True
                case _:
                    self._command(command)
            at += 1

    def _command(self, command: Invoke) -> None:
        if command.name in self.macros:
            self._call(command)
            return
        handler = HANDLERS.get(command.name)
        if handler is not None:
            handler(self, self.words(command))

    def _call(self, command: Invoke) -> None:
        kind, names, body = self.macros[command.name]
        if self._depth > _DEPTH:
            return
        words = self.words(command)
        outer = self.variables
        places = {f"ARGV{i}": w for i, w in enumerate(words)} | {"ARGC": str(len(words)), "ARGV": ";".join(words)}
        places |= dict(zip(names, words, strict=False)) | {"ARGN": ";".join(words[len(names) :])}
        self.variables = {**outer, **places}
        self.parents.append(outer)
        self._depth += 1
        self.run(body)
        self._depth -= 1
        self.returned = False
        if kind == "macro":
            outer.update({k: v for k, v in self.variables.items() if k not in places})
        self.parents.pop()
        self.variables = outer

    def _if(self, commands: Sequence[Invoke]) -> None:
        branches: list[tuple[Invoke, list[Invoke]]] = []
        depth = 0
        for command in commands:
            depth += (command.name == "if") - (command.name == "endif")
            if depth == 1 and command.name in {"if", "elseif", "else"}:
                branches.append((command, []))
            elif branches:
                branches[-1][1].append(command)
        doubtful = False
        for head, body in branches:
            value = True if head.name == "else" else self._test(head)
            if value is False:
                continue
            doubtful = doubtful or value is None
            self.doubt += doubtful
            self.run(body)
            self.doubt -= doubtful
            if value is True:
                return

    def _test(self, command: Invoke) -> bool | None:
        words = [
            (self.expand(a.text), a.quoted)
            for a in command.arguments
            if a.quoted or self.expand(a.text) or "$" in a.text
        ]
        return Condition(words, self.get, self._unary).value()

    def _unary(self, operator: str, operand: str) -> bool | None:
        match operator:
            case "TARGET":
                return (
                    operand in self.project.targets
                    or operand in self.project.aliases
                    or (None if self.project.fetched else False)
                )
            case "DEFINED":
                return None if operand.startswith("ENV{") else self.get(operand) is not None
            case "EXISTS" | "IS_DIRECTORY" if HOLE not in operand:
                path = join(self.source_dir, operand)
                return True if self.tree.origin(path) is not None or is_folder(self.tree, path) else None
            case "POLICY":
                return True
            case _:
                return None

    def _foreach(self, head: Invoke, body: Sequence[Invoke]) -> None:
        words = self.words(head)
        if not words:
            return
        name, *items = words
        if items[:1] == ["RANGE"] or any(HOLE in i for i in items):
            return
        if items[:1] == ["IN"]:
            items = self._in(items[1:])
        for item in items[:1000]:
            self.variables[name] = item
            self.run(body)

    def _in(self, words: list[str]) -> list[str]:
        out: list[str] = []
        mode = ""
        for word in words:
            if word in {"LISTS", "ITEMS"}:
                mode = word
            elif mode == "LISTS":
                out += [w for w in (self.get(word) or "").split(";") if w]
            else:
                out.append(word)
        return out

    # --- values -----------------------------------------------------------------------------------------------

    def get(self, name: str) -> str | None:
        """A variable's value: the scope's, then the cache's."""
        found = self.variables.get(name)
        if found is None:
            found = self.cache.get(name)
        return HOLE if found is None and _UNSET_MEANS_OPEN.match(name) else found

    def set(self, name: str, value: str | None) -> None:
        """Set a variable; under doubt, a second value makes it open."""
        if self.doubt:
            old = self.variables.get(name)
            if old is not None and old != value:
                value = HOLE
        if value is None:
            self.variables.pop(name, None)
        else:
            self.variables[name] = value

    def expand(self, text: str) -> str:
        """Expand ``${…}`` from the inside out, then generator expressions that do not matter away."""
        for _ in range(20):
            if "${" not in text and "$ENV{" not in text and "$CACHE{" not in text:
                break
            text, count = _REFERENCE.subn(self._reference, text)
            if not count or len(text) > 500_000:  # noqa: PLR2004 (a runaway list)
                return text if not count else HOLE
        return text

    def _reference(self, match: re.Match[str]) -> str:
        if match[1] == "ENV":
            return self.env.get(match[2], "")
        return self.get(match[2]) or ""

    def words(self, command: Invoke) -> list[str]:
        """The command's arguments: expanded, unquoted ones split at ``;``."""
        return [w for a in command.arguments for w in self._argument(a)]

    def _argument(self, argument: Argument) -> list[str]:
        if argument.bracket:
            return [argument.text]
        text = unescape(self.expand(argument.text))
        if argument.quoted:
            return [text]
        if text.startswith("$<"):
            return [generator(text)]
        return [w for w in text.split(";") if w]

    def path(self, word: str, *, binary: bool = False) -> str:
        """A path argument: relative to the current source or binary folder."""
        return word if HOLE in word else join(self.binary_dir if binary else self.source_dir, word)


def generator(text: str) -> str:
    """A generator expression where it is plain: the build interface's content; else a hole."""
    match = re.fullmatch(r"\$<BUILD_INTERFACE:(.*)>", text)
    if match:
        return match[1]
    if text.startswith(
        ("$<INSTALL_INTERFACE", "$<$<COMPILE_LANG", "$<$<CXX_COMPILER_ID:MSVC", "$<$<PLATFORM_ID:Windows")
    ):
        return ""
    if text.startswith(("$<TARGET_OBJECTS:", "$<TARGET_FILE:")):
        return text
    return HOLE


def _end(commands: Sequence[Invoke], at: int, opening: str, closing: str) -> int:
    """The index of the command that closes the block at ``at``."""
    depth = 0
    for index in range(at, len(commands)):
        depth += (commands[index].name == opening) - (commands[index].name == closing)
        if depth == 0:
            return index
    return len(commands)
