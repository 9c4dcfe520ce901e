"""The tokens of Ruby source text (Ruby documentation, "Literals"), as far as calls and their literals need them.

Ruby tells a regular expression from a division, and a word list from a remainder, by what stands before; the same is
done here by the token before and the space around. Text that is no Ruby gives tokens too, never an error.
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
    (?P<space>(?:[ \t\r\f\v]|\\\r?\n)+)
  | (?P<newline>\n)
  | (?P<comment>\#[^\n]*)
  | (?P<heredoc><<[~-]?(?:"[^"\n]+"|'[^'\n]+'|`[^`\n]+`|[A-Z_]\w*))
  | (?P<label>[^\W\d]\w*[?!]?:(?![:\w]))
  | (?P<symbol>:(?=[^\W\d]|["'])(?:[^\W\d]\w*[?!]?)?)
  | (?P<word>(?:@@?|\$)?[^\W\d]\w*(?:[?!](?![=~]))?|\$[^\w\s])
  | (?P<number>\d[\w.]*\d|\d\w*)
  | (?P<quote>["'`])
  | (?P<percent>%[qQwWiIxrs]?[^\w\s=]|%[qQwWiIxrs](?=\W))
  | (?P<slash>/)
  | (?P<char>\?(?=[^\s]))
  | (?P<op>::|&\.|=>|=~|==|!=|\|\||&&|<<|[^\s\w])
    """,
    re.VERBOSE,
)
_PAIRS = {"(": ")", "[": "]", "{": "}", "<": ">"}
#: Words behind which a value begins.
_OPENING = frozenset(
    "and begin case do else elsif ensure if in not or puts return then unless until when while yield".split()
)
_ESCAPE = regex(r"\\(x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{4}|[0-7]{1,3}|\n|.)", re.DOTALL)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "s": " ", "e": "\x1b", "0": "\0", "a": "\a", "b": "\b", "\n": ""}
#: What stands for code inside a string, as a shell reads it.
CODE = "$_"
#: How deep code may lie inside strings inside code before it is left unread.
_DEEPEST = 6


@dataclass(slots=True)  # not frozen: a file has thousands of them
class Token:
    """One token."""

    #: string, command (backticks), list (``%w``), pattern, symbol, label, word, number, newline or op.
    kind: str
    #: As written; of a string its value up to the first interpolation, of a list its words parted by spaces.
    text: str
    offset: int
    #: True for a string whose value the text does not settle: code is interpolated.
    computed: bool = False
    #: True where space stands before it.
    spaced: bool = False
    #: A computed string's whole value, with a shell's variable for each piece of code; "" where there is none.
    whole: str = ""


@dataclass(frozen=True, slots=True)
class Lexed:
    """A text's tokens: the text's own first, then those of each piece of code inside its strings."""

    parts: tuple[tuple[Token, ...], ...]


def lex(text: str) -> Lexed:
    """Read a text; comments and what follows ``__END__`` are left out."""
    found: list[tuple[Token, ...]] = []
    pieces = [(text, 0, 0)]
    while pieces:
        piece, start, depth = pieces.pop(0)
        reader = _Reader(piece, start)
        found.append(tuple(reader.tokens()))
        if depth < _DEEPEST:
            pieces += [(piece[a:b], start + a, depth + 1) for a, b in reader.inner]
    return Lexed(tuple(found))


class _Reader:
    """One pass over one text."""

    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.start = start
        #: Where code lies inside strings.
        self.inner: list[tuple[int, int]] = []
        self._before: Token | None = None
        #: Heredocs whose bodies begin behind this line: their tokens and how they end.
        self._waiting: list[tuple[Token, str]] = []

    def tokens(self) -> Iterator[Token]:
        at, end, spaced = 0, len(self.text), False
        while at < end:
            if self.text.startswith(("=begin", "__END__"), at) and (at == 0 or self.text[at - 1] == "\n"):
                if self.text[at] == "_" and self.text[at + 7 : at + 8] in ("", "\n", "\r"):
                    return
                if self.text[at] == "=":
                    close = self.text.find("\n=end", at)
                    at = end if close < 0 else self._line_end(close + 1)
                    continue
            match = _TOKEN.match(self.text, at)
            if match is None:
                at += 1
                continue
            kind = match.lastgroup or "op"
            if kind in ("space", "comment"):
                at, spaced = match.end(), True
                continue
            if kind == "newline":
                at = self._bodies(match.end())
                yield self._next(Token("newline", "\n", self.start + match.start()))
                spaced = False
                continue
            token, at = self._token(kind, match, spaced=spaced)
            spaced = False
            yield self._next(token)

    def _next(self, token: Token) -> Token:
        self._before = token
        return token

    def _token(self, kind: str, match: re.Match[str], *, spaced: bool) -> tuple[Token, int]:
        text, at, offset = match.group(), match.end(), self.start + match.start()
        if kind == "quote":
            return self._quoted(text, at, offset, spaced=spaced)
        if kind == "percent" and self._begins(match, spaced=spaced):
            return self._percent(match, offset, spaced=spaced)
        if kind == "slash" and self._begins(match, spaced=spaced):
            value, at, whole = self._until("/", "", at, raw=False)
            return Token("pattern", value, offset, bool(whole), spaced), at
        if kind == "char" and self._begins(match, spaced=spaced) and not self.text[at + 1 : at + 2].isalnum():
            return Token("string", self.text[at : at + 1], offset, spaced=spaced), at + 1
        if kind == "heredoc" and (self._begins(match, spaced=spaced) or self._names_end(match, spaced=spaced)):
            name = text.lstrip("<~-")
            token = Token("command" if name[0] == "`" else "string", "", offset, spaced=spaced)
            self._waiting.append((token, name))
            return token, at
        if kind == "symbol" and text == ":":
            token, at = self._quoted(self.text[at], at + 1, offset, spaced=spaced)
            return Token("symbol", ":" + token.text, offset, token.computed, spaced), at
        if kind in ("percent", "heredoc", "char", "slash"):
            width = 2 if kind == "heredoc" else 1
            return Token("op", text[:width], offset, spaced=spaced), match.start() + width
        return Token(kind, text, offset, spaced=spaced), at

    def _begins(self, match: re.Match[str], *, spaced: bool) -> bool:
        """Tell whether a value may begin here: no value stands before, or it is a call's first argument."""
        before = self._before
        if before is None or before.kind in ("newline", "label"):
            return True
        if before.kind == "op":
            return before.text not in (")", "]", "}")
        if before.kind != "word":
            return False
        after = self.text[match.end() : match.end() + 1]
        return before.text in _OPENING or (spaced and not after.isspace())

    def _names_end(self, match: re.Match[str], *, spaced: bool) -> bool:
        """Tell whether ``puts <<~END`` begins a heredoc: the word stands alone on a line below."""
        if not spaced or self._before is None or self._before.kind != "word":
            return False
        word = re.escape(match.group().lstrip("<~-").strip("\"'`"))
        return regex(rf"^[ \t]*{word}\r?$", re.MULTILINE).search(self.text, match.end()) is not None

    def _quoted(self, quote: str, at: int, offset: int, *, spaced: bool) -> tuple[Token, int]:
        value, at, whole = self._until(quote, "", at, raw=quote == "'")
        return Token("command" if quote == "`" else "string", value, offset, bool(whole), spaced, whole), at

    def _percent(self, match: re.Match[str], offset: int, *, spaced: bool) -> tuple[Token, int]:
        text, at = match.group(), match.end()
        letter = text[1] if text[1:2].isalpha() else "Q"
        mark = text[-1] if not text[-1].isalpha() else self.text[at : at + 1]
        at += text[-1].isalpha()
        close = _PAIRS.get(mark, mark)
        value, at, whole = self._until(close, mark if close != mark else "", at, raw=letter in "qwis")
        kind = {"w": "list", "W": "list", "i": "pattern", "I": "pattern", "x": "command", "r": "pattern", "s": "symbol"}
        return Token(kind.get(letter, "string"), value, offset, bool(whole), spaced, whole), at

    def _until(self, close: str, mark: str, at: int, *, raw: bool) -> tuple[str, int, str]:
        """Read up to an unescaped ``close``: the value up to the first interpolation, the end, and the whole value.

        A string that never ends is read to the end of the text.
        """
        depth, begin, end = 0, at, len(self.text)
        pieces: list[str] = []
        stop = regex(r"\\.|#\{|" + "|".join(re.escape(c) for c in {close, mark} if c), re.DOTALL)
        while (match := stop.search(self.text, at)) is not None:
            what, at = match.group(), match.end()
            if what == "#{" and not raw:
                pieces.append(self.text[begin : match.start()])
                begin = self._code_end(at)
                self.inner.append((at, max(at, begin - 1)))
                at = begin
            elif what == mark:
                depth += 1
            elif what == close:
                if not depth:
                    end = match.start()
                    break
                depth -= 1
        else:
            at = end
        first, whole = _values([*pieces, self.text[begin:end]], raw=raw, close=close)
        return first, at, whole

    def _code_end(self, at: int) -> int:
        """Where the code behind ``#{`` ends, strings in it stepped over."""
        depth = 0
        while (match := _CODE.search(self.text, at)) is not None:
            at = match.end()
            if match.group() == "{":
                depth += 1
            elif match.group() == "}":
                if not depth:
                    return at
                depth -= 1
        return len(self.text)

    def _bodies(self, at: int) -> int:
        """Read the heredocs that begin behind a line's end."""
        for token, name in self._waiting:
            raw = name[0] == "'"
            word = name.strip("\"'`")
            match = regex(rf"^[ \t]*{re.escape(word)}\r?$", re.MULTILINE).search(self.text, at)
            end = match.start() if match is not None else len(self.text)
            pieces = [self.text[at:end]] if raw else self._codes(at, end)
            token.text, token.whole = _values(pieces, raw=raw, close="")
            token.computed = bool(token.whole)
            at = self._line_end(match.start()) if match is not None else len(self.text)
        self._waiting = []
        return at

    def _codes(self, at: int, end: int) -> list[str]:
        """Note where code lies in a heredoc; the text before, between and behind."""
        pieces: list[str] = []
        while (opening := self.text.find("#{", at, end)) >= 0:
            pieces.append(self.text[at:opening])
            at = min(self._code_end(opening + 2), end)
            self.inner.append((opening + 2, max(opening + 2, at - 1)))
        return [*pieces, self.text[at:end]]

    def _line_end(self, at: int) -> int:
        found = self.text.find("\n", at)
        return len(self.text) if found < 0 else found + 1


_CODE = regex(r"""[{}]|"(?:[^"\\#]|\\.|#)*"|'(?:[^'\\]|\\.)*'""", re.DOTALL)


def _values(pieces: list[str], *, raw: bool, close: str) -> tuple[str, str]:
    """The first piece's value, and that of all where code stands between them."""
    values = [_value(piece, raw=raw, close=close) for piece in pieces]
    return values[0], CODE.join(values) if len(values) > 1 else ""


def _value(text: str, *, raw: bool, close: str) -> str:
    """A string's value without its escapes (Ruby documentation, "Double-Quoted String Literals")."""
    if "\\" not in text:
        return text
    if raw:
        return text.replace("\\\\", "\\").replace("\\" + close, close)
    return _ESCAPE.sub(_unescape, text)


def _unescape(match: re.Match[str]) -> str:
    body = match[1]
    if body[0] in "xu" and len(body) > 1:
        return chr(int(body[1:], 16))
    if body[0] in "01234567":
        return chr(int(body, 8) & 0xFF)
    return _SIMPLE.get(body, body)
