"""What one build command leaves behind for the Java machine: a folder of classes, or an archive."""

from __future__ import annotations

import fnmatch
import re
from typing import TYPE_CHECKING

from imgslim.meaning.paths import inside
from imgslim.records import dataclass

if TYPE_CHECKING:
    from imgslim.meaning.trace import Command

#: What lies below is compiled for tests, for Maven's wrapper or for the build itself.
NOT_RUN = ("/src/test/", "/.mvn/", "/buildSrc/")


@dataclass(frozen=True, slots=True)
class Output:
    """Files that a command made."""

    #: Absolute, right after the command. ``*`` in it stands for a part that reading does not settle (a version).
    path: str
    #: True for a folder that belongs to the program as a whole: classes, an installed distribution.
    is_folder: bool
    command: Command
    step: int
    index: int
    #: For people: ``javac``.
    made_by: str
    #: False for what lies beside the program's own archive: sources, tests, what was there before repackaging.
    runs: bool = True
    #: The compiled sources, by absolute path in the image.
    sources: tuple[str, ...] = ()
    #: True where all of the program's code is in ``sources``: nothing was fetched or linked in.
    closed: bool = False
    #: Of an archive: the folders in which its manifest has libraries, seen from its own; "" for that itself.
    libraries: tuple[str, ...] = ()

    def is_at(self, path: str) -> bool:
        """Tell whether ``path`` is it, or lies in it."""
        if self.is_folder:
            return inside(path, self.path)
        return path == self.path or ("*" in self.path and _fits(self.path, path))

    def matches(self, pattern: str) -> bool:
        """Tell whether a shell's pattern of one folder may give it."""
        if "*" not in self.path:
            return _fits(pattern, self.path)
        return self.path.rpartition("/")[0] == pattern.rpartition("/")[0]


def _fits(pattern: str, path: str) -> bool:
    """A shell's pattern: ``*`` and ``?`` do not cross a slash (POSIX, "Patterns Used for Filename Expansion")."""
    head, _, last = pattern.rpartition("/")
    there, _, name = path.rpartition("/")
    return head == there and re.compile(fnmatch.translate(last)).match(name) is not None
