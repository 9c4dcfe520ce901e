"""The words among which toolchains look for their tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass, numerous

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from imgslim.meaning.trace import Command

#: How many words a wrapper and its settings take before a tool (``sudo env A=b C=d go build``), generously.
_REACH = 12
#: Stands before each word in :attr:`FirstNames.text`: no word of a command holds it (execve(2)).
_MARK = "\0"


@numerous
@dataclass(frozen=True, slots=True)
class FirstNames:
    """Words of commands that may name a tool, each with its last name."""

    words: AbstractSet[str]
    #: All of them, each behind a mark: most questions are answered by one look at it.
    text: str

    def any_of(self, names: frozenset[str]) -> bool:
        """Tell whether one of the words is one of ``names``."""
        return not names.isdisjoint(self.words)

    def any_begins(self, beginnings: tuple[str, ...]) -> bool:
        """Tell whether one of the words begins as one of :func:`beginnings` does."""
        return any(map(self.text.__contains__, beginnings))


def beginnings(*names: str) -> tuple[str, ...]:
    """What :meth:`FirstNames.any_begins` looks for."""
    return tuple(_MARK + name for name in names)


def first_names(commands: Iterable[Command]) -> FirstNames:
    """Each command's first words, and their last names."""
    words = {w.value for command in commands for w in command.words[:_REACH] if isinstance(w.value, str)}
    words |= {word.rsplit("/", 1)[-1] for word in words if "/" in word}
    return FirstNames(words, _MARK + _MARK.join(words))
