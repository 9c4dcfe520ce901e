"""Dialect: what a script for ``sh`` holds that Debian's dash, busybox's ash and bash take differently.

POSIX leaves open, or does not know, what stands in this table; each row says which of the three shells agree. They were
asked: an engine's test runs a sample of each in all of them.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.regex import regex
from imgslim.syntax.shell_source import ShellSource, parser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

#: The shells that are told apart, in the order of a row's letters; bash as it is when it is called ``sh``.
KINDS = ("dash", "ash", "bash")
#: What it is, for people, and what each of :data:`KINDS` does: the same letter, the same thing.
FEATURES = {
    "echo-backslash": ("echo with a backslash", "abb"),
    "echo-option": ("echo with -e or -E", "abb"),
    "double-equals": ("== in a test", "abb"),
    "double-bracket": ("[[ … ]]", "abb"),
    "test-variable": ("a test with -v, -nt or -ot", "aab"),
    "function-keyword": ("the word function", "abb"),
    "source": ("source", "abb"),
    "substring": ("an expansion that replaces or cuts", "abb"),
    "bash-expansion": ("an expansion that only bash knows", "aab"),
    "quoted-escapes": ("$'…'", "abb"),
    "translated-string": ('$"…"', "aab"),
    "braces": ("braces that expand", "aab"),
    "array": ("an array", "aab"),
    "append": ("+= in an assignment", "aab"),
    "here-string": ("<<<", "aab"),
    "process-substitution": ("<( … )", "abb"),
    "both-redirected": ("&> or >&", "abb"),
    "pipe-both": ("|&", "aab"),
    "pipefail": ("set -o pipefail", "abb"),
    "trap-name": ("a signal's name with SIG, or ERR, in trap", "abb"),
    "trap-bash": ("DEBUG or RETURN in trap", "aab"),
    "kill-name": ("a signal's name with SIG in kill", "aba"),
    "wait-any": ("wait -n", "abb"),
    "variable": ("$RANDOM, $LINENO or $FUNCNAME", "abb"),
    "bash-variable": ("a variable that only bash sets", "aab"),
    "let": ("let", "abb"),
    "arithmetic": ("** or ++ in arithmetic", "abb"),
    "arithmetic-command": ("(( … ))", "aab"),
    "read-option": ("an option of read", "abb"),
    "read-bash": ("an option of read that only bash knows", "aab"),
    "printf-bash": ("printf with %q, %( or -v", "abc"),
    "printf-hex": ("\\x in printf", "abb"),
    "builtin": ("a builtin that only bash has", "aab"),
    "export-option": ("export -n", "abb"),
    "export-function": ("export -f", "aab"),
    "set-option": ("an option of set -o that POSIX does not have", "abc"),
    "variable-redirection": ("a redirection to a variable's number, or to /dev/tcp", "abc"),
    "error-code": ("the exit code of ${…:?}", "aab"),
    "exec-option": ("an option of exec", "aab"),
    "case-through": (";& or ;;&", "aab"),
    "caret": ("[^…] in a pattern", "abb"),
}
_BUILTINS = frozenset(
    """
    bind builtin caller compgen complete compopt coproc declare dirs disown enable help history logout mapfile popd
    pushd readarray select shopt suspend typeset
    """.split()
)
#: Those that POSIX gives to set -o.
_SET_OPTIONS = frozenset(
    "allexport errexit ignoreeof monitor noclobber noexec noglob notify nounset verbose vi xtrace".split()
)
_VARIABLES = regex(r"RANDOM|LINENO|FUNCNAME")
_OF_BASH = regex(
    r"BASH(_\w+|PID)?|SECONDS|E?UID|PIPESTATUS|GROUPS|OSTYPE|HOSTTYPE|MACHTYPE|EPOCHSECONDS|EPOCHREALTIME|DIRSTACK"
    r"|SHELLOPTS|BASHOPTS|REPLY_"
)
_BRACES = regex(r"\{[^{}\s]*(?:,|\.\.)[^{}\s]*\}")


@dataclass(frozen=True, slots=True)
class Peculiar:
    """One place where shells part."""

    #: A name in :data:`FEATURES`.
    feature: str
    #: Counted from 1.
    line: int


def peculiar(text: str) -> tuple[Peculiar, ...]:
    """Every place in a shell text that the shells take differently, each feature once."""
    source = ShellSource.of(text)
    found: dict[str, int] = {}
    stack = [parser().parse(source.data).root_node]
    while stack:
        node = stack.pop()
        for feature in _of(node):
            line = text.count("\n", 0, source.range(node)[0]) + 1
            found[feature] = min(line, found.get(feature, line))
        stack += node.children
    return tuple(Peculiar(feature, line) for feature, line in sorted(found.items(), key=lambda one: one[1]))


def differs(feature: str, one: str | None, other: str | None) -> bool:
    """Tell whether two shells take a feature differently; a shell that is not known may."""
    if one == other and one is not None:
        return False
    letters = dict(zip(KINDS, FEATURES[feature][1], strict=True))
    return one not in letters or other not in letters or letters[str(one)] != letters[str(other)]


#: What the arguments of a command hold, joined by blanks.
_COMMANDS = {
    "echo": (("echo-backslash", regex(r"\\")), ("echo-option", regex(r"^-[neE]*[eE][neE]*(?= |\Z)"))),
    **dict.fromkeys(
        ("[", "test"), (("double-equals", regex(r" == ")), ("test-variable", regex(r"^(?:! )?-v | -[no]t ")))
    ),
    "[[": (("double-bracket", regex(r"")),),
    "source": (("source", regex(r"")),),
    "let": (("let", regex(r"")),),
    "trap": (("trap-name", regex(r" (?:SIG\w+|ERR)\b")), ("trap-bash", regex(r" (?:DEBUG|RETURN)\b"))),
    "kill": (("kill-name", regex(r"(?:^|[ -])SIG")),),
    "wait": (("wait-any", regex(r"^-\w*n")),),
    "read": (
        ("read-option", regex(r"(?:^| )-[a-zA-Z]*[tnsd]")),
        ("read-bash", regex(r"(?:^| )-[a-zA-Z]*[aeiNu]")),
    ),
    "printf": (
        ("printf-bash", regex(r"^-v |^[^ ]*%\(|^(?:'[^']*|\"[^\"]*|[^ ]*)%q")),
        ("printf-hex", regex(r"^(?:'[^']*|\"[^\"]*|[^ ]*)\\x")),
    ),
    "exec": (("exec-option", regex(r"^-[acl]+(?= )")),),
}
#: Nodes of the grammar that are features by themselves.
_NODES = {
    "ansi_c_string": "quoted-escapes", "array": "array", "subscript": "array", "herestring_redirect": "here-string",
    "process_substitution": "process-substitution", "&>": "both-redirected", "&>>": "both-redirected",
    "|&": "pipe-both", ";&": "case-through", ";;&": "case-through", "c_style_for_statement": "arithmetic-command",
    "((": "arithmetic-command", "select": "builtin",
}  # fmt: skip


def _of(node: Node) -> Iterator[str]:
    text = (node.text or b"").decode("utf-8", "replace")
    if (plain := _NODES.get(node.type)) is not None:
        yield plain
        return
    match node.type:
        case "command":
            yield from _command(node)
        case "test_command":
            if text.startswith("[["):
                yield "double-bracket"
            elif text.startswith("(("):
                yield "arithmetic-command"
            elif re.search(r"\s==\s", text):
                yield "double-equals"
            if re.match(r"\[\s+(!\s+)?-v\s", text) or re.search(r"\s-[no]t\s", text):
                yield "test-variable"
        case "function_definition" if text.startswith("function"):
            yield "function-keyword"
        case "expansion":
            yield from _expansion(text)
        case "simple_expansion" | "variable_name":
            yield from _variable(text.removeprefix("$").strip("{}"))
        case "variable_assignment" if re.match(r"\w+(\[.*?\])?\+=", text):
            yield "append"
        case "$" if (after := node.next_sibling) is not None and after.type == "string":
            if after.start_byte == node.end_byte:
                yield "translated-string"
        case "redirected_statement" if re.search(r"\{\w+\}[<>]|/dev/(tcp|udp)/", text):
            yield "variable-redirection"
        case "arithmetic_expansion" if re.search(r"\*\*|\+\+|--", text):
            yield "arithmetic"
        case "brace_expression" | "concatenation" | "word" | "extglob_pattern":
            if _BRACES.search(re.sub(r"'[^']*'|\"[^\"]*\"|\$\{[^}]*\}", "", text)):
                yield "braces"
            if "[^" in text:
                yield "caret"
        case "declaration_command":
            yield from _declaration(text.split())
        case _:
            pass


def _command(node: Node) -> Iterator[str]:
    words = [(c.text or b"").decode("utf-8", "replace") for c in node.children if not c.type.endswith("redirect")]
    words = [w for w in words if not re.match(r"\w+=", w)] or [""]
    name, rest = words[0], words[1:]
    if name in _BUILTINS:
        yield "builtin"
    for feature, pattern in _COMMANDS.get(name, ()):
        if pattern.search(" ".join(rest)):
            yield feature
    if name == "set":
        named = {after for word, after in pairwise(rest) if re.fullmatch(r"[-+]\w*o", word)}
        yield from ["pipefail"] if "pipefail" in named else []
        yield from ["set-option"] if named - _SET_OPTIONS - {"pipefail"} else []


def _declaration(words: list[str]) -> Iterator[str]:
    """What the grammar takes for a declaration: export, local, readonly, declare, typeset."""
    if words[0] in _BUILTINS:
        yield "builtin"
    elif words[0] == "export" and words[1:2] and words[1] in ("-f", "-n"):
        yield "export-option" if words[1] == "-n" else "export-function"


def _expansion(text: str) -> Iterator[str]:
    """``${…}``: what POSIX has is default values, lengths, and cutting off at either end (XCU 2.6.2)."""
    inner = text[2:-1] if text.startswith("${") else text
    name = re.match(r"!?#?(?:\w+(\[[^\]]*\])?|[@*#?$!-])", inner)
    rest = inner[name.end() :] if name is not None else inner
    if (
        inner.startswith("!")
        or (name is not None and name[1])
        or rest.startswith(("^", ",", "@"))
        or inner in ("#@", "#*")
    ):
        yield "bash-expansion"
    elif rest.startswith("/") or re.match(r":[^-=+?]", rest):
        yield "substring"
    elif rest.startswith((":?", "?")):
        yield "error-code"
    bare = re.match(r"[!#]*(\w*)", inner)
    yield from _variable(bare[1] if bare is not None else "")


def _variable(name: str) -> Iterator[str]:
    if _VARIABLES.fullmatch(name):
        yield "variable"
    elif _OF_BASH.fullmatch(name):
        yield "bash-variable"
