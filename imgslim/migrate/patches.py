"""One patch a service, as files that ``git apply`` takes in the root."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from imgslim.render.place import printable
from imgslim.text import encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imgslim.migrate.results import Result

#: Characters of a name at most: file systems take 255 bytes.
_LONGEST = 120


def patch_names(paths: Iterable[str]) -> dict[str, str]:
    """A file name for the patch of every path: readable, and of no two the same.

    They rest on the paths alone, so that a name stays whatever becomes of the other files.
    """
    plain: dict[str, list[str]] = {}
    for path in paths:
        plain.setdefault(re.sub(r"[^A-Za-z0-9._+-]", "_", path.replace("/", "-"))[:_LONGEST].lstrip(".-"), []).append(
            path
        )
    return {
        path: f"{name}.patch" if len(same) == 1 and _is_plain(path) else f"{name}-{_short(path)}.patch"
        for name, same in plain.items()
        for path in same
    }


def _is_plain(path: str) -> bool:
    return len(path) <= _LONGEST and re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._+/-]*", path) is not None


def _short(path: str) -> str:
    return hashlib.sha256(encode(path)).hexdigest()[:8]


def patch_text(result: Result) -> str:
    """The diff below a few lines that say what it rests on; ``git apply`` and ``patch`` pass over them."""
    return "\n".join((*_head(result), result.diff))


def _head(result: Result) -> Iterator[str]:
    yield f"# {printable(result.path)}: to {printable(result.target)}, {result.state}"
    for sentence in result.sentences:
        yield f"#   it rests on: {printable(sentence)}"
    for stated in result.document["stated"]:
        yield f"#   {printable(stated)}"
