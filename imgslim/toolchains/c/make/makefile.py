"""A makefile as read: variables, rules, goals; it is the scope that expansion asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass, field
from imgslim.toolchains.c.driver import HOLE
from imgslim.toolchains.c.make.expand import expand
from imgslim.toolchains.c.tree import glob
from imgslim.toolchains.tree import join

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imgslim.toolchains.c.tree import Tree

#: make's own values (GNU make manual, "Variables Used by Implicit Rules").
DEFAULTS: dict[str, str] = {
    "CC": "cc", "CXX": "g++", "AR": "ar", "ARFLAGS": "rv", "AS": "as", "LD": "ld", "CPP": "$(CC) -E", "RM": "rm -f",
    "MAKE": "make", "SHELL": "/bin/sh", "CO": "co", "LEX": "lex", "YACC": "yacc", "MAKEFLAGS": "", "MAKECMDGOALS": "",
    "COMPILE.c": "$(CC) $(CFLAGS) $(CPPFLAGS) $(TARGET_ARCH) -c",
    "COMPILE.cpp": "$(COMPILE.cc)",
    "COMPILE.cc": "$(CXX) $(CXXFLAGS) $(CPPFLAGS) $(TARGET_ARCH) -c",
    "COMPILE.C": "$(COMPILE.cc)",
    "LINK.c": "$(CC) $(CFLAGS) $(CPPFLAGS) $(LDFLAGS) $(TARGET_ARCH)",
    "LINK.cc": "$(CXX) $(CXXFLAGS) $(CPPFLAGS) $(LDFLAGS) $(TARGET_ARCH)",
    "LINK.cpp": "$(LINK.cc)",
    "LINK.o": "$(CC) $(LDFLAGS) $(TARGET_ARCH)",
    "OUTPUT_OPTION": "-o $@",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable; ``origin`` is as ``$(origin)`` says."""

    text: str
    recursive: bool
    origin: str


@dataclass(slots=True)
class Rule:
    """A rule after expansion of its first line; the recipe is expanded when it runs."""

    targets: tuple[str, ...]
    prerequisites: tuple[str, ...]
    order_only: tuple[str, ...]
    recipe: list[str] = field(default_factory=list)
    double: bool = False
    #: The stem of a static pattern rule.
    stem: str = ""


class Makefile:
    """Everything that reading the makefiles of one make gives."""

    def __init__(self, tree: Tree, cwd: str, overrides: Mapping[str, str], env: Mapping[str, str]) -> None:
        """Set up make's own variables, those of the environment and those of the command line."""
        self.tree = tree
        self.cwd = cwd
        self.variables = {k: Variable(v, recursive=True, origin="default") for k, v in DEFAULTS.items()}
        self.variables |= {
            k: Variable(v, recursive=False, origin="environment") for k, v in env.items() if k != "SHELL"
        }
        self.variables |= {k: Variable(v, recursive=True, origin="command line") for k, v in overrides.items()}
        self.variables["CURDIR"] = Variable(cwd, recursive=False, origin="file")
        self.rules: list[Rule] = []
        #: In the order of the file: among equal stems the first that fits is taken.
        self.patterns: list[Rule] = []
        #: Suffix rules as the patterns they stand for; make turns them into patterns after all others are read.
        self.suffixes: list[Rule] = []
        self.specific: dict[str, list[tuple[str, str, str]]] = {}
        self.phony: set[str] = set()
        self.exported: set[str] = set()
        self.vpath: list[tuple[str, list[str]]] = []
        self.read_files: list[str] = []
        self.problems: list[str] = []
        self.default_goal = ""
        #: Paths made so far, for ``$(wildcard)``.
        self.made: Callable[[], tuple[str, ...]] = tuple
        self.evaluate: Callable[[str], None] = lambda _: None

    def add_pattern(self, rule: Rule) -> None:
        """Add a pattern rule; one of the same targets and prerequisites takes the place of the older."""
        same = (rule.targets, rule.prerequisites)
        self.patterns = [r for r in self.patterns if (r.targets, r.prerequisites) != same]
        self.patterns.append(rule)

    def lookup(self, name: str) -> tuple[str, bool] | None:
        """A variable's text."""
        found = self.variables.get(name)
        return None if found is None else (found.text, found.recursive)

    def expand(self, text: str, local: Mapping[str, str] | None = None) -> str:
        """Expand ``text``."""
        return expand(text, self, local or {})

    def assign(self, name: str, operator: str, text: str, *, maybe: bool = False, override: bool = False) -> None:
        """Follow an assignment; under an unsettled condition the value is not settled either."""
        old = self.variables.get(name)
        if old is not None and old.origin == "command line" and not override:
            return
        if operator == "?=" and old is not None and old.origin != "default":
            return
        if operator in {"?=", "+="} and (old is None or operator == "?="):
            operator = "=" if operator == "?=" or old is None else operator
        origin = "override" if override else "file"
        if operator == "+=" and old is not None:
            more = text if old.recursive else self.expand(text)
            new = Variable(f"{old.text} {more}".strip(), old.recursive, origin)
        elif operator == "=":
            new = Variable(text, recursive=True, origin=origin)
        elif operator == "!=":
            new = Variable(self._of_shell(self.expand(text)), recursive=False, origin=origin)
        else:
            new = Variable(self.expand(text), recursive=False, origin=origin)
        if maybe:
            whole = f"{new.text} {HOLE}" if operator == "+=" else HOLE
            new = Variable(whole, new.recursive, origin)
        self.variables[name] = new

    def _of_shell(self, command: str) -> str:
        """The output of a shell command."""
        from imgslim.toolchains.c.make.answers import shell_answer  # noqa: PLC0415 (few makefiles ask a shell)

        return shell_answer(command, self.tree, self.cwd)

    def call(self, function: str, arguments: list[str], depth: int, local: Mapping[str, str]) -> str | None:
        """The functions that need more than their arguments' text."""

        def full(index: int) -> str:
            return expand(arguments[index], self, local, depth) if index < len(arguments) else ""

        match function:
            case "if":
                condition = full(0).strip()
                return HOLE if condition == HOLE else full(1) if condition else full(2)
            case "or":
                return next((v for i in range(len(arguments)) if (v := full(i).strip())), "")
            case "and":
                values = [full(i).strip() for i in range(len(arguments))]
                return values[-1] if all(values) else ""
            case "foreach":
                name, words = full(0).strip(), full(1).split()
                return " ".join(expand(arguments[2], self, {**local, name: w}, depth) for w in words[:5000])
            case "call":
                values = [full(i) for i in range(len(arguments))]
                body = self.variables.get(values[0].strip())
                places = {str(i): v for i, v in enumerate(values)}
                return "" if body is None else expand(body.text, self, {**local, **places}, depth)
            case "value":
                found = self.variables.get(full(0).strip())
                return "" if found is None else found.text
            case "eval":
                self.evaluate(full(0))
                return ""
            case "origin" | "flavor":
                found = self.variables.get(full(0).strip())
                simple = "undefined" if found is None else found.origin
                flavor = "undefined" if found is None else "recursive" if found.recursive else "simple"
                return simple if function == "origin" else flavor
            case "shell":
                return self._of_shell(full(0))
            case "wildcard":
                words = full(0).split()
                return " ".join(p for w in words for p in glob(self.tree, self.cwd, w, self.made()))
            case "realpath" | "abspath":
                return " ".join(join(self.cwd, w) for w in full(0).split())
            case _:
                return HOLE
