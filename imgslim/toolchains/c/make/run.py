"""Runs a make on paper: from goals to recipe lines, and each line to the units it leaves behind."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.records import dataclass, field
from imgslim.toolchains.c import systems
from imgslim.toolchains.c.driver import HOLE, compiler
from imgslim.toolchains.c.make.functions import matches
from imgslim.toolchains.c.make.makefile import Makefile, Rule
from imgslim.toolchains.c.make.options import Options
from imgslim.toolchains.c.make.read import MakefileReader
from imgslim.toolchains.c.names import strip_prefix
from imgslim.toolchains.c.tree import is_folder
from imgslim.toolchains.c.words import Simple, commands
from imgslim.toolchains.tree import join

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imgslim.toolchains.c.units import Unit
    from imgslim.toolchains.c.workshop import Workshop

#: Recipe commands in one build at most.
STEPS = 20_000
_RECURSION = 12
_NAMES = ("GNUmakefile", "makefile", "Makefile")
_C = "$(CC) $(CFLAGS) $(CPPFLAGS) $(TARGET_ARCH) -c -o $@ $<"
_CXX = "$(CXX) $(CXXFLAGS) $(CPPFLAGS) $(TARGET_ARCH) -c -o $@ $<"
_LINK = "$(LINK.o) $^ $(LOADLIBES) $(LDLIBS) -o $@"
#: make's own rules for C and C++ (GNU make manual, "Catalogue of Built-In Rules").
BUILT_IN = tuple(
    [
        Rule(("%.o",), (f"%{s}",), (), [_C if s in {".c", ".S", ".s"} else _CXX])
        for s in (".c", ".cc", ".cpp", ".C", ".S", ".s")
    ]
    + [Rule(("%",), ("%.o",), (), [_LINK])]
    + [Rule(("%",), ("%.c",), (), ["$(LINK.c) $^ $(LOADLIBES) $(LDLIBS) -o $@"])]
    + [Rule(("%",), (f"%{s}",), (), ["$(LINK.cc) $^ $(LOADLIBES) $(LDLIBS) -o $@"]) for s in (".cc", ".cpp", ".C")]
)


@dataclass(slots=True)
class Outcome:
    """What one make did."""

    made: list[Unit] = field(default_factory=list)
    #: Makefiles read, as image paths.
    files: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    #: Every command that ran, in order.
    ran: list[tuple[str, ...]] = field(default_factory=list)
    #: LDFLAGS and the like as the makefile leaves them, of the outermost make.
    makefile: Makefile | None = None


class Make:
    """One make with its workshop."""

    def __init__(self, shop: Workshop, env: Mapping[str, str], out: Outcome, depth: int = 0) -> None:
        """Build into ``shop`` and note everything in ``out``."""
        self._shop = shop
        self._env = env
        self._out = out
        self._depth = depth
        self._done: set[str] = set()
        self._busy: set[str] = set()
        self._implied: dict[tuple[str, int], Rule | None] = {}

    def run(self, options: Options, cwd: str) -> None:
        """Read the makefile and build the goals."""
        self._options = options
        folder = cwd
        for step in options.folders:
            folder = join(folder, step)
        makefile = Makefile(self._shop.tree, folder, dict(options.variables), self._env)
        makefile.made = lambda: tuple(self._shop.units)
        makefile.variables["MAKECMDGOALS"] = makefile.variables["MAKECMDGOALS"].__class__(
            " ".join(options.goals), recursive=False, origin="default"
        )
        self._makefile = makefile
        if self._depth == 0:
            self._out.makefile = makefile
        reader = MakefileReader(makefile)
        names = options.files or _NAMES
        readable = [n for n in names if reader.read(join(folder, n))] if options.files else self._first(reader, folder)
        if not readable and not self._needs_none(options, folder):
            self._out.problems.append(f"no makefile can be read in {folder}")
            return
        self._index()
        goals = options.goals or (self._goal(),)
        for goal in goals:
            if goal:
                self._build(goal, {})
        self._out.files += makefile.read_files
        self._out.problems += makefile.problems

    def _needs_none(self, options: Options, folder: str) -> bool:
        """Tell whether make's own rules make what it is asked for by name (GNU make manual, "Using Implicit Rules")."""
        there = not all(self._shop.tree.absent(join(folder, name)) for name in _NAMES)
        return bool(options.goals) and not options.files and not there

    def _first(self, reader: MakefileReader, folder: str) -> list[str]:
        return next(([n] for n in _NAMES if reader.read(join(folder, n))), [])

    def _goal(self) -> str:
        found = self._makefile.variables.get(".DEFAULT_GOAL")
        return self._makefile.expand(found.text).strip() if found is not None else self._makefile.default_goal

    def _index(self) -> None:
        self._by_target: dict[str, list[Rule]] = {}
        for rule in self._makefile.rules:
            self._by_target.setdefault(self._clean(rule.targets[0]), []).append(rule)
        own = (*self._makefile.patterns, *self._makefile.suffixes)
        known = {(rule.targets, rule.prerequisites) for rule in own}
        #: A pattern without recipe is none, and cancels make's own (GNU make manual, "Canceling Implicit Rules").
        self._patterns = own if self._options.no_built_in else (
            *own, *(r for r in BUILT_IN if (r.targets, r.prerequisites) not in known)
        )  # fmt: skip
        #: Names that the makefile mentions "ought to exist" (GNU make manual, "Implicit Rule Search Algorithm").
        self._mentioned = {self._clean(p) for rule in self._makefile.rules for p in rule.prerequisites}

    def _clean(self, name: str) -> str:
        return posixpath.normpath(name) if name.startswith("./") else name

    # --- targets ----------------------------------------------------------------------------------------------

    def _build(self, target: str, local: dict[str, str], depth: int = 0) -> bool:
        """Bring a target up to date; False where nothing says how and nothing is there."""
        target = self._clean(target)
        if target in self._done:
            return True
        if target in self._busy or depth > 200 or HOLE in target:  # noqa: PLR2004
            return HOLE not in target
        self._busy.add(target)
        rules = self._by_target.get(target, [])
        recipe_rule = next((r for r in reversed(rules) if r.recipe), None)
        if recipe_rule is None and (rules or not self._is_source(target)):
            recipe_rule = self._implicit(target)
            rules = [*rules, recipe_rule] if recipe_rule is not None else rules
        local = self._with_specific(target, local)
        prerequisites = [p for r in ([recipe_rule] if recipe_rule else []) for p in r.prerequisites]
        prerequisites += [p for r in rules if r is not recipe_rule for p in r.prerequisites]
        prerequisites = list(dict.fromkeys(prerequisites))
        for name in [*prerequisites, *(p for r in rules for p in r.order_only)]:
            if not self._build(name, local, depth + 1) and not name.endswith((".h", ".hpp", ".d")):
                self._makefile.problems.append(f"{name.replace(HOLE, '…')} is not there and no rule makes it")
        there = self._exists(target)
        made_before = join(self._makefile.cwd, target) in self._shop.units and target not in self._makefile.phony
        runs = [r for r in rules if r.recipe] if recipe_rule is not None and recipe_rule.double else [recipe_rule]
        if not made_before:
            for rule in runs:
                if rule is not None:
                    self._recipe(rule, target, prerequisites, local)
        self._busy.discard(target)
        self._done.add(target)
        return bool(rules) or there

    def _with_specific(self, target: str, local: dict[str, str]) -> dict[str, str]:
        """Target-specific values hold for the target and what it needs (GNU make manual, 6.11)."""
        names = [target, *(p for p in self._makefile.specific if "%" in p and matches(p, target) is not None)]
        for name in names:
            for variable, operator, text in self._makefile.specific.get(name, ()):
                old = self._makefile.variables.get(variable)
                if old is not None and old.origin == "command line":
                    continue
                before = local.get(variable, self._makefile.expand(f"$({variable})", local))
                value = self._makefile.expand(text, local)
                local = {**local, variable: f"{before} {value}".strip() if operator == "+=" else value}
        return local

    def _is_source(self, target: str) -> bool:
        return self._shop.tree.origin(join(self._makefile.cwd, target)) is not None

    def _implicit(self, target: str, depth: int = 0) -> Rule | None:
        """The pattern rule that fits: its prerequisites are there, can be made, or are named in the makefile."""
        key = (target, depth)
        if key not in self._implied:
            self._implied[key] = None
            self._implied[key] = self._search(target, depth)
        return self._implied[key]

    def _search(self, target: str, depth: int) -> Rule | None:
        if target in self._makefile.phony or depth > 3:  # noqa: PLR2004 (chains are short)
            return None
        candidates: list[tuple[int, Rule]] = []
        for rule in self._patterns:
            if not rule.recipe:
                continue
            for pattern in map(self._clean, rule.targets):
                # a pattern that fits any name is for names without a suffix, and never inside a chain (10.5.5)
                if pattern == "%" and (depth or "." in posixpath.basename(target)):
                    continue
                found = self._stem(pattern, target)
                if found is not None:
                    candidates.append((len(found[0] + found[1]), self._instance(rule, *found)))
        candidates.sort(key=lambda c: c[0])
        # a rule whose prerequisites are there goes before one that needs a chain (GNU make manual, 10.8)
        for chain in (False, True):
            for _, rule in candidates:
                if all(self._can(p, target, depth, chain=chain) for p in rule.prerequisites):
                    found_at = tuple(self._located(p) for p in rule.prerequisites)
                    return Rule((target,), found_at, rule.order_only, rule.recipe, stem=rule.stem)
        return None

    def _stem(self, pattern: str, target: str) -> tuple[str, str] | None:
        """The folder put aside and the stem (GNU make manual, "How Patterns Match")."""
        stem = matches(pattern, target)
        if stem is not None and ("%" in pattern):
            return ("", stem) if stem else None
        if "/" not in pattern and "/" in target:
            folder, _, base = target.rpartition("/")
            stem = matches(pattern, base)
            return (folder + "/", stem) if stem and "%" in pattern else None
        return None

    def _instance(self, rule: Rule, folder: str, stem: str) -> Rule:
        prerequisites = [self._clean(p) for p in rule.prerequisites]
        names = tuple(folder + p.replace("%", stem, 1) if "%" in p else p for p in prerequisites)
        order = tuple(p.replace("%", stem, 1) for p in rule.order_only)
        return Rule((), names, order, rule.recipe, stem=folder + stem)

    def _can(self, name: str, target: str, depth: int, *, chain: bool) -> bool:
        """Tell whether a prerequisite is there, is named or, with ``chain``, can be made by another pattern."""
        name = self._clean(name)
        if name == target:
            return False
        if (
            name in self._by_target
            or name in self._mentioned
            or name in self._done
            or self._exists(self._located(name))
        ):
            return True
        return chain and "." in posixpath.basename(name) and self._implicit(name, depth + 1) is not None

    def _located(self, name: str) -> str:
        """The name, or where VPATH finds it (GNU make manual, "Searching Directories for Prerequisites")."""
        if self._exists(name) or name in self._by_target or name.startswith("/"):
            return name
        general = self._makefile.expand("$(VPATH)").replace(":", " ").split()
        folders = [f for pattern, fs in self._makefile.vpath if matches(pattern, name) is not None for f in fs]
        return next((p for f in (*folders, *general) if self._exists(p := f"{f.rstrip('/')}/{name}")), name)

    def _exists(self, name: str) -> bool:
        path = join(self._makefile.cwd, name)
        tree = self._shop.tree
        return tree.origin(path) is not None or path in self._shop.units or is_folder(tree, path)

    # --- recipes ----------------------------------------------------------------------------------------------

    def _recipe(self, rule: Rule, target: str, prerequisites: list[str], local: dict[str, str]) -> None:
        located = [self._located(p) for p in prerequisites]
        first = self._located(rule.prerequisites[0]) if rule.prerequisites else "".join(located[:1])
        automatic = {
            "@": target, "<": first, "^": " ".join(located), "+": " ".join(located), "?": " ".join(located),
            "*": rule.stem or posixpath.splitext(target)[0], "|": " ".join(rule.order_only),
            "@D": posixpath.dirname(target) or ".", "@F": posixpath.basename(target),
            "<D": posixpath.dirname(first) or ".", "<F": posixpath.basename(first),
            "*D": posixpath.dirname(rule.stem) or ".", "*F": posixpath.basename(rule.stem),
            "^F": " ".join(posixpath.basename(p) for p in located),
        }  # fmt: skip
        scope = {**local, **automatic}
        one_shell = any(r.targets[0] == ".ONESHELL" for r in self._makefile.rules)
        texts = ["\n".join(rule.recipe)] if one_shell else rule.recipe
        for raw in texts:
            for text in self._makefile.expand(raw, scope).split("\n" if "\\\n" not in raw else "\0"):
                self._shell(text.lstrip(" \t@-+"))

    def _shell(self, text: str) -> None:
        """Follow one recipe line; each starts in make's own folder (GNU make manual, "Recipe Execution")."""
        cwd: str | None = self._makefile.cwd
        stack: list[str | None] = []
        for simple in commands(text, {"PWD": self._makefile.cwd}):
            if not simple.argv:
                continue
            match simple.argv:
                case ["("]:
                    stack.append(cwd)
                case [")"]:
                    cwd = stack.pop() if stack else cwd
                case ["cd", folder]:
                    cwd = join(cwd, folder) if cwd is not None and HOLE not in folder else None
                case _:
                    self._command(simple, cwd)

    def _command(self, simple: Simple, cwd: str | None) -> None:
        argv = strip_prefix(simple.argv)
        if not argv or len(self._out.ran) > STEPS:
            return
        name = posixpath.basename(argv[0])
        tool = compiler(argv[0]) is not None
        if cwd is None or HOLE in argv[0]:
            if tool or "-o" in argv or "-c" in argv:
                self._makefile.problems.append(f"what {' '.join(argv[:4]).replace(HOLE, '…')!r} runs is not settled")
            return
        if name in {"make", "gmake"} and systems.run(self._shop.fork(), argv, cwd, {}) is None:
            self._nested(argv, cwd, dict(simple.assignments))
            return
        self._out.ran.append(argv)
        self._out.made += self._shop.run(argv, cwd, self._env, certain=simple.certain)

    def _nested(self, argv: tuple[str, ...], cwd: str, extra: dict[str, str]) -> None:
        if self._depth >= _RECURSION:
            return
        options = Options.read(argv[1:])
        inherited = {k: v for k, v in self._options.variables.items() if k not in options.variables}
        options = Options(options.goals, options.files, options.folders, {**inherited, **options.variables})
        exported = {
            name: self._makefile.expand(f"$({name})")
            for name, v in self._makefile.variables.items()
            if v.origin != "default" and (name in self._makefile.exported or "*" in self._makefile.exported)
        }
        Make(self._shop, {**self._env, **exported, **extra}, self._out, self._depth + 1).run(options, cwd)
