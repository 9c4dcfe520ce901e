"""A ``cargo`` command line: toolchain, verb, options and operands (the Cargo Book, "Cargo Commands")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass, field
from imgslim.regex import regex
from imgslim.values import Unknown

if TYPE_CHECKING:
    from imgslim.meaning.trace import Command, Word
    from imgslim.values import Value

#: Options that take a value as the next word; the short ones by their long name.
_VALUED = frozenset(
    """
    package bin example test bench features profile target target-dir manifest-path jobs color config exclude path
    root git branch tag rev version vers index registry message-format artifact-dir out-dir lockfile-path recipe-path
    name vcs edition rename
    """.split()
)
#: ``--bin`` has no value where it says what kind of package is begun.
_KINDS = frozenset({"new", "init"})
_SHORT = {"p": "package", "j": "jobs", "r": "release", "F": "features", "Z": "", "q": "quiet", "v": "verbose"}
_SHORT_VALUED = frozenset("pjFZC")
#: Verbs by their short names.
_ALIASES = {"b": "build", "r": "run", "t": "test", "c": "check", "d": "doc"}
_WITH_VALUE = regex(r"--([a-z-]+)=(.*)")


@dataclass(frozen=True, slots=True)
class Invocation:
    """A ``cargo`` command, taken apart."""

    #: ``build``, ``install``, ``run``, ``rustc`` …; "" where there is none.
    verb: str
    #: The word that names it.
    verb_word: Word | None = None
    #: Long option without dashes to its values in order; "true" for one without a value.
    options: dict[str, tuple[Value, ...]] = field(default_factory=dict)
    operands: tuple[Word, ...] = ()
    #: What stands behind ``--``.
    rest: tuple[Word, ...] = ()
    #: ``+nightly`` without the plus.
    toolchain: str = ""
    #: Why the line can't be followed; "" where it can.
    unsettled: str = ""

    def last(self, name: str) -> Value | None:
        """The last value of an option; None where it is not given."""
        values = self.options.get(name)
        return values[-1] if values else None

    def all(self, name: str) -> tuple[str, ...]:
        """Every settled value of an option that may be repeated."""
        return tuple(v for v in self.options.get(name, ()) if isinstance(v, str))

    def has(self, *names: str) -> bool:
        """Tell whether one of these options is given."""
        return any(name in self.options for name in names)


def named(word: Value, name: str) -> bool:
    """Tell whether a command word is the program ``name``, with or without its folder."""
    return isinstance(word, str) and word.rsplit("/", 1)[-1] == name


def read_invocation(command: Command) -> Invocation | None:
    """Take a cargo command apart; None where the command is another one.

    Args:
        command: the command, wrappers taken off.
    """
    words = command.words
    if not words or not named(words[0].value, "cargo"):
        return None
    options: dict[str, tuple[Value, ...]] = {}
    toolchain, at = "", 1
    if at < len(words) and isinstance(first := words[at].value, str) and first.startswith("+"):
        toolchain, at = first[1:], at + 1
    before, operands, rest, why = _read(words[at:], options, stop=True)
    if why or not operands:
        return Invocation("", toolchain=toolchain, unsettled=why)
    verb = operands[0]
    valued = _VALUED - {"bin"} if verb.value in _KINDS else _VALUED
    _, operands, rest, why = _read(words[at + before + 1 :], options, valued)
    name = verb.value if isinstance(verb.value, str) else ""
    if not name:
        why = "its verb is not settled"
    return Invocation(_ALIASES.get(name, name), verb, options, operands, rest, toolchain, why)


def _read(
    words: tuple[Word, ...],
    options: dict[str, tuple[Value, ...]],
    valued: frozenset[str] = _VALUED,
    *,
    stop: bool = False,
) -> tuple[int, tuple[Word, ...], tuple[Word, ...], str]:
    """Read options into ``options``: how many words were read, operands, what is behind ``--``, why not.

    With ``stop`` reading ends at the first operand, which is the verb.
    """
    operands: list[Word] = []
    at = 0
    while at < len(words):
        value = words[at].value
        if isinstance(value, Unknown):
            match = _WITH_VALUE.match(words[at].raw)
            if match is None:
                return at, tuple(operands), (), f"{words[at].raw} is not settled"
            _add(options, match[1], value)
        elif value == "--":
            return at, tuple(operands), words[at + 1 :], ""
        elif match := _WITH_VALUE.fullmatch(value):
            _add(options, match[1], match[2])
        elif value.startswith("--"):
            name = value[2:]
            if name in valued and at + 1 < len(words):
                at += 1
                _add(options, name, words[at].value)
            else:
                _add(options, name, "true")
        elif value.startswith("-") and len(value) > 1:
            at += _short(value[1:], words[at + 1 : at + 2], options)
        else:
            operands.append(words[at])
            if stop:
                return at, tuple(operands), (), ""
        at += 1
    return at, tuple(operands), (), ""


def _short(letters: str, following: tuple[Word, ...], options: dict[str, tuple[Value, ...]]) -> int:
    """Read ``-r``, ``-pNAME``, ``-p NAME``, ``-vr``: how many more words it took."""
    for at, letter in enumerate(letters):
        name = _SHORT.get(letter, letter)
        if letter not in _SHORT_VALUED:
            _add(options, name, "true")
        elif letters[at + 1 :]:
            _add(options, name, letters[at + 1 :].removeprefix("="))
            return 0
        elif following:
            _add(options, name, following[0].value)
            return 1
    return 0


def _add(options: dict[str, tuple[Value, ...]], name: str, value: Value) -> None:
    options[name] = (*options.get(name, ()), value)
