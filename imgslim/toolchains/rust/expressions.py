"""Expressions of Rust, as tokens: literal arguments, addresses, what is only compiled for tests."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.regex import regex
from imgslim.toolchains.arguments import ARGUMENTS_LIMIT, argument_tokens
from imgslim.toolchains.rust.lex import Token, unquote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

#: What stands for the program itself: the kernel's name for it.
SELF = "/proc/self/exe"
#: The variable that cargo sets to the folder of the package that it compiles: its absolute path is compiled in.
PACKAGE = "CARGO_MANIFEST_DIR"
#: What a call's argument may stand in without being another value: ``&"x".to_string()``, ``Path::new("x")``.
_SAME = frozenset({"to_string", "to_owned", "into", "as_ref", "as_str", "to_path_buf", "clone", "unwrap", "expect"})
_WRAPS = frozenset({"String::from", "Path::new", "PathBuf::from", "OsStr::new", "OsString::from"})
#: A place in a format that takes what is given, or a name (std::fmt).
_HOLE = regex(r"\{([A-Za-z_]\w*)?\}")
#: A literal address: no name to look up (std::net, "ToSocketAddrs").
_ADDRESS = regex(r"(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-fA-F:.]*\])(?::.*)?")


def is_address(parts: tuple[Token, ...] | list[Token]) -> bool:
    """Tell whether an expression is a socket address or a text that begins with a literal one."""
    words = [t.text for t in parts]
    if {"SocketAddr", "SocketAddrV4", "Ipv4Addr", "Ipv6Addr", "IpAddr"} & {*words[:6]}:
        return True
    string = next((t for t in parts[:4] if t.kind == "string"), None)
    if string is None or not {*words[: words.index(string.text)]} <= {"&", "format", "!", "(", "String", "::", "from"}:
        return False
    return _ADDRESS.match(unquote(string.text)) is not None


def without_tests(parts: list[Token]) -> Iterator[Token]:
    """Leave out items behind ``#[cfg(test)]`` and ``#[test]``."""
    at = 0
    while at < len(parts):
        if parts[at].text == "#" and at + 2 < len(parts) and parts[at + 1].text == "[":
            end = closing(parts, at + 1)
            words = [t.text for t in parts[at + 2 : end]]
            if words[:4] == ["cfg", "(", "test", ")"] or words == ["test"]:
                at = _behind_item(parts, end + 1)
                continue
        yield parts[at]
        at += 1


def _behind_item(parts: list[Token], at: int) -> int:
    while at < len(parts):
        if parts[at].text == ";":
            return at + 1
        if parts[at].text == "{":
            return closing(parts, at) + 1
        at = closing(parts, at) + 1 if parts[at].text in ("(", "[") else at + 1
    return at


def closing(parts: Sequence[Token], at: int) -> int:
    """The index of the bracket that closes ``parts[at]``."""
    depth = 0
    for n in range(at, len(parts)):
        if parts[n].kind == "op":
            if parts[n].text in "([{":
                depth += 1
            elif parts[n].text in ")]}":
                depth -= 1
                if not depth:
                    return n
    return len(parts) - 1


def path_to(parts: tuple[Token, ...], at: int) -> str:
    """``a::b::c`` that ends at ``at``; generic arguments in it are not followed."""
    words = [parts[at].text]
    while at > 1 and parts[at - 1].text == "::" and parts[at - 2].kind == "word":
        at -= 2
        words.insert(0, parts[at].text)
    return "::".join(words)


def more_arguments(parts: tuple[Token, ...], at: int, known: Mapping[str, str]) -> Iterator[str | None]:
    """What ``.arg(…)`` and ``.args(…)`` behind the call whose bracket opens at ``at`` add."""
    for _ in range(ARGUMENTS_LIMIT):
        at = closing(parts[at : at + 4 * ARGUMENTS_LIMIT], 0) + at + 1
        if at + 2 >= len(parts) or parts[at].text != "." or parts[at + 1].text not in ("arg", "args"):
            return
        inner = [t for t in _inner(parts, at + 3) if t.text not in ("&", "[", "]")]
        yield from arguments_at((*inner, Token("op", ")", 0)), 0, known)
        at += 2


def _inner(parts: tuple[Token, ...], at: int) -> Iterator[Token]:
    depth = 0
    for token in parts[at : at + ARGUMENTS_LIMIT]:
        if token.text == "(":
            depth += 1
        elif token.text == ")":
            depth -= 1
            if depth < 0:
                return
        yield token


def arguments_at(parts: tuple[Token, ...], at: int, known: Mapping[str, str]) -> Iterator[str | None]:
    """The arguments of a call whose first token is ``parts[at]``."""
    return (None if tokens is None else literal(tokens, known) for tokens in argument_tokens(parts, at))


def _compiled_in(parts: Sequence[Token], known: Mapping[str, str]) -> str | None:
    """``env!("CARGO_MANIFEST_DIR")``, ``concat!(…)`` of literals and that, and Rocket's ``relative!("x")``."""
    at = next((n for n, t in enumerate(parts) if t.text == "!"), 0)
    if not at or at + 2 >= len(parts) or parts[at + 1].text != "(" or closing(parts, at + 1) != len(parts) - 1:
        return None
    inner = tuple(parts[at + 2 :])
    match path_to(tuple(parts), at - 1).rpartition("::")[2]:
        case "env":
            is_package = inner[0].kind == "string" and unquote(inner[0].text) == PACKAGE
            return known.get(PACKAGE) if is_package else None
        case "concat":
            texts = list(arguments_at(inner, 0, known))
            return "".join(t for t in texts if t is not None) if None not in texts else None
        case "format":
            return _formatted(list(arguments_at(inner, 0, known)), known)
        case "relative":
            below, folder = next(arguments_at(inner, 0, known), None), known.get(PACKAGE)
            return f"{folder}/{below}" if below is not None and folder else None
        case _:
            return None


def _formatted(arguments: Sequence[str | None], known: Mapping[str, str]) -> str | None:
    """``format!("{D}/{}", B)`` of what is literal or constant, without a format of its own (std::fmt)."""
    if not arguments or arguments[0] is None:
        return None
    text, given, found = arguments[0], iter(arguments[1:]), list[str | None]()
    for name in _HOLE.findall(text):
        found.append(known.get(name) if name else next(given, None))
    parts = _HOLE.split(text)[::2]
    if None in found or any("{" in part or "}" in part for part in parts):
        return None
    return "".join(part + (found[n] or "" if n < len(found) else "") for n, part in enumerate(parts))


def _joined(parts: Sequence[Token], known: Mapping[str, str]) -> str | None:
    """``base.join("x")`` of two that are literal (std::path::Path)."""
    end = len(parts) - 1
    at = next((n for n in range(2, end) if parts[n].text == "(" and closing(parts, n) == end), 0)
    if not at or [t.text for t in parts[at - 2 : at]] != [".", "join"] or at < 3:  # noqa: PLR2004 (a base before it)
        return None
    base, below = literal(list(parts[: at - 2]), known), literal(list(parts[at + 1 : end]), known)
    return posixpath.join(base, below) if base and below else None


def literal(parts: list[Token], known: Mapping[str, str]) -> str | None:
    """A literal or constant, through what only changes its type; SELF for ``current_exe``; else None."""
    words = [t.text for t in parts if t.kind == "word"]
    if "current_exe" in words:
        # What is put together with it is another file, beside it or elsewhere.
        return SELF if _SAME.issuperset(words[words.index("current_exe") + 1 :]) else None
    while parts and parts[0].text in ("&", "mut", "*"):
        parts = parts[1:]
    if (joined := _joined(parts, known)) is not None:
        return joined
    if (made := _compiled_in(parts, known)) is not None:
        return made
    head = "".join(t.text for t in parts[:3])
    if head in _WRAPS and len(parts) > 5 and parts[-1].text == ")":  # noqa: PLR2004
        return literal(parts[4:-1], known)
    tail = [t.text for t in parts[1:] if t.kind == "word"]
    if not parts or not set(tail) <= _SAME or (len(parts) > 1 and parts[1].text != "."):
        return None
    if parts[0].kind == "string":
        return unquote(parts[0].text)
    return known.get(parts[0].text)
