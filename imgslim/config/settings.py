"""What a configuration file sets."""

from __future__ import annotations

from functools import lru_cache
from os.path import relpath
from typing import TYPE_CHECKING

from imgslim.records import dataclass

if TYPE_CHECKING:
    from pathlib import Path

    from e2b_dockerfile_utils import PatternMatcher


#: What ``libc`` and ``prefer`` take.
LIBCS, PREFERENCES = ("musl", "glibc"), ("smallest", "debuggable")


@dataclass(frozen=True, slots=True)
class Settings:
    """The values of one configuration file; all empty where there is none, and then the defaults hold."""

    #: None where no file was found.
    file: Path | None = None
    #: As ``--target``.
    target: str = ""
    #: As ``--libc``.
    libc: str = ""
    #: As ``--prefer``.
    prefer: str = ""
    #: As ``--last-stage``.
    last_stage: bool = False
    #: Reasons whose findings are not reported.
    ignore: tuple[str, ...] = ()
    #: Patterns of the files that are Dockerfiles, in place of the usual names.
    include: tuple[str, ...] = ()
    #: Patterns of files that are left alone wherever files are looked for.
    exclude: tuple[str, ...] = ()
    #: As ``--build-arg``, name and value.
    build_args: tuple[tuple[str, str], ...] = ()
    #: Pattern of a Dockerfile's path, and the folder that is its build context, relative to the file's folder.
    contexts: tuple[tuple[str, str], ...] = ()

    def excludes(self, dockerfile: Path) -> bool:
        """Tell whether ``exclude`` names the file or a folder above it."""
        return self._matches(self.exclude, dockerfile)

    def includes(self, dockerfile: Path) -> bool | None:
        """Tell whether ``include`` names the file; None where it is not set and the usual names hold."""
        return self._matches(self.include, dockerfile) if self.include else None

    def context_of(self, dockerfile: Path | None) -> Path | None:
        """The build context that the file sets for a Dockerfile: that of the first pattern that matches."""
        if dockerfile is None or not self.contexts:
            return None
        folder = next((f for pattern, f in self.contexts if self._matches((pattern,), dockerfile)), None)
        return None if folder is None or self.file is None else self.file.parent / folder

    def _matches(self, patterns: tuple[str, ...], path: Path) -> bool:
        """Match a path below the configuration file's folder as ``.dockerignore`` matches: the last match decides."""
        if not patterns or self.file is None:
            return False
        relative = relpath(path, self.file.parent)
        return not f"{relative}/".startswith("../") and _matcher(patterns).matches(relative)


@lru_cache(maxsize=64)  # a tree has few configurations
def _matcher(patterns: tuple[str, ...]) -> PatternMatcher:
    from e2b_dockerfile_utils import PatternMatcher  # noqa: PLC0415  (few projects set a pattern)

    return PatternMatcher(list(patterns))
