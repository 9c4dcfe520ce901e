"""Which programs a shell text or an argument vector starts, seen through builtins and wrappers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.wrappers import WRAPPERS, Wrapper, wrapped
from imgslim.records import dataclass
from imgslim.regex import regex
from imgslim.syntax.shell import script_commands
from imgslim.syntax.shell_functions import looks_for
from imgslim.syntax.shell_paths import Paths, paths_in
from imgslim.syntax.simple_command import ALSO_PROGRAMS, BUILTINS
from imgslim.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: A program that is not known.
ANY = "*"
#: Programs that a shell does not start, since it does the same by itself.
DONE_BY_SHELL = ALSO_PROGRAMS | {"[", "[["}
SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh"})
#: Not among the wrappers by which a build is read: what stands behind it gets more words than are written.
_XARGS = Wrapper(frozenset("-a -d -E -I -L -n -P -s --delimiter --max-args --max-procs --replace".split()))
#: By their manual pages; env keeps a command that gets an empty environment, which a build's reader can't follow.
_STARTERS = {
    "xargs": _XARGS,
    "env": Wrapper(frozenset({"-u", "--unset"}), assigns=True, never=frozenset("-C --chdir -S --split-string".split())),
    "runuser": Wrapper(frozenset("-u -g -G --user --group".split()), never=frozenset({"-", "-l", "--login"})),
    "chroot": Wrapper(operands=1),
    "chpst": Wrapper(frozenset("-u -U -b -e -m -d -o -p -f -c -r -t -l -L -n".split())),
    "setuidgid": Wrapper(operands=1),
    "s6-setuidgid": Wrapper(operands=1),
    "catatonit": Wrapper(),
    "busybox": Wrapper(),
    "chrt": Wrapper(frozenset({"-T", "-P", "-D"}), operands=1),
    "taskset": Wrapper(operands=1),
    "flock": Wrapper(frozenset({"-w", "-E", "--timeout"}), operands=1, never=frozenset({"-c", "--command"})),
}
#: Programs that run what a word names, which may start anything; a text of theirs follows one of the options. The
#: groups are named after the languages that some toolchain reads.
_INTERPRETERS = regex(
    r"(?P<python>(?:python|pypy)[\d.]*)|(?P<ruby>ruby[\d.]*)|(?P<node>node|nodejs)"
    r"|(?:perl|php|lua|tclsh)[\d.]*|Rscript|java|dotnet|deno|bun|julia|elixir|escript|guile|expect"
)
#: Programs that start what a file says that they find by themselves, or by an option.
_AWKS = frozenset("awk gawk mawk nawk".split())
_BY_FILES = _AWKS | frozenset("make gmake rake just task ant mvn gradle invoke".split())
#: Options with which they only say something of themselves.
_ASKS = frozenset("--help --version -h -v -V -version".split())
_GIVES_TEXT = frozenset({"-c", "-e", "-E", "-m", "-r", "-p", "--eval", "--print"})
#: The same among other letters: ``perl -ne``; and what starts programs, or loads files, in such a text.
_TEXTS = regex(r"-[A-Za-z]*[eE]")
_STARTS = regex(r"system|exec|spawn|popen|subprocess|child_process|fork|open|require|`|qx|eval|%x", 2)
_EXEC = ("-exec", "-execdir", "-ok", "-okdir")
#: Options of a shell that take a value, and those that say that a text follows (POSIX, sh; bash(1)).
_SHELL_VALUED = frozenset({"-o", "+o", "-O", "+O", "--rcfile", "--init-file"})
_TEXT = regex(r"-[a-zA-Z]*c[a-zA-Z]*")
_NAME = regex(r"[\w./+:@-]+")
#: Wrappers in wrappers that are followed.
_NESTED = 8


@dataclass(frozen=True, slots=True)
class Inside:
    """What a command starts that is not its own name: what a builtin runs, or the program behind a wrapper."""

    #: Argument vectors, "" for a word that is not literal.
    commands: tuple[tuple[str, ...], ...] = ()
    #: Files that the shell itself reads and runs.
    sourced: tuple[str, ...] = ()
    #: Why it may start something else too; "" where it does not.
    open_end: str = ""
    #: What a shell text names.
    paths: Paths = Paths()
    #: Programs that it looks for and does not start.
    asked: tuple[str, ...] = ()


def inside(argv: tuple[str, ...]) -> Inside | None:
    """What ``argv``, a command of a shell, starts beside its own name; None for a command that starts nothing else."""
    name, words = argv[0], argv[1:]
    base = name.rsplit("/", 1)[-1]
    if name == "eval":
        return _of_text(" ".join(words) if all(words) else "", "evaluates")
    if name == "trap":
        return Inside() if len(words) < 2 or words[0] == "-" else _of_text(words[0], "does on a signal")  # noqa: PLR2004
    if name in (".", "source"):
        return Inside(sourced=words[:1]) if words and words[0] else Inside(open_end="it reads a file that it computes")
    if base in SHELLS and (text := shell_text(argv)) is not None:
        return _of_text(text, f"gives {base} to run")
    if base in SHELLS and (script := _script(argv)):
        return Inside((script,))
    if looks_for([base, *words]):
        return _looked_for(words)
    if base == "find":
        return Inside(tuple(argv[at + 1 :] for at, word in enumerate(argv[:-1]) if word in _EXEC))
    if base in ("su", "runuser") and (text := _as_user(argv)) is not None:
        return _of_text(text, f"gives {base} to run")
    wrapper = _STARTERS.get(base) or WRAPPERS.get(base)
    if wrapper is None or (base in ("command", "builtin") and {"-v", "-V"} & {*words[:1]}):
        return None
    inner = wrapped([word or Unknown("it is not literal") for word in argv], wrapper)
    if inner is not None:
        return Inside((argv[inner.at :],))
    lost = any(not word or word in wrapper.never for word in words)
    return Inside(open_end=f"it starts something by {base}" if lost else "")


def vectors(argv: tuple[str, ...], depth: int = 0) -> Iterator[tuple[str, ...]]:
    """Every argument vector that one starts: itself, and those behind wrappers and in the texts of shells."""
    yield argv
    within = inside(argv) if depth < _NESTED else None
    for words in within.commands if within is not None else ():
        yield from vectors(words, depth + 1)


def text_vectors(text: str) -> Iterator[tuple[str, ...]]:
    """The same of what a shell text starts."""
    for argv in script_commands(text)[0]:
        yield from vectors(argv)


def _looked_for(words: tuple[str, ...]) -> Inside:
    """What ``command -v`` and its like look for (POSIX, command; bash(1), hash and type; which(1))."""
    names = tuple(word for word in words if not word.startswith("-"))
    computed = "" in names
    return Inside(open_end="it looks for a program whose name it computes" if computed else "", asked=names)


def _script(argv: tuple[str, ...]) -> tuple[str, ...]:
    """The file that a shell is given to run, with what that gets; it is looked for in the current folder first."""
    at = next((n for n, word in enumerate(argv) if n and not word.startswith(("-", "+"))), len(argv))
    if at == len(argv) or not argv[at] or any(word in _SHELL_VALUED for word in argv[:at]):
        return ()
    return (argv[at] if "/" in argv[at] else f"./{argv[at]}", *argv[at + 1 :])


def _as_user(argv: tuple[str, ...]) -> str | None:
    """The text after ``-c`` of su and runuser, "" where it is not literal; None without (su(1), runuser(1))."""
    at = next((n for n, word in enumerate(argv) if word in ("-c", "--command", "--session-command")), None)
    if at is None:
        return None
    return argv[at + 1] if at + 1 < len(argv) else ""


def _of_text(text: str, verb: str) -> Inside:
    if not text:
        return Inside(open_end=f"what it {verb} is computed")
    commands, open_end = script_commands(text)
    return Inside(commands, open_end=open_end, paths=paths_in(text))


def text_starts(text: str, reads: str = ANY) -> Iterator[str]:
    """Name every program that a shell text starts, as written, :data:`DONE_BY_SHELL` included; ANY for others.

    ``reads`` is that of :func:`argv_starts`.
    """
    commands, open_end = script_commands(text)
    for argv in commands:
        yield from _command(argv, reads)
    if open_end:
        yield ANY


def _command(argv: tuple[str, ...], reads: str) -> Iterator[str]:
    """What one command of a shell starts; "" is a word that is not literal (POSIX, "Special Built-In Utilities")."""
    name, words = argv[0], argv[1:]
    if name == "eval":
        yield from text_starts(" ".join(words), reads) if all(words) else (ANY,)
    elif name == "trap":
        if words and words[0] != "-":
            yield from text_starts(words[0], reads) if words[0] else (ANY,)
    elif name in (".", "source"):
        yield ANY
    elif name in ("type", "hash") or (name == "command" and {"-v", "-V"} & {*words[:1]}):
        yield from _asked_for(words)
    elif name in ("exec", "command", "builtin"):
        yield from _behind(argv, WRAPPERS[name], reads)
    elif name not in BUILTINS:
        yield from argv_starts(argv, reads) if _NAME.fullmatch(name) else (ANY,)


def _asked_for(words: Sequence[str]) -> Iterator[str]:
    """Name what is only looked for on PATH: whoever asks does otherwise where it is missing."""
    yield from (word or ANY for word in words if not word.startswith("-"))


def argv_starts(argv: Sequence[str], reads: str = ANY) -> Iterator[str]:
    """Name every program that an argument vector starts: its own, and those that it wraps; "": a word not literal.

    Args:
        argv: the words.
        reads: the language whose files the caller reads; what others run may start anything. ANY: somebody reads all.
    """
    name = argv[0]
    yield name
    base = name.rsplit("/", 1)[-1]
    if base in SHELLS:
        text = shell_text(argv)
        if text is not None:
            yield from text_starts(text, reads) if text else (ANY,)
        elif script := _script(tuple(argv)):
            yield script[0]
        elif "" in argv:
            yield ANY
    elif base == "find":
        for at, word in enumerate(argv[:-1]):
            if word in _EXEC:
                yield from argv_starts(argv[at + 1 :], reads)
    elif base == "which":
        yield from _asked_for(argv[1:])
    elif (interpreter := _INTERPRETERS.fullmatch(base)) is not None:
        given = _is_given(argv)
        foreign = reads not in (ANY, interpreter.lastgroup)
        if given == "" or (foreign and given is not None and (_STARTS.search(given) or not _text_of(argv))):
            yield ANY
    elif base in _BY_FILES:
        by_file = "-f" in argv or "" in argv if base in _AWKS else not (argv[1:] and _ASKS.issuperset(argv[1:]))
        if reads != ANY and by_file:
            yield ANY
    elif (wrapper := _XARGS if base == "xargs" else WRAPPERS.get(base)) is not None:
        yield from _behind(argv, wrapper, reads)


def _is_given(argv: Sequence[str]) -> str | None:
    """The script, module or text that an interpreter is given, "" for one that is not literal; None without."""
    rest = iter(argv[1:])
    for word in rest:
        if word in _GIVES_TEXT or _TEXTS.fullmatch(word):
            return next(rest, None)
        if not word.startswith("-") or word == "-":
            return word
    return None


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


def _text_of(argv: Sequence[str]) -> bool:
    """Tell whether an interpreter is given a text to run, and no file or module."""
    first = next((word for word in argv[1:] if word in _GIVES_TEXT or not word.startswith("-") or word == "-"), "")
    return any(_TEXTS.fullmatch(word) for word in argv[1:]) or (first in _GIVES_TEXT and first != "-m")


def runs_files(program: str) -> bool:
    """Tell whether a program does what the files or texts say that its words name."""
    base = program.rsplit("/", 1)[-1]
    return base in _BY_FILES or _INTERPRETERS.fullmatch(base) is not None


def _behind(argv: Sequence[str], wrapper: Wrapper, reads: str) -> Iterator[str]:
    words = [word or Unknown("it is not literal") for word in argv]
    inner = wrapped(words, wrapper)
    if inner is not None:
        yield from argv_starts(argv[inner.at :], reads)
    elif any(isinstance(word, Unknown) or word in wrapper.never for word in words):
        yield ANY
