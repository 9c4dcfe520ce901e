"""Image names as they stand in files, variables included, and whether two may mean the same image."""

from __future__ import annotations

import re

#: ``$NAME``, ``${NAME…}`` and ``${{ … }}``.
_VARIABLE = re.compile(r"\$\{\{.*?\}\}|\$\{[^}]*\}|\$\w+")
_HOLE = "\0"


def repository(name: str) -> str:
    """The name without tag and digest, variables as holes, as Docker completes it; "" where no part is literal.

    Tags are left out: which of them a file means changes with each release.
    """
    name = _VARIABLE.sub(_HOLE, name.strip())
    name = name.partition("@")[0]
    head, slash, last = name.rpartition("/")
    last = last.partition(":")[0]
    if not last.replace(_HOLE, ""):
        return ""
    name = f"{head}{slash}{last}"
    for front in ("docker.io/", "index.docker.io/", "library/"):
        name = name.removeprefix(front)
    return name


def last_part(repository: str) -> str:
    """What stands behind the last slash: the key that names are looked up by."""
    return repository.rpartition("/")[2]


def may_be_same(one: str, other: str) -> bool:
    """Tell whether two results of :func:`repository` may name one image, whatever their variables hold."""
    if _HOLE not in one and _HOLE not in other:
        return one == other
    if _HOLE in one and _HOLE in other:
        return last_part(one) == last_part(other)
    pattern, plain = (one, other) if _HOLE in one else (other, one)
    return re.fullmatch(".*".join(re.escape(part) for part in pattern.split(_HOLE)), plain) is not None
