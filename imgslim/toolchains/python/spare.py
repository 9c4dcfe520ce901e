"""Modules of the standard library that Python's own tests alone import."""

from __future__ import annotations

import posixpath
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from imgslim.model import Preparation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Project

#: Extension modules for ``test`` and for those who write extensions (cpython, Modules/Setup.stdlib.in, "Test modules");
#: they are not in the library's documentation, and the official images have removed the tests that import them.
_MODULES = ("_ctypes_test.*", "_test*", "_xxtestfuzz.*", "xxlimited*")


def spared(project: Project, library: str) -> Iterator[Preparation]:
    """Take them out of a library that goes along with its interpreter, where a run of the original opened none."""
    built, run = project.evidence.built, project.evidence.run
    if built is None or run is None:
        return
    folder = f"{library}/lib-dynload"
    found = {path: posixpath.basename(path) for path, _ in built.below(folder)}
    found = {path: name for path, name in found.items() if any(fnmatchcase(name, one) for one in _MODULES)}
    if not found or f"{library}/test" in built.entries or any(path in run.uses for path in found):
        return
    patterns = [one for one in _MODULES if any(fnmatchcase(name, one) for name in found.values())]
    yield Preparation(
        "rm " + " ".join(f"{folder}/{one}" for one in patterns), "Modules that only Python's own tests import"
    )
