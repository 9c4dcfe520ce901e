"""The tokens of JavaScript and TypeScript text (ECMA-262, "Lexical Grammar"), in one linear pass.

Whether a slash divides or begins a regular expression hangs on what stands before it (ECMA-262, goal symbols
``InputElementDiv`` and ``InputElementRegExp``): the word or sign before decides, and for a closing bracket what opened
it. Text that is no JavaScript (the text inside of JSX elements) gives tokens too, never an error.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = regex(
    r"""
    (?P<comment>//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z)|\A\#![^\n]*)
  | (?P<string>"(?:[^"\\\n]|\\[\s\S])*(?:"|(?=\n)|\\?\Z)|'(?:[^'\\\n]|\\[\s\S])*(?:'|(?=\n)|\\?\Z))
  | (?P<template>`)
  | (?P<word>[^\W\d][\w$]*|\$[\w$]*|\#[^\W\d][\w$]*)
  | (?P<number>\.?\d[\w.]*)
  | (?P<op>=>|\?\?|\?\.(?!\d)|&&|\|\||\.\.\.|[^\s\w])
    """,
    re.VERBOSE,
)
#: Bounded: what is no regular expression after all is not read to its line's end again and again.
_REGEX = regex(r"/(?:[^/\\\[\n]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n]){0,900}\]){1,900}/[a-z]*")
#: The text of a template up to its end or to an expression in it.
_CHUNK = regex(r"(?:[^`\\$]|\\[\s\S]|\$(?!\{))*")
_ESCAPE = regex(r"\\(x[0-9a-fA-F]{2}|u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|\r\n|[\s\S])")
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": ""}
_LAST_CODE_POINT = 0x10FFFF
#: Words behind which an expression begins, so that a slash there begins a regular expression.
_BEFORE_EXPRESSION = frozenset(
    "return typeof case in of delete void throw new instanceof do else await yield extends default".split()
)
#: Words whose parentheses are followed by a statement.
_CONDITIONS = frozenset(("if", "while", "for", "with"))
#: Behind these a brace opens a block, not an object.
_BEFORE_BLOCK = frozenset((")", ";", "{", "}", "=>", "else", "do", "try", "finally"))


@dataclass(slots=True)  # not frozen: a file has thousands of them
class Token:
    """One token; comments are left out."""

    #: string, template (one without expressions), regex, word, number or op.
    kind: str
    #: As written; of strings and templates without quotes and escapes.
    text: str
    offset: int


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of ``text``; a template with expressions as the sum that it is: ``("a" + (b) + "c")``."""
    state = _State()
    at, size = 0, len(text)
    while at < size and (match := _TOKEN.search(text, at)) is not None:
        kind, start, at = match.lastgroup or "op", match.start(), match.end()
        body = match[0]
        if kind == "comment":
            continue
        if body == "/" and state.expects_expression() and (literal := _REGEX.match(text, start)) is not None:
            kind, body, at = "regex", literal[0], literal.end()
        goes_on = body == "}" and state.ends_expression()
        if kind == "template" or goes_on:
            chunk = _CHUNK.match(text, at)
            end = chunk.end() if chunk is not None else at
            begins = text[end : end + 2] == "${"
            at = end + (2 if begins else 1)
            value = unescaped(text[start + 1 : end])
            if not goes_on and not begins:
                yield state.seen(Token("template", value, start))
                continue
            yield from (Token("op", sign, start) for sign in (")+" if goes_on else "("))
            yield Token("string", value, start)
            yield from (Token("op", sign, end) for sign in ("+(" if begins else ")"))
            state.template(begins=begins)
            continue
        if kind == "string":
            body = unescaped(body[1:-1] if len(body) > 1 and body[-1] == body[0] else body[1:])
        yield state.seen(Token(kind, body, start))


class _State:
    """What was open and what came last, as far as a slash and a brace hang on it."""

    __slots__ = ("_closed", "_last", "_open")

    def __init__(self) -> None:
        self._last: Token | None = None
        #: For each open bracket: what a slash behind its end is (``/`` divides, "" begins), or ``$`` for a template.
        self._open: list[str] = []
        self._closed = ""

    def expects_expression(self) -> bool:
        last = self._last
        if last is None:
            return True
        if last.kind == "word":
            return last.text in _BEFORE_EXPRESSION
        if last.kind != "op":
            return False
        if last.text in (")", "}"):
            return self._closed == ""
        return last.text != "]"

    def ends_expression(self) -> bool:
        """Tell whether a closing brace ends an expression of a template; it is taken off then."""
        if self._open[-1:] == ["$"]:
            self._open.pop()
            return True
        return False

    def template(self, *, begins: bool) -> None:
        """Note that a part of a template ended, and whether an expression begins."""
        if begins:
            self._open.append("$")
        self._last = None if begins else Token("string", "", 0)

    def seen(self, token: Token) -> Token:
        before = self._last.text if self._last is not None and self._last.kind in ("op", "word") else ""
        if token.kind == "op":
            if token.text in "([":
                self._open.append("" if before in _CONDITIONS else "/")
            elif token.text == "{":
                block = self._last is None or (self._last.kind in ("op", "word") and before in _BEFORE_BLOCK)
                self._open.append("" if block else "/")
            elif token.text in ")]}":
                self._closed = self._open.pop() if self._open and self._open[-1] != "$" else "/"
        self._last = token
        return token


def unescaped(text: str) -> str:
    """The value of a string's or template's text (ECMA-262, "String Literals")."""
    return _ESCAPE.sub(_escape, text) if "\\" in text else text


def _escape(match: re.Match[str]) -> str:
    body = match[1]
    if body[0] in "xu" and len(body) > 1:
        code = int(body[1:].strip("{}"), 16)
        return chr(code) if code <= _LAST_CODE_POINT else ""
    return _SIMPLE.get(body, body)
