"""Read what strace wrote (``-f -y -o FILE``): which paths a program and its children used, and how.

Text only: nothing is looked up. A relative path is made absolute by the caller's working directory, which strace shows
with most calls (``AT_FDCWD</srv>``) and which is followed through fork(2), chdir(2) and chroot(2) for the others.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.evidence.observed import Access, Observed, Started
from imgslim.evidence.strace_calls import FORKS, RING, returned, strings, touches
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterable
    from re import Match

#: ``12    openat(…``: strace pads the process number.
_CALL = regex(r"(\d+)\s+([a-z_0-9]+)\((.*)", 16)
_RESUMED = regex(r"(\d+)\s+<\.\.\. ([a-z_0-9]+) resumed>(.*)", 16)
_UNFINISHED = " <unfinished ...>"
#: What strace says of a process or thread that is gone.
_GONE = regex(r"(\d+)\s+\+\+\+ (?:exited|killed) ", 16)
#: C's escapes in strings and paths: strace writes bytes that are no printable ASCII so.
_ESCAPE = regex(r"\\([0-7]{1,3}|x[0-9a-f]{2}|.)", 16)
_LETTERS = {"n": 10, "t": 9, "r": 13, "v": 11, "f": 12, "a": 7, "b": 8, "e": 27}
#: Different paths that are kept: a program that walks millions of them tells nothing more with each.
_MOST_PATHS = 200_000
#: Lines that are remembered to know them again without reading them.
_MOST_KNOWN = 100_000
#: An enumeration's values, which take long to ask for.
_CREATED, _ENTERED, _EXECUTED, _LOADED, _MISSING, _WRITTEN = (
    Access.CREATED.value,
    Access.ENTERED.value,
    Access.EXECUTED.value,
    Access.LOADED.value,
    Access.MISSING.value,
    Access.WRITTEN.value,
)
_MOVES = frozenset({"chdir", "fchdir", "chroot"})
_STARTS = frozenset({"execve", "execveat"})
_RING_NOTE = "it uses io_uring, whose file accesses a tracer does not see"
_MANY_NOTE = f"it used more than {_MOST_PATHS:,} different paths"


class _Place:
    """Working directory and root of one process, or of several that share them (CLONE_FS)."""

    __slots__ = ("cwd", "root")

    def __init__(self, cwd: str, root: str) -> None:
        """Start there; "" is unknown."""
        self.cwd = cwd
        self.root = root

    def absolute(self, path: str, folder: str | None) -> str:
        """Make ``path`` absolute; "" where what it is relative to is unknown. Links and ".." stay as they are."""
        if path.startswith("/"):
            return _tidy(self.root + path)
        start = self.cwd if folder is None else folder
        return _tidy(f"{start}/{path}") if start.startswith("/") else ""


class _Reader:
    """The state of reading one log."""

    def __init__(self, cwd: str) -> None:
        """Start with the first process's working directory."""
        self.first = cwd
        self.places: dict[str, _Place] = {}
        self.unfinished: dict[str, tuple[str, str]] = {}
        self.uses: dict[str, int] = {}
        self.started: dict[Started, None] = {}
        self.cut = ""
        #: The path as it was asked for, by where it led.
        self.asked: dict[str, str] = {}
        self._known: set[tuple[str, str, str]] = set()
        #: What each process runs, and the process that a thread is of.
        self.running: dict[str, str] = {}
        self.leaders: dict[str, str] = {}
        self.ended: set[str] = set()

    def line(self, line: str) -> None:
        """Take one line."""
        if found := _CALL.match(line):
            pid, name, text = found[1], found[2], found[3]
            if text.endswith(_UNFINISHED):
                self.unfinished[pid] = name, text[: -len(_UNFINISHED)]
                self.place(pid)
                return
        elif found := _RESUMED.match(line):
            pid, name = found[1], found[2]
            begun = self.unfinished.pop(pid, None)
            if begun is None or begun[0] != name:
                return
            text = begun[1] + found[3]
        else:
            if found := _GONE.match(line):
                self.running.pop(found[1], None)
                self.ended.add(found[1])
            return
        place = self.place(pid)
        if name in FORKS:
            self.fork(place, text, pid)
            return
        if name in _STARTS and returned(text)[0] == "0":
            self.call(place, name, text, pid)
            return
        key = place.cwd, name, text
        if key in self._known:
            return
        self.call(place, name, text)
        if name not in _MOVES:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known.add(key)

    def place(self, pid: str) -> _Place:
        """Where a process is; one that is new is a child of a process that is just making one."""
        if pid not in self.places:
            parents = [one for one, (name, _) in self.unfinished.items() if name in FORKS]
            if not self.places:
                self.places[pid] = _Place(self.first, "")
            elif len({(self.places[one].cwd, self.places[one].root) for one in parents}) == 1:
                parent = self.places[parents[0]]
                shares = len(parents) == 1 and "CLONE_FS" in self.unfinished[parents[0]][1]
                self.places[pid] = parent if shares else _Place(parent.cwd, parent.root)
            else:
                self.places[pid] = _Place("", "")
        return self.places[pid]

    def fork(self, place: _Place, text: str, pid: str) -> None:
        """Note a new process; one that was seen before its parent's call returned is in place already."""
        child = returned(text)[0]
        if not child.isdigit() or child == "0":
            return
        leader = self.leaders.get(pid, pid)
        if "CLONE_THREAD" in text:
            self.leaders[child] = leader
        elif leader in self.running and child not in self.ended:
            self.running.setdefault(child, self.running[leader])
        if "CLONE_FS" in text:
            self.places[child] = place
        elif child not in self.places or not self.places[child].cwd:
            self.places[child] = _Place(place.cwd, place.root)

    def call(self, place: _Place, name: str, text: str, pid: str = "") -> None:
        """Note what a finished call did."""
        if text.startswith("AT_FDCWD<"):
            place.cwd = unescape(text[9 : text.find(">")])
        if name == RING:
            if returned(text)[0].isdigit():
                self.cut = self.cut or _RING_NOTE
            return
        for touch in touches(name, text):
            folder = touch.folder and unescape(touch.folder)
            path = unescape(touch.path)
            at = path if touch.is_shown else place.absolute(path, folder)
            if not at.startswith("/") or not touch.access:
                continue
            access = touch.access
            if touch.opened:
                self.asked[unescape(touch.opened)] = at
            elif access == _LOADED:
                at = self.asked.get(at, at)
            self.use(at, access)
            if access == _ENTERED:
                _enter(place, name, at)
            elif access == _EXECUTED:
                argv = tuple(map(unescape, strings(text)))
                self.started.setdefault(Started(at, argv, place.cwd))
                if pid:
                    self.running[self.leaders.get(pid, pid)] = at

    def use(self, path: str, access: int) -> None:
        """Add one use."""
        before = self.uses.get(path, 0)
        if not before and len(self.uses) >= _MOST_PATHS:
            self.cut = self.cut or _MANY_NOTE
            return
        if access & _WRITTEN and before == _MISSING:
            access |= _CREATED
        self.uses[path] = before | access


def read(
    log: bytes, cwd: str, probes: Iterable[str] = (), cut: str = "", *, ignored: str = "", asked: int = 0
) -> Observed:
    """Read a log whose first process starts in ``cwd``; never raises, whatever it holds.

    Bytes of a path that are no UTF-8 become surrogates, as :func:`os.fsdecode` has them. ``ignored`` is a folder of the
    tracer's own, that no program asked for. ``asked``: the bytes that there were when all had been asked; 0 where
    nothing ran that long.
    """
    reader = _Reader(cwd)
    lasting: tuple[str, ...] = ()
    middle = log.rfind(b"\n", 0, asked) + 1
    for number, part in enumerate((log[:middle], log[middle:])):
        for line in part.decode("utf-8", "surrogateescape").split("\n"):
            reader.line(line)
        lasting = lasting if number else tuple(dict.fromkeys(reader.running.values()))
    own = (ignored, ignored + "/")
    mine = {path for path in reader.uses if ignored and (path == own[0] or path.startswith(own[1]))}
    return Observed(
        uses={path: Access(access) for path, access in reader.uses.items() if path not in mine},
        started=tuple(one for one in reader.started if one.path not in mine),
        probes=tuple(probes),
        cut="; ".join(filter(None, (cut, reader.cut))),
        lasting=tuple(path for path in lasting if path not in mine),
    )


def unescape(text: str) -> str:
    """Undo C's escapes: the bytes behind them, decoded as file names are."""
    if "\\" not in text:
        return text
    raw = _ESCAPE.sub(_byte, text)
    return raw.encode("latin-1", "replace").decode("utf-8", "surrogateescape")


def _byte(found: Match[str]) -> str:
    """The byte behind one escape, as the character of the same number."""
    code = found[1]
    if code[0] in "01234567":
        return chr(int(code, 8) & 0xFF)
    if code[0] == "x" and len(code) > 1:
        return chr(int(code[1:], 16))
    return chr(_LETTERS[code]) if code in _LETTERS else code


def _tidy(path: str) -> str:
    """Drop doubled slashes and ``.``; ``..`` stays, for links may be before it."""
    if "//" not in path and "/." not in path and not path.endswith("/"):
        return path
    return "/" + "/".join(part for part in path.split("/") if part not in ("", "."))


def _enter(place: _Place, name: str, path: str) -> None:
    """Follow chdir, fchdir or chroot."""
    if name == "chroot":
        place.root = "" if path == "/" else path
    else:
        place.cwd = posixpath.normpath(path) if "/.." not in path else path
