"""What ordinary commands do to paths: cp, mv, ln, install, mkdir, rm, touch, downloads, archives, redirections."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from imgslim.meaning.facts import Copied, Fact, Linked, Made, Removed, Unfollowed
from imgslim.meaning.paths import absolute, join, normal
from imgslim.meaning.wrappers import unwrap
from imgslim.records import dataclass
from imgslim.regex import regex
from imgslim.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imgslim.meaning.facts import Point
    from imgslim.meaning.lookup import Log
    from imgslim.meaning.trace import Command, Word
    from imgslim.values import Value

#: Commands that write no file but by redirection (POSIX utilities and shell builtins).
_SILENT = frozenset(
    {
        ":", ".", "[", "[[", "basename", "break", "cat", "cd", "chgrp", "chmod", "chown", "cmp", "command",
        "continue", "cut", "date", "df", "diff", "dirname", "du", "echo", "egrep", "env", "exit", "expr",
        "false", "fgrep", "file", "find", "getent", "grep", "groups", "head", "hostname", "id", "ldconfig",
        "ls", "md5sum", "nproc", "od", "popd", "printenv", "printf", "ps", "pushd", "pwd", "readlink",
        "realpath", "return", "seq", "set", "sha1sum", "sha256sum", "sha512sum", "shift", "shopt", "sleep",
        "sort", "stat", "strip", "sync", "tail", "test", "time", "tr", "trap", "true", "type", "ulimit",
        "umask", "uname", "uniq", "unset", "export", "local", "wait", "wc", "which", "whoami",
    }
)  # fmt: skip
#: A word whose only open part is a shell pattern in its last name.
_PATTERN = regex(r"([\w./@%+,:=-]*/)?([\w.@%+,:=*?\[\]!^-]+)")


@dataclass(frozen=True, slots=True)
class _Operand:
    """A file operand: an absolute path, or with ``names`` what matches that pattern in the folder ``path``."""

    path: str
    names: str = ""
    #: Written with ``/.`` or ``/`` at the end.
    contents: bool = False
    slash: bool = False


@dataclass(frozen=True, slots=True)
class _Parsed:
    """A command line taken apart by the utility's own options."""

    flags: frozenset[str]
    values: dict[str, Value]
    operands: tuple[Word, ...]


def file_facts(command: Command, point: Point, log: Log) -> list[Fact]:
    """The facts of one command, redirections included, in order."""
    facts: list[Fact] = []
    inner = unwrap(command)
    if inner.words:
        name = inner.name
        rule = _RULES.get(name or "")
        if name is None:
            facts.append(Unfollowed(point, "/", "a command whose name is not settled may make it"))
        elif rule is not None:
            facts += rule(inner, point, log)
        elif name not in _SILENT:
            facts.append(Unfollowed(point, "/", f"{name} may make it"))
    for redirect in command.redirects:
        if ">" in redirect.operator and not redirect.operator.endswith("&"):
            target = absolute(redirect.target, command.cwd)
            if isinstance(target, Unknown):
                facts.append(Unfollowed(point, "/", target.why))
            elif not target.startswith("/dev/"):
                facts.append(Made(point, target, is_folder=False, command=command))
    return facts


# --- taking command lines apart -----------------------------------------------------------------------------


def _parse(command: Command, valued: str = "", long_valued: tuple[str, ...] = ()) -> _Parsed:
    """Split words into options and operands (POSIX utility syntax with GNU's long options and permutation).

    Args:
        command: the command.
        valued: the one-letter options that take a value.
        long_valued: the long options that take one.
    """
    flags: set[str] = set()
    values: dict[str, Value] = {}
    operands: list[Word] = []
    words = list(command.words[1:])
    while words:
        word = words.pop(0)
        text = word.value if isinstance(word.value, str) else None
        if text == "--":
            operands += words
            break
        if text is None or not text.startswith("-") or text == "-":
            operands.append(word)
        elif text.startswith("--"):
            name, equals, value = text[2:].partition("=")
            flags.add(name)
            if equals:
                values[name] = value
            elif name in long_valued and words:
                values[name] = words.pop(0).value
        else:
            for at, letter in enumerate(text[1:], 2):
                flags.add(letter)
                if letter in valued:
                    values[letter] = text[at:] or (words.pop(0).value if words else Unknown(f"-{letter} has no value"))
                    break
    return _Parsed(frozenset(flags), values, tuple(operands))


def _operand(word: Word, cwd: Value) -> _Operand | None:
    """A word as a file operand, None where it is open."""
    if isinstance(word.value, str):
        path = absolute(word.value, cwd)
        if isinstance(path, Unknown) or not word.value:
            return None
        last = word.value.rsplit("/", 1)[-1]
        return _Operand(path, contents=last in (".", ".."), slash=last in ("", ".", ".."))
    if match := _PATTERN.fullmatch(word.raw):
        folder = absolute(match[1] or ".", cwd)
        return None if isinstance(folder, Unknown) else _Operand(folder, names=match[2])
    return None


# --- the utilities ------------------------------------------------------------------------------------------


def _cp(command: Command, point: Point, log: Log) -> Iterator[Fact]:
    parsed = _parse(command, "St", ("suffix", "target-directory"))
    if "parents" in parsed.flags:
        yield Unfollowed(point, "/", "cp --parents makes it")
        return
    yield from _transfer(command, parsed, point, log)


def _mv(command: Command, point: Point, log: Log) -> Iterator[Fact]:
    parsed = _parse(command, "St", ("suffix", "target-directory"))
    yield from _transfer(command, parsed, point, log)
    sources = parsed.operands if _folder_option(parsed) else parsed.operands[:-1]
    for source in (_operand(word, command.cwd) for word in sources):
        if source is not None:
            yield Removed(point, source.path, source.names)


def _install(command: Command, point: Point, log: Log) -> Iterator[Fact]:
    parsed = _parse(command, "mogtS", ("mode", "owner", "group", "target-directory", "suffix", "strip-program"))
    if {"d", "directory"} & parsed.flags:
        yield from _made(command, parsed.operands, point, is_folder=True)
    else:
        yield from _transfer(command, parsed, point, log)


def _folder_option(parsed: _Parsed) -> Value | None:
    return parsed.values.get("t", parsed.values.get("target-directory"))


def _transfer(command: Command, parsed: _Parsed, point: Point, log: Log) -> Iterator[Fact]:
    """Copies to a destination: into it where it is a folder, else in its place.

    Where that is not settled, it is taken for no folder, and the other place is noted as a possible one.
    """
    target = _folder_option(parsed)
    words = parsed.operands
    if target is None:
        if len(words) < 2:  # noqa: PLR2004 - a source and a destination
            return
        words, last = words[:-1], words[-1]
        there = _operand(last, command.cwd)
    else:
        path = absolute(target, command.cwd)
        there = None if isinstance(path, Unknown) else _Operand(path, slash=True)
    if there is None or there.names:
        yield Unfollowed(point, "/", f"{command.name} writes to a path that is not settled")
        return
    whole = {"T", "no-target-directory"} & parsed.flags
    known = log.kind(there.path, len(log.facts), point)
    into = not whole and (there.slash or len(words) > 1 or known == "folder")
    for source in (_operand(word, command.cwd) for word in words):
        if source is None:
            yield Unfollowed(point, there.path, f"{command.name} copies what is not settled")
        elif source.names or source.contents:
            yield Copied(point, there.path, source.path, source.names)
        else:
            inner = join(there.path, posixpath.basename(source.path))
            if into:
                yield Copied(point, inner, source.path)
            else:
                if known is None and not whole:
                    yield Copied(point, inner, source.path, sure=False)
                yield Copied(point, there.path, source.path)


def _ln(command: Command, point: Point, log: Log) -> Iterator[Fact]:
    parsed = _parse(command, "St", ("suffix", "target-directory"))
    if not {"s", "symbolic"} & parsed.flags:
        yield from _transfer(command, parsed, point, log)
        return
    words = [word.value for word in parsed.operands]
    folder = _folder_option(parsed)
    here = folder if folder is not None else words.pop() if len(words) > 1 else "."
    there = absolute(here, command.cwd)
    if isinstance(there, Unknown) or isinstance(here, Unknown):
        yield Unfollowed(point, "/", "ln writes to a path that is not settled")
        return
    plain = {"n", "no-dereference", "T", "no-target-directory"} & parsed.flags
    into = here.endswith(("/", ".")) or len(words) > 1 or folder is not None
    into = into or (not plain and log.kind(there, len(log.facts), point) == "folder")
    for target in words:
        if isinstance(target, Unknown):
            yield Unfollowed(point, there, target.why)
            continue
        path = join(there, posixpath.basename(target.rstrip("/"))) if into else there
        start = command.cwd if {"r", "relative"} & parsed.flags else posixpath.dirname(path)
        full = absolute(target, start)
        if isinstance(full, str):
            yield Linked(point, path, full)
        else:
            yield Unfollowed(point, path, full.why)


def _rm(command: Command, point: Point, log: Log) -> Iterator[Fact]:  # noqa: ARG001 - one signature for all
    for operand in (_operand(word, command.cwd) for word in _parse(command).operands):
        if operand is not None:
            yield Removed(point, operand.path, operand.names)


def _mkdir(command: Command, point: Point, log: Log) -> Iterator[Fact]:
    parsed = _parse(command, "m", ("mode",))
    for fact in _made(command, parsed.operands, point, is_folder=True):
        if isinstance(fact, Unfollowed) or log.kind(fact.path, len(log.facts), point) != "folder":
            yield fact


def _touch(command: Command, point: Point, log: Log) -> Iterator[Fact]:
    for fact in _made(command, _parse(command, "drt", ("date", "reference")).operands, point, is_folder=False):
        if not log.find(fact.path, len(log.facts), point).settled:
            yield fact


def _tee(command: Command, point: Point, log: Log) -> Iterator[Fact]:  # noqa: ARG001
    yield from _made(command, _parse(command).operands, point, is_folder=False)


def _sed(command: Command, point: Point, log: Log) -> Iterator[Fact]:  # noqa: ARG001
    """``sed -i`` gives files new content; the first operand is the script unless -e or -f gave one."""
    parsed = _parse(command, "efl", ("expression", "file", "line-length"))
    if any(flag in ("i", "in-place") for flag in parsed.flags):
        scripted = {"e", "f", "expression", "file"} & parsed.flags
        yield from _made(command, parsed.operands[0 if scripted else 1 :], point, is_folder=False)


def _made(command: Command, words: tuple[Word, ...], point: Point, *, is_folder: bool) -> Iterator[Fact]:
    for operand in (_operand(word, command.cwd) for word in words):
        if operand is None or operand.names:
            yield Unfollowed(point, operand.path if operand else "/", f"{command.name} may make it")
        else:
            yield Made(point, operand.path, is_folder=is_folder, command=command)


def _download(command: Command, point: Point, log: Log) -> Iterator[Fact]:  # noqa: ARG001
    """Curl and wget with a named output file; else a file in the folder they run in, or nothing but output."""
    curl = command.name == "curl"
    parsed = _parse(command, "oHdXuAebTmFwxEYyrzQKDC" if curl else "OPoUTtaeiBQYw", ("output", "output-document"))
    output = parsed.values.get("o" if curl else "O", parsed.values.get("output" if curl else "output-document"))
    if output == "-" or (curl and output is None and not {"O", "remote-name"} & parsed.flags):
        return
    path = absolute(output, command.cwd) if output is not None else command.cwd
    if isinstance(path, Unknown):
        yield Unfollowed(point, "/", f"{command.name} may make it")
    elif output is None:
        folder = absolute(parsed.values.get("P", parsed.values.get("directory-prefix", ".")), command.cwd)
        yield Unfollowed(point, folder if isinstance(folder, str) else "/", f"{command.name} may make it")
    else:
        yield Made(point, path, is_folder=False, command=command)


def _unpack(command: Command, point: Point, log: Log) -> Iterator[Fact]:  # noqa: ARG001
    """Tar and unzip write below one folder: -C or -d, else where they run; paths inside are relative (tar(1), -P)."""
    words = command.argv[1:]
    option = ("-C", "--directory", "--cd") if command.name in ("tar", "bsdtar") else ("-d",)
    folder: Value = "."
    for at, word in enumerate(words):
        if word in option and at + 1 < len(words):
            folder = words[at + 1]
        elif isinstance(word, str) and (value := re.fullmatch(r"(?:--directory=|-C(?=[^-]))(.+)", word)):
            folder = value[1]
    path = absolute(folder, command.cwd)
    yield Unfollowed(point, path if isinstance(path, str) else "/", f"{command.name} may unpack it")


def _git(command: Command, point: Point, log: Log) -> Iterator[Fact]:  # noqa: ARG001
    """``git clone URL [folder]`` fills that folder, else the URL's last name without ``.git`` (git-clone(1))."""
    verb = command.argv[1] if len(command.argv) > 1 else None
    if verb != "clone":
        yield Unfollowed(point, command.cwd if isinstance(command.cwd, str) else "/", "git may make it")
        return
    operands = [
        w.value
        for w in _parse(command, "bojcu", ("branch", "depth", "origin", "reference", "jobs", "config")).operands[1:]
    ]
    folder: Value = operands[1] if len(operands) > 1 else Unknown("git clone names no folder")
    if len(operands) == 1 and isinstance(operands[0], str):
        folder = re.sub(r"(/?\.git)?/*$", "", operands[0]).rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    path = absolute(folder, command.cwd)
    if isinstance(path, Unknown):
        yield Unfollowed(point, "/", "git clone may make it")
    else:
        yield Made(point, normal(path), is_folder=True, command=command)
        yield Unfollowed(point, normal(path), "git clone may make it")


def _openssl(command: Command, point: Point, log: Log) -> Iterator[Fact]:  # noqa: ARG001
    """Openssl writes what -out and -keyout name; without them to its output, or where its settings say (req(1))."""
    words = command.argv[1:]
    outputs = [words[at + 1] for at, word in enumerate(words[:-1]) if word in ("-out", "-keyout")]
    for output in outputs:
        path = absolute(output, command.cwd)
        if isinstance(path, Unknown):
            yield Unfollowed(point, "/", "openssl may make it")
        else:
            yield Made(point, path, is_folder=False, command=command)
    known = words[:1] in (("genrsa",), ("rand",), ("dhparam",), ("ecparam",), ("genpkey",), ("pkcs12",), ("x509",))
    # `req` makes a key beside the request unless it is given one.
    given = words[:1] == ("req",) and ("-keyout" in words or "-key" in words)
    if not (known or given) or "-CAcreateserial" in words:
        yield Unfollowed(point, command.cwd if isinstance(command.cwd, str) else "/", "openssl may make it")


_RULES: dict[str, Callable[[Command, Point, Log], Iterator[Fact]]] = {
    "cp": _cp, "mv": _mv, "install": _install, "ln": _ln, "rm": _rm, "rmdir": _rm, "unlink": _rm, "mkdir": _mkdir,
    "touch": _touch, "tee": _tee, "sed": _sed, "curl": _download, "wget": _download, "tar": _unpack, "bsdtar": _unpack,
    "unzip": _unpack, "git": _git, "openssl": _openssl,
}  # fmt: skip
