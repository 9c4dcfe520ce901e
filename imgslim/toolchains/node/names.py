"""The names under which a file knows what it imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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
#: Functions around ``require(…)`` that give the module itself (what tsc and Babel write).
_INTEROP = frozenset(
    "__importDefault __importStar _interopRequireDefault _interopRequireWildcard __toESM _interopDefault".split()
)
#: Tokens between a name and ``promisify``: ``= require("util").promisify``.
_NEAR = 8


@dataclass(frozen=True, slots=True)
class Names:
    """What the names of one file stand for."""

    #: Name to module (without ``node:``) and the member of it; "" for the module itself.
    bound: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    #: The file's own name, for ``__filename``.
    file: str = ""
    #: Offsets of the tokens that only bind names: they use nothing.
    declared: frozenset[int] = frozenset()


def builtin(name: str) -> str:
    """The name of a module of node itself without ``node:``; "" for any other."""
    if name.startswith("node:"):
        bare = name.removeprefix("node:")
        return bare if bare in BUILTINS or bare in _PREFIXED else ""
    return name if name in BUILTINS else ""


def bindings(parts: Sequence[Token], file: str = "") -> Names:
    """Find what ``import`` and ``require`` bind; later ones win, as a file rarely uses a name twice."""
    bound: dict[str, tuple[str, str]] = {}
    declared: set[int] = set()
    for at, token in enumerate(parts):
        if token.kind != "word":
            continue
        if token.text == "import" and (at == 0 or parts[at - 1].text != "."):
            bound |= _imported(parts, at, declared)
        elif token.text == "require" and at > 1 and _is(parts, at + 1, "(") and at + 2 < len(parts):
            if parts[at + 2].kind == "string" and _is(parts, at + 3, ")"):
                module = builtin(parts[at + 2].text) or parts[at + 2].text
                bound |= _required(parts, at, module, declared)
        elif token.text == "promisify" and _is(parts, at + 1, "("):
            bound |= _promised(parts, at, bound, declared)
    return Names(bound, file, frozenset(declared))


def _is(parts: Sequence[Token], at: int, text: str) -> bool:
    return at < len(parts) and parts[at].kind != "string" and parts[at].text == text


def _imported(parts: Sequence[Token], at: int, declared: set[int]) -> dict[str, tuple[str, str]]:
    """``import a, { b as c } from "m"``, ``import * as d from "m"``, TypeScript's ``import e = require("m")``."""
    words: list[Token] = []
    for token in parts[at + 1 : at + 400]:
        if token.kind == "string":
            break
        words.append(token)
    else:
        return {}
    if not words or words[-1].text != "from" or words[0].text in ("(", "."):
        return {}
    module = builtin(token.text) or token.text
    declared.update(word.offset for word in words)
    found: dict[str, tuple[str, str]] = {}
    inside = False
    for index, word in enumerate(words[:-1]):
        if word.text in ("{", "}"):
            inside = word.text == "{"
        elif word.kind == "word" and word.text not in ("as", "type"):
            before = words[index - 1].text if index else ""
            member = words[index - 2].text if before == "as" and index > 1 else word.text
            if before == "as" or not _is(words, index + 1, "as"):
                found[word.text] = (module, member if inside and member != "default" else "")
    return found


def _required(parts: Sequence[Token], at: int, module: str, declared: set[int]) -> dict[str, tuple[str, str]]:
    """``a = require("m")``, ``{ b: c } = require("m")``, ``d = require("m").e``, and what compilers put around it."""
    member = ""
    if _is(parts, at + 4, "."):
        if _is(parts, at + 6, "("):
            return {}
        member = parts[at + 5].text if at + 5 < len(parts) else ""
    before = at - 1
    while before > 1 and _is(parts, before, "(") and parts[before - 1].text in _INTEROP:
        before -= 2
    if _is(parts, before, "await"):
        before -= 1
    if before < 1 or not _is(parts, before, "="):
        return {}
    target = parts[before - 1]
    if target.kind == "word":
        return {target.text: (module, "" if member in ("default", "promises") else member)}
    if target.text != "}":
        return {}
    found: dict[str, tuple[str, str]] = {}
    for name, local in _pattern(parts, before - 1, declared):
        found[local] = (module, name)
    return found


def _pattern(parts: Sequence[Token], end: int, declared: set[int]) -> Iterator[tuple[str, str]]:
    """The names of a destructuring pattern that ends at ``end``: as the module calls them, and as the file does."""
    start = end
    while start and parts[start].text != "{":
        start -= 1
    for at in range(start + 1, end):
        declared.add(parts[at].offset)
        if parts[at].kind == "word" and parts[at - 1].text in ("{", ","):
            renamed = at + 2 < end and parts[at + 1].text == ":" and parts[at + 2].kind == "word"
            yield parts[at].text, parts[at + 2].text if renamed else parts[at].text


def _promised(
    parts: Sequence[Token], at: int, bound: Mapping[str, tuple[str, str]], declared: set[int]
) -> dict[str, tuple[str, str]]:
    """``run = util.promisify(exec)``: the same function, with a promise for its result."""
    before = at
    while before and before > at - _NEAR and parts[before].text not in ("=", ";"):
        before -= 1
    if before < 1 or not _is(parts, before, "=") or parts[before - 1].kind != "word" or at + 2 >= len(parts):
        return {}
    module, member = bound.get(parts[at + 2].text, ("", ""))
    if module and not member and _is(parts, at + 3, ".") and at + 4 < len(parts):
        member = parts[at + 4].text
    if not module or not member:
        return {}
    declared.add(parts[at + 2].offset)
    return {parts[before - 1].text: (module, member)}
