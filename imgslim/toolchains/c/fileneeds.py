"""What calls that open, make or look up a file by its name ask of the image."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.model import NeedKind
from imgslim.toolchains.c.calls import NO_ARGUMENT
from imgslim.toolchains.gathered import (
    Gathered,
    is_filled,
    is_given,
    is_own_zone,
    is_temporary,
    is_trust,
    is_trust_folder,
    is_zone,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from imgslim.toolchains.c.calls import Use
    from imgslim.toolchains.c.callsites import Call
    from imgslim.toolchains.c.reading import Reading

#: They change which folder relative names start from (chdir(2)).
_MOVES = frozenset({"chdir", "uv_chdir", "fs.current_path"})
#: Streams that write where nothing else is said.
_WRITERS = frozenset({"ofstream", "wofstream"})
#: Patterns, not names.
_PATTERNS = frozenset({"glob", "glob64"})
#: What lists a folder (opendir(3), nftw(3), std::filesystem).
_LISTS = frozenset(
    "opendir scandir scandir64 ftw nftw nftw64 uv_fs_scandir fs.directory_iterator "
    "fs.recursive_directory_iterator directory_iterator recursive_directory_iterator".split()
)


class Files:
    """Gathers the files that calls name."""

    def __init__(self, out: Gathered, reading: Reading, exists: Callable[[str], bool]) -> None:
        """Gather into ``out``; ``exists`` is asked for paths as the program writes them."""
        self._out = out
        self._exists = exists
        calls = [c for p in reading.parts for c in p.scan.calls]
        self._opened = {c.owner for c in calls if c.name == "stream.open"}
        #: Folders that relative names may start from, beside the working directory.
        self._folders = tuple(
            dict.fromkeys(folder for c in calls if c.name in _MOVES and (folder := c.literal(0)) not in {None, ""})
        )

    def by_call(self, call: Call, use: Use, why: str) -> None:
        """A function of the table."""
        literal = call.literal(use.argument)
        if call.name in _MOVES and (literal is not None or call.computed(use.argument)):
            if literal is None:
                self.open(f"{why} with a folder that is not a literal: relative names start there.")
            elif literal.strip("/."):
                self.path(literal, f"{why} of {literal!r}")
        elif literal is None:
            # Of a folder's own entries (openat(2)) the folder is known.
            within = call.name in {"openat", "openat64"} and call.texts[:1] != ("AT_FDCWD",)
            if call.computed(use.argument) and use.what == "ask":
                self._out.looks(f"{why} with a path that is not a literal")
            elif call.computed(use.argument) and not within:
                self.open(f"{why} with a path that is not a literal.")
        elif use.what == "make" or self._writes(call, use):
            self.made(literal, f"{why} to write {literal}")
        elif call.name in _PATTERNS:
            self.open(f"{why} with a pattern.")
        elif call.name in _LISTS and is_filled(literal):
            self.open(f"{why} of {literal!r}: what it finds there is the system's.")
        else:
            self.path(literal, f"{why} of {literal!r}")

    def _writes(self, call: Call, use: Use) -> bool:
        following = use.argument + 1
        mode = call.literal(following)
        flags = call.texts[following] if len(call.texts) > following else ""
        return (
            call.name in _WRITERS
            or (mode is not None and mode[:1] in {"w", "a"})
            or (call.name.startswith("open") and "O_CREAT" in flags)
        )

    def declared(self, call: Call, why: str) -> None:
        """A stream that is declared without a name and opened where nobody saw it: by a constructor's list."""
        if call.owner not in self._opened:
            self.open(f"{why}, and where it is opened was not followed.")

    def open(self, message: str) -> None:
        """Leave open what a path is."""
        self._out.leave_open("computed-paths", message)

    def given(self, path: str | None, why: str) -> None:
        """A path that is opened; None where it is not a literal."""
        if path is None:
            self.open(f"{why} with a path that is not a literal.")
        else:
            self.path(path, f"{why} of {path!r}")

    def path(self, path: str, why: str) -> None:
        """A path that the program opens: what it is for decides what it is a need of."""
        out = self._out
        if not path.startswith("/"):
            for folder in ("", *self._folders):
                full = posixpath.join(folder, path)
                if self._exists(full):
                    out.need(NeedKind.FILE, full, why)
        elif is_given(path):
            return
        elif is_temporary(path):
            out.need(NeedKind.TMP, "", why)
        elif is_trust(path):
            out.need(NeedKind.CERTIFICATES, path, why)
        elif is_trust_folder(path):
            out.need(NeedKind.CERTIFICATES, "", why)
            out.need(NeedKind.FILE, path, why)
        elif is_zone(path):
            out.need(NeedKind.TIME_ZONES, "", why)
            if is_own_zone(path):
                out.need(NeedKind.FILE, path, why)
        elif path in {"/etc/passwd", "/etc/group"}:
            out.need(NeedKind.USERS, "", why)
        else:
            out.need(NeedKind.FILE, path, why)

    def made(self, path: str, why: str) -> None:
        """A path that the program makes: its folder has to be there."""
        folder = posixpath.dirname(path)
        if path.startswith("/"):
            if is_temporary(path):
                self._out.need(NeedKind.TMP, "", why)
            elif folder != "/" and not is_given(path):
                self._out.need(NeedKind.FILE, folder, why)
            return
        for start in ("", *self._folders):
            full = posixpath.join(start, folder)
            if full and self._exists(full):
                self._out.need(NeedKind.FILE, full, why)

    def socket(self, path: str | None, why: str) -> None:
        """The name of a local socket (unix(7)); one that starts with a zero byte is in no folder."""
        if path is None or "%" in path:
            self.open(f"{why}: the path of a socket that is not a literal.")
        elif path and not path.startswith("\0"):
            self.made(path, f"{why} of {path!r}")

    def trust(self, call: Call, index: int, why: str) -> None:
        """A file of certificates; without a name the system's trust store."""
        literal = call.literal(index)
        if call.computed(index):
            self.given(None, why)
        elif literal is not None and literal.startswith("/"):
            self._out.need(NeedKind.CERTIFICATES if is_trust(literal) else NeedKind.FILE, literal, why)
        elif literal:
            self.path(literal, why)
        elif index == NO_ARGUMENT:
            self._out.need(NeedKind.CERTIFICATES, "", why)

    def trust_folder(self, call: Call, index: int, why: str) -> None:
        """A folder of certificates: the links in it are looked up by hash, and the trust store is one file."""
        literal = call.literal(index)
        if literal is not None and is_trust_folder(literal):
            self._out.need(NeedKind.CERTIFICATES, literal, why)
            self.open(f"{why}, which looks certificates up in {literal} by their hash.")
        elif literal or call.computed(index):
            self.given(literal or None, why)
