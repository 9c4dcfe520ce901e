"""The names under which a file knows what it imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass, field
from imgslim.toolchains.node.loading import is_at, loads, member_of, pattern, received

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imgslim.toolchains.node.lex import Token

#: Modules that node itself holds (nodejs.org/api), by name or ``node:`` and the name.
BUILTINS = frozenset(
    """
    assert assert/strict async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns
    dns/promises domain events fs fs/promises http http2 https inspector inspector/promises module net os path
    path/posix path/win32 perf_hooks process punycode querystring readline readline/promises repl stream
    stream/consumers stream/promises stream/web string_decoder sys timers timers/promises tls trace_events tty url util
    util/types v8 vm wasi worker_threads zlib
    """.split()
)
#: Only with ``node:`` in front.
_PREFIXED = frozenset(("test", "test/reporters", "sqlite", "sea"))
#: Tokens between a name and ``promisify``: ``= require("util").promisify``.
_NEAR = 8
#: Tokens of one import or export that are read.
_LONG = 400


@dataclass(frozen=True, slots=True)
class Names:
    """What the names of one file stand for."""

    #: Name to module (without ``node:``) and the member of it; "" for the module itself.
    bound: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    #: The file's own name, for ``__filename``.
    file: str = ""
    #: Offsets of the tokens that only bind names: they use nothing.
    declared: frozenset[int] = frozenset()
    #: Modules that are loaded and go where no name follows them, each with the offset: into an object, to other files.
    untold: tuple[tuple[str, int], ...] = ()


def builtin(name: str) -> str:
    """The name of a module of node itself without ``node:``; "" for any other."""
    if name.startswith("node:"):
        bare = name.removeprefix("node:")
        return bare if bare in BUILTINS or bare in _PREFIXED else ""
    return name if name in BUILTINS else ""


def named(name: str) -> str:
    """A module's name as it is noted: of one of node itself without ``node:``."""
    return builtin(name) or name


def bindings(parts: Sequence[Token], file: str = "") -> Names:
    """Find what ``import`` and ``require`` bind; later ones win, as a file rarely uses a name twice."""
    bound: dict[str, tuple[str, str]] = {}
    declared: set[int] = set()
    untold: list[tuple[str, int]] = []
    for at, token in enumerate(parts):
        if token.kind != "word":
            if token.text == "=" and token.kind == "op":
                bound |= _again(parts, at, bound, declared)
            continue
        if loads(parts, at):
            module = named(parts[at + 2].text)
            if (found := received(parts, at, declared)) is None:
                untold.append((module, token.offset))
            bound |= {name: (module, member) for name, member in (found or {}).items()}
        elif token.text == "import" and (at == 0 or parts[at - 1].text != "."):
            bound |= _imported(parts, at, declared)
        elif token.text == "export" and (module := _handed_on(parts, at)):
            untold.append((module, token.offset))
        elif token.text == "promisify" and is_at(parts, at + 1, "("):
            bound |= _promised(parts, at, bound, declared)
    return Names(bound, file, frozenset(declared), tuple(untold))


def _handed_on(parts: Sequence[Token], at: int) -> str:
    """The module of ``export … from "m"``; "" where none follows, and of types alone."""
    for index in range(at + 1, min(at + _LONG, len(parts))):
        token = parts[index]
        if token.kind == "string":
            return named(token.text) if is_at(parts, index - 1, "from") and parts[at + 1].text != "type" else ""
        if token.kind != "word" and token.text not in ("{", "}", ",", "*"):
            return ""
    return ""


def _again(
    parts: Sequence[Token], at: int, bound: Mapping[str, tuple[str, str]], declared: set[int]
) -> dict[str, tuple[str, str]]:
    """``{ exec } = cp`` and ``run = cp.exec`` at the ``=``: a module that is known already gives more names."""
    module, member = bound.get(parts[at + 1].text, ("", "")) if 0 < at < len(parts) - 1 else ("", "")
    if not module or member or parts[at + 1].kind != "word" or module.startswith((".", "/")):
        return {}
    path, end = [], at + 2
    while is_at(parts, end, ".") and end + 1 < len(parts):
        path.append(parts[end + 1].text)
        end += 2
    if is_at(parts, end, "(") or (end < len(parts) and parts[end].kind == "template"):
        return {}
    inner = ".".join(filter(None, map(member_of, path)))
    if is_at(parts, at - 1, "}") and not inner:
        declared.add(parts[at + 1].offset)
        return {local: (module, name) for name, local in pattern(parts, at - 1, declared)}
    if inner and parts[at - 1].kind == "word" and not is_at(parts, at - 2, "."):
        declared.add(parts[at + 1].offset)
        return {parts[at - 1].text: (module, inner)}
    return {}


def _imported(parts: Sequence[Token], at: int, declared: set[int]) -> dict[str, tuple[str, str]]:
    """``import a, { b as c } from "m"``, ``import * as d from "m"``, TypeScript's ``import e = require("m")``."""
    words: list[Token] = []
    for token in parts[at + 1 : at + _LONG]:
        if token.kind == "string":
            break
        words.append(token)
    else:
        return {}
    if not words or words[-1].text != "from" or words[0].text in ("(", "."):
        return {}
    module = named(token.text)
    declared.update(word.offset for word in words)
    found: dict[str, tuple[str, str]] = {}
    inside = False
    for index, word in enumerate(words[:-1]):
        if word.text in ("{", "}"):
            inside = word.text == "{"
        elif word.kind == "word" and word.text not in ("as", "type"):
            before = words[index - 1].text if index else ""
            member = words[index - 2].text if before == "as" and index > 1 else word.text
            if before == "as" or not is_at(words, index + 1, "as"):
                found[word.text] = (module, member if inside and member != "default" else "")
    return found


def _promised(
    parts: Sequence[Token], at: int, bound: Mapping[str, tuple[str, str]], declared: set[int]
) -> dict[str, tuple[str, str]]:
    """``run = util.promisify(exec)``: the same function, with a promise for its result."""
    before = at
    while before and before > at - _NEAR and parts[before].text not in ("=", ";"):
        before -= 1
    if before < 1 or not is_at(parts, before, "=") or parts[before - 1].kind != "word" or at + 2 >= len(parts):
        return {}
    module, member = bound.get(parts[at + 2].text, ("", ""))
    dot = at + 3
    if loads(parts, at + 2):
        module, dot = named(parts[at + 4].text), at + 6
    if module and not member and is_at(parts, dot, ".") and dot + 1 < len(parts):
        member = parts[dot + 1].text
    if not module or not member:
        return {}
    declared.add(parts[at + 2].offset)
    return {parts[before - 1].text: (module, member)}
