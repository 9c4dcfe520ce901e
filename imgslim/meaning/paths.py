"""Absolute paths of an image: joining, normalising, containment."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.values import Unknown

if TYPE_CHECKING:
    from imgslim.values import Value


def normal(path: str) -> str:
    """``path`` made absolute at ``/``, without ``.``, ``..`` and doubled or trailing slashes."""
    return path if _is_normal(path) else posixpath.normpath("/" + path.lstrip("/"))


def _is_normal(path: str) -> bool:
    """Tell whether a path is surely absolute and normalised: most are, and looking is faster than making it so."""
    return path.startswith("/") and "//" not in path and "/." not in path and (path[-1] != "/" or path == "/")


def tidy(path: str) -> str:
    """``path`` without ``.``, ``..`` and doubled or trailing slashes; a relative one stays relative.

    POSIX leaves open what two leading slashes mean (Base Definitions, 4.16), and normpath keeps them; Linux takes them
    for one.
    """
    if _is_normal(path):
        return path
    found = posixpath.normpath(path)
    return found[1:] if found.startswith("//") else found


def absolute(path: Value, cwd: Value) -> Value:
    """``path`` as a process in ``cwd`` means it; Unknown where either is needed and open."""
    if isinstance(path, Unknown):
        return path
    if path.startswith("/"):
        return normal(path)
    return cwd if isinstance(cwd, Unknown) else normal(f"{cwd}/{path}")


def has_magic(text: str) -> bool:
    """Tell whether ``text`` is a pattern to a shell, and to COPY (Go's filepath.Match)."""
    return any(ch in text for ch in "*?[")


def inside(path: str, folder: str) -> bool:
    """Tell whether ``path`` is ``folder`` or lies below it; both normalised."""
    return folder in (path, "/") or path.startswith(folder + "/")


def below(path: str, folder: str) -> str:
    """``path`` relative to ``folder`` that holds it; "" for the folder itself."""
    return path[len(folder.rstrip("/")) + 1 :] if path != folder else ""


def join(folder: str, relative: str) -> str:
    """The path ``relative`` inside ``folder``; "" is the folder itself."""
    return f"{folder.rstrip('/')}/{relative}" if relative else folder
