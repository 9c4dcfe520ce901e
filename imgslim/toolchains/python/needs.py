"""What one module asks of the image: programs, libraries, files, zones, trust, locales; read with libcst."""

from __future__ import annotations

import posixpath
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from imgslim.meaning.paths import absolute, has_magic
from imgslim.meaning.starts import ANY, argv_starts, vectors
from imgslim.model import NeedKind
from imgslim.records import dataclass, replace
from imgslim.regex import regex
from imgslim.syntax.shell import script_commands
from imgslim.toolchains.python.asks import ASKS_USERS, BY_MODULE
from imgslim.toolchains.python.bindings import Bindings
from imgslim.toolchains.python.expressions import SELF, Expressions
from imgslim.toolchains.python.functions import (
    ADDRESSES,
    ANY_START,
    BY_LOOP,
    C_STARTS,
    COMPARES,
    FINDS,
    GIVE_ALL,
    GLOBS,
    LIBRARIES,
    LOCAL_TIME,
    OPENS,
    RUNS_CODE,
    SERVICES,
    SHELLS,
    SPAWNS,
    WRITES,
    ZONED,
)
from imgslim.toolchains.python.started import is_python
from imgslim.toolchains.python.starters import finds_libraries
from imgslim.toolchains.python.walk import Walk
from imgslim.values import known

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from libcst.metadata import CodeRange

    from imgslim.toolchains.gathered import Gathered
    from imgslim.toolchains.python.bindings import Bound

#: Modes of open() that make a file; one that is not a literal may be any.
_MAKES = frozenset("wax")
#: Of them those that do not ask for what was there.
_ANEW = frozenset("wx")
_PLAIN_LOCALES = frozenset({"", "C", "POSIX", "C.UTF-8", "C.utf8"})


@dataclass(frozen=True, slots=True)
class _Where:
    path: str
    cwd: str


def needs_of(path: str, data: bytes, cwd: str, gathered: Gathered) -> None:
    """Add what the module at ``path`` asks for to ``gathered``."""
    try:
        module = cst.parse_module(data)
    except (cst.ParserSyntaxError, UnicodeError, RecursionError, ValueError):
        gathered.leave_open("sources-unread", f"{path} could not be read as Python 3.")
        return
    _Reader(_Where(path, cwd), gathered, module, data.decode("utf-8", "replace")).walk(module)


@dataclass(frozen=True, slots=True)
class _Call:
    """A call, which is told in words where it asks for something: few do, and the line that it stands in is dear."""

    reader: _Reader
    node: cst.Call
    full: str
    #: The function that it is given to be called.
    function: str = ""

    def __str__(self) -> str:
        """Where it stands, what it calls, and what with."""
        with_function = f" with {self.function}" if self.function else ""
        return f"{self.reader.at(self.node)} calls {self.full}{with_function}"

    def given(self, function: str) -> _Call:
        """The same, told as one that is given a function."""
        return replace(self, function=function)


class _Reader(Expressions):
    """Calls by the full name of what is called, imports followed."""

    def __init__(self, where: _Where, gathered: Gathered, module: cst.Module, source: str) -> None:
        super().__init__(Bindings(module))
        self.where = where
        self.gathered = gathered
        self.module = module
        self.source = source

    @cached_property
    def _positions(self) -> Mapping[cst.CSTNode, CodeRange]:
        """Where each node stands."""
        return MetadataWrapper(self.module, unsafe_skip_copy=True).resolve(PositionProvider)

    def imported(self, name: str, node: cst.CSTNode) -> None:
        """Modules of Python's library that ask something by themselves."""
        kind = BY_MODULE.get(name)
        if kind is not None:
            self.gathered.need(kind, "home" if name == "netrc" else "", f"{self.at(node)} imports {name}")

    def handed_on(self, full: str, node: cst.CSTNode) -> None:
        """What it is called with is not seen."""
        self.gathered.need(NeedKind.COMMAND, ANY, f"{self.at(node)} hands {full} on")

    def at(self, node: cst.CSTNode) -> str:
        """The file, and the line."""
        line = self._line(node)
        return f"{self.where.path}:{line}" if line else self.where.path

    def _line(self, node: cst.CSTNode) -> int:
        """The line that a node begins in, 0 where that is not known.

        What stands but once in the text is found there: libcst has to write the whole module to know any place.
        """
        for code in self._beginnings(node) if "\r" not in self.source else ():
            if code[:1] != "(" and self.source.count(code) == 1:
                return self.source.count("\n", 0, self.source.index(code)) + 1
        position = self._positions.get(node)
        return position.start.line if position is not None else 0

    def _beginnings(self, node: cst.CSTNode) -> Iterator[str]:
        """What the text of a node begins with; the whole of it in several lines is written without their indents."""
        yield self.module.code_for_node(node)
        if isinstance(node, cst.Call):
            yield f"{self.module.code_for_node(node.func)}("

    def _need(self, kind: NeedKind, value: str, call: _Call, more: str = "") -> None:
        """Add what a call asks for; the first evidence stays, so that no other one is put into words."""
        if (kind, value) not in self.gathered.needs:
            self.gathered.need(kind, value, f"{call}{more}")

    # --- calls ---------------------------------------------------------------------------------------------

    def visit_Call(self, node: cst.Call) -> None:  # noqa: N802  (a walk looks for that name)
        """Look at what is called by its full name."""
        self.plain.add(id(node.func))
        full = self.full(node.func)
        if full is None:
            return
        arguments = [a.value for a in node.args if a.keyword is None and not a.star]
        keywords = {a.keyword.value: a.value for a in node.args if a.keyword is not None}
        first = arguments[0] if arguments else keywords.get("args")
        what = _Call(self, node, full)
        self.plain |= {id(a.keyword) for a in node.args if a.keyword is not None}
        if full in COMPARES:
            self.plain |= {id(one) for a in arguments for one in (a, *_elements(a))}
        elif full in ANY_START:
            second = arguments[1] if len(arguments) > 1 else None
            for name in self.values(keywords["executable"]) if "executable" in keywords else ():
                self._program((name or "",), what)
            self._starts(full, second if full in SPAWNS else first, keywords.get("shell"), what)
        elif full.endswith(BY_LOOP):
            self._starts(
                "os.system" if full.endswith("_shell") else "os.execv",
                arguments[1] if len(arguments) > 1 else None,
                None,
                what,
            )
        elif full in RUNS_CODE:
            self._code(first, what)
        elif full == "getattr":
            self._by_name(arguments, what)
        elif full in FINDS:
            for name in self.values(first):
                if name != SELF:
                    self._need(NeedKind.COMMAND, name or ANY, what)
        elif full in LIBRARIES or full.endswith(".dlopen"):
            self._library(first, what)
        elif full == "ctypes.util.find_library":
            finds_libraries(str(what), self.gathered, self.values(first))
        elif full in OPENS:
            mode = arguments[1] if len(arguments) > 1 else keywords.get("mode")
            chars = "r" if mode is None or full not in WRITES else self.text(mode)
            for name in self.values(first):
                self._file(name, what, chars)
        elif full in GLOBS:
            for name in self.values(first):
                # Of a pattern the folder in front of its first part that is one.
                named = "/".join(takewhile(lambda part: not has_magic(part), (name or "").split("/")))
                self._file(named, what, "r")
        elif full in LOCAL_TIME:
            if "tz" not in keywords and len(arguments) < ZONED.get(full, len(arguments) + 1):
                self._need(NeedKind.TIME_ZONES, "", what, ", in the zone that TZ names")
        elif full == "logging.basicConfig":
            if "asctime" in (self.text(keywords.get("format")) or ""):
                self._need(NeedKind.TIME_ZONES, "", what, ", in the zone that TZ names")
        elif full in SERVICES or (full in ADDRESSES and self._by_service(arguments, keywords)):
            self._need(NeedKind.NAME_SERVICE, "services", what)
        elif full == "platform.freedesktop_os_release":
            self._need(NeedKind.FILE, "/etc/os-release", what)
        elif full == "locale.setlocale":
            self._locale(self.text(arguments[1]) if len(arguments) > 1 else "", what)
        else:
            self._by_others(full, first, what)

        self._given(arguments, what)

    def _by_others(self, full: str, first: cst.BaseExpression | None, what: _Call) -> None:
        """Who somebody is; what webbrowser starts, and the C library."""
        if full.endswith(ASKS_USERS):
            self._need(NeedKind.USERS, "home" if full.endswith(("expanduser", "home")) else "", what)
        elif full == "webbrowser.get":
            # A command line, where it has a place for the address; else a browser's own name.
            for line in self.values(first):
                if line is None or "%s" in line:
                    self._program(tuple((line or "").split()), what)
        elif full.rpartition(".")[2] in C_STARTS and self._gives_all(full):
            self._need(NeedKind.COMMAND, ANY, what)

    def _gives_all(self, full: str) -> bool:
        """``CDLL(None).system``, ``libc.system``, ``sys.modules["os"].system``: of what was opened as a whole."""
        if full.startswith(GIVE_ALL):
            return True
        owner = full.partition(".")[0]
        modules = {name.partition(".")[0] for name in self.names.values()}
        return not modules.isdisjoint(("ctypes", "cffi")) and "." in full and owner not in {"self", *modules}

    def _by_service(self, arguments: Sequence[cst.BaseExpression], keywords: Mapping[str, cst.BaseExpression]) -> bool:
        """Tell whether a port may be the name of a service: no number, and not nothing."""
        port = arguments[1] if len(arguments) > 1 else keywords.get("port")
        if port is None or isinstance(port, cst.Integer) or (isinstance(port, cst.Name) and port.value == "None"):
            return False
        return not all(value and value.isdigit() for value in self.values(port))

    def _given(self, arguments: Sequence[cst.BaseExpression], what: _Call) -> None:
        """Look for a function among what a call is given: ``to_thread(run, ["ls"])`` calls it with what follows."""
        for number, argument in enumerate(arguments):
            full = self.function(argument)
            if full is not None and id(argument) not in self.plain:
                self.plain.add(id(argument))
                follows = [*arguments[number + 1 :], None]
                self._starts(full, follows[full in SPAWNS], None, what.given(full))

    def _starts(self, full: str, first: Bound, shell: Bound, what: _Call) -> None:
        """What a function that starts programs is called with."""
        by_shell = shell is not None and not (isinstance(shell, cst.Name) and shell.value == "False")
        if full in SHELLS or by_shell:
            for text in self.values(first):
                self._shell(text, what)
        else:
            for words in self.argvs(first):
                self._program(words, what)

    def _by_name(self, arguments: Sequence[cst.BaseExpression], what: _Call) -> None:
        """``getattr(os, "system")``: what it is called with is not seen."""
        module = self.full(arguments[0]) if len(arguments) > 1 else None
        if module not in ("os", "subprocess"):
            return
        for name in self.values(arguments[1]):
            if name is None or f"{module}.{name}" in ANY_START:
                self._need(NeedKind.COMMAND, ANY, what)

    def _code(self, first: Bound, what: _Call) -> None:
        """Code that is a text may start anything, but for what a file holds: those of the project are read."""
        from_file = first is not None and _ReadsFile().holds(first)
        texts = [None] if first is None else self.values(first)
        if not from_file and any(text is None or _STARTS.search(text) for text in texts):
            self._need(NeedKind.COMMAND, ANY, what, " with code that was not read")

    def _program(self, words: tuple[str, ...], what: _Call) -> None:
        if not words or not words[0]:
            self._need(NeedKind.COMMAND, "*", what)
            return
        if words[0] != SELF and not is_python(words[0]):
            self.gathered.line(words, str(what))
        for name in argv_starts(words, "python"):
            if name == ANY or (name != SELF and not is_python(name)):
                self._need(NeedKind.COMMAND, name, what)
        for argv in vectors(words):
            if argv[1:] and (argv[0] == SELF or is_python(argv[0])):
                self.gathered.children.setdefault(("python", *argv[1:]), str(what))

    def _shell(self, text: str | None, what: _Call) -> None:
        self._need(NeedKind.SHELL, "/bin/sh", what)
        if text is None:
            self._need(NeedKind.COMMAND, "*", what)
            return
        self.gathered.line(("sh", "-c", text), str(what))
        commands, open_end = script_commands(text)
        for argv in commands:
            if argv and argv[0] not in _BUILTINS:
                self._program(argv, what)
        if open_end:
            self._need(NeedKind.COMMAND, "*", what)

    def _library(self, node: cst.BaseExpression | None, what: _Call) -> None:
        if isinstance(node, cst.Name) and node.value == "None":
            return
        for name in self.values(node):
            if name is None:
                self._need(NeedKind.PLUGIN, "*", what)
            elif name.startswith("/"):
                self._need(NeedKind.FILE, name, what)
            elif "/" not in name:
                self._need(NeedKind.PLUGIN, name, what)

    def _file(self, text: str | None, what: _Call, mode: str | None) -> None:
        """A file by its name; one that is made needs its folder, where that is not the program's own."""
        path = known(absolute(text, self.where.cwd)) if text else None
        if path is None or self.gathered.asks_system(path, str(what)):
            return
        if mode is None or _ANEW.isdisjoint(mode):
            self._need(NeedKind.FILE, path, what)
        if text and text.startswith("/") and (mode is None or not _MAKES.isdisjoint(mode)):
            self._need(NeedKind.FILE, posixpath.dirname(path), what)

    def _locale(self, name: str | None, what: _Call) -> None:
        if name is None:
            self.gathered.leave_open("locale-unproven", f"{what}: which locale that is was not followed.")
        elif name not in _PLAIN_LOCALES:
            self._need(NeedKind.LOCALE, name, what)


class _ReadsFile(Walk):
    """Looks for ``open(…)``, ``….read()``, ``….read_text()``."""

    def __init__(self) -> None:
        self.found = False

    def holds(self, node: cst.CSTNode) -> bool:
        """Tell whether one is in an expression."""
        self.walk(node)
        return self.found

    def visit_Call(self, node: cst.Call) -> None:  # noqa: N802  (a walk looks for that name)
        """See what is called."""
        named = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
        names = ("read", "read_text") if named is not node.func else ("open",)
        self.found = self.found or (isinstance(named, cst.Name) and named.value in names)


def _elements(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """The values of a tuple; nothing for anything else."""
    return (element.value for element in node.elements) if isinstance(node, cst.Tuple) else iter(())


#: What code holds that may start a program.
_STARTS = regex(r"import|subprocess|\bos\b|system|popen|spawn|exec")
_BUILTINS = frozenset(
    "cd echo export set unset exit true false test [ : . source exec read printf umask ulimit".split()
)
__all__: Sequence[str] = ("needs_of",)
