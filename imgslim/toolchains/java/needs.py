"""What a Java program asks of its image, from what its sources say."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.starts import DONE_BY_SHELL, SHELLS, argv_starts, text_starts
from imgslim.model import NeedKind
from imgslim.regex import regex
from imgslim.toolchains.gathered import Gathered, is_filled, is_given, is_own_zone, is_temporary, is_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imgslim.toolchains.java.scan import Call, Scan

#: Calls whose first argument is a path that is read; :data:`_WRITES` make a file.
_READS = frozenset({
    "File", "FileInputStream", "FileReader", "RandomAccessFile", "Paths.get", "Path.of", "Path", "FileSystemResource",
    "Source.fromFile", "ZipFile", "JarFile", "Files.newInputStream",
})  # fmt: skip
#: Of a Path: a name below it, or beside it.
_RESOLVES = frozenset({"resolve", "resolveSibling"})
_WRITES = frozenset({"FileOutputStream", "FileWriter", "PrintWriter", "PrintStream", "FileHandler"})
#: Of these a path that is not literal opens the case; a ``File`` object alone does not read anything yet, but is what
#: everything else is then called with.
_TEMPORARY = frozenset({
    "createTempFile", "createTempDirectory", "createTempDir", "File.createTempFile", "Files.createTempFile",
    "Files.createTempDirectory",
})  # fmt: skip
_NETWORK = frozenset({
    "Socket", "InetAddress.getByName", "InetAddress.getAllByName", "InetSocketAddress", "HttpClient.newHttpClient",
    "HttpClient.newBuilder", "URL", "openConnection", "DriverManager.getConnection", "SSLSocketFactory.getDefault",
})  # fmt: skip
#: Packages of the development kit that a run-time environment lacks (jdk.compiler, jdk.jshell, jdk.jdi, jdk.javadoc).
_DEVELOPMENT = (
    "javax.tools",
    "com.sun.tools",
    "com.sun.source",
    "jdk.jshell",
    "com.sun.jdi",
    "jdk.javadoc",
    "sun.tools",
)
#: Drawing and fonts: libraries of the system that only these packages load.
_DESKTOP = ("java.awt", "javax.swing", "java.beans.beancontext", "javafx", "javax.print", "javax.sound")
#: Code that is no Java: of System and Runtime, and of the foreign function interface (JEP 454).
_NATIVE = regex(r"(?:.*\.)?(?:loadLibrary|System\.load)|load|(?:java\.lang|jdk\.incubator)\.foreign(?:\..*)?")
_FACTORIES = (
    "ToolProvider.getSystemJavaCompiler", "JShell.create", "ToolProvider.findFirst", "java.util.spi.ToolProvider",
    "java.util.spi.ToolProvider.findFirst",
)  # fmt: skip
#: What lists the machine's modules, or finds one by a name that need not stand in the sources (java.lang.module).
_LAYERS = ("ModuleLayer.boot", "ModuleFinder.ofSystem")
#: Modules that only the development kit has, by name (jmods of JDK 17 that no run-time environment is made with).
_KIT_MODULES = frozenset(
    "jdk.compiler jdk.jartool jdk.javadoc jdk.jconsole jdk.jdeps jdk.jdi jdk.jlink jdk.jpackage jdk.jshell".split()
)


def from_sources(scans: dict[str, Scan], exists: Callable[[str], bool]) -> Gathered:
    """The needs that sources show.

    Args:
        scans: by the name that people know the file by.
        exists: tells whether a path, as the program writes it, is there in the image, or may be for all we know.
    """
    out = Gathered()
    for label, found in scans.items():
        for name, line in found.names.items():
            if name.startswith(_DEVELOPMENT) or name in _FACTORIES:
                out.need(NeedKind.COMMAND, "javac", f"{label}:{line} uses {name}, which only the development kit has")
            if name.endswith(_LAYERS):
                why = f"{label}:{line} uses {name}, which tells what modules there are"
                out.leave_open("java-modules-unproven", f"{why}: a run-time environment has fewer than the kit.")
        starts = any(n == "Runtime" or n.startswith(("Runtime.", "java.lang.Runtime")) for n in found.names)
        paths = any(n.partition(".")[0] in ("Path", "Paths") or n.startswith("java.nio.file") for n in found.names)
        for call in found.calls:
            _by_call(out, call, f"{label}:{call.line}", exists, runtime=starts)
            if paths and call.last in _RESOLVES and call.arguments[:1] == (None,):
                why = f"{label}:{call.line} calls {call.last}"
                out.leave_open("computed-paths", f"{why} with a path that is not a literal.")
        if any(n.startswith(("scala.sys.process", "sys.process")) for n in found.names):
            out.need(NeedKind.COMMAND, "*", f"{label} imports scala.sys.process: what it starts is not followed")
        for literal in found.literals:
            if literal.text.startswith(tuple(f"{name}." for name in _DEVELOPMENT)) or literal.text in _KIT_MODULES:
                why = f"{label}:{literal.line} names {literal.text!r}, which only the development kit has"
                out.need(NeedKind.COMMAND, "javac", why)
            if is_temporary(literal.text):
                out.need(NeedKind.TMP, "", f"{label}:{literal.line} names {literal.text!r}")
            elif literal.text in ("HOME", "user.home", "user.name"):  # by getpwuid(3), System.getProperties
                out.need(NeedKind.USERS, "home", f"{label}:{literal.line} names {literal.text!r}")
    return out


def calls_out(scans: dict[str, Scan]) -> bool:
    """Tell whether sources may load libraries that are no Java: what those ask of the system nobody read."""
    names = {name for found in scans.values() for name in found.names}
    by_runtime = any("Runtime" in name for name in names) and any(name.endswith(".load") for name in names)
    return by_runtime or any(map(_NATIVE.fullmatch, names))


def desktop(scans: dict[str, Scan]) -> str:
    """Where sources use fonts or drawing; "" where they do not."""
    for label, found in scans.items():
        for name, line in found.names.items():
            if name.startswith(_DESKTOP):
                return f"{label}:{line} uses {name}"
    return ""


def _by_call(out: Gathered, call: Call, at: str, exists: Callable[[str], bool], *, runtime: bool) -> None:
    name = _short(call)
    why = f"{at} calls {name}"
    if (name in _READS or call.last == "getPath") and call.arguments:
        _file(out, call, why, exists, writes=False)
    elif name in _WRITES and call.arguments:
        _file(out, call, why, exists, writes=True)
    elif name == "ProcessBuilder" or (call.last == "exec" and runtime):
        _program(out, call.elements or (call.arguments if name == "ProcessBuilder" else call.arguments[:1]), why)
    elif name in ("System.loadLibrary", "System.load"):
        out.leave_open("plugins-unproven", f"{why}: which native library that is was not followed.")
    elif call.last in _TEMPORARY or name in _TEMPORARY:
        out.need(NeedKind.TMP, "", why)
    elif name == "Files.probeContentType":
        out.need(NeedKind.MEDIA_TYPES, "", why)  # sun.nio.fs.MimeTypesFileTypeDetector
    elif name in _NETWORK:
        out.need(NeedKind.NAME_SERVICE, "", why)


def _short(call: Call) -> str:
    """The last two parts, for ``java.nio.file.Paths.get``; one for classes."""
    parts = call.name.split(".")
    return parts[-1] if parts[-1][:1].isupper() else ".".join(parts[-2:])


def _program(out: Gathered, words: tuple[str | None, ...], why: str) -> None:
    """A program with its words; one word alone may be a whole command line, split at blanks (Runtime.exec)."""
    first = words[0] if words else None
    if first is None:
        out.need(NeedKind.COMMAND, "*", f"{why} with a name that is not a literal")
        return
    out.line(first.split() if len(words) == 1 else tuple(word or "" for word in words), why)
    for name in _starts(words):
        if posixpath.basename(name) in SHELLS:
            out.need(NeedKind.SHELL, name, why)
        elif name == first or name not in DONE_BY_SHELL:
            out.need(NeedKind.COMMAND, name, why)


def _starts(words: tuple[str | None, ...]) -> Iterator[str]:
    if len(words) == 1:
        return text_starts(words[0] or "", "")
    return argv_starts(tuple(word or "" for word in words), "")


def _file(out: Gathered, call: Call, why: str, exists: Callable[[str], bool], *, writes: bool) -> None:
    parts = (
        call.arguments
        if call.name.endswith(("Paths.get", "Path.of", "getPath")) or call.name == "Path"
        else call.arguments[:1]
    )
    if None in parts or not parts:
        out.leave_open("computed-paths", f"{why} with a path that is not a literal.")
        return
    path = posixpath.join(*(p for p in parts if p is not None)) if all(parts) else ""
    if not path or path.startswith(("http:", "https:", "classpath:")):
        return
    folder = posixpath.dirname(path)
    if is_given(path) or (is_zone(path) and not is_own_zone(path)):
        return
    if is_temporary(path):
        out.need(NeedKind.TMP, "", why)
    elif writes:
        if folder not in ("", "/") and (folder.startswith("/") or exists(folder)):
            out.need(NeedKind.FILE, folder, f"{why} to write {path}")
    elif is_filled(path):
        out.leave_open("computed-paths", f"{why} of {path!r}: what it finds there is the system's.")
    elif path.startswith("/") or exists(path):
        out.need(NeedKind.FILE, path, f"{why} of {path!r}")
