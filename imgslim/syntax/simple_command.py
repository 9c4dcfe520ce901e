"""One simple command of literal words: shell text that means the same in exec form (POSIX.1-2017, XCU 2.2 to 2.9)."""

from __future__ import annotations

import re

from imgslim.records import dataclass
from imgslim.regex import regex
from imgslim.syntax.blanks import SURROGATE

_RESERVED = frozenset(
    {"!", "{", "}", "[[", "]]", "case", "coproc", "do", "done", "elif", "else", "esac", "fi", "for", "function",
     "if", "in", "select", "then", "time", "until", "while"}
)  # fmt: skip
#: Commands that the shell runs itself and that no program does as well: POSIX's, dash's and bash's.
BUILTINS = frozenset(
    {".", ":", "alias", "bg", "bind", "break", "builtin", "caller", "cd", "chdir", "command", "compgen", "complete",
     "compopt", "continue", "declare", "dirs", "disown", "enable", "eval", "exec", "exit", "export", "fc", "fg",
     "getopts", "hash", "help", "history", "jobs", "kill", "let", "local", "logout", "mapfile", "newgrp", "popd",
     "pushd", "read", "readarray", "readonly", "return", "set", "shift", "shopt", "source", "suspend", "times",
     "trap", "type", "typeset", "ulimit", "umask", "unalias", "unset", "wait"}
)  # fmt: skip
#: Builtins that are programs too. Their options and backslashes differ, so only plain operands are the same.
ALSO_PROGRAMS = frozenset({"echo", "false", "printf", "pwd", "test", "true"})
_ASSIGNMENT = regex(r"[A-Za-z_][A-Za-z0-9_]*\+?=")
_OPERATORS = {"<": "a redirection", ">": "a redirection", "(": "a subshell or function", ")": "a subshell or function"}
_QUOTING = frozenset("'\"\\")
#: Runs of characters that stand for themselves.
_PLAIN = regex(r"[^ \t\n'\"\\$`|&;<>()*?\[\]~#{}]+")


@dataclass(frozen=True, slots=True)
class SimpleCommand:
    """One simple command of literal words; a leading ``exec`` is dropped."""

    argv: tuple[str, ...]
    #: The shell would run a builtin of that name, which exists as a program too and does the same here.
    also_builtin: bool = False


@dataclass(frozen=True, slots=True)
class ShellNeeded:
    """Why the text means more than its words: a noun phrase such as ``a redirection``."""

    why: str


def simple_command(text: str) -> SimpleCommand | ShellNeeded:
    """Tell whether a shell text is one command of literal words, so that exec form means the same."""
    if not text.isascii() and SURROGATE.search(text):
        return ShellNeeded("bytes that are not UTF-8")
    words = _words(text.strip(" \t\n"))
    if isinstance(words, ShellNeeded):
        return words
    if not words or not words[0].text:
        return ShellNeeded("no command")
    first = words[0]
    if first.raw in _RESERVED:
        return ShellNeeded(f"the reserved word {first.raw}")
    if _ASSIGNMENT.match(first.raw):
        return ShellNeeded(f"the assignment {first.raw}")
    argv = tuple(word.text for word in words)
    if argv[0] == "exec" and len(argv) > 1 and not argv[1].startswith("-"):
        return SimpleCommand(argv[1:])
    if argv[0] in BUILTINS:
        return ShellNeeded(f"the builtin {argv[0]}")
    if argv[0] in ALSO_PROGRAMS:
        if any("\\" in word or word.startswith("-") for word in argv[1:]):
            return ShellNeeded(f"the builtin {argv[0]} with an option or a backslash")
        return SimpleCommand(argv, also_builtin=True)
    return SimpleCommand(argv)


@dataclass(frozen=True, slots=True)
class _Word:
    #: After quote removal.
    text: str
    #: As written.
    raw: str


def _words(text: str) -> list[_Word] | ShellNeeded:
    """The words of the only command in ``text``, or what else it holds."""
    found: list[_Word] = []
    at = 0
    while at < len(text):
        if text[at] in " \t":
            at += 1
            continue
        if text[at] == "#":
            return ShellNeeded("a comment")
        read = _word(text, at)
        if isinstance(read, ShellNeeded):
            return read
        word, end = read
        found.append(_Word(word, text[at:end]))
        at = end
    return found


def _word(text: str, at: int) -> tuple[str, int] | ShellNeeded:
    """The word that begins at ``at``, its quotes removed, and its end."""
    out: list[str] = []
    start, size = at, len(text)
    while at < size:
        plain = _PLAIN.match(text, at)
        if plain:
            out.append(plain[0])
            at = plain.end()
            continue
        char = text[at]
        if char in " \t":
            break
        if char in _QUOTING:
            read = _quoted(text, at)
            if isinstance(read, ShellNeeded):
                return read
            out.append(read[0])
            at = read[1]
            continue
        special = _special(text, start, at)
        if special is not None:
            return ShellNeeded(special)
        out.append(char)
        at += 1
    inside = text[start:at].partition("{")[2].rpartition("}")[0]
    if "," in inside or ".." in inside:
        return ShellNeeded(f"the braces {text[start:at]}, which some shells expand")
    return "".join(out), at


def _special(text: str, start: int, at: int) -> str | None:
    """What an unquoted special character means, None where it stands for itself."""
    char = text[at]
    match char:
        case "$" | "`":
            return _expansion(text, at)
        case "*" | "?" | "[":
            return f"the pattern {text[start:].split(maxsplit=1)[0]}"
        case "~" if at == start or text[at - 1] in "=:":
            return "a tilde for a home directory"
        case "\n":
            return "several lines"
        case "|" | "&" | ";":
            return f"the operator {char * (1 + (text[at + 1 : at + 2] == char))}"
        case _:
            return _OPERATORS.get(char)


def _expansion(text: str, at: int) -> str:
    if text[at] == "`" or text.startswith("$(", at):
        return "a command substitution"
    match = re.compile(r"\$(?:\{[^}]*\}|[A-Za-z_]\w*|.)?").match(text, at)
    return f"the expansion {match[0] if match else '$'}"


def _quoted(text: str, at: int) -> tuple[str, int] | ShellNeeded:
    """The text that begins with a quote or a backslash at ``at``, quotes removed, and its end (XCU 2.2)."""
    if text[at] == "\\":
        following = text[at + 1 : at + 2]
        if not following:
            return ShellNeeded("a backslash at its end")
        return ShellNeeded("several lines") if following == "\n" else (following, at + 2)
    if text[at] == "'":
        end = text.find("'", at + 1)
        return ShellNeeded("a quote that is not closed") if end < 0 else (text[at + 1 : end], end + 1)
    return _double(text, at + 1)


def _double(text: str, at: int) -> tuple[str, int] | ShellNeeded:
    out: list[str] = []
    while at < len(text):
        char = text[at]
        if char == '"':
            return "".join(out), at + 1
        if char in "$`":
            return ShellNeeded(_expansion(text, at))
        if char == "\\" and text[at + 1 : at + 2] in ("$", "`", '"', "\\", "\n"):
            out.append("" if text[at + 1] == "\n" else text[at + 1])
            at += 2
        else:
            out.append(char)
            at += 1
    return ShellNeeded("a quote that is not closed")
