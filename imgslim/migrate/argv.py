"""What words and shell texts that start a container ask of its image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.migrate.jobs import Use
from imgslim.model import Need, NeedKind
from imgslim.syntax.shell import script_commands

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh"})
#: What a shell does by itself.
_BUILTINS = frozenset(
    """
    . : [ alias break cd command continue echo eval exec exit export false fg getopts hash kill let local printf pwd
    read readonly return set shift source test trap true type ulimit umask unalias unset wait
    """.split()
)


def words_ask(argv: Sequence[str | None], why: str, *, command: bool = False) -> Iterator[Use]:
    """The uses of an argument vector; None: a word that is not literal.

    ``command`` is that of :class:`Use`.
    """
    if not argv:
        return
    program = argv[0]
    if not program:
        yield Use(Need(NeedKind.COMMAND, "*", why), command)
        return
    if program.rsplit("/", 1)[-1] not in _SHELLS:
        yield Use(Need(NeedKind.COMMAND, program, why), command)
        return
    yield Use(Need(NeedKind.SHELL, program, why), command)
    rest = iter(argv[1:])
    for word in rest:
        if word is None or not word.startswith("-"):
            return
        if word.endswith("c"):  # -c, -ec, -lc: the next word is the text
            yield from text_asks(next(rest, None), why, command=command, shell=False)
            return


def text_asks(text: str | None, why: str, *, command: bool = False, shell: bool = True) -> Iterator[Use]:
    """The uses of a shell text; None: one that is not literal."""
    if shell:
        yield Use(Need(NeedKind.SHELL, "sh", why), command)
    if text is None:
        yield Use(Need(NeedKind.COMMAND, "*", why), command)
        return
    started, open_end = script_commands(text)
    names = [argv[1] if argv[0] == "exec" and len(argv) > 1 else argv[0] for argv in started if argv]
    if open_end:
        names.append("*")
    for name in dict.fromkeys(names):
        if name not in _BUILTINS:
            yield Use(Need(NeedKind.COMMAND, name or "*", why), command)
