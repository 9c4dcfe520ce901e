"""What one JavaScript or TypeScript file says: what it imports, calls with their arguments, string literals."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING

from imgslim.records import dataclass, field, replace
from imgslim.regex import regex
from imgslim.toolchains.node.forwarded import Functions, functions_of
from imgslim.toolchains.node.lex import tokens
from imgslim.toolchains.node.loading import around, is_at, loads, member_of
from imgslim.toolchains.node.names import Names, bindings, named
from imgslim.toolchains.node.value import SELF, Path, evaluate, group, held, sketch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imgslim.toolchains.node.lex import Token

__all__ = ["SELF", "Import", "Literal", "Path", "Script", "Use", "read_script"]

#: ``a.b = 1``, ``a[0] = 1``, ``a.push(1)``; ``Object.assign(a, …)``.
_CHANGED = regex(
    r"([\w$]+)\s*(?:(?:\.\s*[\w$]+|\[[^\]\n]*\])\s*=(?![=>])"
    r"|\.\s*(?:push|unshift|splice|pop|shift|sort|reverse|fill|copyWithin)\s*\()"
    r"|\bObject\.(?:assign|definePropert(?:y|ies))\(\s*([\w$]+)"
)
#: Globals that are noted like modules, with their members.
_GLOBALS = ("process", "fetch", "eval", "Function")
#: What stands before the name of a method.
_BEFORE_METHOD = frozenset("{ } ; , * function async static public private protected override abstract".split())


@dataclass(frozen=True, slots=True)
class Import:
    """One module that the file loads."""

    #: As written; None where it is computed.
    name: str | None
    line: int
    #: True where it is told by a sum or a name of a constant: what becomes of the module is not followed.
    put_together: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """One call, or one mention without a call, of something that a module gives."""

    #: The module's name without ``node:``; "" for a method of something else.
    module: str
    #: ``readFile``, ``promises.readFile``.
    name: str
    #: None where it is not called; an argument is None where it is computed.
    arguments: tuple[Path | None, ...] | None
    #: The words that stand in the arguments: the names of options among them.
    words: frozenset[str]
    line: int
    #: The first argument where it is a sum that is computed in part, with a shell's variable for what is.
    sketch: str = ""
    #: What is in the second argument where that is a list; None for what is computed.
    listed: tuple[Path | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Literal:
    """One string literal."""

    text: str
    line: int


@dataclass(frozen=True)
class Script:
    """One file, read."""

    text: str
    parts: tuple[Token, ...]
    names: Names = field(default_factory=Names)

    @cached_property
    def _ends(self) -> tuple[int, ...]:
        return tuple(m.start() for m in re.finditer("\n", self.text))

    def line(self, offset: int) -> int:
        """The one-based line of an offset."""
        return bisect_right(self._ends, offset) + 1

    @cached_property
    def constants(self) -> Mapping[str, Path]:
        """Variables that are given one value that can be told, and no other; of constant lists what is in them."""
        found: dict[str, Path | None] = {}
        parts = self.parts
        for at in range(len(parts) - 2):
            if parts[at].kind != "word" or parts[at + 1].text != "=" or parts[at + 2].text == "=":
                continue
            name, before = parts[at].text, parts[at - 1].text if at else ""
            if before in ("const", "let", "var", ","):
                told = {k: v for k, v in found.items() if v}
                expression = _expression(parts, at + 2)
                value = evaluate(expression, self.names, told)
                found[name] = value if name not in found else None
                if before == "const" and name not in self._changed:
                    found |= held(name, expression, self.names, told)
            elif at and before != ".":
                found[name] = None
        return {name: value for name, value in found.items() if value is not None}

    @cached_property
    def _changed(self) -> frozenset[str]:
        """Names of lists and objects that something is put into, taken out of, or that are handed on whole."""
        return frozenset(match[1] or match[2] for match in _CHANGED.finditer(self.text))

    def imports(self) -> Iterator[Import]:
        """Modules that are loaded by ``import``, ``export … from``, ``require`` and ``import()``."""
        parts = self.parts
        for at, token in enumerate(parts):
            if token.kind != "word" or (at and parts[at - 1].text in (".", "?.")):
                continue
            after = parts[at + 1] if at + 1 < len(parts) else None
            if after is None:
                return
            if token.text in ("require", "import") and after.text == "(" and after.kind == "op":
                yield self._loaded(at + 2, token)
            elif token.text == "require" and after.text == "." and _text(parts, at + 2) == "resolve":
                yield self._loaded(at + 4, token)
            elif (token.text == "import" and after.kind == "string") or (
                token.text == "from" and after.kind == "string" and self._declares(at)
            ):
                yield Import(after.text, self.line(token.offset))

    def _loaded(self, at: int, token: Token) -> Import:
        given = next(group(self.parts, at), ())
        first = evaluate(given, self.names, self.constants)
        relative = first is not None and first.here
        name = None if first is None else f"./{first.text}" if relative and first.text else first.text
        is_literal = len(given) == 1 and given[0].kind in ("string", "template")
        return Import(name, self.line(token.offset), put_together=not is_literal)

    def _declares(self, at: int) -> bool:
        """Tell whether ``from`` at ``at`` ends an import or export that is not of types alone (TypeScript)."""
        while at and self.parts[at].text not in ("import", "export", ";"):
            at -= 1
        return self.parts[at].text in ("import", "export") and _text(self.parts, at + 1) != "type"

    def uses(self) -> tuple[Use, ...]:
        """Selectors of imported modules and calls of methods, in the order of the text."""
        return self._uses

    @cached_property
    def _uses(self) -> tuple[Use, ...]:
        return tuple(self._looked_for())

    def _looked_for(self) -> Iterator[Use]:
        parts, names = self.parts, self.names
        behind = 0
        for at, token in enumerate(parts):
            if token.kind != "word" or at < behind or token.offset in names.declared:
                continue
            if at and parts[at - 1].text in (".", "?.") and parts[at - 1].kind == "op":
                bound = self._of_this(at)
                if bound is None and not loads(parts, at):
                    if _text(parts, at + 1) == "(":
                        yield self._use("", (token.text,), at + 1, token)
                    continue
            else:
                bound = names.bound.get(token.text)
                if bound is None and token.text in _GLOBALS and not _is_method(parts, at):
                    bound = "", token.text
            if loads(parts, at):
                path, end = _members(parts, around(parts, at)[1])
                if path or _text(parts, end) == "(":
                    behind = end
                    names_of = tuple(filter(None, map(member_of, path)))
                    yield from self._each(self._use(named(parts[at + 2].text), names_of, end, token), end)
            elif bound is not None and _text(parts, at + 1) != "=" and not _is_key(parts, at):
                path, end = _members(parts, at + 1)
                behind = end - 1 if loads(parts, end - 1) else end
                module, first = bound if bound[0] else (bound[1], "")
                path = tuple(p for p in (first, *path) if p and p != "default")
                if at > 1 and parts[at - 1].text == "," and parts[at - 2].text == "0" and _text(parts, end) == ")":
                    end += 1
                yield from self._each(self._use(module, path, end, token), end)

    def _each(self, use: Use, end: int) -> Iterator[Use]:
        """One use; where its first argument is a parameter of a function of this file, one for each call of that."""
        given = next(group(self.parts, end + 1), ()) if use.arguments and use.arguments[0] is None else ()
        lone = given[0].text if len(given) == 1 and given[0].kind == "word" else ""
        function = self._functions.around(end, lone) if lone else None
        asked = self._functions.calls(function, lone) if function is not None else None
        index = function.parameters.index(lone) if function is not None else 0
        firsts = [self._argument(at, index) for at in asked or ()]
        if not firsts or None in firsts or use.arguments is None:
            yield use
            return
        for first in firsts:
            yield replace(use, arguments=(first, *use.arguments[1:]))

    def _argument(self, at: int, index: int) -> Path | None:
        """One of the arguments whose list begins at ``at``."""
        given = tuple(group(self.parts, at))
        return evaluate(given[index], self.names, self.constants) if len(given) > index else None

    @cached_property
    def _functions(self) -> Functions:
        return functions_of(self.parts)

    def _of_this(self, at: int) -> tuple[str, str] | None:
        """The module in ``this.name``, where that is one: of a class's field as well."""
        name, bound = self.parts[at].text, self.names.bound
        if at < 2 or self.parts[at - 2].text != "this":  # noqa: PLR2004 (this and the dot)
            return None
        field = bound.get(name)
        return bound.get(f"this.{name}") or (field if field is not None and not field[1] else None)

    def _use(self, module: str, path: tuple[str, ...], end: int, token: Token) -> Use:
        arguments: tuple[Path | None, ...] | None = None
        words: frozenset[str] = frozenset()
        drawn = ""
        listed: tuple[Path | None, ...] = ()
        if end < len(self.parts) and self.parts[end].kind == "template":
            arguments = (Path(self.parts[end].text),)
        elif _text(self.parts, end) == "(" and self.parts[end].kind == "op":
            given = tuple(group(self.parts, end + 1))
            arguments = tuple(evaluate(one, self.names, self.constants) for one in given)
            words = frozenset(t.text for one in given for t in one if t.kind == "word")
            if arguments and arguments[0] is None:
                drawn = sketch(given[0], self.names, self.constants)
            if len(given) > 1 and is_at(given[1], 0, "["):
                listed = tuple(evaluate(one, self.names, self.constants) for one in group(given[1], 1))
        return Use(module, ".".join(path), arguments, words, self.line(token.offset), drawn, listed)

    def literals(self) -> Iterator[Literal]:
        """String literals and templates, those that name modules included."""
        for token in self.parts:
            if token.kind in ("string", "template"):
                yield Literal(token.text, self.line(token.offset))


def read_script(text: str, name: str = "") -> Script:
    """Read a file; ``name`` is its own, for ``__filename``."""
    parts = tuple(tokens(text))
    return Script(text, parts, bindings(parts, posixpath.basename(name)))


def _text(parts: tuple[Token, ...], at: int) -> str:
    return parts[at].text if at < len(parts) else ""


def _members(parts: tuple[Token, ...], at: int) -> tuple[tuple[str, ...], int]:
    """The names behind ``.`` or in ``["…"]`` from ``at`` on, and what follows them."""
    found: list[str] = []
    while at + 1 < len(parts):
        if _text(parts, at) in (".", "?.") and parts[at + 1].kind == "word":
            found.append(parts[at + 1].text)
            at += 2
        elif is_at(parts, at, "[") and parts[at + 1].kind == "string" and is_at(parts, at + 2, "]"):
            found.append(parts[at + 1].text)
            at += 3
        else:
            break
    return tuple(found), at


def _is_key(parts: tuple[Token, ...], at: int) -> bool:
    """Tell whether a word is the name of a property, or is declared there."""
    before = parts[at - 1].text if at else ""
    return (_text(parts, at + 1) == ":" and before in ("{", ",")) or before in ("function", "class")


def _is_method(parts: tuple[Token, ...], at: int) -> bool:
    """Tell whether a word with parameters behind it is the name of a class's or an object's own method."""
    if not is_at(parts, at + 1, "(") or (parts[at - 1].text if at else ";") not in _BEFORE_METHOD:
        return False
    end = at + 2 + max(1, sum(len(one) + 1 for one in group(parts, at + 2)))
    return is_at(parts, end, "{") or is_at(parts, end, ":")


def _expression(parts: tuple[Token, ...], at: int) -> tuple[Token, ...]:
    """The tokens of one expression: up to what ends it."""
    return next(group(parts, at, stops=";"), ())
