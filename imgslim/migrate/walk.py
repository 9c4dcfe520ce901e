"""Walk a tree that git knows nothing of, as ``.gitignore`` files in it ask (gitignore(5))."""

from __future__ import annotations

import os
from operator import attrgetter
from typing import TYPE_CHECKING

from imgslim.files import NEVER_ENTERED
from imgslim.migrate.jobs import Note, Place
from imgslim.migrate.root import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pathspec import GitIgnoreSpec

    from imgslim.migrate.root import Root

#: Entries that are looked at most.
WALK_LIMIT = 5_000_000
_NAME = attrgetter("name")


def walked(root: Root, notes: list[Note]) -> Iterator[str]:
    """Every file below the root that no ``.gitignore`` excludes; no link to a folder is entered.

    What can't be read is added to ``notes``.
    """
    left = WALK_LIMIT
    stack: list[tuple[str, tuple[tuple[str, GitIgnoreSpec], ...]]] = [("", ())]
    while stack:
        folder, specs = stack.pop()
        try:
            with os.scandir(root.text_at(folder)) as found:
                entries = sorted(found, key=_NAME)
        except OSError as error:
            notes.append(Note(Place(folder or "."), f"this folder can't be read: {error.strerror}."))
            continue
        left -= len(entries)
        if left < 0:
            notes.append(
                Note(Place(folder or "."), f"the tree has more than {WALK_LIMIT} entries; the rest was not read.")
            )
            return
        names = [entry.name for entry in entries]
        if ".gitignore" in names:
            specs = _with_own(root, folder, specs, notes)
        below = []
        for name, entry in zip(names, entries, strict=True):
            path = f"{folder}/{name}" if folder else name
            is_folder = entry.is_dir(follow_symlinks=False)
            if (is_folder and name in NEVER_ENTERED) or (specs and _ignored(path + "/" * is_folder, specs)):
                continue
            if is_folder:
                below.append((path, specs))
            else:
                yield path
        stack += reversed(below)


def _with_own(
    root: Root,
    folder: str,
    specs: tuple[tuple[str, GitIgnoreSpec], ...],
    notes: list[Note],
) -> tuple[tuple[str, GitIgnoreSpec], ...]:
    from pathspec import GitIgnoreSpec  # noqa: PLC0415  (a tree without an ignore file does not pay for it)

    path = f"{folder}/.gitignore" if folder else ".gitignore"
    try:
        lines = root.read(path).decode("utf-8", "surrogateescape").splitlines()
        spec = GitIgnoreSpec.from_lines(lines)
    except (Refused, ValueError) as error:
        notes.append(Note(Place(path), f"not followed: {error}."))
        return specs
    return (*specs, (f"{folder}/" if folder else "", spec))


def _ignored(path: str, specs: tuple[tuple[str, GitIgnoreSpec], ...]) -> bool:
    """The nearest file that has a pattern for it decides (gitignore(5): "patterns in the higher level files …")."""
    for prefix, spec in reversed(specs):
        answer = spec.check_file(path.removeprefix(prefix)).include
        if answer is not None:
            return answer
    return False
