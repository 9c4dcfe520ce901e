"""BuildKit's word lexer (``shell.Lex``): quotes, escapes and references, in one pass over one text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass, field
from imgslim.syntax.blanks import SPACES, replaced
from imgslim.syntax.patterns import PatternError, remove_prefix, remove_suffix, substitute
from imgslim.values import LONGEST, Unknown, joined

if TYPE_CHECKING:
    from collections.abc import Callable

    from imgslim.values import Value

#: How deep ``${a:-${b:-…}}`` is followed.
_DEPTH = 100
_SPECIAL_PARAMETERS = frozenset("@*#?-$!0")


class ExpansionError(ValueError):
    """A word that BuildKit refuses to expand."""


class TooDeepError(ExpansionError):
    """A nesting that is valid, but deeper than is read here."""


@dataclass(slots=True)
class _Words:
    """Splits what is added at blanks; quoted text is never split."""

    words: list[str] = field(default_factory=list)
    current: list[str] = field(default_factory=list)

    def add(self, text: str) -> None:
        """Add text that is split at white space."""
        for char in text:
            if char in SPACES:
                self.flush()
            else:
                self.current.append(char)

    def flush(self) -> None:
        """End the current word."""
        word = "".join(self.current)
        if word:
            self.words.append(word)
            self.current.clear()


@dataclass(slots=True)
class Lexer:
    """One pass over one text."""

    text: str
    lookup: Callable[[str], Value | None]
    escape: str
    #: Quotes stay in the result.
    raw_quotes: bool = False
    #: Escape characters stay in the result.
    raw_escapes: bool = False
    #: A reference to an unset variable stays as it is written.
    keep_unset: bool = False
    at: int = 0
    depth: int = 0

    def word(self) -> Value:
        """The whole text as one word.

        Raises:
            ExpansionError: BuildKit refuses it.
        """
        value = self._until("", self.raw_escapes, None)
        return replaced(value) if isinstance(value, str) else value

    def words(self) -> tuple[str, ...]:
        """The text split at blanks after expansion.

        Raises:
            ExpansionError: BuildKit refuses it.
        """
        words = _Words()
        self._until("", self.raw_escapes, words)
        words.flush()
        return tuple(replaced(word) for word in words.words)

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _next(self) -> str:
        char = self.text[self.at : self.at + 1]
        self.at += 1
        return char

    def _until(self, stop: str, raw_escapes: bool, words: _Words | None) -> Value:  # noqa: FBT001
        """Everything up to ``stop``, which is consumed; "" stops at the end alone."""
        outer, self.raw_escapes = self.raw_escapes, raw_escapes
        out: list[Value] = []
        while (char := self._peek()) and char != stop:
            match char:
                case "'" | '"':
                    piece: Value = self._single() if char == "'" else self._double()
                    raw = True
                case "$":
                    piece, raw = self._dollar(), False
                case "<":
                    piece, raw = self._heredoc_operator(), True
                case self.escape:
                    self.at += 1
                    following = self._next()
                    piece = (char if raw_escapes else "") + following
                    raw = True
                case _:
                    self.at += 1
                    piece, raw = char, False
            out.append(piece)
            if words is not None and isinstance(piece, str):
                words.current.append(piece) if raw else words.add(piece)
        if stop and not char:
            raise ExpansionError(f"its {stop} is missing")
        self.at += len(stop)
        self.raw_escapes = outer
        return joined(out, len(self.text))

    def _single(self) -> str:
        """All up to the next single quote, as it is."""
        end = self.text.find("'", self.at + 1)
        if end < 0:
            raise ExpansionError("a single quote is not closed")
        start, self.at = self.at, end + 1
        return self.text[start : end + 1] if self.raw_quotes else self.text[start + 1 : end]

    def _double(self) -> Value:
        """All up to the next double quote; only ``"``, ``$`` and the escape character can be escaped."""
        quote = '"' if self.raw_quotes else ""
        out: list[Value] = [quote]
        self.at += 1
        while char := self._peek():
            if char == "$":
                out.append(self._dollar())
                continue
            self.at += 1
            if char == '"':
                out.append(quote)
                return joined(out, len(self.text))
            if char == self.escape:
                if self.raw_escapes:
                    out.append(char)
                following = self._peek()
                if not following:
                    break
                if following in ('"', "$", self.escape):
                    char = self._next()
            out.append(char)
        raise ExpansionError("a double quote is not closed")

    def _heredoc_operator(self) -> str:
        """``<<`` with the blanks behind it is one piece, so that its word stays with it."""
        self.at += 1
        if self._peek() != "<":
            return "<"
        start = self.at - 1
        self.at += 1
        while self._peek() in ("\t", "\r", " "):
            self.at += 1
        return self.text[start : self.at]

    def _name(self) -> str:
        """A name, a number, or one special parameter; "" where none stands here."""
        start = self.at
        first = self._peek()
        if first.isdecimal():
            while self._peek().isdecimal():
                self.at += 1
        elif first in _SPECIAL_PARAMETERS:
            self.at += len(first)
        else:
            while (char := self._peek()).isalpha() or char.isdecimal() or char == "_":
                self.at += 1
        return self.text[start : self.at]

    def _dollar(self) -> Value:
        """``$NAME`` or ``${NAME…}``."""
        self.at += 1
        if self._peek() != "{":
            name = self._name()
            return self._value(name, f"${name}") if name else "$"
        self.at += 1
        if not self._peek():
            raise ExpansionError("its } is missing")
        if self._peek() in "{}:":
            raise ExpansionError("${ is followed by no name")
        self.depth += 1
        if self.depth > _DEPTH:
            raise TooDeepError("it is nested too deeply")
        value = self._braced(self._name())
        self.depth -= 1
        return value

    def _value(self, name: str, written: str) -> Value:
        value = self.lookup(name)
        if value is None:
            return written if self.keep_unset else ""
        return value

    def _braced(self, name: str) -> Value:
        """What follows the name in ``${NAME…}``."""
        operator = self._next()
        if operator == "}":
            return self._value(name, f"${{{name}}}")
        if operator == "/":
            return self._substitution(name)
        null_is_unset = operator == ":"
        if null_is_unset:
            operator = self._next()
        if not operator or operator not in ("+-?" if null_is_unset else "+-?#%"):
            raise ExpansionError(f"${{{name} is followed by an operator that Docker does not have")
        word = self._until("}", operator in "#%", None)
        value = self.lookup(name)
        if value is None and self.keep_unset:
            return joined([f"${{{name}{':' if null_is_unset else ''}{operator}", word, "}"], len(self.text))
        if isinstance(value, Unknown):
            return value
        if operator in "#%":
            return _trimmed(operator, word, value or "")
        is_set = value is not None and not (null_is_unset and value == "")
        match operator:
            case "-":
                return value if is_set and value is not None else word
            case "+":
                return word if is_set else ""
            case _ if not is_set or value is None:
                raise ExpansionError(f"{name} must be set: {word if isinstance(word, str) else ''}".removesuffix(": "))
            case _:
                return value

    def _substitution(self, name: str) -> Value:
        """``${NAME/pattern/replacement}`` and ``${NAME//pattern/replacement}``."""
        everywhere = self._peek() == "/"
        self.at += everywhere
        pattern = self._until("/", raw_escapes=True, words=None)
        replacement = self._until("}", raw_escapes=True, words=None)
        value = self.lookup(name)
        if value is None and self.keep_unset:
            return joined([f"${{{name}/", pattern, "/", replacement, "}"], len(self.text))
        for part in (value, pattern, replacement):
            if isinstance(part, Unknown):
                return part
        if len(str(value or "")) * len(str(replacement)) > LONGEST**2:
            return Unknown(f"what {name} becomes grows too long to be followed")
        try:
            return substitute(str(pattern), str(replacement), str(value or ""), everywhere=everywhere)
        except PatternError as error:
            raise ExpansionError(str(error)) from error


def _trimmed(operator: str, word: Value, value: str) -> Value:
    """``#`` and ``%`` cut off the shortest match; doubled, the longest."""
    if isinstance(word, Unknown):
        return word
    longest = word.startswith(operator)
    pattern = word[1:] if longest else word
    try:
        cut = remove_prefix if operator == "#" else remove_suffix
        return cut(pattern, value, longest=longest)
    except PatternError as error:
        raise ExpansionError(str(error)) from error
