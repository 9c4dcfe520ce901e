"""Makefile.am as programs and libraries (automake manual, "Building Programs and Libraries")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.records import dataclass, field
from imgslim.regex import regex
from imgslim.toolchains.c.driver import HOLE, SOURCES
from imgslim.toolchains.c.make.lex import lines, split_assignment
from imgslim.toolchains.tree import join

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imgslim.toolchains.c.tree import Tree

_PRIMARY = regex(r"(?:nobase_|dist_|nodist_)*(?P<where>\w+)_(?P<what>PROGRAMS|LIBRARIES|LTLIBRARIES)\Z")
_REFERENCE = regex(r"\$[({](\w+)(?::[^)}]*)?[)}]|@(\w+)@")
_FOLDERS = 200


@dataclass(slots=True)
class Program:
    """A program or library of one Makefile.am."""

    name: str
    #: ``bin``, ``sbin``, ``noinst``, ``check`` …: where it is installed.
    where: str
    sources: list[str]
    folder: str
    #: Where it is built.
    output: str
    variables: Mapping[str, str]
    library: bool = False
    static_library: bool = False
    maybe: bool = False
    #: True where a source's name is not settled.
    open_sources: bool = False

    @property
    def check(self) -> bool:
        """True for what only ``make check`` builds, and for static libraries."""
        return self.where in {"check", "EXTRA"} or self.static_library


@dataclass(slots=True)
class _Folder:
    variables: dict[str, str] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)
    #: Programs that a condition names, by primary.
    conditional: set[str] = field(default_factory=set)


class Automake:
    """Every Makefile.am of a package."""

    def __init__(self, tree: Tree, source: str, binary: str) -> None:
        """Prepare to read the package at ``source`` that is built in ``binary``."""
        self._tree = tree
        self._source = source
        self._binary = binary
        self.programs: list[Program] = []
        self.files: list[str] = []

    def read(self, folder: str) -> None:
        """Read the Makefile.am in ``folder`` (relative to the package) and those of its SUBDIRS."""
        path = join(join(self._source, folder), "Makefile.am")
        text = self._tree.text(path)
        if text is None or path in self.files or len(self.files) > _FOLDERS:
            return
        self.files.append(path)
        here = _Folder()
        here.variables["top_srcdir"] = self._source
        here.variables["srcdir"] = join(self._source, folder)
        self._statements(text, here, join(self._source, folder))
        for name in self._expand(here.variables.get("SUBDIRS", ""), here.variables).split():
            if name != "." and HOLE not in name:
                self.read(f"{folder}/{name}".strip("/"))
        self._collect(folder, here)

    def _statements(self, text: str, here: _Folder, folder: str) -> None:
        depth = 0
        for line in lines(text):
            if line.recipe:
                continue
            words = line.text.split()
            if words[:1] == ["if"]:
                depth += 1
            elif words[:1] == ["endif"]:
                depth = max(depth - 1, 0)
            elif words[:1] == ["include"] and len(words) > 1:
                path = join(folder, self._expand(words[1], here.variables))
                more = self._tree.text(path)
                if more is not None and path not in self.files:
                    self.files.append(path)
                    self._statements(more, here, folder)
            elif (assignment := split_assignment(line.text)) is not None:
                self._assign(here, *assignment, doubtful=depth > 0)

    def _assign(self, here: _Folder, name: str, operator: str, value: str, *, doubtful: bool) -> None:
        old = here.variables.get(name)
        if doubtful:
            here.doubtful.add(name)
            if _PRIMARY.match(name):
                here.conditional.update(value.split())
        if old is None:
            here.variables[name] = value
        elif operator == "+=" or doubtful:
            here.variables[name] = f"{old} {value}"
        else:
            here.variables[name] = value

    def _expand(self, text: str, variables: Mapping[str, str], depth: int = 0) -> str:
        if depth > 20 or ("$" not in text and "@" not in text):  # noqa: PLR2004
            return text

        def value(match: re.Match[str]) -> str:
            name = match[1] or match[2]
            return self._expand(variables[name], variables, depth + 1) if name in variables else HOLE

        return _REFERENCE.sub(value, text)

    def _collect(self, folder: str, here: _Folder) -> None:
        for variable in list(here.variables):
            match = _PRIMARY.match(variable)
            if match is None:
                continue
            for name in self._expand(here.variables[variable], here.variables).split():
                if HOLE in name:
                    continue
                self.programs.append(self._program(folder, here, match, name))

    def _program(self, folder: str, here: _Folder, match: re.Match[str], name: str) -> Program:
        key = re.sub(r"[^\w@]", "_", name)
        declared = here.variables.get(f"{key}_SOURCES")
        source_dir = join(self._source, folder)
        if declared is None:
            names = [f"{name}.c"]
        else:
            listed = " ".join(
                here.variables.get(f"{prefix}{key}_SOURCES", "") for prefix in ("", "nodist_", "dist_", "EXTRA_")
            )
            names = self._expand(listed, here.variables).split()
        sources = [join(source_dir, n) for n in names if HOLE not in n and n.endswith(SOURCES)]
        library = match["what"] == "LTLIBRARIES"
        output = join(join(self._binary, folder), name)
        if library and match["where"] != "noinst":
            output = join(join(self._binary, folder), ".libs/" + name.removesuffix(".la") + ".so")
        return Program(
            name, match["where"], sources, folder, output, dict(here.variables), library,
            static_library=match["what"] == "LIBRARIES" or (library and match["where"] == "noinst"),
            maybe=name in here.conditional, open_sources=any(HOLE in n for n in names),
        )  # fmt: skip

    def link_words(self, program: Program, values: Mapping[str, str]) -> list[str]:
        """The words after the objects on the link line; ``values`` are what configure substitutes."""
        key = re.sub(r"[^\w@]", "_", program.name)
        variables = {**values, **program.variables}
        variables |= {"LTLIBINTL": "", "LIBINTL": "", "INTLLIBS": "", "LIBOBJS": "", "PTHREAD_LIBS": "-lpthread"}
        own = variables.get(f"{key}_LDADD", variables.get(f"{key}_LIBADD", variables.get("LDADD", "")))
        flags = variables.get(f"{key}_LDFLAGS", variables.get("AM_LDFLAGS", ""))
        return self._expand(f"{flags} {own} {values.get('LIBS', '')}", variables).split()

    def library(self, program: Program, word: str) -> Program | None:
        """The library of this package that a word of the link line names."""
        if not word.endswith((".a", ".la")) or HOLE in word:
            return None
        path = word.replace("$(top_builddir)", self._binary).replace("$(builddir)", ".")
        base = path.rsplit("/", 1)[-1]
        full = join(join(self._source, program.folder), path)
        found = [p for p in self.programs if p.name.rsplit("/", 1)[-1] == base]
        exact = [p for p in found if join(join(self._source, p.folder), p.name) == full]
        return next(iter(exact or found), None)

    def includes(self, program: Program) -> tuple[str, ...]:
        """Folders that the sources' includes are looked for in."""
        text = " ".join(v for k, v in program.variables.items() if k.endswith(("CPPFLAGS", "CFLAGS", "INCLUDES")))
        here = join(self._source, program.folder)
        words = self._expand(text, program.variables).split()
        return (here, self._source, *(join(here, w[2:]) for w in words if w.startswith("-I") and HOLE not in w))
