"""Given: words that the entry gives to a program, or to a shell, that name files and folders of the image."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.effects import MadeBy
from imgslim.meaning.paths import absolute
from imgslim.meaning.trace import Copy
from imgslim.model import Need, NeedKind
from imgslim.planner.places import STANDARD
from imgslim.toolchains.gathered import is_given, is_temporary
from imgslim.values import known

if TYPE_CHECKING:
    from imgslim.model import Project
    from imgslim.planner.started import Found
    from imgslim.syntax.shell_paths import Paths
    from imgslim.values import Value


def argument(project: Project, word: str, found: Found) -> None:
    """An argument that names a file or folder of the image is read by the program that gets it."""
    value = word.split("=", 1)[1] if word.startswith("-") and "=" in word else word
    if not value or value.startswith("-") or value in (".", "/", ".."):
        return
    path = known(absolute(value, found.cwd))
    line = f"the entry names {value}"
    if path is not None and _stands(project, path):
        found.needs[Need(NeedKind.FILE, path, line)] = None
    elif path is not None and value.startswith("/"):
        # It may make the file: a folder that every distribution has is there in the original. /etc is in any container.
        folders = (f for f in (path, posixpath.dirname(path)) if f in STANDARD and f != "/etc")
        found.needs |= dict.fromkeys(Need(NeedKind.FILE, folder, line) for folder in folders)


def names(project: Project, paths: Paths, by: str, found: Found) -> None:
    """What a shell text names is read by something in it; where it writes, the folder has to be there.

    A shell opens a file for output before it starts the command, and starts none where that fails.
    """
    for word in paths.named:
        if not is_around(project, absolute(word, found.cwd)):
            argument(project, word, found)
    for name in paths.written:
        path = known(absolute(name, found.cwd))
        if path is None or is_given(path):
            continue
        why = f"{by} writes {name}"
        if is_temporary(path):
            found.needs[Need(NeedKind.TMP, "", why)] = None
        elif posixpath.dirname(path) != found.cwd:
            found.needs[Need(NeedKind.FILE, posixpath.dirname(path), why)] = None


def is_around(project: Project, folder: Value) -> bool:
    """Tell whether a folder is WORKDIR or above it: there in any case, and nothing that a program reads as a whole."""
    workdir = project.trace.final.workdir
    return isinstance(folder, str) and isinstance(workdir, str) and (workdir + "/").startswith(folder.rstrip("/") + "/")


def _stands(project: Project, path: str) -> bool:
    """Tell whether a step of the file surely put something there."""
    if project.files.exists(path) is True and isinstance(project.files.origin(path), MadeBy):
        return True
    if project.files.context_file(path) or any(True for _ in project.files.walk_context(path)):
        return True
    return any(p.path == path and _copied(project, p.point.step) for p in project.files.placed())


def _copied(project: Project, step: int) -> bool:
    """Tell whether a COPY from another image did it: what that names is there, or the original does not build."""
    found = project.trace.steps[step]
    return isinstance(found, Copy) and found.origin is not None
