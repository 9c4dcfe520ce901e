"""Read a program's own modules: which are imported from the context, and what they need of the image."""

from __future__ import annotations

import posixpath
import re
import sys
from functools import cached_property
from typing import TYPE_CHECKING

from imgslim.meaning.paths import absolute
from imgslim.meaning.starts import ANY
from imgslim.model import NeedKind
from imgslim.records import dataclass, field
from imgslim.regex import regex
from imgslim.toolchains.gathered import Gathered, literals_of_system
from imgslim.toolchains.python.asks import is_worth_reading
from imgslim.toolchains.python.called import CALLED, called_programs
from imgslim.toolchains.python.started import read_words
from imgslim.toolchains.python.starters import brought_by, loaded_by_settings
from imgslim.values import known

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imgslim.model import Assumption, Need, Project
    from imgslim.toolchains.python.started import Started
    from imgslim.values import Value

_INTERPRETERS = frozenset({"python", "python3"})
#: What starts whatever a folder holds (docs.python.org, http.server).
_BY_REQUEST = regex(rb"\bCGIHTTPRequestHandler\b")
#: Where distributions, and installers for one user, keep modules.
_PACKAGES = regex(rb"[\w./~-]*/(?:dist|site)-packages\b")
_IMPORT = regex(
    r"^[ \t]*(?:from[ \t]+(?P<base>\.*[\w.]*)[ \t]+import[ \t]+(?P<names>\([^)]*\)|[^\n#;]+)"
    r"|import[ \t]+(?P<plain>[\w., \t]+))",
    re.MULTILINE,
)
#: What loads modules by names that the text need not hold.
_DYNAMIC = regex(
    rb"import_module|__import__|pkgutil|runpy|INSTALLED_APPS|DJANGO_SETTINGS_MODULE|load_module|entry_points|autodiscover"
    rb"|spec_from_file_location|SourceFileLoader|\bexec\(|\bexecfile\("
)
_TEST = regex(r"(^|/)(tests?|testing|migrations)/|(^|/)(test_[^/]*|[^/]*_test|conftest)\.py\Z")
#: What asks for the home folder by its variable.
_HOME = regex(rb"[\"']HOME[\"']|\$(?:HOME\b|\{HOME\})")
#: Without it sqlite3 opens no library by name (docs.python.org/3/library/sqlite3.html).
_EXTENDS = regex(rb"\benable_?load_?extension\b", 2)
#: Modules that are, or import, tkinter.
_WINDOWS = regex(rb"\b(?:tkinter|turtle|turtledemo|idlelib)\b")
#: Modules that Python 2 has under other names, and those that give out the files of the folder they start in.
_OF_PYTHON_2 = frozenset({"SimpleHTTPServer", "CGIHTTPServer", "BaseHTTPServer", "SocketServer", "smtpd", "Queue"})
_GIVING = frozenset({"http.server", "SimpleHTTPServer", "CGIHTTPServer"})
#: Folders of the system: what of them is the project's can't be told.
_SYSTEM = frozenset({"/", "/etc", "/home", "/opt", "/root", "/srv", "/tmp", "/usr", "/usr/src", "/var"})  # noqa: S108
#: Modules that are read at most.
_MODULES = 2_000


@dataclass(frozen=True, slots=True)
class Program:
    """What a program's own modules say."""

    needs: tuple[Need, ...]
    open_ends: tuple[Assumption, ...]
    #: Whether a module imports tkinter, whose libraries a slim image lacks.
    has_windows: bool = False
    #: Modules that none of the project's files is, by the first part of their names, and who imports each.
    modules: Mapping[str, str] = field(default_factory=dict)


def read_program(
    project: Project,
    started: Started,
    cwd: Value,
    editable: tuple[str, ...],
    asked: Iterable[str] = (),
    *,
    installs: bool = False,
) -> Program:
    """Follow imports from what is started, and read what each module needs.

    Args:
        project: what reading gave.
        started: what Python is told to run.
        cwd: the folder that it starts in.
        editable: folders that were installed as they stand.
        asked: packages that were installed by name.
        installs: whether packages were installed; that they were not read is said elsewhere.
    """
    gathered = Gathered()
    lost = "is not of the context" if project.context.known else "is not there to be read"
    folder = known(absolute(started.folder or ".", cwd))
    search = _Search(project, [*([folder] if folder else []), *_python_path(project), *_with_src(editable)])
    if started.code:
        _needs_of("the entry's code", started.code.encode(), str(folder or "/"), gathered)
        search.text(started.code, "", "the entry's code")
    if started.script:
        place = known(absolute(started.script, folder or cwd))
        if place is not None and project.files.context_file(place) is None and project.files.kind(place) == "folder":
            place = posixpath.join(place, "__main__.py")
        if place is None or project.files.read(place) is None:
            gathered.leave_open("sources-unread", f"{started.what}: {started.script} {lost}.")
        else:
            search.roots.insert(0, posixpath.dirname(place))
            search.add(place)
    for name in (started.module, *started.targets):
        first = name.split(".")[0]
        if not name or search.module(name) or first in (sys.stdlib_module_names | _OF_PYTHON_2):
            continue
        if not editable and (name in started.targets or not installs):
            gathered.leave_open("sources-unread", f"{started.what}: {first} {lost}.")
    if started.module in _GIVING and known(cwd) in _SYSTEM:
        gathered.need(NeedKind.FILE, "*", f"{started.module} gives out every file of {known(cwd)}")
    # A program that was installed and names no module loads those that its settings name.
    whole = not (started.script or started.code or started.targets or started.module)
    any_file = whole or project.trace.entry.opens_with(_INTERPRETERS)
    for path, data in search.unread(whole=any_file):
        _needs_of(path, data, str(cwd), gathered)
        if CALLED & search.foreign.keys():
            called_programs(path, data, CALLED & search.foreign.keys(), gathered)
        _children(gathered, search, cwd)
    if whole:
        loaded_by_settings(asked, started.program, gathered)
    for package, where in search.foreign.items():
        brought_by(package, where, gathered)
    if not installs:
        _of_distribution(project, search, gathered)
    windows = next((path for path, data in search.found.items() if _WINDOWS.search(data)), "")
    if windows:  # the interpreter's own module of it is linked with these, which a slim image lacks
        for library in ("libtcl8.6.so", "libtk8.6.so"):
            gathered.need(NeedKind.PLUGIN, library, f"{windows} imports tkinter")
        gathered.need(NeedKind.FILE, "/usr/share/tcltk", f"{windows} imports tkinter")
    needs, open_ends = tuple(gathered.needs.values()), tuple(gathered.open_ends.values())
    return Program(needs, open_ends, bool(windows), dict(search.foreign))


def _of_distribution(project: Project, search: _Search, gathered: Gathered) -> None:
    """What no installer of Python put anywhere may be a module of the distribution's, where something leads there."""
    named = next((p for p in _python_path(project) if project.files.kind(p) != "folder"), "")
    what = f"PYTHONPATH names {named}" if named else ""
    for path, data in search.found.items() if not named else ():
        if (place := _PACKAGES.search(data)) is not None:
            what = f"{path}:{data.count(10, 0, place.start()) + 1} names {place[0].decode()}"
    wanted = next((name for name in search.foreign if name not in sys.stdlib_module_names), "")
    if what and wanted:
        gathered.leave_open("sources-unread", f"{what}, where {wanted} was not read.")


def _children(gathered: Gathered, search: _Search, cwd: Value) -> None:
    """Have read what is started of the project by the interpreter in a process of its own."""
    for argv, why in tuple(gathered.children.items())[len(search.children) :]:
        child = search.children[argv] = read_words(argv)
        if child is None:
            continue
        if "" in argv and not (child.script or child.module or child.code):
            search.dynamic = True
        if child.code:
            _needs_of("the code of a child", child.code.encode(), str(cwd), gathered)
            search.text(child.code, "", why)
        place = known(absolute(child.script, cwd)) if child.script else None
        if place is not None and not search.add(place):
            gathered.leave_open("sources-unread", f"{why}: {child.script} is not of the context.")
        for name in (child.module, *child.targets):
            search.module(name)


def _needs_of(path: str, data: bytes, cwd: str, gathered: Gathered) -> None:
    if (home := _HOME.search(data)) is not None:
        line = data.count(b"\n", 0, home.start()) + 1
        gathered.need(NeedKind.USERS, "home", f"{path}:{line} asks for the home folder")
    if (opened := _EXTENDS.search(data)) is not None:
        line = data.count(b"\n", 0, opened.start()) + 1
        gathered.need(NeedKind.PLUGIN, "*", f"{path}:{line} lets a data base open extensions by name")
    if (starts := _BY_REQUEST.search(data)) is not None:
        line = data.count(b"\n", 0, starts.start()) + 1
        gathered.need(NeedKind.COMMAND, ANY, f"{path}:{line} starts the files of a folder by request")
    if is_worth_reading(data):
        from imgslim.toolchains.python.needs import needs_of  # noqa: PLC0415  (libcst is slow to import)

        needs_of(path, data, cwd, gathered)
    gathered.names_system(literals_of_system(data.decode("utf-8", "replace")), path)


def _python_path(project: Project) -> Iterator[str]:
    value = project.trace.final.env.get("PYTHONPATH", "")
    yield from (p for p in (value if isinstance(value, str) else "").split(":") if p.startswith("/"))


def _with_src(folders: tuple[str, ...]) -> Iterator[str]:
    """PEP 517 projects keep packages beside their settings or in ``src``."""
    for folder in folders:
        yield from (folder, f"{folder}/src")


class _Search:
    """Modules of the context that are reached by imports."""

    def __init__(self, project: Project, roots: list[str]) -> None:
        self.project = project
        self.roots = roots
        self.found: dict[str, bytes] = {}
        self.order: list[str] = []
        #: Packages of others that are imported, with the first place that does it.
        self.foreign: dict[str, str] = {}
        self.dynamic = False
        #: What is started of the project besides, as it was understood.
        self.children: dict[tuple[str, ...], Started | None] = {}

    def add(self, path: str) -> bool:
        """Read a module and what it imports; tell whether it is of the context."""
        if path in self.found:
            return True
        data = self.project.files.read(path)
        if data is None or len(self.found) >= _MODULES:
            return False
        self.found[path] = data
        self.order.append(path)
        self.dynamic = self.dynamic or _DYNAMIC.search(data) is not None
        self.text(data.decode("utf-8", "replace"), posixpath.dirname(path), path)
        return True

    def text(self, text: str, folder: str, where: str) -> None:
        """Follow the imports of one module in ``folder``; ``where`` is what it is called in reasons."""
        for match in _IMPORT.finditer(text):
            line = f"{where}:{text.count(chr(10), 0, match.start('plain' if match['plain'] else 'names')) + 1}"
            if match["plain"]:
                for part in match["plain"].split(","):
                    self._imported(part.split(" as ")[0].strip(), line)
                continue
            base = match["base"]
            names = [n.split(" as ")[0].strip() for n in match["names"].strip("() \n").split(",")]
            dots = len(base) - len(base.lstrip("."))
            if dots:
                above = folder
                for _ in range(dots - 1):
                    above = posixpath.dirname(above)
                self._below(above, base.lstrip("."), names)
            else:
                self._imported(base, line)
                for name in names:
                    if name.isidentifier():
                        self.module(f"{base}.{name}")

    def _imported(self, name: str, line: str) -> None:
        package = name.partition(".")[0]
        if not self.module(name) and not self.module(package):
            self.foreign.setdefault(package, line)
            if package not in sys.stdlib_module_names and (roots := self._elsewhere.pop(package, None)) is not None:
                self.roots += (root for root in roots if root not in self.roots)
                self.module(name)

    @cached_property
    def _elsewhere(self) -> dict[str, dict[str, None]]:
        """The folders in which modules lie, by the modules' names: a program may look for them wherever it likes.

        It says where in ``sys.path``, with ``site.addsitedir``, in PYTHONPATH, in a .pth file.
        """
        found: dict[str, dict[str, None]] = {}
        for image, _ in self.project.files.walk_context("/"):
            path, ending = posixpath.splitext(image)
            if ending == ".py" and not _TEST.search(image):
                while path != "/":
                    above, name = posixpath.split(path)
                    found.setdefault(name, {})[above] = None
                    path = above
        return found

    def module(self, name: str) -> bool:
        """Follow ``a.b.c`` from each folder that modules are looked for in."""
        return any(self._below(root, name, []) for root in self.roots) if name else False

    def _below(self, root: str, name: str, names: list[str]) -> bool:
        parts = name.split(".") if name else []
        hit = False
        for depth in range(len(parts) + 1):
            base = posixpath.join(root, *parts[:depth])
            if depth:
                hit = self.add(f"{base}.py") or hit
            if depth or not parts:
                hit = self.add(f"{base}/__init__.py") or hit
        for each in names:
            hit = self.add(f"{posixpath.join(root, *parts, each)}.py") or hit
            hit = self.add(f"{posixpath.join(root, *parts, each)}/__init__.py") or hit
        if hit and parts:
            self.add(f"{posixpath.join(root, *parts)}/__main__.py")
        return hit

    def unread(self, *, whole: bool) -> Iterator[tuple[str, bytes]]:
        """What was reached, each once, and what is reached while that is looked at.

        With modules that are loaded by computed names, all of the project but its tests.
        """
        done = 0
        while True:
            if self.dynamic or whole:
                self._add_all()
                whole = self.dynamic = False
            if done == len(self.order):
                return
            path = self.order[done]
            done += 1
            yield path, self.found[path]

    def _add_all(self) -> None:
        for image, _ in self.project.files.walk_context("/"):
            if image.endswith(".py") and not _TEST.search(image):
                self.add(image)
