"""``./configure``, ``make`` and ``make install`` of an automake package."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from imgslim.records import dataclass, field
from imgslim.regex import regex
from imgslim.toolchains.c.autotools.automake import Automake, Program
from imgslim.toolchains.c.driver import HOLE, SOURCES, is_cxx
from imgslim.toolchains.c.pkgconfig import libraries
from imgslim.toolchains.c.units import Kind, Source, Unit, unique
from imgslim.toolchains.tree import join

if TYPE_CHECKING:
    from imgslim.toolchains.c.tree import Tree

_CHECKS = regex(r"AC_(?:CHECK_LIB|SEARCH_LIBS)\(\s*\[?([\w.+-]+)\]?\s*(?:,\s*\[?([\w.+ -]*)\]?)?")
_MODULES = regex(r"PKG_CHECK_MODULES\(\s*\[?(\w+)\]?\s*,\s*\[?([^\])]*)")
_LIBTOOL = regex(r"^\s*(?:LT_INIT|AC_PROG_LIBTOOL|AM_PROG_LIBTOOL)", re.MULTILINE)
_COMMENT = regex(r"^\s*(?:dnl\b|#).*$", re.MULTILINE)
_OUTPUTS = regex(r"AC_CONFIG_FILES\(\s*\[?([^\])]*)|AC_OUTPUT\(\s*\[?([^\])]*)")
_FOLDERS = {
    "bin": "bin", "sbin": "sbin", "libexec": "libexec", "lib": "lib", "pkglib": "lib", "pkglibexec": "libexec",
}  # fmt: skip


@dataclass(slots=True)
class Arguments:
    """What ``configure`` was told."""

    source: str
    binary: str
    options: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)


def configure_arguments(argv: tuple[str, ...], cwd: str) -> Arguments:
    """Read a configure command line (autoconf manual, "Running configure Scripts")."""
    out = Arguments(posixpath.dirname(join(cwd, argv[0])), cwd)
    rest = iter(argv[1:])
    for word in rest:
        if word in {"--prefix", "--bindir", "--sbindir", "--exec-prefix", "--libdir"}:
            out.options[word[2:]] = next(rest, "")
        elif word.startswith("--"):
            name, _, value = word[2:].partition("=")
            out.options[name] = value
        elif "=" in word:
            name, _, value = word.partition("=")
            out.variables[name] = value
    return out


class AutotoolsBuild:
    """A folder that ``configure`` set up."""

    def __init__(self, tree: Tree, arguments: Arguments) -> None:
        """Read configure.ac and every Makefile.am."""
        self._tree = tree
        self._arguments = arguments
        self.problems: list[str] = []
        self._text = ""
        self._files: list[str] = []
        self._checked: tuple[str, ...] = ()
        self._automake = Automake(tree, arguments.source, arguments.binary)
        if tree.origin(join(arguments.source, "Makefile.am")) is None:
            # No program is known then, and only of programs configure.ac says anything.
            self.problems.append(f"no Makefile.am can be read in {arguments.source}")
            return
        path = next((p for n in ("configure.ac", "configure.in") if tree.origin(p := join(arguments.source, n))), "")
        self._text = _COMMENT.sub("", tree.text(path) or "") if path else ""
        self._checked = self._checks()
        self._automake.read("")
        self._files = [*([path] if path else ()), *self._automake.files]

    def _checks(self) -> tuple[str, ...]:
        """Libraries that configure may add to LIBS."""
        found = [n for m in _CHECKS.finditer(self._text) for n in (m[2] or m[1]).split() if "SEARCH" in m[0]]
        found += [m[1] for m in _CHECKS.finditer(self._text) if "CHECK_LIB" in m[0]]
        return tuple(dict.fromkeys(found))

    def _modules(self) -> dict[str, str]:
        out: dict[str, str] = {}
        for match in _MODULES.finditer(self._text):
            names = [n for n in re.split(r"[\s,]+", match[2]) if re.match(r"[A-Za-z]", n)]
            libs = [f"-l{x}" for n in names for x in libraries(n)]
            out[f"{match[1]}_LIBS"] = " ".join(libs) if all(libraries(n) for n in names) else HOLE
            out[f"{match[1]}_CFLAGS"] = ""
        return out

    def build(self, goals: tuple[str, ...], argv: tuple[str, ...]) -> list[Unit]:
        """What ``make`` and ``make install`` leave behind."""
        if not self._automake.programs or (goals and set(goals) <= {"clean", "distclean", "check", "dist"}):
            return []
        made = [self._unit(p, argv) for p in self._automake.programs if not p.check]
        if set(goals) & {"install", "install-strip", "install-exec"}:
            made += [
                u.moved(place, argv) for p, u in zip(self._kept(), made, strict=False) if (place := self._place(p))
            ]
        return made

    def _kept(self) -> list[Program]:
        return [p for p in self._automake.programs if not p.check]

    def install(self, prefix: str | None, argv: tuple[str, ...]) -> list[Unit]:
        """Automake installs through make alone."""
        del prefix, argv
        return []

    def static_trial(self) -> tuple[str, AutotoolsBuild] | None:
        """``LDFLAGS=-static`` reaches the link unless libtool is in between, which takes it for its own."""
        if _LIBTOOL.search(self._text) or "LDFLAGS" in self._arguments.variables:
            return None
        one = self._arguments
        other = Arguments(one.source, one.binary, one.options, {**one.variables, "LDFLAGS": "-static"})
        return "LDFLAGS=-static", AutotoolsBuild(self._tree, other)

    def _place(self, program: Program) -> str:
        options = self._arguments.options
        prefix = options.get("exec-prefix") or options.get("prefix") or "/usr/local"
        folder = options.get(f"{program.where}dir") or _FOLDERS.get(program.where, "")
        return join(join(prefix, folder), posixpath.basename(program.output)) if folder else ""

    def _unit(self, program: Program, argv: tuple[str, ...]) -> Unit:
        values = self._modules() | {"LIBS": " ".join(f"-l{n}" for n in self._checked)}
        words = self._automake.link_words(program, values)
        parts = [program, *(p for w in words if (p := self._automake.library(program, w)) is not None)]
        sources = [Source(s, self._automake.includes(p)) for p in parts for s in p.sources if s.endswith(SOURCES)]
        cxx = any(is_cxx(s.path) for s in sources)
        libs = [
            w[2:]
            for w in [*words, *(w for p in parts[1:] for w in self._automake.link_words(p, values))]
            if w[:2] == "-l"
        ]
        open_words = [w for w in words if HOLE in w]
        if program.maybe or program.open_sources:
            open_words.append("a condition of configure")
        return Unit(
            path=program.output,
            kind=Kind.SHARED if program.library else Kind.PROGRAM,
            sources=unique(sources),
            strangers=unique(
                w for w in words if w.endswith((".a", ".la", ".o")) and self._automake.library(program, w) is None
            ),
            libs=unique([*libs, *self._checked]),
            cxx=cxx,
            static="-static" in self._arguments.variables.get("LDFLAGS", "") or "-static" in words,
            holes=unique([*open_words, *(("libraries that configure looks for",) if self._checked else ())]),
            tools=frozenset({"g++" if cxx else "gcc"}),
            certain=not program.maybe,
            argv=argv,
            files=tuple(self._files),
        )
