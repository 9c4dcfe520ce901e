"""Where a program is looked for that is named: execve(2), and PATH for a bare name (execvp(3))."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from imgslim.meaning.base import DEFAULT_PATH
from imgslim.meaning.paths import absolute
from imgslim.values import known

if TYPE_CHECKING:
    from imgslim.meaning.trace import Scope
    from imgslim.values import Value


def searched(scope: Scope, word: str, cwd: Value) -> tuple[str, ...]:
    """The absolute paths at which a process in ``cwd`` with the scope's PATH looks for ``word``, first to last."""
    search = scope.env.get("PATH", DEFAULT_PATH)
    return _searched(search if isinstance(search, str) else DEFAULT_PATH, word, cwd)


@lru_cache(maxsize=64)  # every toolchain asks for what an entry starts
def _searched(search: str, word: str, cwd: Value) -> tuple[str, ...]:
    places = [word] if "/" in word else [f"{folder or '.'}/{word}" for folder in search.split(":")]
    return tuple(path for place in places if (path := known(absolute(place, cwd))) is not None)
