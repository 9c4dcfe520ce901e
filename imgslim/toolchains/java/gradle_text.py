"""Gradle's build files, Groovy and Kotlin, as nested blocks of literal statements; nothing is evaluated.

Both languages write settings as ``name = "value"``, ``name "value"``, ``name.set("value")`` and blocks
``name { … }``, ``name("x") { … }``. That is what is read; a statement of any other shape is kept without a value.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.records import dataclass, field
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Bytes of a file, blocks in blocks.
_LARGEST = 1_000_000
_DEEPEST = 24

_TOKEN = regex(
    r"(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z)|#![^\n]*)"
    r"|(?P<string>\"\"\".*?(?:\"\"\"|\Z)|'''.*?(?:'''|\Z)|\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?)"
    r"|(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)"
    r"|(?P<end>[\n;]+)"
    r"|(?P<sign>[{}()\[\]=,:!+<>?]|->|[^\s\w])"
    r"|(?P<number>\d[\w.]*)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One token."""

    kind: str
    text: str

    @property
    def value(self) -> str | None:
        """A string's content; None where it holds an expression, and for other tokens."""
        if self.kind != "string":
            return None
        quotes = self.text[:3] if self.text[:3] in ('"""', "'''") else self.text[:1]
        inner = self.text[len(quotes) :].removesuffix(quotes)
        return None if quotes.startswith('"') and "$" in inner else inner.replace("\\", "")


@dataclass(slots=True)
class Block:
    """A block, or the whole file."""

    #: What stands before its brace: ``tasks.named("bootJar")`` as its names and strings.
    head: tuple[str, ...] = ()
    statements: list[tuple[Token, ...]] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)

    def named(self, *names: str) -> Iterator[Block]:
        """The blocks directly inside that one of ``names`` opens: ``jar { }``, ``tasks.named("jar") { }``."""
        for block in self.blocks:
            if any(name in block.head or f"tasks.{name}" in block.head for name in names):
                yield block
            elif block.head[:1] == ("tasks",):
                yield from block.named(*names)

    def setting(self, *names: str) -> str | None:
        """The last literal value of a setting; "*" where it is not literal, None where it is not there."""
        found: str | None = None
        for statement in self.statements:
            for at, token in enumerate(statement):
                if token.kind != "name" or _setter(token.text) not in names:
                    continue
                rest = [t for t in statement[at + 1 :] if t.text not in ("=", "(", ")", ".", "set")]
                if at and statement[at - 1].text in ("(", "+", ","):
                    continue  # read, not set
                if rest or token.text.endswith(".set"):
                    found = rest[0].value if len(rest) == 1 and rest[0].value is not None else "*"
                    if len(rest) == 1 and rest[0].text in ("null", "None"):
                        found = ""
                break
        return found


def _setter(name: str) -> str:
    """``archivesName.set`` and ``project.version`` name the setting."""
    return name.removesuffix(".set").removeprefix("project.").removeprefix("this.")


def read_gradle(data: bytes) -> Block:
    """Read a build file; what is too large gives an empty one."""
    root = Block()
    if len(data) > _LARGEST:
        return root
    stack = [root]
    statement: list[Token] = []
    depth = 0
    for match in _TOKEN.finditer(data.decode("utf-8", "replace")):
        kind, text = str(match.lastgroup), match[0]
        if kind == "comment":
            continue
        if text in "([" and kind == "sign":
            depth += 1
        elif text in ")]" and kind == "sign":
            depth = max(0, depth - 1)
        if kind == "end" and depth == 0:
            _close(stack[-1], statement)
        elif kind == "end":
            continue
        elif text == "{" and kind == "sign":
            block = Block(tuple(_head(statement)))
            stack[-1].blocks.append(block)
            statement.clear()
            stack.append(block)
            depth = 0
            if len(stack) > _DEEPEST:
                return Block()
        elif text == "}" and kind == "sign":
            _close(stack[-1], statement)
            if len(stack) > 1:
                stack.pop()
            depth = 0
        else:
            statement.append(Token(kind, text))
    _close(stack[0], statement)
    return root


def _close(block: Block, statement: list[Token]) -> None:
    if statement:
        block.statements.append(tuple(statement))
        statement.clear()


def _head(statement: list[Token]) -> Iterator[str]:
    for token in statement:
        if token.kind == "name":
            yield token.text
        elif token.value is not None:
            yield token.value
