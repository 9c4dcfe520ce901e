"""Makefiles as far as they are plain: rules, literal variables, the recipe lines of a goal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.regex import regex
from imgslim.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imgslim.meaning.trace import Command
    from imgslim.values import Value

#: What make looks for, in this order (GNU make manual, "What Name to Give Your Makefile").
NAMES = ("GNUmakefile", "makefile", "Makefile")
_SET = regex(r"(?:export\s+)?([\w.-]+)\s*(\?=|:=|::=|=)\s*(.*)")
_EXPORT = regex(r"export\s+([\w.\s-]+)")
_RULE = regex(r"([^\s:=#][^:=#]*?)\s*::?(?!=)\s*([^;#]*)")
_REFERENCE = regex(r"\$[({]([\w.-]+)[)}]|\$\$|\$(.)")
_DEPTH = 20
#: Characters of an expanded text; a longer one is left as it stands.
_LONGEST = 10_000


def arguments(words: Sequence[Value]) -> tuple[str | None, list[str], dict[str, str]]:
    """``-C folder``, goals and ``NAME=value`` of a make command line; no folder where a word is open."""
    folder, goals, given, skip = ".", [], {}, ""
    for word in words:
        if isinstance(word, Unknown):
            return None, [], {}
        if skip:
            folder = word if skip == "-C" else folder
            skip = ""
        elif word in ("-C", "-j", "-f", "--directory"):
            if word == "-f":
                return None, [], {}
            skip = "-C" if word == "--directory" else word
            skip = "" if word == "-j" else skip
        elif word.startswith("-"):
            continue
        elif "=" in word:
            name, _, value = word.partition("=")
            given[name] = value
        elif not word.isdigit():
            goals.append(word)
    return folder, goals, given


class Makefile:
    """Rules and plain variables (GNU make manual, "Reading Makefiles"); what else there is stays unexpanded."""

    def __init__(self, text: str, given: dict[str, str], command: Command) -> None:
        """Read ``text`` as the make that ``command`` starts reads it, with what its words set."""
        self.variables: dict[str, str] = {}
        self.rules: dict[str, tuple[list[str], list[str]]] = {}
        self.first = ""
        #: Set in more than one way: by a conditional, by appending.
        self.open: set[str] = set()
        self._expanded: dict[str, str] = {}
        #: Names whose values the recipes see: exported ones, and those of the command line.
        self.exported: set[str] = set(given)
        targets: list[str] = []
        depth = 0
        for line in text.replace("\\\r\n", " ").replace("\\\n", " ").splitlines():
            if line.startswith("\t"):
                for name in targets:
                    self.rules[name][1].append(line.strip())
                continue
            plain = line.split("#", 1)[0].strip()
            depth += plain.startswith(("ifeq", "ifneq", "ifdef", "ifndef")) - (plain == "endif")
            if export := _EXPORT.match(plain):
                self.exported |= set(export[1].split())
            if setting := _SET.fullmatch(plain):
                self._set(setting, command, conditional=depth > 0)
            elif rule := _RULE.match(plain):
                targets = self.expand(rule[1]).split()
                self._rule(targets, self.expand(rule[2]).split())
        self.variables |= given
        self._expanded.clear()
        self.open -= set(given)

    def _set(self, setting: re.Match[str], command: Command, *, conditional: bool) -> None:
        name, how, value = setting.groups()
        self._expanded.clear()
        if conditional:
            self.open.add(name)
        elif how == "?=" and name in (env := {**command.env, **dict(command.assignments)}):
            inherited = env[name]
            if isinstance(inherited, str):
                self.variables[name] = inherited
            else:
                self.open.add(name)
        elif how != "?=" or name not in self.variables:
            self.variables[name] = value

    def _rule(self, targets: list[str], needed: list[str]) -> None:
        for name in targets:
            old = self.rules.setdefault(name, ([], []))
            old[0].extend(needed)
            if not self.first and not name.startswith(".") and "%" not in name:
                self.first = name

    def expand(self, text: str, depth: int = 0) -> str:
        """Expand plain references; what is not known stays as written."""

        def one(match: re.Match[str]) -> str:
            name = match[1] or match[2]
            if match[0] == "$$" or not name or name in self.open or name not in self.variables or depth > _DEPTH:
                return match[0]
            if name not in self._expanded:
                self._expanded[name] = match[0]
                self._expanded[name] = self.expand(self.variables[name], depth + 1)
            return self._expanded[name]

        found = _REFERENCE.sub(one, text)
        return found if len(found) <= _LONGEST else text

    def environment(self) -> tuple[tuple[str, Value], ...]:
        """What recipes see beside the environment of make."""
        names = sorted(n for n in self.exported if n in self.variables or n in self.open)
        return tuple(
            (n, Unknown(f"make sets {n}") if n in self.open else word_value(self.expand(f"$({n})"))) for n in names
        )

    def recipe(self, goals: list[str]) -> Iterator[str]:
        """The recipe lines of the goals, what they need first; each target once."""
        seen: set[str] = set()
        for goal in goals or [self.first]:
            yield from self._lines(goal, seen)

    def _lines(self, goal: str, seen: set[str]) -> Iterator[str]:
        if goal in seen or goal not in self.rules:
            return
        seen.add(goal)
        needed, lines = self.rules[goal]
        for name in needed:
            yield from self._lines(name, seen)
        for line in lines:
            yield self.expand(line.lstrip("@-+").replace("$@", goal).replace("$<", needed[0] if needed else ""))


def word_value(word: str) -> Value:
    """A word of a recipe; unknown where make or the shell expands it further."""
    return Unknown(f"make expands {word}") if re.search(r"[$`]", word) else word
