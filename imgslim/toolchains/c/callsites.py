"""Where a C or C++ source uses a function whose name matters, and with what: by its tokens alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.toolchains.c.calls import ADDRESS, FILESYSTEMS, METHODS, PLAIN_STARTS, SCOPED, SOCKET

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

#: Words after which a name with parentheses is a call, where any other word makes it a declaration (``int f(``).
_BEFORE_CALL = frozenset({"return", "else", "do", "throw", "case", "co_return", "co_await", "and", "or", "not", "goto"})

#: What stands on both sides of a value.
_BEFORE_VALUE, _BEHIND = frozenset({"=", "(", ",", "?", ":", "{", "return", "&"}), frozenset({")", ",", ";", "}", ":"})
#: Arguments are looked at this far, in tokens: literal names stand at the front.
_ARGUMENT_TOKENS = 60

#: Classes whose constructor opens what it is given.
_CLASSES = frozenset(
    """
    ifstream ofstream fstream wifstream wofstream wfstream directory_iterator recursive_directory_iterator locale
    mapped_file_source file_mapping
    """.split()
)
#: Those whose ``open`` does as well.
_STREAMS = frozenset({"ifstream", "ofstream", "fstream", "wifstream", "wofstream", "wfstream", "filebuf"})
_NAMESPACES = frozenset({"std", "filesystem", "chrono", "fs", "return"})
#: What copies a string to its first argument, with the argument that the string is.
_COPIES = {
    "strcpy": 1, "strncpy": 1, "strlcpy": 1, "memcpy": 1, "memmove": 1, "stpcpy": 1, "g_strlcpy": 1, "sprintf": 1,
    "snprintf": 2, "strcat": 1, "strncat": 1, "copy": 1,
}  # fmt: skip
#: How far a value's name stands before the call that gives it: ``char *old = strdup(setlocale(``.
_BEFORE = 6


@dataclass(slots=True)  # not frozen: a file has thousands of them
class Token:
    """One token: ``word``, ``punct``, ``string``, or ``other``."""

    kind: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Call:
    """A use of a function whose name matters."""

    name: str
    line: int
    #: The arguments' string values; None where an argument is not a literal. None: the name stands without a call.
    arguments: tuple[str | None, ...] | None
    #: The arguments as they are written, without spaces.
    texts: tuple[str, ...] = ()
    #: What it is a member of, or the namespace; "" where neither stands there.
    owner: str = ""
    #: The variable that its value goes to; "" where none was seen.
    target: str = ""
    #: Whether a name of ``PLAIN_STARTS`` stands where a value does, and no variable of the file has it.
    handed_on: bool = False

    def computed(self, index: int) -> bool:
        """Tell whether an argument is there and neither a literal nor nothing."""
        if self.arguments is None or not 0 <= index < len(self.arguments):
            return False
        return self.arguments[index] is None and self.texts[index] not in {"NULL", "nullptr", "0", "", "{}"}

    def literal(self, index: int) -> str | None:
        """An argument's value; None where it is not a literal."""
        return self.arguments[index] if self.arguments is not None and 0 <= index < len(self.arguments) else None


def calls_in(tokens: Sequence[Token], names: Collection[str]) -> Iterator[Call]:
    """The uses of ``names`` in the order of the text."""
    streams = any(t.text in _STREAMS for t in tokens)
    given = PLAIN_STARTS - _variables(tokens)
    places, bare = _filesystems(tokens)
    for at, token in enumerate(tokens):
        if token.kind != "word" or token.text not in names:
            continue
        before = tokens[at - 1].text if at else ""
        earlier = tokens[at - 2] if at > 1 else None
        owner = earlier.text if earlier is not None and before in {".", "->", "::"} and earlier.kind == "word" else ""
        if token.text == SOCKET:
            yield from _socket(tokens, at)
        elif token.text == ADDRESS:
            yield from _address(tokens, at)
        elif streams and token.text == "open" and before in {".", "->"}:
            yield _call("stream.open", tokens, at, at + 2, owner)
        elif token.text in SCOPED:
            owners, name = SCOPED[token.text]
            renamed = owner in places if owner else _is_bare(tokens, at, bare)
            if owner in owners or (renamed and owners is FILESYSTEMS):
                yield from _made(name, tokens, at, owner)
        elif before in {".", "->"} or (before == "::" and owner and owner not in _NAMESPACES):
            if token.text in METHODS:
                after = [t.text for t in tokens[at + 1 : at + 3]]
                direct = after[:1] in (["("], ["{"])
                found = at + 2 if direct else at + 3 if after == [">", "("] else None
                yield _call(f"::{token.text}", tokens, at, found, owner)
        elif token.text in _CLASSES:
            yield from _made(token.text, tokens, at, owner)
        elif not (before and tokens[at - 1].kind == "word" and before not in _BEFORE_CALL):
            called = at + 1 < len(tokens) and tokens[at + 1].text in {"(", "{"}
            if called:
                yield _call(token.text, tokens, at, at + 2, owner)
            else:
                is_value = token.text in given and _is_value(tokens, at)
                yield Call(token.text, token.line, None, (), owner, handed_on=is_value)


def _filesystems(tokens: Sequence[Token]) -> tuple[set[str], set[str]]:
    """Other names that the file gives to a library's namespace ``filesystem``, and what of it needs no owner here.

    ``namespace files = std::filesystem;``, ``using std::filesystem::exists;``, and ``using namespace
    std::filesystem;``, which is said as ``*``.
    """
    places: set[str] = set()
    bare: set[str] = set()
    for at, token in enumerate(tokens):
        if token.text != "filesystem" or at + 1 >= len(tokens):
            continue
        first = at
        while first > 1 and tokens[first - 1].text == "::" and tokens[first - 2].kind == "word":
            first -= 2
        words = [t.text for t in tokens[max(first - 3, 0) : first]]
        after = tokens[at + 1].text
        if after == ";" and words[-2:] == ["using", "namespace"]:
            bare.add("*")
        elif after == ";" and words[0:1] == ["namespace"] and words[-1] == "=":
            places.add(words[1])
        elif after == "::" and words[-1:] == ["using"] and tokens[at + 3 : at + 4]:
            bare.add(tokens[at + 2].text)
    return places, bare


def _is_bare(tokens: Sequence[Token], at: int, bare: set[str]) -> bool:
    """Tell whether a name is called without an owner, and the file says that it is that of ``filesystem``."""
    before = tokens[at - 1].text if at else ""
    known = bool(bare) and (tokens[at].text in bare or "*" in bare)
    return known and before not in {".", "->", "::"} and [t.text for t in tokens[at + 1 : at + 2]] == ["("]


def _call(name: str, tokens: Sequence[Token], at: int, arguments: int | None, owner: str) -> Call:
    if arguments is None:
        return Call(name, tokens[at].line, None, (), owner)
    found = list(_arguments(tokens, arguments))
    return Call(
        name, tokens[at].line, tuple(v for v, _ in found), tuple(t for _, t in found), owner, _target(tokens, at)
    )


def _is_value(tokens: Sequence[Token], at: int) -> bool:
    """Tell whether a name is given to something as ``f = system``, ``each(names, system)``, ``(system)("ls")``."""
    inside = 0 < at < len(tokens) - 1
    return inside and tokens[at - 1].text in _BEFORE_VALUE and tokens[at + 1].text in _BEHIND


def _variables(tokens: Sequence[Token]) -> set[str]:
    """Names of ``PLAIN_STARTS`` that the file declares for something of its own."""
    return {
        token.text
        for at, token in enumerate(tokens)
        if token.text in PLAIN_STARTS and token.kind == "word" and 0 < at < len(tokens) - 1
        if tokens[at + 1].text != "(" and _is_type(tokens[at - 2 if tokens[at - 1].text in ("*", "&") else at - 1])
    }


def _is_type(token: Token) -> bool:
    """Tell whether what stands before a name may declare it."""
    return token.kind == "word" and token.text not in _BEFORE_CALL


def _target(tokens: Sequence[Token], at: int) -> str:
    """The word before the ``=`` that the statement has before the call."""
    for back in range(at - 1, max(at - 1 - _BEFORE, 0), -1):
        text = tokens[back].text
        if text == "=" and tokens[back - 1].kind == "word":
            return tokens[back - 1].text
        if text in {";", "{", "}", ",", "=="}:
            break
    return ""


def _made(name: str, tokens: Sequence[Token], at: int, owner: str) -> Iterator[Call]:
    """An object of a class: ``T("x")``, ``T name("x")``, ``make_unique<T>("x")``; a stream that is only declared."""
    after = [t.text for t in tokens[at + 1 : at + 3]]
    if not after:
        return
    if after[0] in {"(", "{"}:
        yield _call(name, tokens, at, at + 2, owner)
    elif len(after) > 1 and after[1] in {"(", "{"} and (tokens[at + 1].kind == "word" or after[0] == ">"):
        yield _call(name, tokens, at, at + 3, owner)
    elif len(after) > 1 and after[1] == ";" and tokens[at + 1].kind == "word" and name in _STREAMS:
        yield Call("stream.declared", tokens[at].line, None, (), after[0])


def _socket(tokens: Sequence[Token], at: int) -> Iterator[Call]:
    """What is written to ``x.sun_path``: by an assignment, or by a function that copies there.

    A name behind a first byte that is zero is none of a file (unix(7), "abstract").
    """
    line, after = tokens[at].line, [t.text for t in tokens[at + 1 : at + 3]]
    if after[:1] == ["="]:
        yield _written(line, [(t.text if t.kind == "string" else None, t.text) for t in tokens[at + 2 : at + 3]], 0)
        return
    if after in (["[", "1"], ["+", "1"]):
        return
    depth, commas, start = 0, 0, at
    while start and (depth or tokens[start].text not in {"(", ";", "{", "}"}):
        start -= 1
        depth += (tokens[start].text == ")") - (tokens[start].text == "(" and depth > 0)
        commas += depth == 0 and tokens[start].text == ","
    name = tokens[start - 1].text if start and tokens[start].text == "(" else ""
    if name in _COPIES and commas == 0:
        given = list(_arguments(tokens, start + 1))
        index = _COPIES[name]
        plain = name in {"sprintf", "snprintf"} and len(given) > index and given[index][0] == "%s"
        yield _written(line, given, index + plain)
    elif name in {"copy", "copy_n"}:
        yield _written(line, [], 0)


def _address(tokens: Sequence[Token], at: int) -> Iterator[Call]:
    """An address that is declared with its name: ``struct sockaddr_un a = {AF_UNIX, "/run/x.sock"}``."""
    if [t.text for t in tokens[at + 2 : at + 4]] != ["=", "{"]:
        return
    for value, text in list(_arguments(tokens, at + 4))[1:2]:
        if not text.startswith("."):
            yield Call(SOCKET, tokens[at].line, (value,), (text,))


def _written(line: int, given: Sequence[tuple[str | None, str]], index: int) -> Call:
    value, text = given[index] if len(given) > index else (None, "?")
    return Call(SOCKET, line, (value,), (text,))


def _arguments(tokens: Sequence[Token], at: int) -> Iterator[tuple[str | None, str]]:
    """The call's arguments from the token after its parenthesis: each one's value, and how it is written."""
    depth, current, size = 0, None, 0
    written: list[str] = []
    for token in tokens[at : at + _ARGUMENT_TOKENS]:
        if depth == 0 and token.text in {",", ")", "}"} and token.kind == "punct":
            if size or token.text == ",":
                yield (current if size == 1 else None), "".join(written)
            current, size = None, 0
            written = []
            if token.text != ",":
                break
            continue
        depth += (token.text in {"(", "{", "["}) - (token.text in {")", "}", "]"}) if token.kind == "punct" else 0
        current = token.text if token.kind == "string" else None
        size += 1
        written.append(token.text)
