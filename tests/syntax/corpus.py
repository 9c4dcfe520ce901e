"""Compare our parser with BuildKit's on every Dockerfile of a folder: ``python -m tests.syntax.corpus FOLDER``."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from imgslim.text import decode, encode
from tests.syntax.oracle import oracle, ours, refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.syntax.oracle import Seen

_LARGEST = 2 << 20


def dockerfiles(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file's path and text."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.stat().st_size <= _LARGEST):
        yield path.relative_to(folder).as_posix(), decode(path.read_bytes())


def difference(text: str) -> str:
    """How the two parsers differ on ``text``, "" where they agree or where the oracle can't take it.

    It can't take bytes that are not UTF-8, ends strings at NUL, and reads over what follows a JSON array.
    """
    try:
        encode(text).decode()
    except UnicodeDecodeError:
        return ""
    theirs, mine = oracle(text), ours(text)
    if theirs is None:
        code = refused(text)
        return "" if code else "BuildKit refuses it, we do not"
    if mine is None:
        return f"we refuse it ({refused(text)}), BuildKit does not"
    for a, b in zip(theirs, mine, strict=False):
        if a != b and not _older(a, b):
            return f"BuildKit: {a}\n     ours: {b}"
    return "" if len(theirs) == len(mine) else f"{len(theirs)} instructions, ours {len(mine)}"


def _older(theirs: Seen, mine: Seen) -> bool:
    """Tell whether the two differ only in what the oracle can't do or did before BuildKit changed."""
    cut = replace(mine, value=tuple(value.partition("\0")[0] for value in mine.value))
    if cut == theirs:
        return True
    head, bracket, tail = " ".join(mine.value).partition("[")
    if not theirs.json or mine.json or not bracket:
        return False
    array, _ = json.JSONDecoder().raw_decode(bracket + tail)
    return replace(mine, json=True, value=(*head.split(), *array)) == theirs


def main(folder: str) -> int:
    """Print every difference and the count."""
    files = differing = 0
    for name, text in dockerfiles(Path(folder)):
        files += 1
        found = difference(text)
        if found:
            differing += 1
            sys.stdout.write(f"{name}: {found}\n")
    sys.stdout.write(f"{files} files, {differing} differ\n")
    return 1 if differing else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
