"""Reads makefiles: assignments, rules, conditionals, includes, define (GNU make manual, "Writing Makefiles")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.meaning.paths import has_magic
from imgslim.regex import regex
from imgslim.toolchains.c.driver import HOLE
from imgslim.toolchains.c.make.functions import matches
from imgslim.toolchains.c.make.lex import Line, lines, split_assignment, split_rule
from imgslim.toolchains.c.make.makefile import Makefile, Rule, Variable
from imgslim.toolchains.c.tree import glob
from imgslim.toolchains.tree import join

if TYPE_CHECKING:
    from collections.abc import Iterator

_INCLUDES = 200
_CONDITIONAL = regex(r"(ifeq|ifneq|ifdef|ifndef|else|endif)\b\s*(.*)\Z", re.DOTALL)
_DIRECTIVE = regex(r"(-include|sinclude|include|export|unexport|override|private|vpath|define|undefine)\b\s*(.*)\Z")
_SPECIAL = frozenset({".PHONY", ".SUFFIXES", ".DEFAULT", ".PRECIOUS", ".INTERMEDIATE", ".SECONDARY", ".SILENT"}) | {
    ".SECONDEXPANSION", ".DELETE_ON_ERROR", ".IGNORE", ".NOTPARALLEL", ".ONESHELL", ".POSIX", ".EXPORT_ALL_VARIABLES",
}  # fmt: skip
_SUFFIX_RULE = regex(r"(\.[\w+]+)(\.[\w+]+)?\Z")


class MakefileReader:
    """Feeds a :class:`Makefile` with the text of makefiles."""

    def __init__(self, makefile: Makefile) -> None:
        """Read into ``makefile``."""
        self.makefile = makefile
        #: Each open conditional: the state of this branch (True, False, None for unsettled) and whether one was taken.
        self._conditions: list[tuple[bool | None, bool | None]] = []
        self._current: list[Rule] = []
        makefile.evaluate = self._evaluate

    def read(self, path: str) -> bool:
        """Read the makefile at ``path``; False where it can't be read."""
        text = self.makefile.tree.text(path)
        if text is None or len(self.makefile.read_files) > _INCLUDES:
            return False
        self.makefile.read_files.append(path)
        self._text(text)
        return True

    def _evaluate(self, text: str) -> None:
        self._text(text)

    def _text(self, text: str) -> None:
        outer, self._conditions = self._conditions, []
        stream = lines(text)
        for line in stream:
            self._line(line, stream)
        self._conditions = outer
        self._current = []

    # --- conditionals -----------------------------------------------------------------------------------------

    def _state(self) -> bool | None:
        """True: read; False: skipped; None: read, but nobody knows."""
        states = [state for state, _ in self._conditions]
        return False if False in states else None if None in states else True

    def _conditional(self, word: str, rest: str) -> None:
        if word == "endif":
            if self._conditions:
                self._conditions.pop()
        elif word == "else":
            if self._conditions:
                self._else(rest)
        else:
            value = self._test(word, rest) if self._state() is not False else False
            self._conditions.append((value, value))

    def _else(self, rest: str) -> None:
        _, taken = self._conditions.pop()
        outer = self._state()
        match = _CONDITIONAL.match(rest.strip())
        value = self._test(match[1], match[2]) if match and outer is not False and taken is not True else True
        state = False if taken is True else value if taken is False else (None if value is not False else False)
        self._conditions.append(
            (state, True if taken is True or state is True else None if None in {taken, state} else False)
        )

    def _test(self, word: str, rest: str) -> bool | None:
        if word in {"ifdef", "ifndef"}:
            found = self.makefile.variables.get(self.makefile.expand(rest).strip())
            return (found is not None and bool(found.text)) is (word == "ifdef")
        first, second = _operands(rest)
        left, right = self.makefile.expand(first).strip(), self.makefile.expand(second).strip()
        if HOLE in left + right:
            return None
        return (left == right) is (word == "ifeq")

    # --- lines ------------------------------------------------------------------------------------------------

    def _line(self, line: Line, stream: Iterator[Line]) -> None:
        text = line.text.strip()
        conditional = _CONDITIONAL.match(text) if not line.recipe or not self._current else None
        if conditional is None and line.recipe and self._current:
            conditional = (
                _CONDITIONAL.match(text)
                if text.startswith(("ifeq", "ifneq", "ifdef", "ifndef", "else", "endif"))
                else None
            )
        if conditional is not None:
            self._conditional(conditional[1], conditional[2])
            return
        if self._state() is False:
            if text.startswith("define "):
                _define_body(stream)
            return
        if line.recipe and self._current:
            for rule in self._current:
                rule.recipe.append(line.text)
            return
        if not text:
            return
        directive = _DIRECTIVE.match(text)
        if directive is not None and not re.match(r"[:?+]?=|:(?!=)", directive[2]):
            self._directive(directive[1], directive[2], stream)
            return
        assignment = split_assignment(text)
        if assignment is not None:
            self._current = []
            self._assign(*assignment)
            return
        self._rule(text)

    def _assign(self, name: str, operator: str, value: str, *, override: bool = False) -> None:
        maybe = self._state() is None
        self.makefile.assign(self.makefile.expand(name), operator, value, maybe=maybe, override=override)

    def _directive(self, word: str, rest: str, stream: Iterator[Line]) -> None:
        makefile = self.makefile
        match word:
            case "include" | "-include" | "sinclude":
                self._include(makefile.expand(rest).split(), optional=word != "include")
            case "export" | "private" | "override":
                assignment = split_assignment(rest)
                if rest.startswith("define ") or rest == "define":
                    self._define(rest[len("define") :].strip(), stream)
                elif assignment is not None:
                    self._assign(*assignment, override=word == "override")
                    rest = assignment[0]
                if word == "export":
                    makefile.exported |= set(makefile.expand(rest).split()) or {"*"}
            case "define":
                self._define(rest, stream)
            case "vpath":
                pattern, *folders = makefile.expand(rest).replace(":", " ").split() or [""]
                makefile.vpath.append((pattern, folders))
            case _:
                makefile.variables.pop(rest.strip(), None)

    def _include(self, names: list[str], *, optional: bool) -> None:
        for name in names:
            found = glob(self.makefile.tree, self.makefile.cwd, name) if has_magic(name) else (name,)
            for file in found:
                conditions, self._conditions = self._conditions, []
                ok = HOLE not in file and self.read(join(self.makefile.cwd, file))
                self._conditions = conditions
                if not ok and not optional and not file.endswith((".d", ".dep", ".depend")):
                    self.makefile.problems.append(
                        f"the makefile includes {file.replace(HOLE, '…')}, which can't be read"
                    )

    def _define(self, head: str, stream: Iterator[Line]) -> None:
        name = re.sub(r"\s*[:+?]?=\s*\Z", "", head).strip()
        self.makefile.variables[name] = Variable(_define_body(stream), recursive=True, origin="file")

    def _rule(self, text: str) -> None:
        head, semicolon, recipe = text.partition(";")
        expanded = self.makefile.expand(head)
        split = split_rule(expanded)
        if split is None:
            self._current = []
            return
        names, rest, double = split
        targets = self._globbed(names.split())
        specific = split_assignment(rest)
        if specific is not None:
            raw = split_rule(head)
            original = split_assignment(raw[1]) if raw is not None else None
            for target in targets:
                self.makefile.specific.setdefault(target, []).append(original or specific)
            self._current = []
            return
        self._current = list(self._rules(targets, rest, double=double))
        if semicolon:
            for rule in self._current:
                rule.recipe.append(recipe.strip())

    def _globbed(self, names: list[str]) -> list[str]:
        makefile = self.makefile
        return [
            p
            for n in names
            for p in (glob(makefile.tree, makefile.cwd, n, makefile.made()) or (n,) if has_magic(n) else (n,))
        ]

    def _rules(self, targets: list[str], rest: str, *, double: bool) -> Iterator[Rule]:
        makefile = self.makefile
        parts = rest.split(":")
        normal, _, order = parts[-1].partition("|")
        # .WAIT is no file: it parts what may run side by side (GNU make manual, "Disabling Parallel Execution").
        prerequisites = self._globbed([word for word in normal.split() if word != ".WAIT"])
        order_only = tuple(order.split())
        if len(parts) > 1:
            yield from self._static(targets, parts[0].strip(), prerequisites, order_only)
            return
        if targets and targets[0] in _SPECIAL:
            if targets[0] == ".PHONY":
                makefile.phony.update(prerequisites)
            return
        if any("%" in t for t in targets):
            rule = Rule(tuple(targets), tuple(prerequisites), order_only)
            makefile.add_pattern(rule)
            yield rule
            return
        suffix = _SUFFIX_RULE.fullmatch(targets[0]) if len(targets) == 1 and not prerequisites else None
        if suffix is not None and suffix[1] in {".c", ".cc", ".cpp", ".cxx", ".C", ".o", ".S", ".s", ".l", ".y"}:
            rule = Rule((f"%{suffix[2] or ''}",), (f"%{suffix[1]}",), ())
            makefile.suffixes.append(rule)
            yield rule
            return
        if not makefile.default_goal:
            makefile.default_goal = next((t for t in targets if not t.startswith(".") or "/" in t), "")
        for target in targets:
            rule = Rule((target,), tuple(prerequisites), order_only, double=double)
            makefile.rules.append(rule)
            yield rule

    def _static(self, targets: list[str], pattern: str, sources: list[str], order: tuple[str, ...]) -> Iterator[Rule]:
        """``$(OBJS): %.o: %.c``: one rule for each target (GNU make manual, "Static Pattern Rules")."""
        if not self.makefile.default_goal and targets:
            self.makefile.default_goal = targets[0]
        for target in targets:
            stem = matches(pattern, target) or ""
            rule = Rule((target,), tuple(s.replace("%", stem, 1) for s in sources), order, stem=stem)
            self.makefile.rules.append(rule)
            yield rule


def _define_body(stream: Iterator[Line]) -> str:
    body: list[str] = []
    depth = 1
    for line in stream:
        word = line.text.strip()
        depth += word.startswith("define ") - (word.split(" ")[0] == "endef")
        if depth == 0:
            break
        body.append(("\t" if line.recipe else "") + line.text)
    return "\n".join(body)


def _operands(rest: str) -> tuple[str, str]:
    """The two sides of ``ifeq (a,b)`` or ``ifeq "a" "b"``."""
    rest = rest.strip()
    if rest.startswith("("):
        depth = 0
        comma = -1
        for at, char in enumerate(rest):
            depth += (char in "({") - (char in ")}")
            if char == "," and depth == 1 and comma < 0:
                comma = at
            if depth == 0:
                return (rest[1:comma], rest[comma + 1 : at]) if comma > 0 else (rest[1:at], "")
        return rest, ""
    quoted = re.findall(r"\"([^\"]*)\"|'([^']*)'", rest)
    sides = [a or b for a, b in quoted]
    return (sides[0], sides[1]) if len(sides) > 1 else (rest, "")
