"""Where a program is looked for that is named: execve(2), and PATH for a bare name (execvp(3))."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.base import DEFAULT_PATH
from imgslim.meaning.paths import absolute
from imgslim.values import known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.meaning.trace import Scope
    from imgslim.values import Value


def searched(scope: Scope, word: str, cwd: Value) -> Iterator[str]:
    """The absolute paths at which a process in ``cwd`` with the scope's PATH looks for ``word``, first to last."""
    search = scope.env.get("PATH", DEFAULT_PATH)
    folders = (search if isinstance(search, str) else DEFAULT_PATH).split(":")
    for place in [word] if "/" in word else [f"{folder or '.'}/{word}" for folder in folders]:
        path = known(absolute(place, cwd))
        if path is not None:
            yield path
