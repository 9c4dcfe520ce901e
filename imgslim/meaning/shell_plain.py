"""Read the most ordinary shell text without a grammar: simple commands between ``&&``, ``;`` and ``|``.

A text is taken apart here only where its structure is certain from its tokens; every other one is left to the grammar,
which gives the same commands on each text that is accepted here. Most RUN instructions are of this kind.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from imgslim.meaning.shell_nested import SHELLS
from imgslim.meaning.shell_simple import QUESTIONS, Where
from imgslim.meaning.shell_words import fields, plain_parts
from imgslim.meaning.trace import Command, Redirect, Word
from imgslim.meaning.wrappers import WRAPPERS
from imgslim.records import dataclass, numerous, replace
from imgslim.regex import regex
from imgslim.syntax.parser import REMEMBERED, SHORT

if TYPE_CHECKING:
    from imgslim.meaning.shell_simple import SimpleFold
    from imgslim.meaning.shell_state import ShellState
    from imgslim.meaning.shell_text import ShellText
    from imgslim.text import Span

_PLAIN = r"[\w./:@%+,-][\w./:@%+,=-]*"
_VARIABLE = r"\$[A-Za-z_]\w*|\$\{[A-Za-z_]\w*\}"
_SUBSTITUTION = r"\$\((?:[\w./:@%+,-][\w./:@%+,=-]*+[ \t]++)*+[\w./:@%+,-][\w./:@%+,=-]*+\)"
_EXPANSION = rf"{_VARIABLE}|{_SUBSTITUTION}"
_END = r"(?=[ \t;&|]|\Z)"
#: One token after blanks: a plain word, an operator, a redirection to a plain word, or a word with quotes, variables,
#: outputs of commands of plain words, patterns or a tilde.
_TOKEN = regex(
    rf"""[ \t]*+(?:
    ({_PLAIN}){_END}
    |(&&|;|\|(?![|&]))
    |((?<=[ \t])[0-9]?(?:>&[0-9]|>>?[ \t]*{_PLAIN})){_END}
    |((?:[\w./:@%+,=^*?~-]++|'[^'\n]*+'|"(?:[^"\\$`!\n]++|{_EXPANSION})*+"|{_EXPANSION})++){_END}
    )""",
    re.ASCII | re.VERBOSE,
)
#: First words of which the grammar makes nothing else (an assignment, for one).
_NAME = regex(r"[\w./][\w./+-]*|:|[~'\"$][^=@%?*^:]*", re.ASCII)
_OUTPUT = regex(r"\$\(([^()]*)\)")
_INNER_WORD = regex(r"[^ \t]+")
_PLAIN_WORD, _OPERATOR, _REDIRECT = 1, 2, 3
_PARTS = regex(r"([0-9]?>[>&]?)[ \t]*(.*)")
#: First words with a meaning to the shell's grammar (POSIX.1-2017, XCU 2.4; bash's declaration commands).
_GRAMMAR = frozenset(
    {"case", "coproc", "declare", "do", "done", "elif", "else", "esac", "export", "fi", "for", "function", "if", "in",
     "local", "readonly", "select", "then", "time", "typeset", "unset", "unsetenv", "until", "while"}
)  # fmt: skip
#: Commands that may be replaced by those of a text that they are given; a redirection would then belong to the last.
_STARTERS = SHELLS | {"su"}


@numerous
@dataclass(frozen=True, slots=True)
class _Open:
    """A word that the state decides."""

    raw: str
    span: Span
    #: The words of each command whose output it takes, and where that command stands.
    commands: tuple[tuple[tuple[Word, ...], Span], ...]


@dataclass(slots=True)
class _Simple:
    """One simple command as its tokens say."""

    #: The first word as written.
    name: str
    span: Span
    #: The words that are settled, and those that the state decides.
    words: list[Word | _Open]
    #: All of them where none is open, else None.
    settled: tuple[Word, ...] | None
    redirects: tuple[Redirect, ...]


#: Commands joined by ``|``; those joined by ``&&``; those separated by ``;``.
_Pipeline = list[_Simple]
_Chain = list[_Pipeline]
_Statements = list[_Chain]


def statements_of(text: ShellText) -> _Statements | None:
    """The statements of a text, None where the tokens alone do not settle its structure."""
    source = text.text
    if not source.isascii():
        return None
    tokens = (_tokens if len(source) > SHORT else _known_tokens)(source)
    if tokens is None:
        return None
    statements: _Statements = []
    chain: _Chain = [[]]
    words: list[Word | _Open] = []
    settled: list[Word] = []
    redirects: list[Redirect] = []
    start = end = 0
    name = ""
    place = text.span if text.where is None else text.where.spans()
    for kind, raw, at in tokens:
        if kind == _OPERATOR:
            if not words:
                return None
            chain[-1].append(_simple(name, place(start, end), words, settled, redirects))
            words, settled, redirects = [], [], []
            if raw == "&&":
                chain.append([])
            elif raw == ";":
                statements.append(chain)
                chain = [[]]
            continue
        end = at
        if kind == _REDIRECT:
            match = _PARTS.fullmatch(raw)
            if match is None or _unsure(words):
                return None
            redirects.append(Redirect(match[1], match[2]))
            continue
        if redirects or (not words and (raw in _GRAMMAR or not _NAME.fullmatch(raw))):
            return None
        begin = at - len(raw)
        if not words:
            name, start = raw, begin
        if kind == _PLAIN_WORD:
            word = Word(raw, raw, place(begin, at), literal=True)
            words.append(word)
            settled.append(word)
            continue
        commands = _commands(text, raw, begin)
        if commands is None or raw[0] == "=" or ("~" in raw and any(mark in raw for mark in "'\"$")):
            return None
        words.append(_Open(raw, place(begin, at), commands))
    if words:
        chain[-1].append(_simple(name, place(start, end), words, settled, redirects))
        statements.append(chain)
    elif not statements or chain != [[]]:
        return None
    return statements


def _tokens(source: str) -> tuple[tuple[int, str, int], ...] | None:
    """Each token's kind, text and end; None where there is something else."""
    found: list[tuple[int, str, int]] = []
    at = 0
    for token in _TOKEN.finditer(source):
        kind = token.lastindex
        if kind is None or token.start() != at:
            return None
        at = token.end()
        found.append((kind, token[kind], at))
    return None if source[at:].strip(" \t") else tuple(found)


_known_tokens = lru_cache(maxsize=REMEMBERED)(_tokens)


def _simple(
    name: str, span: Span, words: list[Word | _Open], settled: list[Word], redirects: list[Redirect]
) -> _Simple:
    return _Simple(name, span, words, tuple(settled) if len(settled) == len(words) else None, tuple(redirects))


def _unsure(words: list[Word | _Open]) -> bool:
    """Tell whether a redirection does not surely belong to the words before it.

    There may be none, or a command in whose place the commands of a nested shell may stand.
    """
    names = [word.raw.rsplit("/", 1)[-1] if isinstance(word, Word) else "sh" for word in words]
    return not names or not _STARTERS.isdisjoint(names if names[0] in WRAPPERS else names[:1])


def _commands(text: ShellText, raw: str, at: int) -> tuple[tuple[tuple[Word, ...], Span], ...] | None:
    """The commands whose output a word at offset ``at`` takes; None where the word alone does not settle that."""
    if "$(" not in raw:
        return ()
    if "'" in raw:
        return None
    found = []
    for output in _OUTPUT.finditer(raw):
        inner = [m.span() for m in _INNER_WORD.finditer(raw, *output.span(1))]
        name = raw[slice(*inner[0])]
        if name in _GRAMMAR or not _NAME.fullmatch(name):
            return None
        words = tuple(Word(raw[a:b], raw[a:b], text.span(at + a, at + b), literal=True) for a, b in inner)
        found.append((words, text.span(at + inner[0][0], at + inner[-1][1])))
    return tuple(found)


def fold_statements(statements: _Statements, fold: SimpleFold, state: ShellState) -> None:
    """Read the statements one after the other, as :class:`imgslim.meaning.shell_fold.ShellFold` reads a grammar's."""
    reading = fold.reading
    last = len(statements) - 1
    for number, chain in enumerate(statements):
        decisive = number == last or state.errexit
        if not decisive:
            # A statement that fails is passed over, unless it only sets options.
            first = chain[0][0]
            only_sets = first.name == "set" and (len(first.words) > 1 or bool(first.redirects))
            reading.sequential = reading.sequential and only_sets
        where = _DECISIVE if decisive else _INDECISIVE
        asked = False
        for pipeline in chain:
            if asked:
                reading.sequential = False
                branch = state.copy()
                _pipeline(pipeline, fold, branch, _SKIPPED)
                state.merge(branch)
            else:
                _pipeline(pipeline, fold, state, where)
            asked = asked or (not decisive and any(c.name.rsplit("/", 1)[-1] in QUESTIONS for c in pipeline))


_DECISIVE = Where()
_INDECISIVE = Where(decisive=False)
_SKIPPED = Where(conditional=True, decisive=False)


def _pipeline(pipeline: _Pipeline, fold: SimpleFold, state: ShellState, where: Where) -> None:
    if len(pipeline) == 1:
        _command(pipeline[0], fold, state, where)
        return
    fold.reading.sequential = False
    piped = replace(where, piped=True)
    giver: Command | None = None
    for simple in pipeline:
        before = len(fold.reading.commands)
        _command(simple, fold, state.copy(), piped)
        giver = fold.feed(range(before, len(fold.reading.commands)), giver)


def _command(simple: _Simple, fold: SimpleFold, state: ShellState, where: Where) -> None:
    words = simple.settled if simple.settled is not None else _expanded(simple, fold, state, where)
    fold.started(_started(words, simple.redirects, simple.span, state, where), state, where)


def _expanded(simple: _Simple, fold: SimpleFold, state: ShellState, where: Where) -> tuple[Word, ...]:
    """The words in the present state, the commands read whose output they take."""
    words: list[Word] = []
    for word in simple.words:
        if isinstance(word, Word):
            words.append(word)
            continue
        for inner, span in word.commands:
            below = replace(where, subshell=True, decisive=False)
            fold.started(_started(inner, (), span, state, below), state.copy(), below)
        pieces = plain_parts(word.raw, state.lookup)
        literal = not any(piece.expanded for piece in pieces)
        words += [Word(v, word.raw, word.span, literal and isinstance(v, str)) for v in fields(pieces)]
    return tuple(words)


def _started(
    words: tuple[Word, ...], redirects: tuple[Redirect, ...], span: Span, state: ShellState, where: Where
) -> Command:
    return Command(
        words=words,
        assignments=(),
        redirects=redirects,
        cwd=state.cwd,
        env=state.environment,
        span=span,
        conditional=where.conditional,
        piped=where.piped,
        subshell=where.subshell,
        user=state.user,
    )
