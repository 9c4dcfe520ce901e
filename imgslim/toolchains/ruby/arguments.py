"""What one argument of a Ruby call says: its text, or the words of a list, as far as they are literal."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.toolchains.ruby.lex import CODE

if TYPE_CHECKING:
    from imgslim.toolchains.ruby.lex import Token

#: What opens and closes a part of an argument list.
OPEN, CLOSE = frozenset("([{"), frozenset(")]}")
_DIRECTORY = frozenset({"__dir__", "File.dirname(__FILE__)", "File.expand_path(File.dirname(__FILE__))"})


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a call."""

    #: Its value, of a symbol with the colon; of a text with code in it the part before; None where it is no text.
    text: str | None
    #: True where that is the whole value.
    literal: bool
    #: True for ``key: value``, ``key => value`` and ``{…}``.
    keyed: bool = False
    #: The words of ``%w[…]`` or ``["a", b]``, "" for one that is not literal; empty where none is.
    words: tuple[str, ...] = ()
    #: True for ``&block``.
    is_block: bool = False
    #: Of a text with code in it the whole, with a shell's variable for the code; "" for others.
    whole: str = ""


def argument(tokens: list[Token], path: str) -> Argument:
    """Read one argument of a call in the file at ``path``."""
    if not tokens:
        return Argument(None, literal=False)
    if tokens[0].kind == "label" or tokens[0].text == "{" or _pairs(tokens):
        return Argument(None, literal=False, keyed=True)
    if tokens[0].kind == "op" and tokens[0].text == "&":
        return Argument(None, literal=False, is_block=True)
    if len(tokens) == 1 and tokens[0].kind == "list":
        return _list(tokens[0])
    if len(tokens) == 1 and tokens[0].kind == "symbol":
        return Argument(tokens[0].text, literal=not tokens[0].computed)
    if tokens[0].text == "[" and tokens[-1].text == "]":
        given = [a for a in (argument(part, path) for part in _parted(tokens[1:-1])) if not a.keyed]
        words = tuple(a.text if a.literal and a.text is not None else "" for a in given)
        return Argument(None, literal=all(words), words=words if any(words) else ())
    if tokens[0].kind == "op" and tokens[0].text == "*" and len(tokens) > 1:
        return argument(tokens[1:], path)
    return _value(tokens, path)


def _pairs(tokens: list[Token]) -> bool:
    """Tell whether ``key => value`` stands here, not within brackets."""
    depth = 0
    for token in tokens:
        if token.kind == "op":
            if token.text == "=>" and depth == 0:
                return True
            depth += (token.text in OPEN) - (token.text in CLOSE)
    return False


def _list(token: Token) -> Argument:
    """``%w[…]``, and ``%W[…]`` with code in it: that may stand for a part of a word, one word or several."""
    words = token.text.split()
    if not token.computed:
        return Argument(None, literal=True, words=tuple(words))
    if not token.text.endswith((" ", "\n", "\t")):
        words = words[:-1]
    return Argument(None, literal=False, words=(*words, "") if words else ())


def _value(tokens: list[Token], path: str) -> Argument:
    """Evaluate texts, ``__dir__``, ``File.join``, ``File.expand_path`` and what is put together of them by ``+``."""
    folder = posixpath.dirname(path)
    if all(t.kind == "string" for t in tokens):
        texts: list[str] = []
        for token in tokens:
            texts.append(token.text)
            if token.computed:
                return Argument("".join(texts), literal=False, whole="".join(t.whole or t.text for t in tokens))
        return Argument("".join(texts), literal=True)
    written = "".join(t.text for t in tokens if t.kind in ("word", "op"))
    if all(t.kind in ("word", "op") for t in tokens):
        if written in _DIRECTORY:
            return Argument(folder, literal=True)
        if written == "__FILE__":
            return Argument(path, literal=True)
    called = written.split("(")[0] if "(" in written else ""
    if called in ("File.join", "File.expand_path") and len(tokens) > 4:  # noqa: PLR2004 (File . join ( x)
        given = [_value(part, path) for part in _parted(tokens[4:-1])]
        if given and all(g.text is not None and g.literal for g in given):
            texts = [g.text or "" for g in given]
            if called == "File.join":
                return Argument("/".join([texts[0], *(t.lstrip("/") for t in texts[1:])]), literal=True)
            if len(texts) == 1:
                return Argument(texts[0], literal=True)
            return Argument(posixpath.normpath(posixpath.join(texts[1], texts[0])), literal=True)
    for at, token in enumerate(tokens):
        if token.kind == "op" and token.text == "+" and at:
            left, right = _value(tokens[:at], path), _value(tokens[at + 1 :], path)
            whole = "".join(one.text if one.literal and one.text else one.whole for one in (left, right))
            if left.text is None:
                return Argument(None, literal=False, whole=whole)
            if not left.literal or right.text is None:
                return Argument(left.text, literal=False, whole=whole)
            return Argument(left.text + right.text, literal=right.literal, whole="" if right.literal else whole)
    return Argument(None, literal=False, whole=CODE)


def _parted(tokens: list[Token]) -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        if token.kind == "op":
            depth += (token.text in OPEN) - (token.text in CLOSE)
            if token.text == "," and depth == 0:
                parts.append([])
                continue
        if token.kind != "newline":
            parts[-1].append(token)
    return [p for p in parts if p]
