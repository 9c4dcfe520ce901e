"""Given: words that the entry gives to a program, or to a shell, that name files and folders of the image."""

from __future__ import annotations

import posixpath
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from imgslim.meaning.effects import MadeBy
from imgslim.meaning.paths import absolute, has_magic, inside, join
from imgslim.meaning.trace import Copy
from imgslim.model import Need, NeedKind
from imgslim.planner.asked import asked_by
from imgslim.planner.build import LOOKED_FOR
from imgslim.planner.folders import PROGRAMS, SYSTEM
from imgslim.planner.places import STANDARD
from imgslim.regex import regex
from imgslim.toolchains.gathered import (
    is_given,
    is_of_packages,
    is_own_zone,
    is_temporary,
    is_trust,
    is_trust_folder,
    is_zone,
)
from imgslim.values import known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Project
    from imgslim.planner.started import Found
    from imgslim.syntax.shell_paths import Paths
    from imgslim.values import Value

#: What takes a folder for a place and does not read what is in it, and what reads files alone: a dot is jq's filter.
_NOT_READING = frozenset(
    "cd echo printf test [ export set mkdir chown chmod chgrp touch ln source . pushd df stat"
    " awk basename cat cut dirname head jq md5sum readlink realpath sed sha256sum sort tail tr wc".split()
)
#: What makes files or takes them away, and what writes the last one that it is given (POSIX.1-2024, XCU).
_MAKING = frozenset("mkdir touch rm rmdir tee mkfifo mknod mktemp truncate cd install echo printf".split())
_MAKING_LAST = frozenset("cp ln mv".split())
#: They read a file as commands, which is followed.
_SOURCING = frozenset({".", "source"})
_TESTING = frozenset({"test", "["})
_ACCOUNTS = {"/etc/passwd": "", "/etc/group": "", "/etc/shadow": "shadow", "/etc/gshadow": "shadow"}
_NO_PATH = regex(r"[\s*?\[\]{}$|&;:,'\"\\]")
#: They read the folder that they start in where they are told none.
_BY_THEMSELVES = frozenset({"find", "ls"})
#: Options of ls that take the next word for their value (ls(1)): it is no folder then.
_LS_VALUED = frozenset({"-I", "-T", "-w"})


def argument(project: Project, word: str, found: Found, by: str = "the entry") -> None:
    """An argument that names a file or folder of the image is read by the program that gets it."""
    value = word.split("=", 1)[1] if word.startswith("-") and "=" in word else word
    if not value or value.startswith("-") or value in (".", "/", ".."):
        return
    path = known(absolute(value, found.cwd))
    line = f"{by} names {value}"
    if path is not None and stands(project, path):
        found.needs[Need(NeedKind.FILE, path, line)] = None
        _give(project, path, found)
    elif path is not None and value.startswith("/tmp/"):  # noqa: S108 (a path in the image)
        found.needs[Need(NeedKind.TMP, "", line)] = None
    elif path is not None and value.startswith("/"):
        # It may make the file: a folder that every distribution has is there in the original. /etc is in any container.
        folders = (f for f in (path, posixpath.dirname(path)) if f in STANDARD and f != "/etc")
        found.needs |= dict.fromkeys(Need(NeedKind.FILE, folder, line) for folder in folders)


def of_system(project: Project, argv: tuple[str, ...], by: str, found: Found) -> None:
    """Files of the system that a program is given, or asked about: packages and base images bring them, too."""
    found.needs |= dict.fromkeys(asked_by(argv, by))
    name = posixpath.basename(argv[0])
    made = argv[1:] if name in _MAKING else argv[-1:] if name in _MAKING_LAST else ()
    found.written |= {known(absolute(word, found.cwd)): None for word in made}
    compares = name in _TESTING and bool({"=", "==", "!="}.intersection(argv))
    if name in _MAKING or name in _SOURCING or compares:
        return
    for word in argv[1 : -len(made) or None]:
        value = word.split("=", 1)[1] if word.startswith("-") and "=" in word else word
        _asked(project, value, by, found, tested=name in _TESTING)


def _asked(project: Project, word: str, by: str, found: Found, *, tested: bool) -> None:
    """A word that a program gets, or that a shell asks about; what a script made itself is there in any case."""
    path = posixpath.normpath(word) if word.startswith("/") and not _NO_PATH.search(word) else "/"
    if path in STANDARD or path in SYSTEM or not is_of_packages(path) or stands(project, path):
        return
    if not tested and any(inside(str(one), path) for one in found.written):
        return
    why = f"{by} names {word}"
    if posixpath.dirname(path) in PROGRAMS:
        if tested:
            found.needs.setdefault(Need(NeedKind.COMMAND, path, why, LOOKED_FOR))
    elif is_zone(path):
        found.needs.setdefault(Need(NeedKind.TIME_ZONES, "", why))
        if is_own_zone(path):
            found.needs.setdefault(Need(NeedKind.FILE, path, why))
    elif is_trust(path):
        found.needs.setdefault(Need(NeedKind.CERTIFICATES, "", why))
    elif is_trust_folder(path):
        found.needs |= dict.fromkeys((Need(NeedKind.CERTIFICATES, "", why), Need(NeedKind.FILE, path, why)))
    elif path in _ACCOUNTS:
        found.needs.setdefault(Need(NeedKind.USERS, _ACCOUNTS[path], why))
    else:
        found.needs.setdefault(Need(NeedKind.FILE, path, why))


def whole_folder(project: Project, argv: tuple[str, ...], cwd: Value) -> str | None:
    """The working directory, or one above it, where a program is given it, or looks there by itself; else None."""
    name = posixpath.basename(argv[0])
    if name in _NOT_READING:
        return None
    words = [word for word in argv[1:] if word and not word.startswith("-")]
    if (not words and name in _BY_THEMSELVES) or (name == "find" and argv[1].startswith(("-", "(", "!"))):
        words = ["."]
    elif name == "ls" and _LS_VALUED.intersection(argv):
        words = [".", *words]
    for word in words:
        folder = absolute(word, cwd)
        if folder != "/" and ("/" in word or word.strip(".") == "") and is_around(project, folder):
            return str(folder)
    return None


def names(project: Project, paths: Paths, by: str, found: Found) -> None:
    """What a shell text names is read by something in it; where it writes, the folder has to be there.

    A shell opens a file for output before it starts the command, and starts none where that fails.
    """
    if paths.home:
        found.needs[Need(NeedKind.USERS, "home", f"{by} names the home folder")] = None
    for word in paths.named:
        if not is_around(project, absolute(word, found.cwd)):
            argument(project, word, found)
    for pattern in paths.patterns:
        for match in _matched(project, pattern, found.cwd):
            found.needs[Need(NeedKind.FILE, match, f"{by} names {pattern}")] = None
            _give(project, match, found)
    for rest in paths.behind:
        for start in dict.fromkeys((found.cwd, project.trace.final.workdir, posixpath.dirname(by))):
            _below(project, rest, start, by, found)
    for word in paths.read:
        _asked(project, word, by, found, tested=True)
    for name in paths.written:
        path = known(absolute(name, found.cwd))
        found.written[path] = None
        if path is None or is_given(path):
            continue
        why = f"{by} writes {name}"
        if is_temporary(path):
            found.needs[Need(NeedKind.TMP, "", why)] = None
        elif posixpath.dirname(path) != found.cwd:
            found.needs[Need(NeedKind.FILE, posixpath.dirname(path), why)] = None


def _below(project: Project, rest: str, start: Value, by: str, found: Found) -> None:
    """What ``"$HERE/conf.ini"`` stands for, where the folder that the shell computes is ``start``."""
    if not isinstance(start, str) or not start.startswith("/"):
        return
    first = next((n for n, c in enumerate(rest) if has_magic(c)), None)
    folder = rest if first is None else rest[:first].rpartition("/")[0]
    path = known(absolute(folder, start)) if folder else None
    matches = _matched(project, f"{start.rstrip('/')}/{rest}", start) if not folder else ()
    for place in (*([path] if path is not None and not is_around(project, path) else ()), *matches):
        if stands(project, place):
            found.needs[Need(NeedKind.FILE, place, f"{by} names {rest} behind a folder that it computes")] = None
            _give(project, place, found)


def _give(project: Project, path: str, found: Found) -> None:
    """Note what a program is given of the context; of the words of a script, most folders are no arguments."""
    scripted = bool(found.scripts) or bool(found.helper)
    if project.files.context_file(path) or (not scripted and any(True for _ in project.files.walk_context(path))):
        found.given[path] = None


def _matched(project: Project, pattern: str, cwd: Value) -> Iterator[str]:
    """What a pattern stands for in WORKDIR or above it, by its first part that is one; elsewhere the folder is named.

    A shell takes a name that begins with a dot only where the pattern does (POSIX, "Patterns Used for Filename
    Expansion").
    """
    parts = pattern.split("/")
    first = next(n for n, part in enumerate(parts) if has_magic(part))
    folder = absolute("/".join(parts[:first]) or ("/" if pattern.startswith("/") else "."), cwd)
    if not is_around(project, folder):
        return
    for name in project.files.list_dir(str(folder)):
        path = join(str(folder), name)
        whole = first == len(parts) - 1 or project.files.kind(path) == "folder"
        if whole and fnmatchcase(name, parts[first]) and name.startswith(".") <= parts[first].startswith("."):
            yield path


def is_around(project: Project, folder: Value) -> bool:
    """Tell whether a folder is WORKDIR or above it: there in any case, and nothing that a program reads as a whole."""
    workdir = project.trace.final.workdir
    return isinstance(folder, str) and isinstance(workdir, str) and (workdir + "/").startswith(folder.rstrip("/") + "/")


def stands(project: Project, path: str) -> bool:
    """Tell whether a step of the file surely put something there."""
    if isinstance(project.files.origin(path), MadeBy):
        return True
    if next(project.files.walk_context(path), None) is not None:
        return True
    # What a COPY from another image names is there, or the original does not build.
    copies = {n for n, step in enumerate(project.trace.steps) if isinstance(step, Copy) and step.origin is not None}
    return bool(copies) and any(p.path == path and p.point.step in copies for p in project.files.placed())
