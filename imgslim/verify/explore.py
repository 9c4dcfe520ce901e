"""Find the pages of a server: its start page, what answers lead to, and what it describes itself."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from imgslim.verify.described import PLACES, leads
from imgslim.verify.links import links, local_target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imgslim.verify.exchange import Answer

#: Pages asked for by default.
MOST_PAGES = 60
#: Seconds after which no further page is asked for: a slow server is asked each of them several times in all.
_MOST_SECONDS = 20.0
#: A path that no server has: how it answers is part of its behaviour.
NO_SUCH_PAGE = "/imgslim-no-such-page"
_AUTHORITY = "localhost"
_OK = 200


def explore(ask: Callable[[str], Answer]) -> Iterator[tuple[str, Answer]]:
    """Each page with its answer, breadth first; only GET is ever sent.

    A description of the server's interface is looked for at its usual places. Last comes a page that does not exist.
    """
    end = time.monotonic() + _MOST_SECONDS
    waiting = ["/", *PLACES]
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
