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
from imgslim.text import Span

if TYPE_CHECKING:
    from imgslim.meaning.shell_simple import SimpleFold
    from imgslim.meaning.shell_state import ShellState
    from imgslim.meaning.shell_text import ShellText

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
class _Written:
    """One word as its text has it."""

    raw: str
    start: int
    end: int
    #: None where it is settled, else the state decides; then each command whose output it takes, as its words.
    commands: tuple[tuple[_Written, ...], ...] | None = None


@numerous
@dataclass(frozen=True, slots=True)
class _Simple:
    """One simple command as its tokens say."""

    words: tuple[_Written, ...]
    redirects: tuple[Redirect, ...]
    start: int
    end: int
    #: Whether no word is open.
    settled: bool

    @property
    def name(self) -> str:
        """The first word as written."""
        return self.words[0].raw


#: Commands joined by ``|``; those joined by ``&&``; those separated by ``;``.
_Pipeline = list[_Simple]
_Chain = list[_Pipeline]
_Statements = list[_Chain]


def statements_of(source: str) -> _Statements | None:
    """The statements of a text, to be read alone; None where the tokens alone do not settle its structure."""
    return (_statements if len(source) > SHORT else _known_statements)(source)


def _statements(source: str) -> _Statements | None:
    tokens = _tokens(source) if source.isascii() else None
    if tokens is None:
        return None
    statements: _Statements = []
    chain: _Chain = [[]]
    words: list[_Written] = []
    redirects: list[Redirect] = []
    end = 0
    for kind, raw, at in tokens:
        if kind == _OPERATOR:
            if not words:
                return None
            chain[-1].append(_simple(words, redirects, end))
            words, redirects = [], []
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
        if kind == _PLAIN_WORD:
            words.append(_Written(raw, begin, at))
            continue
        commands = _commands(raw, begin)
        if commands is None or raw[0] == "=" or ("~" in raw and any(mark in raw for mark in "'\"$")):
            return None
        words.append(_Written(raw, begin, at, commands))
    if words:
        chain[-1].append(_simple(words, redirects, end))
        statements.append(chain)
    elif not statements or chain != [[]]:
        return None
    return statements


_known_statements = lru_cache(maxsize=REMEMBERED)(_statements)


def _tokens(source: str) -> list[tuple[int, str, int]] | None:
    """Each token's kind, text and end; None where there is something else."""
    found: list[tuple[int, str, int]] = []
    at = 0
    for token in _TOKEN.finditer(source):
        kind = token.lastindex
        if kind is None or token.start() != at:
            return None
        at = token.end()
        found.append((kind, token[kind], at))
    return None if source[at:].strip(" \t") else found


def _simple(words: list[_Written], redirects: list[Redirect], end: int) -> _Simple:
    settled = all(word.commands is None for word in words)
    return _Simple(tuple(words), tuple(redirects), words[0].start, end, settled)


def _unsure(words: list[_Written]) -> bool:
    """Tell whether a redirection does not surely belong to the words before it.

    There may be none, or a command in whose place the commands of a nested shell may stand.
    """
    names = [word.raw.rsplit("/", 1)[-1] if word.commands is None else "sh" for word in words]
    return not names or not _STARTERS.isdisjoint(names if names[0] in WRAPPERS else names[:1])


def _commands(raw: str, at: int) -> tuple[tuple[_Written, ...], ...] | None:
    """The commands whose output a word at offset ``at`` takes; None where the word alone does not settle that."""
    if "$(" not in raw:
        return ()
    if "'" in raw:
        return None
    found = []
    for output in _OUTPUT.finditer(raw):
        words = tuple(
            [_Written(m[0], at + m.start(), at + m.end()) for m in _INNER_WORD.finditer(raw, *output.span(1))]
        )
        if words[0].raw in _GRAMMAR or not _NAME.fullmatch(words[0].raw):
            return None
        found.append(words)
    return tuple(found)


def fold_statements(statements: _Statements, text: ShellText, fold: SimpleFold, state: ShellState) -> None:
    """Read a text's statements in order, as :class:`imgslim.meaning.shell_fold.ShellFold` reads those of a grammar."""
    reading = fold.reading
    walk = _Walk(fold, text)
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
                walk.pipeline(pipeline, branch, _SKIPPED)
                state.merge(branch)
            else:
                walk.pipeline(pipeline, state, where)
            asked = asked or (not decisive and any(c.name.rsplit("/", 1)[-1] in QUESTIONS for c in pipeline))


_DECISIVE = Where()
_INDECISIVE = Where(decisive=False)
_PIPED = Where(piped=True)
_SKIPPED = Where(conditional=True, decisive=False)


@dataclass(slots=True)
class _Walk:
    """One walk over the statements of one text."""

    fold: SimpleFold
    text: ShellText

    def pipeline(self, pipeline: _Pipeline, state: ShellState, where: Where) -> None:
        """Read commands of which each one's output goes to the next."""
        if len(pipeline) == 1:
            self.fold.started(self._command(pipeline[0], state, where), state, where)
            return
        self.fold.reading.sequential = False
        piped = _PIPED if where is _DECISIVE else replace(where, piped=True)
        giver: Command | None = None
        for simple in pipeline:
            before = len(self.fold.reading.commands)
            self.fold.started(self._command(simple, state, piped), state, piped, apart=True)
            giver = self.fold.feed(range(before, len(self.fold.reading.commands)), giver)

    def _command(self, simple: _Simple, state: ShellState, where: Where) -> Command:
        start, end, text = simple.start, simple.end, self.text
        # Most commands stand in one piece of the file, so that one number leads from their offsets to the file's.
        shift = None if text.where is None else text.where.shift(start, end)
        words = self._settled(simple.words, shift) if simple.settled else self._expanded(simple, shift, state, where)
        span = text.span(start, end) if shift is None else Span(start + shift, end + shift)
        return _command(words, simple.redirects, span, state, where)

    def _settled(self, words: tuple[_Written, ...], shift: int | None) -> tuple[Word, ...]:
        if shift is None:
            places = [(word.raw, self.text.span(word.start, word.end)) for word in words]
            return tuple([Word(raw, raw, span.start, span.end) for raw, span in places])
        return tuple([Word(w.raw, w.raw, w.start + shift, w.end + shift) for w in words])

    def _expanded(self, simple: _Simple, shift: int | None, state: ShellState, where: Where) -> tuple[Word, ...]:
        """The words in the present state, the commands read whose output they take."""
        words: list[Word] = []
        for word in simple.words:
            start, end = word.start, word.end
            if shift is None:
                span = self.text.span(start, end)
                start, end = span.start, span.end
            else:
                start, end = start + shift, end + shift
            if word.commands is None:
                words.append(Word(word.raw, word.raw, start, end))
                continue
            for inner in word.commands:
                whole = self.text.span(inner[0].start, inner[-1].end)
                below = replace(where, subshell=True, decisive=False)
                command = _command(self._settled(inner, shift), (), whole, state, below)
                self.fold.started(command, state, below, apart=True)
            pieces = plain_parts(word.raw, state.lookup)
            literal = True not in [piece.expanded for piece in pieces]
            words += [Word(v, word.raw, start, end, literal and isinstance(v, str)) for v in fields(pieces)]
        return tuple(words)


def _command(
    words: tuple[Word, ...], redirects: tuple[Redirect, ...], span: Span, state: ShellState, where: Where
) -> Command:
    # Arguments by their place cost a fraction of those by name, and every command of every file comes by here.
    return Command(
        words,
        (),
        redirects,
        state.cwd,
        state.environment,
        span,
        where.conditional,
        where.piped,
        where.subshell,
        state.user,
    )
