"""Which gems a project asks for: Gemfile and Gemfile.lock (bundler.io, gemfile(5); the lock's own format)."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.regex import regex
from imgslim.toolchains.ruby.scan import read_script

if TYPE_CHECKING:
    from collections.abc import Callable

    from imgslim.toolchains.ruby.scan import Call

#: ``    puma (6.4.2)``: a gem of a source, by its four spaces; what it needs has six.
_SPEC = regex(r" {4}([\w.-]+) \(([^)]+)\)")
_NEEDED = regex(r" {6}([\w.-]+)(?: \([^)]*\))?")
_DIRECT = regex(r"  ([\w.-]+)!?(?: \([^)]*\))?")
_REMOTE = regex(r"  remote: (.+)")
_GROUP = regex(r"group\b(.*)$")


@dataclass(frozen=True, slots=True)
class Gem:
    """A gem that a Gemfile names."""

    name: str
    #: Empty: the default group.
    groups: tuple[str, ...]
    #: A folder of the project, relative to the Gemfile; "" where it comes from elsewhere.
    path: str


@dataclass(frozen=True, slots=True)
class Gemfile:
    """What a Gemfile asks for."""

    gems: tuple[Gem, ...]
    #: Why there may be more: the file reads others or computes names; "" where every name is literal.
    open_end: str


@dataclass(frozen=True, slots=True)
class Locked:
    """What a Gemfile.lock settles."""

    #: Versions by name; with a platform behind the version where the gem is built ahead (``1.16.0-x86_64-linux``).
    versions: dict[str, str]
    #: What each gem needs.
    needed: dict[str, tuple[str, ...]]
    #: Folders of the project that hold gems, relative to the Gemfile.
    paths: tuple[str, ...]
    #: Names that the Gemfile itself asks for.
    direct: tuple[str, ...]

    def reached(self, names: tuple[str, ...]) -> frozenset[str]:
        """These gems and all that they need."""
        found: set[str] = set()
        todo = list(names)
        while todo:
            name = todo.pop()
            if name not in found and name in self.versions:
                found.add(name)
                todo += self.needed.get(name, ())
        return frozenset(found)


def read_gemfile(path: str, read: Callable[[str], bytes | None]) -> Gemfile | None:
    """Read the Gemfile at an absolute path, with those that it evaluates; None where it is not there to be read."""
    return _Reader(read).file(path, seen=frozenset())


class _Reader:
    def __init__(self, read: Callable[[str], bytes | None]) -> None:
        self._read = read

    def file(self, path: str, seen: frozenset[str]) -> Gemfile | None:
        data = self._read(path)
        if data is None or path in seen:
            return None
        text = data.decode("utf-8", "replace")
        script = read_script(path, text)
        blocks = _blocks(text)
        gems: list[Gem] = []
        open_end = ""
        for call in script.calls:
            if call.receiver:
                continue
            if call.name == "gem" and call.arguments:
                name = call.arguments[0]
                if name.text is None or not name.literal:
                    open_end = f"line {call.line} of {path} computes a gem's name"
                    continue
                line = text.split("\n")[call.line - 1]
                groups, folder = blocks.get(call.line, ((), ""))
                own = _keyed(line, "group") + _keyed(line, "groups")
                given = next(iter(_keyed(line, "path")), "")
                gems.append(Gem(name.text, (*groups, *own), given or folder))
            elif call.name in ("eval_gemfile", "instance_eval", "eval"):
                other = self._other(call, path, seen | {path})
                if other is None:
                    open_end = f"line {call.line} of {path} reads another file"
                else:
                    gems += other.gems
                    open_end = open_end or other.open_end
            elif call.name == "gemspec":
                open_end = open_end or f"line {call.line} of {path} takes what a gemspec says"
        return Gemfile(tuple(gems), open_end)

    def _other(self, call: Call, path: str, seen: frozenset[str]) -> Gemfile | None:
        first = call.arguments[0] if call.arguments else None
        if call.name != "eval_gemfile" or first is None or first.text is None or not first.literal:
            return None
        return self.file(posixpath.normpath(posixpath.join(posixpath.dirname(path), first.text)), seen)


def _keyed(line: str, key: str) -> tuple[str, ...]:
    """``group: :test``, ``:groups => [:a, :b]``, ``path: "x"`` of one line."""
    match = regex(rf""":?\b{key}(?::| *=>) *(\[[^\]]*\]|:\w+|"[^"]*"|'[^']*')""").search(line)
    if match is None:
        return ()
    return tuple(n.strip(" :\"'") for n in match[1].strip("[]").split(",") if n.strip())


def _blocks(text: str) -> dict[int, tuple[tuple[str, ...], str]]:
    """By line: the groups and the folder of the blocks that it stands in."""
    found: dict[int, tuple[tuple[str, ...], str]] = {}
    stack: list[tuple[tuple[str, ...], str]] = []
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.split("#", 1)[0].strip()
        if stack:
            found[number] = (tuple(g for groups, _ in stack for g in groups), next((p for _, p in stack if p), ""))
        if regex(r"\bdo( *\|[^|]*\|)?$").search(bare) or regex(r"^(if|unless|case)\b").match(bare):
            match = _GROUP.match(bare)
            names = tuple(regex(r"""[:"'](\w+)""").findall(match[1])) if match is not None else ()
            path = regex(r"""^path *\(?["']([^"']+)""").match(bare)
            stack.append((names, path[1] if path is not None else ""))
        elif bare == "end" and stack:
            stack.pop()
    return found


def read_lock(text: str) -> Locked:
    """Read a Gemfile.lock; lines that are not known are passed over."""
    versions: dict[str, str] = {}
    needed: dict[str, tuple[str, ...]] = {}
    paths: list[str] = []
    direct: list[str] = []
    section = current = ""
    for line in text.splitlines():
        if line and not line.startswith(" "):
            section = line.strip()
        elif section in ("GEM", "GIT", "PATH", "PLUGIN SOURCE"):
            if (match := _SPEC.fullmatch(line)) is not None:
                current = match[1]
                versions[current] = match[2]
                needed.setdefault(current, ())
            elif (match := _NEEDED.fullmatch(line)) is not None and current:
                needed[current] = (*needed[current], match[1])
            elif section == "PATH" and (match := _REMOTE.fullmatch(line)) is not None:
                paths.append(match[1])
        elif section == "DEPENDENCIES" and (match := _DIRECT.fullmatch(line)) is not None:
            direct.append(match[1])
    return Locked(versions, needed, tuple(paths), tuple(direct))
