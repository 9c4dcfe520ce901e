"""What a program's own files ask of their image."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.starts import argv_starts, text_vectors
from imgslim.model import NeedKind
from imgslim.records import replace
from imgslim.regex import regex
from imgslim.toolchains.gathered import Gathered, is_of_packages, literals_of_system
from imgslim.toolchains.node import apis
from imgslim.toolchains.node.names import named
from imgslim.toolchains.node.value import SELF, Path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.meaning.effects import Files
    from imgslim.toolchains.node.graph import Graph
    from imgslim.toolchains.node.scan import Script, Use

#: What a manager gives to the scripts that it starts (docs.npmjs.com/cli, "scripts", "Environment").
_MANAGER = regex(r"\bnpm_(?:package|config|lifecycle|node|execpath|command)\w*|\bINIT_CWD\b")
#: A handler for the signal that a container is stopped by.
_HANDLES = regex(r"""\.(?:on|once|addListener)\(\s*["'`]SIG(?:TERM|INT)["'`]""")
#: Methods of functions, which call them or make others of them.
_OTHER_CALLS = frozenset({"apply", "bind", "call"})
#: Names of the program itself.
_NODE = frozenset({"node", "nodejs"})
#: What code holds that may load a module.
_LOADS = regex(r"require|import|process")
#: Modules are loaded, or programs are started, by another name than the one that is followed.
_REQUIRES = regex(
    r"=[ \t]*require[ \t]*(?:[;,)]|$)|(?<!\brequire = )(?<!\brequire=)\bcreateRequire\(|\bModule\._load\(|\)\._load\("
    r"|\bprocess\.(?:binding|execve)\(",
    8,
)
#: One of these is in each of them.
_OTHERWISE = ("equire", "._load(", "process.binding(", "process.execve(")
_HOME = regex(r"\bprocess\.env\.HOME\b|\bprocess\.env\[[\"']HOME[\"']\]")


def needs_of(files: Files, graph: Graph, workdir: str) -> Gathered:
    """Gather what the files that were read ask for; ``workdir`` is where the program starts."""
    found = Gathered(reads="node")
    for path, script in graph.scripts.items():
        reader = _Reader(files, found, path, workdir)
        for use in script.uses():
            reader.use(use)
        _lost(found, path, script)
        if _HOME.search(script.text):
            found.need(NeedKind.USERS, "home", f"{posixpath.basename(path)} asks for the home folder")
        found.names_system(literals_of_system(script.text), posixpath.basename(path))
    for package, at in graph.packages.items():
        for program in apis.PROGRAMS.get(package, ()):
            what = "programs by their names" if program == "*" else program
            found.need(NeedKind.COMMAND, program, f"{at} loads {package}, which starts {what}")
    return found


def _lost(found: Gathered, path: str, script: Script) -> None:
    """A module that starts programs and goes where its use is not followed may start any."""
    untold = [(module, script.line(offset)) for module, offset in script.names.untold if module in apis.STARTERS]
    for match in _REQUIRES.finditer(script.text) if any(one in script.text for one in _OTHERWISE) else ():
        why = f"{posixpath.basename(path)}:{script.line(match.start())} loads modules otherwise"
        found.need(NeedKind.COMMAND, "*", f"{why}, and what they start was not followed")
    for item in script.imports():
        module = named(item.name or "")
        if module == apis.GLOBAL or (item.put_together and module in apis.STARTERS):
            untold.append((module, item.line))
    for module, line in untold[:1]:
        why = f"{posixpath.basename(path)}:{line} loads {module}, and what it starts was not followed"
        found.need(NeedKind.COMMAND, "*", why)


def uses_manager(graph: Graph) -> str:
    """Where a file asks for what only a package manager sets; "" where none does."""
    return _first(graph, _MANAGER)


def handles_stop(graph: Graph) -> bool:
    """Tell whether a file handles the signal that ends a container."""
    return bool(_first(graph, _HANDLES))


def _first(graph: Graph, pattern: regex) -> str:  # type: ignore[valid-type]
    for path, script in graph.scripts.items():
        match = pattern.search(script.text)  # type: ignore[attr-defined]
        if match is not None:
            return f"{posixpath.basename(path)}:{script.line(match.start())} says {match[0]}"
    return ""


def loads(script: Script) -> list[Path | None]:
    """Files of the program that it starts with node itself: by fork and in workers; None for one that it computes."""
    uses = (use for use in script.uses() if (use.module, use.name) in apis.LOADERS)
    return [use.arguments[0] if use.arguments else None for use in uses]


def children(script: Script) -> Iterator[tuple[Path | None, ...]]:
    """What it starts node with in a process of its own, behind the program's name; None for a word that is computed."""
    for use in script.uses():
        if NeedKind.COMMAND not in apis.FUNCTIONS.get((use.module, use.name), ()) or not use.arguments:
            continue
        first = use.arguments[0]
        if _is_line(use):
            for argv in text_vectors(first.text if first is not None else use.sketch):
                if argv[0] in _NODE:
                    yield tuple(Path(word) if word and "$" not in word else None for word in argv[1:])
        elif first == SELF or (first is not None and first.text in _NODE):
            yield use.listed


def _is_line(use: Use) -> bool:
    """Tell whether the first argument is a whole command line."""
    return (use.module, use.name) in apis.SHELL_TEXTS | apis.LINES or "shell" in use.words


class _Reader:
    """Turns the uses of one file into needs."""

    def __init__(self, files: Files, found: Gathered, path: str, workdir: str) -> None:
        self._files = files
        self._found = found
        self._path = path
        self._workdir = workdir

    def use(self, use: Use) -> None:
        why = f"{posixpath.basename(self._path)}:{use.line} uses {'.'.join(filter(None, (use.module, use.name)))}"
        if not use.module:
            if use.name in apis.METHODS and use.arguments:
                self._file(use.arguments[apis.METHODS[use.name]], use.name, f"{why}()")
            elif use.name == "set" and use.arguments and len(use.arguments) > 1 and _is_views(use.arguments[0]):
                self._file(use.arguments[1], "static", why)
            return
        if (use.module, use.name) in apis.RUNS_CODE and use.arguments:
            code = use.arguments[-1 if use.module == "Function" else 0]
            if code is None or _LOADS.search(code.text):
                self._found.need(NeedKind.COMMAND, "*", f"{why} with code that was not read")
            return
        kinds = apis.FUNCTIONS.get((use.module, use.name), ())
        if not kinds and use.module in apis.STARTERS:
            self._otherwise(use, why)
        for kind in kinds:
            match kind:
                case NeedKind.COMMAND:
                    self._program(use, why)
                case NeedKind.FILE:
                    if use.arguments:
                        self._file(use.arguments[0], use.name.rpartition(".")[2], why)
                case NeedKind.PLUGIN:
                    self._found.need(kind, "*", why)
                case NeedKind.USERS if use.name == "homedir":
                    self._found.need(kind, "home", why)
                case NeedKind.NAME_SERVICE if use.name in apis.SERVICES:
                    self._found.need(kind, "services", why)
                case _:
                    self._found.need(kind, "", why)

    def _otherwise(self, use: Use, why: str) -> None:
        """A module that starts programs where none of its functions is called by its name."""
        function, _, way = use.name.rpartition(".")
        known = way in _OTHER_CALLS and NeedKind.COMMAND in apis.FUNCTIONS.get((use.module, function), ())
        if known and way == "call" and use.arguments:
            # What stands in front of the arguments is what the function sees as this.
            self._program(replace(use, name=function, arguments=use.arguments[1:], sketch=""), why)
        elif known or not use.name:
            self._found.need(NeedKind.COMMAND, "*", f"{why} as a value")

    def _program(self, use: Use, why: str) -> None:
        if use.arguments is None:
            self._found.need(NeedKind.COMMAND, "*", f"{why} as a value")
            return
        first = use.arguments[0] if use.arguments else None
        in_shell = (use.module, use.name) in apis.SHELL_TEXTS
        if in_shell or "shell" in use.words:
            self._found.need(NeedKind.SHELL, "/bin/sh", why)
        is_line = _is_line(use)
        if first is None:
            self._found.need(NeedKind.COMMAND, "*", f"{why} with a name that is not a literal")
            if is_line and use.sketch:
                self._found.runs_shell(use.sketch, why)
        elif is_line:
            self._found.runs_shell(first.text, why)
        elif first != SELF and first.text not in _NODE:
            # What an array of words gives stands in a use's list, after its first argument.
            words = (first.text, *(a.text if a is not None else "" for a in use.listed))
            self._found.line(words, why)
            for started in argv_starts(words, self._found.reads):
                self._found.need(NeedKind.COMMAND, started, why)

    def _file(self, path: Path | None, name: str, why: str) -> None:
        if path is None:
            if name not in apis.LENIENT:
                self._found.leave_open("computed-paths", f"{why} with a path that is not a literal.")
            return
        folder = posixpath.dirname(self._path) if path.here else self._workdir
        place = posixpath.normpath(posixpath.join(folder, path.text))
        if path.text.startswith("/") and not path.here:
            self._absolute(place, name, why)
        elif place != "/" and not f"{self._workdir}/".startswith(f"{place}/") and self._files.exists(place):
            self._found.need(NeedKind.FILE, place, f"{why} of {path.text!r}")

    def _absolute(self, path: str, name: str, why: str) -> None:
        if self._found.asks_system(path, why):
            return
        if name in apis.MAKERS:
            self._found.need(NeedKind.FILE, posixpath.dirname(path), f"{why} to write {path}")
        elif name not in apis.LENIENT or self._files.exists(path) or (name in apis.ASKERS and is_of_packages(path)):
            self._found.need(NeedKind.FILE, path, f"{why} of {path!r}")


def _is_views(first: Path | None) -> bool:
    return first is not None and first.text == "views"
