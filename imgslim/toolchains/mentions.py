"""Files and folders of the image that a program's sources name in a literal."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.effects import MadeBy
from imgslim.meaning.paths import tidy
from imgslim.model import Need, NeedKind
from imgslim.regex import regex
from imgslim.toolchains.gathered import is_filled
from imgslim.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imgslim.model import Assumption, Project
    from imgslim.toolchains.gathered import Gathered

#: A literal's part before a glob, a format directive, a placeholder or the query of a database address.
_PREFIX = regex(r"(?:file:(?://)?)?([\w./+@ -]+)")
_LONGEST = 255
_NAME = regex(r"[\w./-]{1,80}")
#: Settings that programs read when they start; how a value in them begins and ends, and the scheme of an address.
SETTINGS = (".toml", ".yaml", ".yml", ".json", ".ini", ".conf", ".cfg", ".properties", ".env")
_VALUE = regex(r"(?:(?<=[\s=:\"'\[,(])|(?<=^))(?:[a-z]\w*:(?://)?)?([\w.~/][\w./+@~-]*)(?=[?\"'\],)\s]|$)", 8)
_FOLDER = regex(r"=\s*\"([\w-]{1,80})\"")
_COMMENT = regex(r"^\s*(?:#|;|//).*", 8)
_PATTERN = regex(r"[*?\[{]")
_SIZE, _FILES = 64 << 10, 50


class Mentions:
    """Gathers paths that exist in the image after the last step, seen from its working directory."""

    def __init__(self, project: Project, code: tuple[str, ...], suffixes: tuple[str, ...] = ()) -> None:
        """Start with none.

        Args:
            project: what reading gave.
            code: endings of files that are compiled and never opened.
            suffixes: those of configuration files, where a library finds one by its name without suffix and folder.
        """
        self._code = code
        self._files = project.image.files
        workdir = project.image.trace.final.workdir
        self._workdir = None if isinstance(workdir, Unknown) else workdir
        self._suffixes = suffixes
        self._folders = ["."]
        self._names: dict[str, str] = {}
        self._found: dict[str, Need] = {}
        self._opened: set[str] = set()
        self._tried: set[tuple[str, bool]] = set()

    def path(self, text: str, why: str) -> bool:
        """A literal that is given to something that opens or makes files: of a new file its folder; True if found."""
        shown = f"{why} of {text!r}"
        if (path := self._named(text)) is not None:
            self._opened.add(path)
        if self._suffixes and why.endswith("AddConfigPath"):
            self._folders.append(text)
        if self._try(text, shown):
            return True
        return "/" in text.strip("/") and self._try(text.rstrip("/").rpartition("/")[0], shown)

    def word(self, text: str, why: str) -> None:
        """A word that a library may be given: taken where it is the name of a folder with data in the image."""
        path = self._named(text) if _NAME.fullmatch(text) else None
        if path is not None and self._files.kind(path) == "folder":
            self._try(text, f"{why} of {text!r}")

    def maybe(self, text: str) -> str | None:
        """The path that a literal names where the image may hold it, though nothing is known to put it there."""
        path = self._named(text)
        return path if path is not None and self._files.exists(path) is None else None

    def source(self, text: str) -> str | None:
        """The path of the file of code that a literal names, where the image holds it: it is opened like any other."""
        path = self._named(text)
        return path if path is not None and path.endswith(self._code) and self._files.context_file(path) else None

    def folder(self, text: str) -> str | None:
        """The folder that a new file of that name goes to, where the image has it."""
        path = self._named(posixpath.dirname(text) or ".")
        return path if path is not None and self._files.kind(path) == "folder" else None

    def literal(self, text: str, at: str, *, joined: bool) -> None:
        """Any literal: taken where it can only be a path, or names a file; ``joined`` to something before it."""
        why = f"{at} names {text!r}"
        if ("." in text or "/" in text) and not self._try(text, why) and text.startswith("/"):
            self._try(text.lstrip("/"), why, files_only=not joined)
        if self._suffixes and _NAME.fullmatch(text):
            self._names.setdefault(text, why)

    def found(self) -> tuple[Need, ...]:
        """What was found, without what lies in a folder that was found too."""
        for name, why in self._names.items():
            for folder in dict.fromkeys(self._folders):
                for suffix in self._suffixes:
                    self._try(posixpath.join(folder, name) + suffix, why, files_only=True)
        self._named_in_settings()
        return tuple(
            need for path, need in self._found.items()
            if not any(other != path and path.startswith(other + "/") for other in self._found)
        )  # fmt: skip

    def _named_in_settings(self) -> None:
        """Files of the context that settings name which go along: a database in Rocket.toml, a path in .env."""
        each = [(path, c) for path in self._found if (c := self._files.context_file(path)) is not None]
        each += [pair for path in self._found for pair in self._files.walk_context(path)]
        for path, _ in [one for one in each if one[0].endswith(SETTINGS)][:_FILES]:
            text = _COMMENT.sub("", (self._files.read(path) or b"")[:_SIZE].decode("utf-8", "replace"))
            values = [m[1] for m in _VALUE.finditer(text) if "/" in m[1] or "." in m[1]]
            for value in (*values, *(_FOLDER.findall(text) if path.endswith(".toml") else ())):
                self._try(value, f"{posixpath.basename(path)} names {value!r}")

    def around(self, text: str) -> str | None:
        """The folder that a literal names where it is the working directory or holds it; "" for a pattern in one.

        None for any other path: ``.``, ``./``, ``..`` and ``/app`` in /app are, ``*.html`` is a pattern.
        """
        pattern = _PATTERN.search(text)
        name = text if pattern is None else text[: pattern.start()].rpartition("/")[0]
        workdir = self._workdir
        if workdir is None:
            return None if text.startswith("/") else ""
        path = tidy(posixpath.join(workdir, name))
        if not f"{workdir}/".startswith(path.rstrip("/") + "/"):
            return None
        return "" if pattern is not None else path

    def opened(self) -> frozenset[str]:
        """Context paths of all files that a literal names which is given to something that opens files or folders."""
        each = (
            [self._files.context_file(path), *(c for _, c in self._files.walk_context(path))] for path in self._opened
        )
        return frozenset(context for found in each for context in found if context is not None)

    def _try(self, text: str, why: str, *, files_only: bool = False) -> bool:
        """Take the path if it is there; True also where it was taken before."""
        path = self._named(text)
        if path is None or path.endswith(self._code):
            return False
        if path in self._found:
            return True
        if (path, files_only) in self._tried:
            return False
        self._tried.add((path, files_only))
        if self._files.kind(path) == "folder":
            there = not files_only and self._holds_data(path)
        else:
            there = self._files.context_file(path) is not None or self._made(path)
        if there:
            self._found[path] = Need(NeedKind.FILE, path, why)
        return there

    def _named(self, text: str) -> str | None:
        """The absolute path that a literal may name; of ``templates/*.html`` the folder."""
        match = _PREFIX.match(text) if len(text) <= _LONGEST else None
        if match is None:
            return None
        name = match[1]
        if match.end() < len(text) and text[match.end()] != "?":
            if text[match.end()] not in "*[%{$" or "/" not in name:
                return None
            name = name.rpartition("/")[0]
        workdir = self._workdir
        if workdir is None and not name.startswith("/"):
            return None
        path = tidy(posixpath.join(workdir or "/", name))
        return None if path == "/" or f"{workdir or ''}/".startswith(path + "/") else path

    def _made(self, path: str) -> bool:
        """Tell whether a step of the file surely made that file."""
        return self._files.exists(path) is True and isinstance(self._files.origin(path), MadeBy)

    def _holds_data(self, folder: str) -> bool:
        """Tell whether a context file that is not compiled lies below."""
        return any(not source.endswith(self._code) for _, source in self._files.walk_context(folder))


def whole(found: Gathered, mentions: Mentions, path: str, why: str) -> bool:
    """Note a call that gives out, lists or searches the working directory or what holds it; False for another path."""
    place = mentions.around(path)
    if is_filled(path):
        found.leave_open("computed-paths", f"{why} of {path!r}: what it finds there is the system's.")
        return True
    if place is None:
        return False
    if place in ("", "/"):
        found.leave_open("computed-paths", f"{why} of {path!r}: any file there may be opened.")
    else:
        found.need(NeedKind.FILE, place, f"{why} of {path!r}")
    return True


def only_embedded(embedded: Iterable[str], opened: frozenset[str], open_ends: Iterable[Assumption]) -> dict[str, None]:
    """Those of the files that are compiled in which the program surely does not open as well, when it runs.

    Args:
        embedded: context paths.
        opened: what :meth:`Mentions.opened` tells.
        open_ends: what reading the program left open.
    """
    if any(one.reason == "computed-paths" for one in open_ends):
        return {}
    return dict.fromkeys(path for path in embedded if path not in opened)
