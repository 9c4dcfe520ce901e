"""What the head of a Go file says: package, imports, constraints, cgo and embedded files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.regex import regex
from imgslim.toolchains.golang.constraints import expression_holds, old_lines_hold
from imgslim.toolchains.golang.lex import tokens, unquote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.toolchains.golang.constraints import Platform
    from imgslim.toolchains.golang.lex import Token

_EMBED = regex(r"^[ \t]*//go:embed[ \t]+(.+?)[ \t\r]*$", re.MULTILINE)
_PATTERN = regex(r'"(?:[^"\\]|\\.)*"|`[^`]*`|\S+')
_DECLARATIONS = frozenset({"func", "var", "const", "type"})


@dataclass(frozen=True, slots=True)
class Import:
    """One import."""

    path: str
    #: The name given in the file, "" where none is.
    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Header:
    """The head of one file."""

    #: "" where the text has no package clause.
    package: str
    imports: tuple[Import, ...]
    #: What follows ``//go:build``; None where there is none.
    constraint: str | None
    #: ``// +build`` lines, obeyed where there is no ``//go:build``.
    old_constraints: tuple[str, ...]
    #: The comment right above ``import "C"``.
    preamble: str
    #: ``//go:embed`` patterns.
    embeds: tuple[str, ...]
    #: Where declarations begin.
    end: int

    @property
    def uses_cgo(self) -> bool:
        """Tell whether the file imports "C"."""
        return any(i.path == "C" for i in self.imports)

    def fits(self, platform: Platform) -> bool:
        """Tell whether its constraints let the file into the build; a file with ``import "C"`` needs cgo."""
        if self.uses_cgo and not platform.cgo:
            return False
        if self.constraint is not None:
            return expression_holds(self.constraint, platform)
        return old_lines_hold(self.old_constraints, platform)


def read_header(text: str) -> Header:
    """Read the head of a file, up to its first declaration."""
    package, preamble = "", ""
    build: str | None = None
    imports: list[_Spec] = []
    old: list[str] = []
    #: The comment that ends right above: where it starts, -1 for none, and where it ends.
    comment, comment_end = -1, 0
    stream = tokens(text)
    end = len(text)
    for token in stream:
        if token.kind == "comment":
            if comment < 0 or text.count("\n", comment_end, token.offset) > 1:
                comment = token.offset
            comment_end = token.offset + len(token.text)
            if not package:
                build = _build_line(token.text) or build
                old += _old_lines(token.text)
            continue
        if token.text == "package" and not package:
            package = next((t.text for t in stream if t.kind == "word"), "")
        elif token.text == "import":
            found = _imports(stream)
            imports += found
            if any(spec.path == "C" for spec in found):
                preamble = text[comment:comment_end] if comment >= 0 else ""
        elif token.text in _DECLARATIONS:
            end = token.offset
            break
        comment = -1
    embeds = _embeds(text) if "//go:embed" in text else ()
    return Header(package, _placed(text, imports), build, tuple(old), preamble, embeds, end)


def _build_line(comment: str) -> str | None:
    return comment.removeprefix("//go:build ").strip() if comment.startswith("//go:build ") else None


def _old_lines(comment: str) -> list[str]:
    body = comment.removeprefix("//").strip()
    return [body.removeprefix("+build ")] if comment.startswith("//") and body.startswith("+build ") else []


@dataclass(slots=True)
class _Spec:
    path: str
    name: str
    offset: int


def _placed(text: str, specs: list[_Spec]) -> tuple[Import, ...]:
    """The imports with their lines, counted in one pass."""
    found: list[Import] = []
    line, at = 1, 0
    for spec in specs:
        line += text.count("\n", at, spec.offset)
        at = spec.offset
        found.append(Import(spec.path, spec.name, line))
    return tuple(found)


def _imports(stream: Iterator[Token]) -> list[_Spec]:
    """The specs of one import declaration; the stream stands right behind ``import``."""
    found: list[_Spec] = []
    name, grouped = "", False
    for token in stream:
        if token.kind == "string":
            found.append(_Spec(unquote(token.text), name, token.offset))
            name = ""
            if not grouped:
                break
        elif token.text == "(":
            grouped = True
        elif token.kind == "word" or token.text in (".", "_"):
            name = token.text
        elif token.text == ")":
            break
    return found


def _embeds(text: str) -> tuple[str, ...]:
    return tuple(
        (unquote(word) if word[0] in '"`' else word).removeprefix("all:")
        for match in _EMBED.finditer(text)
        for word in _PATTERN.findall(match[1])
    )
