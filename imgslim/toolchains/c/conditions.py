"""The preprocessor conditions that can be settled without a compiler: ``#if 0`` and other systems' branches."""

from __future__ import annotations

#: Never defined by a compiler for Linux.
_ELSEWHERE = frozenset({
    "_WIN32", "WIN32", "_WIN64", "WIN64", "__WIN32__", "_MSC_VER", "__MINGW32__", "__MINGW64__", "__CYGWIN__",
    "__APPLE__", "__MACH__", "__FreeBSD__", "__NetBSD__", "__OpenBSD__", "__ANDROID__", "__EMSCRIPTEN__", "__sun",
    "_AIX", "__HAIKU__", "__DragonFly__", "_WIN32_WCE", "MSDOS", "__MSDOS__", "__VMS", "__hpux", "__sgi",
})  # fmt: skip
_ALWAYS = frozenset({"__linux__", "__linux", "__unix__", "__unix", "__gnu_linux__"})


class Conditions:
    """The stack of open ``#if`` groups; a group whose condition is not settled counts as compiled."""

    def __init__(self) -> None:
        """Start outside of every group."""
        #: (this branch is live, a later branch of the group may be live)
        self._stack: list[tuple[bool, bool]] = []
        self._dead = 0

    @property
    def live(self) -> bool:
        """Whether text here may be compiled."""
        return self._dead == 0

    def directive(self, words: list[str]) -> bool:
        """Follow a directive (its tokens without ``#``); True where it is any other one in live text."""
        match words[:1]:
            case ["if"]:
                self._open(_settle(words[1:]))
            case ["ifdef"]:
                self._open(_defined(words[1:]))
            case ["ifndef"]:
                value = _defined(words[1:])
                self._open(None if value is None else not value)
            case ["elif"] if self._stack:
                self._next(_settle(words[1:]))
            case ["else"] if self._stack:
                self._next(None)
            case ["endif"]:
                if self._stack:
                    self._pop()
            case _:
                return self.live
        return False

    def _open(self, value: bool | None) -> None:  # noqa: FBT001 (three values, not a flag)
        self._push(branch=value is not False, later=value is not True)

    def _next(self, value: bool | None) -> None:  # noqa: FBT001
        later = self._pop()
        self._push(branch=later and value is not False, later=later and value is not True)

    def _push(self, *, branch: bool, later: bool) -> None:
        self._stack.append((branch, later))
        self._dead += not branch

    def _pop(self) -> bool:
        branch, later = self._stack.pop()
        self._dead -= not branch
        return later


def _defined(words: list[str]) -> bool | None:
    name = words[0] if words else ""
    return False if name in _ELSEWHERE else True if name in _ALWAYS else None


def _settle(words: list[str]) -> bool | None:
    """The value of a condition where it is settled: a number, ``defined`` of a system's name, ``||`` and ``&&``."""
    for operator, decisive in (("||", True), ("&&", False)):
        parts = _split(words, operator)
        if len(parts) > 1:
            values = [_settle(part) for part in parts]
            if decisive in values:
                return decisive
            return None if None in values else not decisive
    flat = [w for w in words if w not in {"(", ")"}]
    match flat:
        case ["!", *rest]:
            value = _settle(rest)
            return None if value is None else not value
        case ["defined", name]:
            return _defined([name])
        case [name] if name in _ELSEWHERE | _ALWAYS:
            return name in _ALWAYS
        case [number] if number.isdigit():
            return int(number) != 0
        case _:
            return None


def _split(words: list[str], operator: str) -> list[list[str]]:
    """Split at an operator outside of parentheses; ``||`` comes as two ``|`` tokens."""
    parts: list[list[str]] = [[]]
    depth, at = 0, 0
    while at < len(words):
        word = words[at]
        if depth == 0 and word == operator[0] and words[at + 1 : at + 2] == [operator[1]]:
            parts.append([])
            at += 2
            continue
        depth += (word == "(") - (word == ")")
        parts[-1].append(word)
        at += 1
    return parts
