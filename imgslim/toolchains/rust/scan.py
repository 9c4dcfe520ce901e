"""What a Rust file says: what it imports, calls with their literals, modules it is made of, string literals."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.toolchains.arguments import ARGUMENTS_LIMIT
from imgslim.toolchains.rust.expressions import (
    arguments_at,
    closing,
    is_address,
    literal,
    more_arguments,
    path_to,
    without_tests,
)
from imgslim.toolchains.rust.lex import Token, tokens, unquote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Use:
    """One call: ``Command::new("x")``, ``.arg("y")``, ``tempdir()``."""

    #: The whole path with what is imported put in: ``std::process::Command::new``; "" for a method.
    path: str
    #: The last word.
    name: str
    #: An argument is None where it is no literal. None for all: it is no call, the function itself is handed on.
    arguments: tuple[str | None, ...] | None
    line: int
    #: Further literal arguments by ``.arg(…)`` and ``.args([…])`` right behind; ends with None where one is no literal.
    more: tuple[str | None, ...] = ()
    #: Index of the token behind the opening bracket.
    at: int = 0


@dataclass(frozen=True, slots=True)
class Literal:
    """One string literal."""

    text: str
    line: int
    #: The macro or function that it is the first argument of; "" for none.
    inside: str


@dataclass(frozen=True, slots=True)
class Module:
    """``mod name;``: a file of its own."""

    name: str
    #: The value of ``#[path = "…"]``; "" where there is none.
    path: str


class Body:
    """One file, as tokens without comments and without what is only compiled for tests."""

    def __init__(self, label: str, text: str, package: str = "") -> None:
        """Read ``text``, of the file that people know as ``label``, in the package whose folder is ``package``."""
        self.label = label
        self.package = package
        self.text = text
        self.parts = tuple(without_tests(list(tokens(text))))
        self._ends = tuple(m.start() for m in re.finditer("\n", text))
        words = {t.text for t in self.parts if t.kind == "word"}
        #: Whether its ``open`` may be that of ``OpenOptions``, and whether that may make what is not there.
        self.opens_with_options = "OpenOptions" in words or {"File", "options"} <= words
        self.makes_files = not words.isdisjoint({"create", "create_new"})
        self.names: dict[str, str] = {}
        #: Paths of ``use x::*``.
        self.globs: list[str] = []
        for at, token in enumerate(self.parts):
            if token.kind == "word" and token.text == "use" and (at == 0 or self.parts[at - 1].text in ";}{]pub)"):
                self._use(at + 1, "")
        self._rename()

    def line(self, offset: int) -> int:
        """The one-based line of an offset."""
        return bisect_right(self._ends, offset) + 1

    def _use(self, at: int, prefix: str) -> int:
        """Read one use tree from ``at``; where it ends."""
        parts, path = self.parts, prefix
        while at < len(parts):
            text = parts[at].text
            if text == "{":
                at += 1
                while at < len(parts) and parts[at].text != "}":
                    before, at = at, self._use(at, path)
                    if at < len(parts) and parts[at].text == ",":
                        at += 1
                    if at == before:  # no use tree: the compiler refuses it
                        return at
                return at + 1
            if text == "*":
                self.globs.append(path)
                return at + 1
            if parts[at].kind == "word":
                path = path if text == "self" and path else f"{path}::{text}" if path else text
            elif text != "::":
                return max(at, 1)
            at += 1
            after = parts[at].text if at < len(parts) else ";"
            if after == "as" and at + 1 < len(parts):
                self.names[parts[at + 1].text] = path
                return at + 2
            if after != "::" and parts[at - 1].kind == "word":
                self.names[path.rsplit("::", 1)[-1]] = path
                return at
        return at

    def _rename(self) -> None:
        """``type X = path;``, and C functions that the file declares itself: those are libc's."""
        parts = self.parts
        for at in range(len(parts) - 3):
            if parts[at].text == "type" and parts[at + 2].text == "=":
                end = next((n for n in range(at + 3, min(at + 20, len(parts))) if parts[n].text in (";", "<")), at + 3)
                self.names[parts[at + 1].text] = self.full("".join(t.text for t in parts[at + 3 : end]))
            elif parts[at].text == "extern" and parts[at + 2].text == "{":
                for n in range(at + 3, min(closing(parts, at + 2), len(parts) - 1)):
                    if parts[n].text == "fn":
                        self.names[parts[n + 1].text] = f"libc::{parts[n + 1].text}"

    def full(self, path: str) -> str:
        """A path with its first element looked up among the imports."""
        head, colons, rest = path.partition("::")
        return self.names.get(head, head) + colons + rest

    def modules(self) -> Iterator[Module]:
        """The files that this one is made of."""
        parts, path = self.parts, ""
        for at in range(len(parts) - 2):
            if parts[at].text == "path" and parts[at + 1].text == "=" and parts[at + 2].kind == "string":
                path = unquote(parts[at + 2].text)
            elif parts[at].text == "mod" and parts[at + 1].kind == "word":
                if parts[at + 2].text == ";":
                    yield Module(parts[at + 1].text.removeprefix("r#"), path)
                path = ""

    def constants(self) -> Iterator[tuple[str, str]]:
        """``const`` and ``static`` that are one string literal."""
        return self._set(("const", "static"))

    def variables(self) -> Iterator[tuple[str, str]]:
        """The like by ``let``; what is made of a literal otherwise is another value."""
        return self._set(("let",))

    def _set(self, keywords: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        parts = self.parts
        for at in range(2, len(parts) - 1):
            if parts[at].text == "=" and parts[at + 1].kind == "string":
                start = max(0, at - 8)
                words = [t.text for t in parts[start:at]]
                for keyword in keywords:
                    if keyword in words:
                        place = start + len(words) - 1 - words[::-1].index(keyword) + 1
                        ends = (n for n in range(at + 2, min(at + 24, len(parts))) if parts[n].text == ";")
                        value = literal(list(parts[at + 1 : next(ends, at + 1)]), {})
                        if value is not None and ";" not in words[place - start :]:
                            yield parts[place].text, value

    def addresses(self) -> frozenset[str]:
        """Variables that hold a socket address, or a text that begins as one: no name is looked up for them."""
        parts, found = self.parts, set()
        for at in range(len(parts) - 3):
            if parts[at].text != "let":
                continue
            name = parts[at + 1].text if parts[at + 1].text != "mut" else parts[at + 2].text
            equals = next((n for n in range(at + 2, min(at + 8, len(parts) - 1)) if parts[n].text == "="), None)
            typed = any(t.text in ("SocketAddr", "SocketAddrV4") for t in parts[at + 2 : equals or at + 2])
            if equals is not None and (typed or is_address(parts[equals + 1 : equals + 8])):
                found.add(name)
        return frozenset(found)

    def first_argument(self, use: Use) -> list[Token]:
        """The tokens of a call's first argument."""
        depth, found = 0, []
        for token in self.parts[use.at : use.at + ARGUMENTS_LIMIT]:
            if token.kind == "op":
                if depth == 0 and token.text in (",", ")"):
                    break
                depth += (token.text in "([{") - (token.text in ")]}")
            found.append(token)
        return found

    def may_be_of(self, path: str, crates: set[str]) -> bool:
        """Tell whether a function is that of one of the crates, or may be by ``use x::*``."""
        head = path.partition("::")[0]
        return head in crates or (head[:1].isupper() and any(one.partition("::")[0] in crates for one in self.globs))

    def words(self, use: Use) -> Iterator[str]:
        """String literals among a call's arguments, or in a list that is one."""
        depth = 0
        for token in self.parts[use.at : use.at + ARGUMENTS_LIMIT]:
            if token.kind == "op":
                depth += (token.text in "([{") - (token.text in ")]}")
                if depth < 0:
                    return
            elif token.kind == "string" and depth < 2:  # noqa: PLR2004 (the call's own and a list's)
                yield unquote(token.text)

    def kept(self) -> Iterator[Literal]:
        """String literals that a variable, a constant, a field or an attribute's option has for its value."""
        parts = self.parts
        for at, token in enumerate(parts):
            if token.kind == "string" and at > 1:
                compared = parts[at - 2].text in ("=", "!", "<", ">")
                if parts[at - 1].text == ":" or (parts[at - 1].text == "=" and not compared):
                    yield Literal(unquote(token.text), self.line(token.offset), "")

    def literals(self) -> Iterator[Literal]:
        """String literals, with what they are the first argument of."""
        for at, token in enumerate(self.parts):
            if token.kind == "string":
                yield Literal(unquote(token.text), self.line(token.offset), self._inside(at))

    def _inside(self, at: int) -> str:
        parts = self.parts
        if at < 2 or parts[at - 1].text not in "({[":  # noqa: PLR2004
            return ""
        if parts[at - 2].text == "!" and at > 2:  # noqa: PLR2004
            return parts[at - 3].text + "!"
        return parts[at - 2].text

    def macros(self) -> frozenset[str]:
        """The names of all macros that are called."""
        parts = self.parts
        return frozenset(
            parts[n].text
            for n in range(len(parts) - 2)
            if parts[n].kind == "word" and parts[n + 1].text == "!" and parts[n + 2].text in ("(", "[", "{")
        )

    def uses(self, known: Mapping[str, str]) -> Iterator[Use]:
        """Calls in the order of the text; ``known`` are constants."""
        parts = self.parts
        for at in range(len(parts) - 1):
            before = parts[at - 1].text if at else ""
            if parts[at].kind != "word" or before == "fn":
                continue
            if parts[at + 1].text != "(":
                if before == "::" and parts[at + 1].text != "!":
                    yield Use(self.full(path_to(parts, at)), parts[at].text, None, self.line(parts[at].offset))
                continue
            arguments = tuple(arguments_at(parts, at + 2, known))
            path = "" if before == "." else self.full(path_to(parts, at))
            more = tuple(more_arguments(parts, at + 1, known))
            yield Use(path, parts[at].text, arguments, self.line(parts[at].offset), more, at + 2)
