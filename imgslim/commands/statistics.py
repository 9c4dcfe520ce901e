"""What ``imgslim check --statistics`` counts: outcomes by reason and by language, and what took how long."""

from __future__ import annotations

import heapq
import os
from collections import Counter
from typing import TYPE_CHECKING, Any

from imgslim.meaning.trace import Run
from imgslim.meaning.wrappers import unwrap
from imgslim.records import dataclass, field
from imgslim.render.place import printable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from imgslim.commands.checked import Checked
    from imgslim.meaning.trace import BuildTrace, Command

#: What compiles or installs in each language, by the name of the program that a RUN starts. It is not asked what the
#: toolchains make of it: a share of what was not understood must not depend on what is understood.
_TOOLS = {
    "c": """
        gcc g++ cc c++ clang clang++ musl-gcc make gmake cmake ninja meson autoconf autoreconf configure autogen.sh
        bootstrap buildconf scons waf bazel qmake b2 bjam conan vcpkg
    """,
    "go": "go go-wrapper godep glide dep gb xgo govendor",
    "rust": "cargo rustc rustup rustup-init",
    "java": "javac mvn mvnw mvnd gradle gradlew ant kotlinc scalac sbt",
    "node": "node nodejs npm npx yarn yarnpkg pnpm corepack bower grunt gulp lerna ng tsc",
    "python": """
        python python2 python3 pip pip2 pip3 pipx pipenv poetry uv pdm hatch easy_install conda mamba micromamba
        virtualenv pyenv
    """,
    "ruby": "ruby gem bundle bundler rake rails",
}
_LANGUAGE = {tool: language for language, tools in _TOOLS.items() for tool in tools.split()}
#: How many of the slowest files are named.
_SLOWEST = 5


def languages(trace: BuildTrace) -> tuple[str, ...]:
    """The languages one of whose tools a RUN of the stage starts, by name.

    Arguments (``apt-get install make``) don't count, and neither does what a script starts that is not read.
    """
    found = {_language(unwrap(command)) for _, _, command in trace.commands()}
    return tuple(language for language in _TOOLS if language in found)


def opaque(trace: BuildTrace) -> bool:
    """Tell whether a RUN of the stage holds shell text that the grammar does not understand."""
    return any(isinstance(step, Run) and step.opaque for step in trace.steps)


def holds_only(folder: Path, files: Collection[Path], known: dict[Path, bool]) -> bool:
    """Tell whether a folder holds nothing but Dockerfiles: then it is where they are kept, not what they are built in.

    Args:
        folder: the folder.
        files: what is taken for Dockerfiles.
        known: answers for folders that were asked about; filled.
    """
    if folder not in known:
        with os.scandir(folder) as entries:
            known[folder] = all(not e.is_dir() and folder / e.name in files for e in entries if e.name[:1] != ".")
    return known[folder]


def _language(command: Command) -> str:
    name = command.name or ""
    # python3.11, pip3.8, gcc-12, g++-9, clang-15, go1.21: the version is part of the name.
    return _LANGUAGE.get(name) or _LANGUAGE.get(name.rstrip("0123456789.").rstrip("-"), "")


@dataclass(slots=True)
class Statistics:
    """The counts over all files so far."""

    outcomes: Counter[str] = field(default_factory=Counter)
    #: By language: the outcomes of the files that build in it. "" holds those that build in any.
    built: dict[str, Counter[str]] = field(default_factory=dict)
    #: Files that were planned from their text alone.
    without_context: int = 0
    #: Seconds in all, and of the slowest files with their names.
    seconds: float = 0.0
    slowest: list[tuple[float, str]] = field(default_factory=list)

    def add(self, checked: Checked, seconds: float) -> None:
        """Count one file."""
        self.outcomes[checked.counts_as] += 1
        self.without_context += checked.without_context
        self.seconds += seconds
        heapq.heappush(self.slowest, (seconds, checked.source.name))
        if len(self.slowest) > _SLOWEST:
            heapq.heappop(self.slowest)
        for language in ("", *checked.languages) if checked.languages else ():
            counts = self.built.setdefault(language, Counter())
            counts[checked.counts_as] += 1
            counts[""] += checked.not_understood

    def document(self) -> dict[str, Any]:
        """All of it as JSON holds it."""
        return {
            "files": self.outcomes.total(),
            "without_context": self.without_context,
            "outcomes": dict(_ordered(self.outcomes)),
            "languages": {name or "any": _row(counts) for name, counts in self._rows()},
            "seconds": round(self.seconds, 3),
            "slowest": [{"path": name, "seconds": round(seconds, 3)} for seconds, name in self._slow()],
        }

    def text(self) -> Iterator[str]:
        """All of it for people, line by line."""
        for key, count in _ordered(self.outcomes):
            yield f"{count:>8}  {key}"
        files = self.outcomes.total()
        yield f"{files:>8}  files, {self.without_context} of them without their build context"
        for name, counts in self._rows():
            row = _row(counts)
            kinds = ", ".join(f"{row[kind]} {kind}" for kind in ("rewritten", "unchanged", "declined"))
            unknown = f"{row['not_understood']} ({row['share']:.1%}) not understood"
            yield f"{row['files']:>8}  build in {name or 'any language'}: {kinds}; {unknown}"
        yield f"{self.seconds:>8.1f}  seconds, {1000 * self.seconds / max(files, 1):.1f} ms a file; slowest:"
        for seconds, name in self._slow():
            yield f"{seconds:>8.2f}  {printable(name)}"

    def _rows(self) -> Iterator[tuple[str, Counter[str]]]:
        yield from ((name, self.built[name]) for name in ("", *_TOOLS) if name in self.built)

    def _slow(self) -> list[tuple[float, str]]:
        return sorted(self.slowest, reverse=True)


def _ordered(counts: Counter[str]) -> list[tuple[str, int]]:
    """The most frequent first, then by name."""
    return sorted(((key, n) for key, n in counts.items() if key), key=lambda item: (-item[1], item[0]))


def _row(counts: Counter[str]) -> dict[str, Any]:
    files = sum(n for key, n in counts.items() if key)
    of = {kind: sum(n for key, n in counts.items() if key.startswith(f"{kind}:")) for kind in _KINDS}
    return {"files": files, **of, "not_understood": counts[""], "share": round(counts[""] / files, 4)}


_KINDS = ("rewritten", "unchanged", "declined")
