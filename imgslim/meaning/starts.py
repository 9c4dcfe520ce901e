"""Which programs a shell text or an argument vector starts, seen through builtins and wrappers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.wrappers import WRAPPERS, Wrapper, wrapped
from imgslim.regex import regex
from imgslim.syntax.shell import script_commands
from imgslim.syntax.simple_command import ALSO_PROGRAMS, BUILTINS
from imgslim.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: A program that is not known.
ANY = "*"
#: Programs that a shell does not start, since it does the same by itself.
DONE_BY_SHELL = ALSO_PROGRAMS | {"["}
SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh"})
#: Not among the wrappers by which a build is read: what stands behind it gets more words than are written.
_XARGS = Wrapper(frozenset("-a -d -E -I -L -n -P -s --delimiter --max-args --max-procs --replace".split()))
_EXEC = ("-exec", "-execdir", "-ok", "-okdir")
#: Options of a shell that take a value, and those that say that a text follows (POSIX, sh; bash(1)).
_SHELL_VALUED = frozenset({"-o", "+o", "-O", "+O", "--rcfile", "--init-file"})
_TEXT = regex(r"-[a-zA-Z]*c[a-zA-Z]*")
_NAME = regex(r"[\w./+:@-]+")


def text_starts(text: str) -> Iterator[str]:
    """Name every program that a shell text starts, as written, :data:`DONE_BY_SHELL` included; ANY for others."""
    commands, open_end = script_commands(text)
    for argv in commands:
        yield from _command(argv)
    if open_end:
        yield ANY


def _command(argv: tuple[str, ...]) -> Iterator[str]:
    """What one command of a shell starts; "" is a word that is not literal (POSIX, "Special Built-In Utilities")."""
    name, words = argv[0], argv[1:]
    if name == "eval":
        yield from text_starts(" ".join(words)) if all(words) else (ANY,)
    elif name == "trap":
        if words and words[0] != "-":
            yield from text_starts(words[0]) if words[0] else (ANY,)
    elif name in (".", "source"):
        yield ANY
    elif name in ("exec", "command", "builtin"):
        if not {"-v", "-V"} & {*words[:1]}:
            yield from _behind(argv, WRAPPERS[name])
    elif name not in BUILTINS:
        yield from argv_starts(argv) if _NAME.fullmatch(name) else (ANY,)


def argv_starts(argv: Sequence[str]) -> Iterator[str]:
    """Name every program that an argument vector starts: its own, and those that it wraps; "": a word not literal."""
    name = argv[0]
    yield name
    base = name.rsplit("/", 1)[-1]
    if base in SHELLS:
        text = shell_text(argv)
        if text is not None:
            yield from text_starts(text) if text else (ANY,)
    elif base == "find":
        for at, word in enumerate(argv[:-1]):
            if word in _EXEC:
                yield from argv_starts(argv[at + 1 :])
    elif (wrapper := _XARGS if base == "xargs" else WRAPPERS.get(base)) is not None:
        yield from _behind(argv, wrapper)


def shell_text(argv: Sequence[str]) -> str | None:
    """The text that ``sh -c`` and its like run; "" where it is not literal, None without ``-c``."""
    rest = iter(argv[1:])
    for word in rest:
        if word in _SHELL_VALUED:
            next(rest, None)
        elif _TEXT.fullmatch(word):
            return next((word for word in rest if word != "--"), None)
        elif not word.startswith(("-", "+")):
            return None
    return None


def _behind(argv: Sequence[str], wrapper: Wrapper) -> Iterator[str]:
    words = [word or Unknown("it is not literal") for word in argv]
    inner = wrapped(words, wrapper)
    if inner is not None:
        yield from argv_starts(argv[inner.at :])
    elif any(isinstance(word, Unknown) or word in wrapper.never for word in words):
        yield ANY
