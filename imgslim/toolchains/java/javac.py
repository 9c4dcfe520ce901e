"""Compilers that are started directly: javac, kotlinc, scalac, and ``jar``."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from typing import TYPE_CHECKING

from imgslim.meaning.paths import absolute
from imgslim.records import dataclass, field
from imgslim.values import Unknown, known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.meaning.effects import Files
    from imgslim.meaning.trace import Command

#: Options with a value in the next word, of all three compilers ("The javac Command"; kotlinc -help; scalac -help).
_VALUED = frozenset("""
-d -cp -classpath --class-path -p --module-path -s -h -source --source -target --target --release -encoding
-processorpath --processor-path -processor --add-modules --add-exports --add-reads --limit-modules
--module-source-path --patch-module --system -sourcepath --source-path -Xmaxerrs -Xmaxwarns --module -m -jvm-target
-module-name -language-version -api-version -kotlin-home -jdk-home --processor-module-path --upgrade-module-path
-extdirs -endorseddirs -bootclasspath
""".split())  # fmt: skip
SUFFIXES = {
    "javac": (".java",),
    "kotlinc": (".kt", ".java"),
    "kotlinc-jvm": (".kt", ".java"),
    "scalac": (".scala", ".java"),
}


@dataclass(slots=True)
class Compiled:
    """One compiler's command line, settled."""

    #: Where the classes go; None: beside each source (javac) or into the working directory (the others).
    folder: str | None = None
    #: ``kotlinc -d app.jar``.
    jar: str | None = None
    #: The sources, by absolute path.
    sources: list[str] = field(default_factory=list)
    #: What it was given as class path.
    path: list[str] = field(default_factory=list)
    #: Where it was told to look for sources of types that nobody names.
    source_path: list[str] = field(default_factory=list)
    #: Why not all sources are known; "" where they are.
    open_end: str = ""


def read_compiler(command: Command, files: Files) -> Compiled:
    """Read a compiler's words; ``files`` as the command finds them."""
    found = Compiled()
    suffixes = SUFFIXES[command.name or "javac"]
    words = iter(command.words[1:])
    for word in words:
        value = word.value
        if isinstance(value, str) and value in _VALUED:
            argument = next(words, None)
            _option(found, value, argument.value if argument is not None else "", command)
        elif isinstance(value, str) and value.startswith("@"):
            found.open_end = f"the list {value[1:]} is not read"
            listed = known(absolute(value[1:], command.cwd))
            text = files.read(listed) if listed else None
            for name in text.decode("utf-8", "replace").split() if text else ():
                _source(found, name, command, suffixes, files)
                found.open_end = ""
        elif isinstance(value, str) and value.startswith("-"):
            continue
        elif isinstance(value, str):
            _source(found, value, command, suffixes, files)
        else:
            _globbed(found, word.raw, command, suffixes, files)
    return found


def _option(found: Compiled, name: str, value: object, command: Command) -> None:
    if name == "-d":
        path = known(absolute(value, command.cwd)) if isinstance(value, str | Unknown) else None
        if path is None:
            found.open_end = "where the classes go is not settled"
        elif path.endswith(".jar"):
            found.jar = path
        else:
            found.folder = path
    elif name in ("-cp", "-classpath", "--class-path", "-p", "--module-path"):
        found.path = value.split(":") if isinstance(value, str) else ["*"]
    elif name in ("-sourcepath", "--source-path"):
        found.source_path = value.split(":") if isinstance(value, str) else ["*"]


def _source(found: Compiled, word: str, command: Command, suffixes: tuple[str, ...], files: Files) -> None:
    path = known(absolute(word, command.cwd))
    if path is None:
        found.open_end = "the working directory is not settled"
    elif files.kind(path) == "folder":  # kotlinc compiles all below a folder
        found.sources += [p for p, _ in files.walk_context(path) if p.endswith(suffixes)]
    elif path.endswith(suffixes):
        found.sources.append(path)


def _globbed(found: Compiled, raw: str, command: Command, suffixes: tuple[str, ...], files: Files) -> None:
    """Sources by a shell's pattern (``src/*.java``, ``**``), or by what find prints."""
    cwd = known(command.cwd)
    if cwd is None:
        found.open_end = "the working directory is not settled"
        return
    if match := re.fullmatch(
        r"\"?(?:\$\(|`)find\s+(\S+)\s+(?:-type f\s+)?-name\s+[\"']?\*(\.\w+)[\"']?\s*(?:-type f\s*)?(?:\)|`)\"?", raw
    ):
        root = known(absolute(match[1], cwd))
        found.sources += [p for p, _ in files.walk_context(root or cwd) if p.endswith(match[2])]
    elif re.fullmatch(r"[\w./*?-]+", raw):
        found.sources += [p for p in _expand(files, posixpath.join(cwd, raw)) if p.endswith(suffixes)]
    else:
        found.open_end = f"{raw!r} is not settled"


def _expand(files: Files, pattern: str) -> Iterator[str]:
    """The context files that a pattern gives; ``**`` without globstar is ``*`` (bash(1), "Pathname Expansion")."""
    parts = posixpath.normpath(pattern).strip("/").split("/")
    here = ["/"]
    for part in parts:
        if re.search(r"[*?\[]", part):
            match = re.compile(fnmatch.translate(part))
            here = [
                posixpath.join(folder, name)
                for folder in here for name in files.list_dir(folder)
                if match.match(name) and not name.startswith(".")
            ]  # fmt: skip
        else:
            here = [posixpath.join(folder, part) for folder in here]
    yield from here


_JAR_LONG = {"--create": "c", "--update": "u", "--extract": "x", "--list": "t"}


@dataclass(frozen=True, slots=True)
class Archive:
    """What ``jar`` makes."""

    path: str
    #: Files and folders that went in, by absolute path.
    contents: tuple[str, ...]
    #: The text that its manifest is made from, by absolute path; "" without.
    manifest: str = ""


def read_jar(command: Command) -> Archive | None:
    """The archive that ``jar cfe app.jar Main …`` or ``jar --create --file app.jar …`` makes; None for other uses."""
    words = [w.value if isinstance(w.value, str) else "*" for w in command.words[1:]]
    name, rest, manifest = _short(words) if words and not words[0].startswith("--") else _long(words)
    path = known(absolute(name, command.cwd)) if name and name != "*" else None
    if path is None:
        return None
    folder, found, given = ".", [], iter(rest)
    for word in given:
        if word == "-C":
            folder = next(given, ".")
            inner = next(given, ".")
            found.append(posixpath.join(folder, inner))
        else:
            found.append(word)
    absolutes = (known(absolute(word, command.cwd)) for word in found)
    text = known(absolute(manifest, command.cwd)) if manifest and manifest != "*" else None
    return Archive(path, tuple(p for p in absolutes if p is not None), text or "")


def _short(words: list[str]) -> tuple[str, list[str], str]:
    """``jar cfe FILE MAIN …``: the letters say in which order file, manifest and main class follow."""
    letters, rest = words[0].lstrip("-"), words[1:]
    if "c" not in letters and "u" not in letters:
        return "", [], ""
    given = {letter: rest.pop(0) for letter in letters if letter in "fme" and rest}
    return given.get("f", ""), rest, given.get("m", "")


def _long(words: list[str]) -> tuple[str, list[str], str]:
    name, manifest, makes, rest, given = "", "", False, [], iter(words)
    for word in given:
        option, equals, value = word.partition("=")
        if option in _JAR_LONG:
            makes = _JAR_LONG[option] in "cu"
        elif option in ("--file", "-f"):
            name = value if equals else next(given, "")
        elif option in ("--main-class", "-e", "--manifest", "-m", "--module-version", "--release"):
            value = value if equals else next(given, "")
            manifest = value if option in ("--manifest", "-m") else manifest
        elif option == "-C" or not option.startswith("-"):
            rest.append(word)
            if option == "-C":
                rest += [next(given, "."), next(given, ".")]
    return (name, rest, manifest) if makes else ("", [], "")
