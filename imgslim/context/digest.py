"""What a build sees of a folder, as one number: two folders with the same one give the same image."""

from __future__ import annotations

import hashlib
import os
import stat
from typing import TYPE_CHECKING

from imgslim.context.ignore import compile_patterns

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from e2b_dockerfile_utils import PatternMatcher

#: Beyond these, reading the context takes longer than it may save.
MOST_FILES = 50_000
MOST_BYTES = 1 << 29


def context_digest(root: Path, dockerfile: Path | None = None) -> str | None:
    """SHA-256 over names, kinds, permissions and contents of what ``.dockerignore`` leaves of ``root``.

    Times and owners are not part of it: BuildKit gives all files of a context to root, and its own cache does not look
    at times either. None where it can't be told: too much, unreadable, or patterns that Docker refuses.
    """
    try:
        matcher = _matcher(root, dockerfile)
        found = []
        left = MOST_BYTES
        for path, entry in _seen(root, "", matcher):
            found.append((path, entry))
            left -= entry.stat(follow_symlinks=False).st_size if entry.is_file(follow_symlinks=False) else 0
            if len(found) > MOST_FILES or left < 0:
                return None
        whole = hashlib.sha256()
        for path, entry in found:
            mode = entry.stat(follow_symlinks=False).st_mode
            whole.update(os.fsencode(f"{path}\0{mode:o}\0{_content(entry.path, mode)}\0"))
    except (OSError, ValueError):
        return None
    return whole.hexdigest()


def _matcher(root: Path, dockerfile: Path | None) -> PatternMatcher | None:
    """The patterns that hold: those of the Dockerfile's own ignore file, else of the context's (BuildKit)."""
    own = [] if dockerfile is None else [dockerfile.with_name(dockerfile.name + ".dockerignore")]
    for file in (*own, root / ".dockerignore"):
        if file.is_file():
            return compile_patterns(file.read_text("utf-8", "surrogateescape"))
    return None


def _seen(folder: Path | str, above: str, matcher: PatternMatcher | None) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """What the build sees below a folder, in order; an ignored folder is entered where ``!`` may bring files back."""
    with os.scandir(folder) as entries:
        listed = sorted(entries, key=lambda entry: entry.name)
    for entry in listed:
        path = f"{above}{entry.name}"
        ignored = matcher is not None and matcher.matches(path)
        if not ignored:
            yield path, entry
        if entry.is_dir(follow_symlinks=False) and not (ignored and not _may_return(matcher, path)):
            yield from _seen(entry.path, f"{path}/", matcher)


def _may_return(matcher: PatternMatcher | None, path: str) -> bool:
    return matcher is not None and matcher.may_match_under(path)


def _content(path: str, mode: int) -> str:
    """A file's hash, a link's target, nothing for the rest."""
    if stat.S_ISLNK(mode):
        return os.readlink(path)  # noqa: PTH115
    if not stat.S_ISREG(mode):
        return ""
    with open(path, "rb") as file:  # noqa: PTH123  (of many files)
        return hashlib.file_digest(file, "sha256").hexdigest()
