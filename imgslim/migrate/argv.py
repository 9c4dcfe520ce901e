"""What words and shell texts that start a container ask of its image."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from imgslim.meaning.starts import ANY, DONE_BY_SHELL, SHELLS, argv_starts, shell_text, text_starts
from imgslim.migrate.jobs import Use
from imgslim.model import Need, NeedKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Characters of a text whose answer is kept.
_SHORT = 200


def words_ask(argv: Sequence[str | None], why: str, *, command: bool = False) -> Iterator[Use]:
    """The uses of an argument vector; None: a word that is not literal.

    ``command`` is that of :class:`Use`.
    """
    if not argv:
        return
    words = [word or "" for word in argv]
    program = words[0]
    if not program:
        yield Use(Need(NeedKind.COMMAND, ANY, why), command)
        return
    if program.rsplit("/", 1)[-1] not in SHELLS:
        for name in dict.fromkeys(argv_starts(words)):
            yield Use(Need(NeedKind.COMMAND, name, why), command)
        return
    yield Use(Need(NeedKind.SHELL, program, why), command)
    text = shell_text(words)
    if text is not None:
        yield from text_asks(text or None, why, command=command, shell=False)


@lru_cache(maxsize=128)  # health checks and commands are mostly one line, which many services share
def _starts(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text_starts(text)))


def text_asks(text: str | None, why: str, *, command: bool = False, shell: bool = True) -> Iterator[Use]:
    """The uses of a shell text; None: one that is not literal."""
    if shell:
        yield Use(Need(NeedKind.SHELL, "sh", why), command)
    if text is None:
        yield Use(Need(NeedKind.COMMAND, ANY, why), command)
        return
    for name in _starts(text) if len(text) <= _SHORT else dict.fromkeys(text_starts(text)):
        if name not in DONE_BY_SHELL:
            yield Use(Need(NeedKind.COMMAND, name, why), command)
