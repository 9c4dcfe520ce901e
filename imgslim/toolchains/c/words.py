"""Shell text of a recipe as simple commands: the small part of the grammar that make recipes use."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from imgslim.meaning.paths import tidy
from imgslim.records import dataclass
from imgslim.regex import regex
from imgslim.toolchains.c.driver import HOLE

if TYPE_CHECKING:
    from collections.abc import Mapping

#: ``$(…)`` with one level of parentheses inside; loops are possessive, so that no text makes them slow.
_SUBSTITUTION = r"\$\((?:[^()]|\([^()]*\))*+\)"
_QUOTED = rf'(?:\\.|{_SUBSTITUTION}|[^"\\])*+'
_WORD = regex(
    rf"""
    (?P<op>    &&|\|\||;;|;|\||&(?!>)|\(|\)|\n )
  | (?P<redir> \d*(?:>>|>\||>&|<<-?|<&|<>|&>|>|<)\s*&?(?:"[^"]*"|'[^']*'|[^\s;&|()<>])* )
  | (?P<note>  \#[^\n]* )
  | (?P<word>  (?:\\.|"{_QUOTED}"|'[^']*'|{_SUBSTITUTION}|`[^`]*`|[^\s;&|()<>\\"'`$]|\$)+ )
  | (?P<blank> [ \t\r]+ )
  | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_PIECE = regex(
    rf"""\\(?P<esc>.) | "(?P<dq>{_QUOTED})" | '(?P<sq>[^']*)' | (?P<sub>{_SUBSTITUTION}|`[^`]*`)
      | \$(?P<var>\w+|\{{\w+\}}|[@*?\#$!]) | (?P<text>[^\\"'`$]+|.)""",
    re.VERBOSE | re.DOTALL,
)
#: What a shell takes away from a word, or puts something in the place of.
_EXPANDED = frozenset("\\\"'`$")
_LOOKS_AT_PATHS = regex(r"dirname|basename|readlink|realpath|pwd")
_ASSIGNMENT = regex(r"[A-Za-z_]\w*=")
_PKG = regex(r"[$`(]*\s*(?:\S*-)?pkg-config\s+(?P<args>[^)`]*)")


@dataclass(frozen=True, slots=True)
class Simple:
    """A simple command: words after quote removal; what expansion leaves open is :data:`HOLE`."""

    argv: tuple[str, ...]
    assignments: tuple[tuple[str, str], ...] = ()
    #: False under ``if``, ``||`` or a loop that is not unrolled.
    certain: bool = True


def commands(text: str, variables: Mapping[str, str] | None = None) -> list[Simple]:
    """The simple commands of ``text`` in order; ``for`` over literal words is unrolled.

    A subshell's parentheses are commands of their own: what ``cd`` does inside them ends with them.
    """
    return _block(_lex(text), dict(variables or {}), certain=True)


def _lex(text: str) -> list[tuple[str, str]]:
    text = text.replace("\\\n", " ")
    return [
        (kind, match[0])
        for match in _WORD.finditer(text)
        if (kind := match.lastgroup or "") not in {"blank", "redir", "note"}
    ]


def _block(tokens: list[tuple[str, str]], variables: dict[str, str], *, certain: bool) -> list[Simple]:
    out: list[Simple] = []
    current: list[str] = []
    doubt = 0 if certain else 1
    at = 0

    def flush() -> None:
        if current:
            out.append(_simple(current, variables, certain=doubt == 0))
            current.clear()

    while at < len(tokens):
        kind, text = tokens[at]
        if kind == "op":
            flush()
            if text in "()":
                out.append(Simple((text,), certain=doubt == 0))
            elif text == "||":
                doubt += 1
            elif text in {";", "\n"} and doubt and certain and not _open(tokens[:at]):
                doubt = 0
        elif not current and text == "for":
            end = _matching(tokens, at)
            out += _loop(tokens[at:end], variables, certain=doubt == 0)
            at = end
            continue
        elif not current and text in _OPEN:
            doubt += 1
        elif not current and text in _CLOSE:
            doubt = max(doubt - 1, 0)
        elif not current and text in {"then", "else", "do", "{", "}", "!", "exec", "time"}:
            pass
        elif kind == "word":
            current.append(text)
        at += 1
    flush()
    return out


_OPEN = frozenset({"if", "while", "until", "case", "elif"})
_CLOSE = frozenset({"fi", "done", "esac"})


def _open(tokens: list[tuple[str, str]]) -> bool:
    return sum((t in _OPEN and t != "elif") - (t in _CLOSE) for _, t in tokens) > 0


def _matching(tokens: list[tuple[str, str]], at: int) -> int:
    depth = 0
    for index in range(at, len(tokens)):
        text = tokens[index][1]
        depth += text in {"for", "while", "until"}
        if text == "done":
            depth -= 1
            if depth == 0:
                return index + 1
    return len(tokens)


def _loop(tokens: list[tuple[str, str]], variables: dict[str, str], *, certain: bool) -> list[Simple]:
    """Unroll ``for NAME in WORDS; do …; done``; a loop over what is not settled is left out as uncertain."""
    texts = [t for _, t in tokens]
    if "do" not in texts or texts[2:3] != ["in"]:
        return _block(tokens[1:], variables, certain=False)
    start = texts.index("do")
    words = [w for t in texts[3:start] if t not in {";", "\n"} for w in expand(t, variables).split()]
    body = tokens[start + 1 : -1]
    if any(HOLE in w for w in words):
        return _block(body, variables | {texts[1]: HOLE}, certain=False)
    return [s for w in words for s in _block(body, variables | {texts[1]: w}, certain=certain)]


def _simple(raw: list[str], variables: dict[str, str], *, certain: bool) -> Simple:
    assignments: list[tuple[str, str]] = []
    argv: list[str] = []
    for word in raw:
        if not argv and _ASSIGNMENT.match(word):
            name, _, value = word.partition("=")
            assignments.append((name, expand(value, variables)))
            variables[name] = assignments[-1][1]
        else:
            argv += fields(word, variables)
    return Simple(tuple(argv), tuple(assignments), certain)


def fields(word: str, variables: Mapping[str, str]) -> list[str]:
    """A word's fields: an unquoted substitution of pkg-config gives several."""
    text = expand(word, variables)
    return text.split() if word[0] in "$`" else [text]


def expand(word: str, variables: Mapping[str, str]) -> str:
    """Remove quotes and expand; HOLE where the value is not settled."""
    if _EXPANDED.isdisjoint(word):
        return word
    return "".join(_piece(m, variables) for m in _PIECE.finditer(word))


def _piece(match: re.Match[str], variables: Mapping[str, str]) -> str:
    kind = match.lastgroup or ""
    text = match[kind]
    match kind:
        case "dq":
            return _double(text, variables)
        case "sub":
            return substitution(text, variables)
        case "var":
            return variables.get(text.strip("{}"), HOLE)
        case _:
            return text


def _double(body: str, variables: Mapping[str, str]) -> str:
    body = re.sub(r'\\([\\"])', lambda m: {"\\": "\\\\", '"': '\\"'}[m[1]], body)
    return "".join(_piece(m, variables) if m["esc"] or m["sub"] or m["var"] else m[0] for m in _PIECE.finditer(body))


def substitution(text: str, variables: Mapping[str, str]) -> str:
    """What ``$(…)`` gives, where reading settles it: pkg-config's flags for well-known modules."""
    if text.strip("$()` ") == "pwd":
        return variables.get("PWD", HOLE)
    if (match := _PKG.match(text)) is None:
        return _path_tool(text, variables)
    from imgslim.toolchains.c.pkgconfig import flags  # noqa: PLC0415 (the table is only read when asked)

    return flags(match["args"].split())


def _path_tool(text: str, variables: Mapping[str, str]) -> str:
    """What ``$(dirname "$0")``, ``$(readlink -f x)`` and their like give: they only look at the path."""
    inner = text[2:-1] if text.startswith("$(") else text[1:-1]
    if not _LOOKS_AT_PATHS.search(inner):
        return HOLE
    found = [c.argv for c in commands(inner, variables) if c.argv and c.argv[0] not in {"(", ")"}]
    match found:
        case [("dirname", path)]:
            return path if HOLE in path else posixpath.dirname(path) or "."
        case [("basename", path)]:
            return path if HOLE in path else posixpath.basename(path)
        case [("readlink" | "realpath", *options, path)] if all(o.startswith("-") for o in options):
            return path if HOLE in path else tidy(posixpath.join(variables.get("PWD", HOLE), path))
        case [("cd", folder), ("pwd", *_)]:
            return path_of(folder, variables)
        case _:
            return HOLE


def path_of(folder: str, variables: Mapping[str, str]) -> str:
    """The absolute path of a folder seen from the current one; a hole where either is open."""
    full = tidy(posixpath.join(variables.get("PWD", HOLE), folder))
    return HOLE if HOLE in full else full
