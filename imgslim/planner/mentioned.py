"""Mentioned: what steps put outside of an application's folders, and its sources or settings name by an absolute path.

``gzip.open("/srv/words.gz")``, ``database: /var/lib/app/x.sqlite``: which functions open files is not told for all of a
language's packages. A path that stands in a text, and at which a step of the file put something, is meant.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.effects import MadeBy
from imgslim.meaning.paths import inside, tidy
from imgslim.planner.build import Taken
from imgslim.planner.folders import PROGRAMS, SYSTEM
from imgslim.planner.standing import stays
from imgslim.regex import regex
from imgslim.toolchains.gathered import is_given, is_temporary, is_trust, is_trust_folder, is_zone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.evidence import Contents
    from imgslim.model import Project
    from imgslim.planner.build import Build

#: Texts of an application: sources of what an interpreter runs, and settings.
_TEXTS = (
    ".py", ".rb", ".ru", ".rake", ".erb", ".js", ".cjs", ".mjs", ".jsx", ".ts", ".cts", ".mts", ".tsx",
    ".json", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf", ".properties", ".env", ".xml",
)  # fmt: skip
#: An absolute path that begins a word; what follows it, where that is the rest of a name which the program computes.
_PATH = regex(r"(/(?<![\w./:~$}\\-]/)[\w.+@-]+(?:/[\w.+@-]+)*/?)([%{$*?\[#]?)")
#: Where libraries and programs lie: they have rules of their own.
_BY_RULES = (*PROGRAMS, "/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64")
_SIZE, _FILES = 200_000, 2_000
#: More places than this no person would list.
_MOST = 12


def mentioned(project: Project, build: Build, covered: Iterable[str]) -> list[Taken]:
    """The files and folders of that kind which do not go along yet.

    Args:
        project: what reading gave, or looking into the built image.
        build: the recognised build.
        covered: what goes along already.
    """
    if not build.applications or build.packaged:
        return []
    here = tuple(covered)
    found: dict[str, str] = {}
    for path, text in _named(project):
        if path in found or any(inside(path, one) for one in (*here, *_BY_RULES)) or stays(project, build, path):
            continue
        found |= {place: text for place in _put_there(project, path) if not any(inside(place, one) for one in here)}
    highest = [p for p in sorted(found) if not any(p != q and inside(p, q) for q in found)]
    return [Taken(p, p, why=f"{p}: named in {found[p]}") for p in highest] if len(highest) <= _MOST else []


def _named(project: Project) -> Iterator[tuple[str, str]]:
    """Each path that a text of the application names, with that text; of a pattern, or a part of a name, its folder."""
    texts = (path for path, _ in project.files.walk_context("/") if path.endswith(_TEXTS))
    seen: set[str] = set()
    for _, text in zip(range(_FILES), texts, strict=False):
        data = project.files.read(text) or b""
        for match in _PATH.finditer(data.decode("utf-8", "replace") if len(data) <= _SIZE and b"/" in data else ""):
            name = match[1] if not match[2] or match[1].endswith("/") else posixpath.dirname(match[1])
            path = tidy(name)
            if path not in seen and not _has_rules(path):
                seen.add(path)
                yield path, text


def _has_rules(path: str) -> bool:
    """Tell whether a path is a folder that every system has, or goes along by other rules."""
    rules = (is_given, is_temporary, is_trust, is_trust_folder, is_zone)
    return path in SYSTEM or path in ("/etc/passwd", "/etc/group") or any(rule(path) for rule in rules)


def _put_there(project: Project, path: str) -> Iterator[str]:
    """What steps of the file put at a path, or below it: the folder itself where it holds nothing else."""
    built = project.evidence.built
    if built is not None:
        yield from _in_layers(built, path)
        return
    for placed in project.files.placed():
        origin = project.files.origin(placed.path) if inside(placed.path, path) else None
        if placed.sure and isinstance(origin, MadeBy):
            yield placed.path


def _in_layers(built: Contents, path: str) -> Iterator[str]:
    real = built.resolve(path)
    if real is None:
        return
    entry = built.get(real)
    if entry is not None and entry.kind != "folder":
        if _is_authors(built, real):
            yield path
        return
    below = [p for p, one in built.below(real) if one.kind in ("file", "link")]
    own = [p for p in below if _is_authors(built, p)]
    if own and len(own) == len(below) and not built.is_from_base(real):
        yield path
    else:
        yield from own


def _is_authors(built: Contents, path: str) -> bool:
    """Tell whether neither the base image nor a package brought a file."""
    return not built.is_from_base(path) and not built.owner(path)
