"""What ordinary commands do to paths: cp, mv, ln, install, mkdir, rm, touch, downloads, archives, redirections."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.edited import edited
from imgslim.meaning.facts import Absent, Copied, Fact, FromContext, Linked, Made, MadeBy, Removed, Unfollowed
from imgslim.meaning.fetching import download, git, installs, openssl, unpack
from imgslim.meaning.operands import Operand, operand, parse
from imgslim.meaning.paths import absolute, join
from imgslim.meaning.printed import given, printed
from imgslim.meaning.wrappers import unwrap
from imgslim.records import replace
from imgslim.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imgslim.meaning.facts import Point
    from imgslim.meaning.lookup import Log
    from imgslim.meaning.operands import Parsed
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
#: Bytes of a file that is followed through a change.
_LONGEST = 1_000_000


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
            facts.append(Unfollowed(point, "/", f"{name} may make it", installs(inner)))
    for redirect in command.redirects:
        if ">" in redirect.operator and not redirect.operator.endswith("&"):
            target = absolute(redirect.target, command.cwd)
            if isinstance(target, Unknown):
                facts.append(Unfollowed(point, "/", target.why))
            elif not target.startswith("/dev/"):
                content = _written(command, redirect.operator, target, point, log)
                facts.append(Made(point, target, is_folder=False, command=command, content=content))
    return facts


def _written(command: Command, operator: str, target: str, point: Point, log: Log) -> str | None:
    """The content of a file after output went there; None where that is not settled."""
    outputs = [r for r in command.redirects if "<" not in r.operator]
    if operator not in (">", ">>", ">|") or len(outputs) != 1:
        return None
    return _added(printed(command, _reader(target, point, log)), operator == ">>", target, point, log)


def _added(text: str | None, adds: bool, target: str, point: Point, log: Log) -> str | None:  # noqa: FBT001
    """The content of a file after ``text`` was written to it, or to its end."""
    if text is None or not adds:
        return text
    before = log.find(target, log.end(point), point).origin
    if isinstance(before, Absent):
        return text
    return before.content + text if isinstance(before, MadeBy) and before.content is not None else None


def _reader(target: str, point: Point, log: Log) -> Callable[[Value], str | None]:
    """What gives the text of files to a command that writes ``target``: that one is empty by then, or not yet."""
    taken = log.resolve(target, log.end(point), point)

    def read(path: Value) -> str | None:
        if isinstance(path, Unknown) or log.resolve(path, log.end(point), point) == taken:
            return None
        return _text(path, point, log)

    return read


def _text(path: str, point: Point, log: Log) -> str | None:
    """The text of a file as a command finds it; None where that is not settled."""
    match log.find(path, log.end(point), point).origin:
        case MadeBy(content=str(text)):
            return text
        case FromContext(source) if (data := log.context.read(source)) is not None and len(data) <= _LONGEST:
            return data.decode("utf-8", "surrogateescape")
        case _:
            return None


def _changed(command: Command, point: Point, log: Log) -> Iterator[Made]:
    """Files that a command gives new content in their places, with what is known of it."""
    change = edited(command)
    if change is None or command.piped:
        return
    edit, names = change
    for path in (absolute(name, command.cwd) for name in names):
        text = None if isinstance(path, Unknown) else _text(path, point, log)
        if text is not None and isinstance(path, str):
            yield Made(point, path, is_folder=False, command=command, content=edit(text))


def _in_place(command: Command, words: tuple[Word, ...], point: Point, log: Log) -> Iterator[Fact]:
    """Files that a command writes anew where they stand: with their text where it is known, else without."""
    told = {fact.path: fact for fact in _changed(command, point, log)}
    for fact in _made(command, words, point, is_folder=False):
        yield told.get(fact.path, fact)


def _cp(command: Command, point: Point, log: Log) -> Iterator[Fact]:
    parsed = parse(command, "St", ("suffix", "target-directory"))
    if "parents" in parsed.flags:
        yield Unfollowed(point, "/", "cp --parents makes it")
        return
    yield from _transfer(command, parsed, point, log)


def _mv(command: Command, point: Point, log: Log) -> Iterator[Fact]:
    parsed = parse(command, "St", ("suffix", "target-directory"))
    yield from _transfer(command, parsed, point, log)
    sources = parsed.operands if _folder_option(parsed) else parsed.operands[:-1]
    for source in (operand(word, command.cwd) for word in sources):
        if source is not None:
            yield Removed(point, source.path, source.names)


def _install(command: Command, point: Point, log: Log) -> Iterator[Fact]:
    parsed = parse(command, "mogtS", ("mode", "owner", "group", "target-directory", "suffix", "strip-program"))
    if {"d", "directory"} & parsed.flags:
        yield from _made(command, parsed.operands, point, is_folder=True)
    else:
        yield from _transfer(command, parsed, point, log)


def _folder_option(parsed: Parsed) -> Value | None:
    return parsed.values.get("t", parsed.values.get("target-directory"))


def _transfer(command: Command, parsed: Parsed, point: Point, log: Log) -> Iterator[Fact]:
    """Copies to a destination: into it where it is a folder, else in its place.

    Where that is not settled, it is taken for no folder, and the other place is noted as a possible one.
    """
    target = _folder_option(parsed)
    words = parsed.operands
    if target is None:
        if len(words) < 2:  # noqa: PLR2004 - a source and a destination
            return
        words, last = words[:-1], words[-1]
        there = operand(last, command.cwd)
    else:
        path = absolute(target, command.cwd)
        there = None if isinstance(path, Unknown) else Operand(path, slash=True)
    if there is None or there.names:
        yield Unfollowed(point, "/", f"{command.name} writes to a path that is not settled")
        return
    whole = {"T", "no-target-directory"} & parsed.flags
    known = log.kind(there.path, len(log.facts), point)
    into = not whole and (there.slash or len(words) > 1 or known == "folder")
    for source in (operand(word, command.cwd) for word in words):
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
    parsed = parse(command, "St", ("suffix", "target-directory"))
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
    for found in (operand(word, command.cwd) for word in parse(command).operands):
        if found is not None:
            yield Removed(point, found.path, found.names)


def _mkdir(command: Command, point: Point, log: Log) -> Iterator[Fact]:
    parsed = parse(command, "m", ("mode",))
    for fact in _made(command, parsed.operands, point, is_folder=True):
        if isinstance(fact, Unfollowed) or log.kind(fact.path, len(log.facts), point) != "folder":
            yield fact


def _touch(command: Command, point: Point, log: Log) -> Iterator[Fact]:
    for fact in _made(command, parse(command, "drt", ("date", "reference")).operands, point, is_folder=False):
        if not log.find(fact.path, len(log.facts), point).settled:
            yield fact


def _tee(command: Command, point: Point, log: Log) -> Iterator[Fact]:
    parsed = parse(command)
    adds = bool({"a", "append"} & parsed.flags)
    for fact in _made(command, parsed.operands, point, is_folder=False):
        if isinstance(fact, Made) and not command.conditional:
            text = given(command, _reader(fact.path, point, log))
            yield replace(fact, content=_added(text, adds, fact.path, point, log))
        else:
            yield fact


def _sed(command: Command, point: Point, log: Log) -> Iterator[Fact]:
    """``sed -i`` gives files new content; the first operand is the script unless -e or -f gave one."""
    parsed = parse(command, "efl", ("expression", "file", "line-length"))
    if any(flag in ("i", "in-place") for flag in parsed.flags):
        scripted = {"e", "f", "expression", "file"} & parsed.flags
        yield from _in_place(command, parsed.operands[0 if scripted else 1 :], point, log)


def _dos2unix(command: Command, point: Point, log: Log) -> Iterator[Fact]:
    yield from _in_place(command, parse(command).operands, point, log)


def _made(command: Command, words: tuple[Word, ...], point: Point, *, is_folder: bool) -> Iterator[Fact]:
    for found in (operand(word, command.cwd) for word in words):
        if found is None or found.names:
            yield Unfollowed(point, found.path if found else "/", f"{command.name} may make it")
        else:
            yield Made(point, found.path, is_folder=is_folder, command=command)


_RULES: dict[str, Callable[[Command, Point, Log], Iterator[Fact]]] = {
    "cp": _cp, "mv": _mv, "install": _install, "ln": _ln, "rm": _rm, "rmdir": _rm, "unlink": _rm, "mkdir": _mkdir,
    "touch": _touch, "tee": _tee, "sed": _sed, "dos2unix": _dos2unix,
    "curl": download, "wget": download, "tar": unpack, "bsdtar": unpack,
    "unzip": unpack, "git": git, "openssl": openssl,
}  # fmt: skip
