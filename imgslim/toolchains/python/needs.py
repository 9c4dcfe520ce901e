"""What one module asks of the image: programs, libraries, files, zones, trust, locales; read with libcst."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

import libcst as cst
from libcst.helpers import get_full_name_for_node
from libcst.metadata import MetadataWrapper, PositionProvider

from imgslim.meaning.paths import absolute
from imgslim.meaning.starts import ANY, argv_starts
from imgslim.model import NeedKind
from imgslim.records import dataclass
from imgslim.syntax.shell import script_commands
from imgslim.toolchains.python.started import is_python
from imgslim.toolchains.python.starters import finds_libraries
from imgslim.values import known

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imgslim.toolchains.gathered import Gathered

#: Functions that start what their first argument names: a list or one word, a shell's text where ``shell=True``.
_STARTS = frozenset(
    """
    subprocess.run subprocess.Popen subprocess.call subprocess.check_call subprocess.check_output
    asyncio.create_subprocess_exec pty.spawn
    os.execl os.execle os.execlp os.execlpe os.execv os.execve os.execvp os.execvpe os.posix_spawn os.posix_spawnp
    """.split()
)
#: These take the way of starting first.
_SPAWNS = frozenset(f"os.spawn{tail}" for tail in ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe"))
_SHELLS = frozenset(
    """
    os.system os.popen subprocess.getoutput subprocess.getstatusoutput asyncio.create_subprocess_shell
    """.split()
)
_OPENS = frozenset(
    """
    open io.open os.open os.listdir os.scandir os.walk os.stat os.path.exists os.path.isfile os.path.isdir
    pathlib.Path pathlib.PosixPath shutil.copy shutil.copyfile shutil.copytree codecs.open
    """.split()
)
_WRITES = frozenset("open io.open codecs.open".split())
_LIBRARIES = frozenset("ctypes.CDLL ctypes.cdll.LoadLibrary ctypes.PyDLL cffi.FFI.dlopen".split())
_BY_MODULE = {
    "zoneinfo": NeedKind.TIME_ZONES, "ssl": NeedKind.CERTIFICATES, "urllib.request": NeedKind.CERTIFICATES,
    "http.client": NeedKind.CERTIFICATES, "smtplib": NeedKind.CERTIFICATES, "pwd": NeedKind.USERS,
    "grp": NeedKind.USERS, "tempfile": NeedKind.TMP, "mimetypes": NeedKind.MEDIA_TYPES, "curses": NeedKind.TERMINFO,
}  # fmt: skip
#: They take the zone that TZ names, which who starts the image may set (time.tzset), unless they are given one.
_LOCAL_TIME = frozenset(
    """
    time.asctime time.ctime time.localtime time.mktime time.strftime time.tzset
    datetime.date.today datetime.datetime.now datetime.datetime.today datetime.datetime.fromtimestamp
    datetime.date.fromtimestamp logging.Formatter
    """.split()
)
#: Of them those whose last argument is a zone.
_ZONED = {"datetime.datetime.now": 1, "datetime.datetime.fromtimestamp": 2}
#: What asks for the tables of services and protocols (services(5), protocols(5)).
_SERVICES = frozenset("socket.getservbyname socket.getservbyport socket.getprotobyname".split())
#: Modes of open() that make a file; one that is not a literal may be any.
_MAKES = frozenset("wax")
#: Of them those that do not ask for what was there.
_ANEW = frozenset("wx")
_PLAIN_LOCALES = frozenset({"", "C", "POSIX", "C.UTF-8", "C.utf8"})
#: What stands for the interpreter itself.
_SELF = "\0python"


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
    wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
    wrapper.visit(_Reader(_Where(path, cwd), gathered))


class _Reader(cst.CSTVisitor):
    """Calls by the full name of what is called, imports followed."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, where: _Where, gathered: Gathered) -> None:
        super().__init__()
        self.where = where
        self.gathered = gathered
        #: What a name of the module stands for: ``sp`` for ``subprocess``, ``run`` for ``subprocess.run``.
        self.names: dict[str, str] = {}
        self.constants: dict[str, str] = {}

    # --- names ---------------------------------------------------------------------------------------------

    def visit_Import(self, node: cst.Import) -> None:  # noqa: N802  (libcst looks for that name)
        """``import a.b as c``."""
        for alias in node.names:
            full = get_full_name_for_node(alias.name) or ""
            name = alias.evaluated_alias or full.split(".", 1)[0]
            self.names[name] = full if alias.evaluated_alias else name
            self._module(full, node)

    def visit_ImportFrom(self, node: cst.ImportFrom) -> None:  # noqa: N802  (libcst looks for that name)
        """``from a import b as c``."""
        base = get_full_name_for_node(node.module) if node.module is not None and not node.relative else None
        if base is None:
            return
        self._module(base, node)
        for alias in node.names if not isinstance(node.names, cst.ImportStar) else ():
            name = get_full_name_for_node(alias.name) or ""
            self.names[alias.evaluated_alias or name] = f"{base}.{name}"
            self._module(f"{base}.{name}", node)

    def visit_Assign(self, node: cst.Assign) -> None:  # noqa: N802  (libcst looks for that name)
        """Names that stand for one string."""
        value = self._text(node.value)
        for target in node.targets:
            if isinstance(target.target, cst.Name):
                if value is not None:
                    self.constants.setdefault(target.target.value, value)
                elif (full := self._full(node.value)) is not None and full in _STARTS | _SHELLS:
                    self.names[target.target.value] = full

    def _module(self, name: str, node: cst.CSTNode) -> None:
        kind = _BY_MODULE.get(name)
        if kind is not None:
            self.gathered.need(kind, "", f"{self._at(node)} imports {name}")

    def _full(self, node: cst.BaseExpression) -> str | None:
        name = get_full_name_for_node(node)
        if name is None:
            return None
        first, dot, rest = name.partition(".")
        return self.names.get(first, first) + dot + rest

    def _at(self, node: cst.CSTNode) -> str:
        position = self.get_metadata(PositionProvider, node, None)
        line = f":{position.start.line}" if position is not None else ""
        return f"{self.where.path}{line}"

    # --- values --------------------------------------------------------------------------------------------

    def _text(self, node: cst.BaseExpression | None) -> str | None:
        if isinstance(node, cst.SimpleString | cst.ConcatenatedString):
            value = node.evaluated_value
            return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        if isinstance(node, cst.Name):
            return self.constants.get(node.value)
        if node is not None and self._full(node) == "sys.executable":
            return _SELF
        if isinstance(node, cst.Call) and self._full(node.func) in ("os.path.join", "pathlib.Path", "str"):
            parts = [self._text(a.value) for a in node.args]
            return posixpath.join(*(p for p in parts if p is not None)) if parts and None not in parts else None
        return None

    def _words(self, node: cst.BaseExpression | None) -> tuple[str, ...]:
        """The words of ``["ls", "-l"]``, of ``["ls"] + more``, or of one program; "" for one that is not literal."""
        if isinstance(node, cst.List | cst.Tuple):
            return tuple(self._text(element.value) or "" for element in node.elements)
        if isinstance(node, cst.BinaryOperation):
            return (*self._words(node.left), "")
        if isinstance(node, cst.Call) and self._full(node.func) == "shlex.split" and node.args:
            return tuple((self._text(node.args[0].value) or "").split())
        text = self._text(node)
        return (text,) if text else ()

    # --- calls ---------------------------------------------------------------------------------------------

    def visit_Call(self, node: cst.Call) -> None:  # noqa: N802  (libcst looks for that name)
        """Look at what is called by its full name."""
        full = self._full(node.func)
        if full is None:
            return
        arguments = [a.value for a in node.args if a.keyword is None and not a.star]
        keywords = {a.keyword.value: a.value for a in node.args if a.keyword is not None}
        first = arguments[0] if arguments else keywords.get("args")
        what = f"{self._at(node)} calls {full}"
        if full in _STARTS or full in _SPAWNS:
            shell = keywords.get("shell")
            if full in _SPAWNS:
                first = arguments[1] if len(arguments) > 1 else None
            if shell is not None and not (isinstance(shell, cst.Name) and shell.value == "False"):
                self._shell(self._text(first), what)
            else:
                self._program(self._words(first), what)
        elif full in _SHELLS:
            self._shell(self._text(first), what)
        elif full == "shutil.which":
            name = self._text(first)
            if name and name != _SELF:
                self.gathered.need(NeedKind.COMMAND, name, what)
        elif full in _LIBRARIES or full.endswith(".dlopen"):
            self._library(first, what)
        elif full == "ctypes.util.find_library":
            finds_libraries(what, self.gathered)
        elif full in _OPENS:
            mode = arguments[1] if len(arguments) > 1 else keywords.get("mode")
            chars = "r" if mode is None or full not in _WRITES else self._text(mode)
            self._file(self._text(first), what, chars)
        elif full in _LOCAL_TIME:
            if "tz" not in keywords and len(arguments) < _ZONED.get(full, len(arguments) + 1):
                self.gathered.need(NeedKind.TIME_ZONES, "", f"{what}, in the zone that TZ names")
        elif full == "logging.basicConfig":
            if "asctime" in (self._text(keywords.get("format")) or ""):
                self.gathered.need(NeedKind.TIME_ZONES, "", f"{what}, in the zone that TZ names")
        elif full in _SERVICES:
            self.gathered.need(NeedKind.NAME_SERVICE, "services", what)
        elif full == "platform.freedesktop_os_release":
            self.gathered.need(NeedKind.FILE, "/etc/os-release", what)
        elif full == "locale.setlocale":
            self._locale(self._text(arguments[1]) if len(arguments) > 1 else "", what)
        elif full.endswith(("expanduser", "Path.home", "getpass.getuser")):
            self.gathered.need(NeedKind.USERS, "", what)

    def _program(self, words: tuple[str, ...], what: str) -> None:
        if not words or not words[0]:
            self.gathered.need(NeedKind.COMMAND, "*", what)
            return
        for name in argv_starts(words):
            if name == ANY or (name != _SELF and not is_python(name)):
                self.gathered.need(NeedKind.COMMAND, name, what)

    def _shell(self, text: str | None, what: str) -> None:
        self.gathered.need(NeedKind.SHELL, "/bin/sh", what)
        if text is None:
            self.gathered.need(NeedKind.COMMAND, "*", what)
            return
        commands, open_end = script_commands(text)
        for argv in commands:
            if argv and argv[0] not in _BUILTINS:
                self._program(argv, what)
        if open_end:
            self.gathered.need(NeedKind.COMMAND, "*", what)

    def _library(self, node: cst.BaseExpression | None, what: str) -> None:
        if isinstance(node, cst.Name) and node.value == "None":
            return
        name = self._text(node)
        if name is None:
            self.gathered.need(NeedKind.PLUGIN, "*", what)
        elif name.startswith("/"):
            self.gathered.need(NeedKind.FILE, name, what)
        elif "/" not in name:
            self.gathered.need(NeedKind.PLUGIN, name, what)

    def _file(self, text: str | None, what: str, mode: str | None) -> None:
        """A file by its name; one that is made needs its folder, where that is not the program's own."""
        path = known(absolute(text, self.where.cwd)) if text else None
        if path is None or self.gathered.asks_system(path, what):
            return
        if mode is None or _ANEW.isdisjoint(mode):
            self.gathered.need(NeedKind.FILE, path, what)
        if text and text.startswith("/") and (mode is None or not _MAKES.isdisjoint(mode)):
            self.gathered.need(NeedKind.FILE, posixpath.dirname(path), what)

    def _locale(self, name: str | None, what: str) -> None:
        if name is None:
            self.gathered.leave_open("locale-unproven", f"{what}: which locale that is was not followed.")
        elif name not in _PLAIN_LOCALES:
            self.gathered.need(NeedKind.LOCALE, name, what)


_BUILTINS = frozenset(
    "cd echo export set unset exit true false test [ : . source exec read printf umask ulimit".split()
)
__all__: Sequence[str] = ("needs_of",)
