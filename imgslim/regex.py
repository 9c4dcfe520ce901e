"""Regular expressions that are compiled when they are first used.

A command reads only some of the grammars that its modules hold, and compiling all of their expressions took longer than
a bare interpreter takes to start. To a type checker :func:`regex` is :func:`re.compile`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

__all__ = ["regex"]

if TYPE_CHECKING:
    from re import compile as regex
else:
    # ruff: noqa: D105, D107
    class regex:  # noqa: N801  (it stands for a function)
        """Stands for the compiled expression; each of its methods is looked up once."""

        def __init__(self, pattern: str | bytes, flags: int = 0) -> None:
            self.pattern = pattern
            self.flags = flags

        def __getattr__(self, name: str) -> object:
            if name.startswith("__"):
                raise AttributeError(name)
            # Without a lock: the worst is that two threads compile the same expression.
            value = getattr(re.compile(self.pattern, self.flags), name)
            setattr(self, name, value)
            return value
