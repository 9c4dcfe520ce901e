"""Find the pages of a server: its start page, what answers lead to, what it describes itself, files of the context."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import quote

from imgslim.verify.described import PLACES, leads
from imgslim.verify.links import links, local_target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from imgslim.verify.exchange import Answer

#: Pages asked for by default.
MOST_PAGES = 60
#: Seconds after which no further page is asked for: a slow server is asked each of them several times in all.
_MOST_SECONDS = 20.0
#: A path that no server has: how it answers is part of its behaviour.
NO_SUCH_PAGE = "/imgslim-no-such-page"
_AUTHORITY = "localhost"
_OK = 200
#: Files of the context's top folder, and folders in it of which one file each is asked for.
_MOST_FILES = 4
_MOST_FOLDERS = 3


def files_of(context: Path) -> tuple[str, ...]:
    """Some of a build context's files as pages.

    A server may give out the folder that it starts in, and no page leads there. Hidden files are none of anybody's
    business, and the Dockerfile is another one in the rewritten image.
    """
    files, folders = _visible(context)
    within = [(folder, _visible(context / folder)[0]) for folder in folders[:_MOST_FOLDERS]]
    found = [*files[:_MOST_FILES], *(f"{folder}/{names[0]}" for folder, names in within if names)]
    return tuple(f"/{quote(name, errors='surrogateescape')}" for name in found)


def _visible(folder: Path) -> tuple[list[str], list[str]]:
    """The names of the files and of the folders in it, each in order; no links, and none where it can't be read."""
    try:
        there = sorted(one for one in folder.iterdir() if not one.name.startswith(".") and not one.is_symlink())
        files = [one.name for one in there if one.is_file() and not one.name.lower().startswith("dockerfile")]
        return files, [one.name for one in there if one.is_dir()]
    except OSError:
        return [], []


def explore(ask: Callable[[str], Answer], more: tuple[str, ...] = ()) -> Iterator[tuple[str, Answer]]:
    """Each page with its answer, breadth first; only GET is ever sent.

    A description of the server's interface is looked for at its usual places, and ``more`` pages are asked for. Last
    comes a page that does not exist.
    """
    end = time.monotonic() + _MOST_SECONDS
    waiting = list(dict.fromkeys(("/", *PLACES, *more)))
    seen = {*waiting, NO_SUCH_PAGE}
    while waiting and time.monotonic() < end:
        path = waiting.pop(0)
        answer = ask(path)
        yield path, answer
        for target in _next(path, answer):
            if target not in seen and len(seen) < MOST_PAGES:
                seen.add(target)
                waiting.append(target)
    yield NO_SUCH_PAGE, ask(NO_SUCH_PAGE)


def _next(path: str, answer: Answer) -> Iterator[str]:
    """Where an answer leads to on the same server."""
    kind = answer.field("content-type")
    if "html" in kind:
        yield from links(answer.body, path, _AUTHORITY)
    elif "json" in kind and answer.status == _OK:
        yield from filter(None, (local_target(one, path, _AUTHORITY) for one in leads(answer.body)))
    if target := local_target(answer.field("location"), path, _AUTHORITY):
        yield target
