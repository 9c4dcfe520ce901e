"""Expressions of meson.build, as far as lists of names and targets go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.toolchains.c.driver import HOLE
from imgslim.toolchains.c.meson.lex import Call, Token

if TYPE_CHECKING:
    from collections.abc import Callable

#: A value: a string, a list of values, a bool, or an object that a call gave.
Value = object


class Parser:
    """Parses and evaluates one statement's expression."""

    def __init__(self, tokens: list[Token], variables: dict[str, Value], call: Callable[[Call], Value]) -> None:
        """Evaluate ``tokens``; ``call`` answers function and method calls."""
        self._tokens = tokens
        self._at = 0
        self._variables = variables
        self._call = call

    def _peek(self) -> str:
        return (
            self._tokens[self._at].text
            if self._at < len(self._tokens) and self._tokens[self._at].kind != "string"
            else ""
        )

    def _take(self) -> Token:
        token = self._tokens[self._at] if self._at < len(self._tokens) else Token("op", "")
        self._at += 1
        return token

    def expression(self) -> Value:
        """A value; what is not plain is a hole."""
        left = self._primary()
        while self._peek() in {"+", "/", "==", "!=", "and", "or", "<", ">", "<=", ">=", "in", "?", "-", "*"}:
            operator = self._take().text
            right = self._primary()
            left = _combine(left, operator, right)
            if operator == "?" and self._peek() == ":":
                self._take()
                self._primary()
                left = HOLE
        return left

    def _primary(self) -> Value:
        token = self._take()
        value: Value
        if token.kind == "string":
            value = token.text
        elif token.text == "[":
            value = self._items("]")[0]
        elif token.text == "(":
            value = self.expression()
            self._take()
        elif token.text == "{":
            self._items("}")
            value = HOLE
        elif token.text == "not":
            self._primary()
            value = HOLE
        elif token.text in {"true", "false"}:
            value = token.text == "true"
        elif token.kind == "word" and self._peek() == "(":
            value = self._calling(token.text, "")
        elif token.kind == "word":
            value = self._variables.get(token.text, HOLE)
            return self._suffix(value, token.text)
        else:
            value = token.text
        return self._suffix(value, "")

    def _suffix(self, value: Value, name: str) -> Value:
        while self._peek() in {".", "["}:
            if self._take().text == "[":
                self._items("]")
                value = HOLE
            else:
                method = self._take().text
                value = self._calling(method, name, value) if self._peek() == "(" else HOLE
        return value

    def _calling(self, name: str, owner: str, value: Value = None) -> Value:
        self._take()
        positional, keyword = self._items(")")
        call = Call(name, owner, positional, keyword)
        if value is not None:
            call.keyword["\0owner"] = value
        return self._call(call)

    def _items(self, closing: str) -> tuple[list[Value], dict[str, Value]]:
        positional: list[Value] = []
        keyword: dict[str, Value] = {}
        while self._at < len(self._tokens) and self._peek() != closing:
            start = self._at
            if self._tokens[self._at].kind == "word" and self._next() == ":":
                key = self._take().text
                self._take()
                keyword[key] = self.expression()
            else:
                positional.append(self.expression())
                if self._peek() == ":":
                    self._take()
                    self.expression()
            if self._peek() == "," or self._at == start:
                self._take()
        self._take()
        return positional, keyword

    def _next(self) -> str:
        return self._tokens[self._at + 1].text if self._at + 1 < len(self._tokens) else ""


def _combine(left: Value, operator: str, right: Value) -> Value:
    if operator == "+" and isinstance(left, list):
        return [*left, *(right if isinstance(right, list) else [right])]
    if isinstance(left, str) and isinstance(right, str) and HOLE not in left + right:
        if operator in {"+", "/"}:
            return left + ("/" if operator == "/" else "") + right
        if operator in {"==", "!="}:
            return (left == right) is (operator == "==")
    return HOLE


def flat(value: Value) -> list[Value]:
    """A value as a list, nested lists opened."""
    if isinstance(value, list):
        return [v for item in value for v in flat(item)]
    return [] if value is None else [value]
