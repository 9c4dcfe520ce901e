"""Which source a file was compiled from, by tsconfig.json (typescriptlang.org/tsconfig: outDir, rootDir, extends)."""

from __future__ import annotations

import json
import posixpath
from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.regex import regex
from imgslim.toolchains.tree import parents

if TYPE_CHECKING:
    from imgslim.meaning.effects import Files

#: Comments, and commas before a closing bracket, outside of strings: tsconfig.json may hold both.
_COMMENT = regex(r'("(?:[^"\\\n]|\\.)*")|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/')
_COMMA = regex(r'("(?:[^"\\\n]|\\.)*")|,(?=\s*[}\]])')
#: Names that projects give their compiler's settings.
CONFIGS = ("tsconfig.json", "tsconfig.build.json", "tsconfig.prod.json", "tsconfig.app.json", "tsconfig.server.json")
_SOURCES = {".js": (".ts", ".tsx", ".js", ".jsx"), ".mjs": (".mts", ".mjs"), ".cjs": (".cts", ".cjs")}
#: ``extends`` is followed this deep.
_DEPTH = 4


@dataclass(frozen=True, slots=True)
class Compiled:
    """Where a compiler puts what it makes of which folder."""

    folder: str
    out: str
    #: "" where the common folder of all sources counts.
    root: str


def source_of(files: Files, path: str) -> str | None:
    """The source of a compiled file, or ``path`` written with another ending; None where none is known."""
    stem, ending = posixpath.splitext(path)
    endings = _SOURCES.get(ending, ()) if ending in _SOURCES else (".ts", ".tsx", "/index.ts", ".js")
    base = stem if ending in _SOURCES else path
    # TypeScript names a module by the file that it becomes: ./x.js stands for x.ts
    for one in endings:
        if files.context_file(base + one) is not None:
            return base + one
    for folder in parents(posixpath.dirname(path)):
        if folder in ("", "/"):
            break
        for found in compilers(files, folder):
            below = posixpath.relpath(base, found.out)
            if below.startswith(".."):
                continue
            for root in dict.fromkeys((found.root or "src", "src", ".")):
                for one in endings:
                    source = posixpath.normpath(posixpath.join(found.folder, root, below + one))
                    if files.context_file(source) is not None:
                        return source
    return None


def compilers(files: Files, folder: str) -> list[Compiled]:
    """The settings of the compiler in one folder."""
    found: list[Compiled] = []
    for name in CONFIGS:
        settings = options(files, posixpath.join(folder, name))
        out = settings.get("outDir")
        if isinstance(out, str):
            root = settings.get("rootDir")
            place = posixpath.normpath(posixpath.join(folder, out))
            found.append(Compiled(folder, place, root if isinstance(root, str) else ""))
    return found


def options(files: Files, path: str, depth: int = _DEPTH) -> dict[str, object]:
    """The compiler options of a configuration with those that it extends; none where there is no such file."""
    data = files.read(path)
    if data is None or not depth:
        return {}
    try:
        plain = _COMMENT.sub(lambda m: m[1] or "", data.decode("utf-8-sig", "replace"))
        found = json.loads(_COMMA.sub(lambda m: m[1] or "", plain))
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    above: dict[str, object] = {}
    extends = found.get("extends")
    for one in extends if isinstance(extends, list) else [extends]:
        if isinstance(one, str) and one.startswith("."):
            name = one if one.endswith(".json") else f"{one}.json"
            above |= options(files, posixpath.normpath(posixpath.join(posixpath.dirname(path), name)), depth - 1)
    own = found.get("compilerOptions")
    return above | (own if isinstance(own, dict) else {})
