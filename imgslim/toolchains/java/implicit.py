"""Sources that ``javac`` compiles though nobody named them: types that others use ("javac", Searching for Types).

It looks for a type's source on the source path, or, without one, on the class path; which has the working directory
alone where neither an option nor CLASSPATH says another.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.paths import absolute
from imgslim.toolchains.java.scan import scan
from imgslim.values import known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.meaning.effects import Files
    from imgslim.meaning.trace import Command

#: Sources of one program that are followed.
_MOST = 5000


def followed(sources: list[str], path: list[str], command: Command, files: Files) -> list[str]:
    """The sources, and those of the types that they use, by absolute path.

    Args:
        sources: what the command names.
        path: where it looks for others, as written; empty for the working directory.
        command: the compiler's.
        files: as the command finds them.
    """
    index, packages = _index(path or ["."], command, files)
    if not index:
        return sources
    found, todo = dict.fromkeys(sources), list(sources)
    while todo and len(found) < _MOST:
        data = files.read(todo.pop())
        for other in _used(data, index, packages) if data is not None else ():
            if other not in found:
                found[other] = None
                todo.append(other)
    return list(found)


def _index(path: list[str], command: Command, files: Files) -> tuple[dict[str, str], set[str]]:
    """Sources by their path below a root, the first root's first; and the folders that they lie in."""
    index: dict[str, str] = {}
    for written in path:
        root = known(absolute(written or ".", command.cwd))
        for image, _ in files.walk_context(root) if root is not None else ():
            if image.endswith(".java"):
                index.setdefault(posixpath.relpath(image, root), image)
    return index, {posixpath.dirname(name) for name in index}


def _used(data: bytes, index: dict[str, str], packages: set[str]) -> Iterator[str]:
    """The sources of types that a text names: by their whole name, in its own package, or in one that it imports."""
    read = scan(data)
    names = [name.split(".") for name in read.names]
    near = {read.package.replace(".", "/"), *(where for parts in names if (where := "/".join(parts)) in packages)}
    for parts in names:
        for end in range(1, len(parts) + 1):
            if (place := index.get("/".join(parts[:end]) + ".java")) is not None:
                yield place
        for folder in near:
            if (place := index.get(posixpath.join(folder, parts[0] + ".java"))) is not None:
                yield place
