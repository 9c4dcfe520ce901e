"""What the body of a Go file says: selectors of imported packages, calls with their literals, string literals."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.regex import regex
from imgslim.toolchains.arguments import argument_tokens
from imgslim.toolchains.golang.lex import Token, tokens, unquote
from imgslim.toolchains.golang.modfile import executable_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imgslim.toolchains.golang.packages import GoFile

#: What stands for the program itself: the kernel's name for it.
SELF = "/proc/self/exe"
_TAG = regex(r'^\w+:"')
#: Packages of the standard library that hand on what they are given: a default, the first that is not empty.
_CHOICES = ("flag", "cmp")


@dataclass(frozen=True, slots=True)
class Use:
    """One selector: ``os.Open("x")``, ``http.DefaultClient``, ``r.Static("/", "public")``."""

    #: The import path of the package; "" for a method or field of something else.
    package: str
    name: str
    #: None where it is not called; an argument is None where it is no literal.
    arguments: tuple[str | None, ...] | None
    line: int
    #: True where it is a pointer's or a result's type: naming it makes none.
    only_type: bool = False


@dataclass(frozen=True, slots=True)
class Literal:
    """One string literal."""

    text: str
    line: int
    #: True where it stands behind a ``+``: it may be the tail of a path.
    joined: bool = False


@dataclass(frozen=True)
class Body:
    """The declarations of one file, as tokens."""

    file: GoFile
    parts: tuple[Token, ...]
    #: Offsets of line ends.
    ends: tuple[int, ...]

    def line(self, offset: int) -> int:
        """The one-based line of an offset."""
        return bisect_right(self.ends, offset) + 1

    @cached_property
    def names(self) -> dict[str, str]:
        """The name under which each import is used, to its path."""
        return {
            i.name or guess_name(i.path): i.path
            for i in self.file.header.imports
            if i.name not in ("_", ".") and i.path != "C"
        }

    def constants(self) -> Iterator[tuple[str, str]]:
        """Constants that are one string literal."""
        parts, depth, inside = self.parts, 0, False
        for at, token in enumerate(parts):
            if token.text == "const" and token.kind == "word":
                inside = True
                depth = 0
            elif inside and token.text == "(":
                depth += 1
            elif inside and (token.text == ")" or token.text in ("func", "var", "type")):
                inside = False
            elif inside and token.kind == "string" and at > 1 and parts[at - 1].text == "=":
                name = parts[at - 3] if parts[at - 2].text == "string" else parts[at - 2]
                if not (at + 1 < len(parts) and parts[at + 1].text == "+"):
                    yield name.text, unquote(token.text)
                inside = depth > 0

    def literals(self) -> Iterator[Literal]:
        """String literals, struct tags left out."""
        before = ""
        for token in self.parts:
            if token.kind == "string" and not (token.text[0] == "`" and _TAG.match(token.text[1:])):
                yield Literal(unquote(token.text), self.line(token.offset), before == "+")
            before = token.text

    def words(self) -> Iterator[Literal]:
        """String literals that may come to code that takes one for a path: whatever a call is given, or a value holds.

        Not those that the standard library's own functions take, which are known, save defaults of what a user may
        choose; nor labels of cases, keys, or what something is compared with. Of the standard library's packages the
        import path has no dot in its first element (go.dev/ref/mod).
        """
        parts, names = self.parts, self.names
        silent: list[bool] = []
        for at, token in enumerate(parts):
            if token.kind == "op" and token.text in ("(", "[", "{"):
                head = names.get(parts[at - 3].text, "") if at > 2 and parts[at - 2].text == "." else ""  # noqa: PLR2004
                known = token.text == "(" and head not in _CHOICES and head != "" and "." not in head.partition("/")[0]
                silent.append(known or (token.text == "[" and at > 0 and parts[at - 1].kind == "word"))
            elif token.kind == "op" and token.text in (")", "]", "}") and silent:
                silent.pop()
            elif token.kind == "string" and not (silent and silent[-1]) and self._is_value(at):
                yield Literal(unquote(token.text), self.line(token.offset))

    def _is_value(self, at: int) -> bool:
        """Tell whether the literal is given or kept: no case's label, no key, compared with nothing."""
        parts = self.parts
        before = [t.text for t in parts[max(0, at - 2) : at]]
        after = parts[at + 1].text if at + 1 < len(parts) else ""
        return after not in (":", "=") and before[-1:] != ["case"] and before not in (["=", "="], ["!", "="])

    def aliases(self) -> Iterator[tuple[str, tuple[str, str]]]:
        """Variables that stand for a function of another package: ``var run = exec.Command``."""
        parts, names = self.parts, self.names
        for at in range(4, len(parts) - 1):
            if parts[at].text != "." or parts[at - 1].text not in names or parts[at - 2].text not in ("=", ":="):
                continue
            after = parts[at + 2].text if at + 2 < len(parts) else ""
            # a tuple's element or a field is not followed, nor is a name that stands for anything else later
            if parts[at - 3].kind == "word" and parts[at - 4].text not in (".", ",") and after not in ("(", ".", ","):
                yield parts[at - 3].text, (names[parts[at - 1].text], parts[at + 1].text)

    def uses(self, known: Mapping[str, str], aliases: Mapping[str, tuple[str, str]] | None = None) -> Iterator[Use]:
        """Selectors and calls of aliases in the order of the text.

        Args:
            known: the package's constants.
            aliases: the package's variables that stand for functions; where they are made is no use.
        """
        parts, names = self.parts, self.names
        for at in range(1, len(parts) - 1):
            if aliases and parts[at].text in aliases and parts[at + 1].text == "(" and parts[at - 1].text != ".":
                package, called_name = aliases[parts[at].text]
                given = tuple(_arguments(parts, at + 2, known))
                yield Use(package, called_name, given, self.line(parts[at].offset))
            if parts[at].text != "." or parts[at + 1].kind != "word":
                continue
            left, name = parts[at - 1], parts[at + 1]
            plain = left.kind == "word" and (at < 2 or parts[at - 2].text != ".")  # noqa: PLR2004
            called = at + 2 < len(parts) and parts[at + 2].text == "("
            package = names.get(left.text, "") if plain else ""
            if not package and not called:
                continue
            if aliases and not called and (package, name.text) == aliases.get(parts[at - 3].text if at > 2 else ""):  # noqa: PLR2004
                continue
            arguments = tuple(_arguments(parts, at + 3, known)) if called else None
            before = parts[at - 2].text if at > 1 else ""
            yield Use(package, name.text, arguments, self.line(name.offset), before in ("*", ")"))


def read_body(file: GoFile) -> Body:
    """Read the declarations of a file."""
    parts = tuple(t for t in tokens(file.text, file.header.end) if t.kind != "comment")
    ends = tuple(m.start() for m in re.finditer("\n", file.text))
    return Body(file, parts, ends)


def guess_name(path: str) -> str:
    """The package name by convention: the last element, without major version, ``go-`` and ``.vN`` (gopkg.in)."""
    name = executable_name(path, modules=True)
    name = re.sub(r"\.v\d+$", "", name)
    return name.removeprefix("go-").removesuffix("-go").replace("-", "_")


def _arguments(parts: tuple[Token, ...], at: int, known: Mapping[str, str]) -> Iterator[str | None]:
    """The arguments of a call whose first token is ``parts[at]``."""
    return (None if tokens is None else _value(tokens, known) for tokens in argument_tokens(parts, at))


def _value(parts: list[Token], known: Mapping[str, str]) -> str | None:
    """A literal, a constant, literals joined by ``+``, or ``filepath.Join``; SELF for ``os.Args[0]``; else None."""
    if [t.text for t in parts] == ["os", ".", "Args", "[", "0", "]"]:
        return SELF
    if len(parts) > 5 and parts[0].text in ("filepath", "path") and parts[2].text == "Join":  # noqa: PLR2004
        inner = list(_arguments((*parts[4:-1], Token("op", ")", 0)), 0, known))
        return posixpath.join(*(i for i in inner if i is not None)) if inner and None not in inner else None
    out = ""
    for at, token in enumerate(parts):
        if at % 2:
            if token.text != "+":
                return None
        elif token.kind == "string":
            out += unquote(token.text)
        elif token.kind == "word" and token.text in known:
            out += known[token.text]
        else:
            return None
    return out if len(parts) % 2 else None
