"""Simple commands of shell text: words, assignments, redirections, substitutions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.shell_builtins import BUILTINS, take_effect
from imgslim.meaning.shell_nested import SHELLS, nested_script
from imgslim.meaning.shell_words import Part, fields, parts, single
from imgslim.meaning.trace import Command, Opaque, Redirect, Word
from imgslim.meaning.wrappers import WRAPPERS, unwrap
from imgslim.records import dataclass, field, replace
from imgslim.regex import regex
from imgslim.values import Unknown, joined

if TYPE_CHECKING:
    from tree_sitter import Node

    from imgslim.meaning.shell_nested import Script
    from imgslim.meaning.shell_state import ShellState
    from imgslim.meaning.shell_text import Encoded
    from imgslim.text import Span
    from imgslim.values import Value

#: How deep ``sh -c`` inside ``sh -c`` is followed.
_NESTING = 8
#: Words without a character that means anything to a shell: most of them.
_PLAIN = regex(r"[\w./:@%+,-][\w./:@%+,=-]*")
#: Commands that are asked a question: failing is an answer, and what follows ``&&`` may be skipped on purpose.
QUESTIONS = frozenset(
    {"[", "[[", "test", "grep", "egrep", "fgrep", "command", "which", "type", "hash", "expr", "cmp", "diff", "false",
     "id", "getent", "pgrep", "dpkg", "ls"}
)  # fmt: skip
#: Tabs that ``<<-`` takes away; what is expanded in a heredoc whose end is not quoted; what a backslash escapes there.
_TABS = regex(r"^\t+", 8)
_EXPANDED = regex(r"(?<!\\)(?:\\\\)*(?:[$`]|\\\n)")
_ESCAPED = regex(r"\\([$`\\])")
#: Commands that hand on a command, or a text of commands, or do something to the shell itself.
_MEANT = frozenset((*WRAPPERS, *SHELLS, "su", *BUILTINS))
_HEREDOC_PARTS = frozenset({"heredoc_start", "heredoc_body", "heredoc_end", "file_descriptor"})
_STATEMENTS = frozenset(
    {"command", "list", "pipeline", "subshell", "compound_statement", "do_group", "redirected_statement",
     "negated_command", "if_statement", "while_statement", "for_statement", "c_style_for_statement", "case_statement",
     "function_definition", "variable_assignment", "variable_assignments", "declaration_command", "unset_command",
     "test_command"}
)  # fmt: skip


def is_statement(node: Node) -> bool:
    """Tell whether a node is a statement, not a word."""
    return node.type in _STATEMENTS


@dataclass(frozen=True, slots=True)
class Where:
    """How a command is reached."""

    conditional: bool = False
    piped: bool = False
    subshell: bool = False
    #: True where a failure of this statement ends the whole script with a failure.
    decisive: bool = True


@dataclass(slots=True)
class Reading:
    """What came out of a shell text."""

    commands: list[Command] = field(default_factory=list)
    opaque: list[Opaque] = field(default_factory=list)
    #: False once the text is more than commands joined by ``&&`` (or lines under ``set -e``).
    sequential: bool = True


@dataclass(slots=True)
class Draft:
    """A command while it is put together."""

    span: Span
    words: list[Word] = field(default_factory=list)
    assignments: list[tuple[str, Value]] = field(default_factory=list)
    redirects: list[Redirect] = field(default_factory=list)
    #: Statements that the grammar hangs below a heredoc: the operator before each, and the statement.
    following: list[tuple[str, Node]] = field(default_factory=list)

    def command(self, state: ShellState, where: Where) -> Command:
        """The command value, started in ``state``."""
        return Command(
            words=tuple(self.words),
            assignments=tuple(self.assignments),
            redirects=tuple(self.redirects),
            cwd=state.cwd,
            env=state.environment,
            span=self.span,
            conditional=where.conditional,
            piped=where.piped,
            subshell=where.subshell,
            user=state.user,
        )


@dataclass(slots=True)
class SimpleFold:
    """The part of a walk over shell text that handles one command; what holds several is left to the subclass."""

    encoded: Encoded
    reading: Reading
    depth: int

    def sequence(self, node: Node, state: ShellState, where: Where) -> None:
        """Read the statements below ``node``."""
        raise NotImplementedError

    def nested(self, script: Script, command: Command, state: ShellState, where: Where) -> None:
        """Read the text that ``command`` hands to another shell."""
        raise NotImplementedError

    def redirect(self, node: Node, state: ShellState, where: Where, draft: Draft) -> None:
        """One redirection node; the grammar hangs words and operators that follow it below it."""
        if node.type == "file_redirect":
            targets = node.children_by_field_name("destination")
            descriptor = node.child_by_field_name("descriptor")
            operator = next((c.type for c in node.children if not c.is_named), "")
            prefix = self.encoded.raw(descriptor) if descriptor is not None else ""
            if targets:
                self.substitutions(targets[0], state, where)
                draft.redirects.append(Redirect(prefix + operator, single(self.pieces(targets[0], state))))
            for target in targets[1:]:
                self.substitutions(target, state, where)
                draft.words += self.words(target, state)
            return
        kind = "<<<" if node.type == "herestring_redirect" else "<<"
        draft.redirects.append(Redirect(kind, Unknown("text in the script"), self._document(node)))
        operator = "&&"
        for child in node.children:
            if child.type == "file_redirect":
                self.redirect(child, state, where, draft)
            elif child.type in ("&&", "||", "|", ";"):
                operator = child.type
            elif child.type == "pipeline":
                draft.following += [("|", c) for c in child.named_children]
            elif is_statement(child):
                draft.following.append((operator, child))
            elif child.is_named and node.type == "heredoc_redirect" and child.type not in _HEREDOC_PARTS:
                self.substitutions(child, state, where)
                draft.words += self.words(child, state)
            elif child.is_named:
                self.substitutions(child, state, where)

    def _document(self, node: Node) -> str | None:
        """The text of a heredoc; None where the shell expands something in it (POSIX, "Here-Document")."""
        at = {child.type: child for child in node.children}
        if "heredoc_start" not in at or "heredoc_end" not in at:
            return None
        text = self.encoded.raw(at["heredoc_body"]) if "heredoc_body" in at else ""
        if "<<-" in at:
            text = _TABS.sub("", text)
        if self.encoded.raw(at["heredoc_start"])[:1] in ("'", '"', "\\"):
            return text
        return None if _EXPANDED.search(text) else _ESCAPED.sub(r"\1", text)

    def command(self, node: Node, state: ShellState, where: Where) -> None:
        """A simple command: assignments, words and redirections in any order."""
        draft = Draft(self.encoded.span(node))
        for child in node.children:
            kind = child.type
            if kind == "variable_assignment":
                self.substitutions(child, state, where)
                draft.assignments.append(self.assignment(child, state))
            elif kind in ("file_redirect", "heredoc_redirect", "herestring_redirect"):
                self.redirect(child, state, where, draft)
            elif _PLAIN.fullmatch(raw := self.encoded.raw(child)):
                draft.words.append(self.plain_word(raw, child))
            else:
                self.substitutions(child, state, where)
                draft.words += self.words(child, state)
        self.start(state, where, draft)

    def start(self, state: ShellState, where: Where, draft: Draft) -> None:
        """Record a command and take its effect on the shell; a shell with a text is replaced by the text's commands."""
        self.started(draft.command(state, where), state, where)

    def started(self, command: Command, state: ShellState, where: Where, *, apart: bool = False) -> None:
        """The same for a command that is whole; ``apart``: in a subshell of its own, which ends with it."""
        name = command.name
        if name is not None and name not in _MEANT and name not in state.functions:
            self.reading.commands.append(command)
            return
        inner = unwrap(command)
        script = nested_script(inner, state)
        if script is not None and self.depth < _NESTING:
            self.nested(script, inner, state, where)
        else:
            self.reading.commands.append(command)
            if not apart:
                take_effect(command, state)

    def feed(self, commands: range, giver: Command | None) -> Command | None:
        """Tell the one command of a range what a pipe hands it the output of; it is what gives to the next."""
        if len(commands) != 1:
            return None
        at = commands[0]
        if giver is not None:
            self.reading.commands[at] = replace(self.reading.commands[at], fed=giver)
        return self.reading.commands[at]

    def record(self, state: ShellState, where: Where, draft: Draft) -> None:
        """Append a command that changes nothing in the shell."""
        self.reading.commands.append(draft.command(state, where))

    # --- assignments ----------------------------------------------------------------------------------------

    def assignment(self, node: Node, state: ShellState) -> tuple[str, Value]:
        """``NAME=value`` or ``NAME+=value``."""
        name_node, value_node = node.child_by_field_name("name"), node.child_by_field_name("value")
        name = self.encoded.raw(name_node) if name_node is not None else ""
        value: Value = single(self.pieces(value_node, state)) if value_node is not None else ""
        if any(c.type == "+=" for c in node.children):
            before = state.lookup(name)
            if isinstance(before, Unknown):
                value = before
            elif isinstance(value, str):
                value = joined([before or "", value])
        return name, value

    def assignments(self, node: Node, state: ShellState, where: Where) -> None:
        """Bare assignments: variables of the shell."""
        found = []
        for child in [node] if node.type == "variable_assignment" else node.named_children:
            self.substitutions(child, state, where)
            found.append(self.assignment(child, state))
            state.assign(*found[-1], export=state.is_exported(found[-1][0]))
        self.record(state, where, Draft(self.encoded.span(node), assignments=found))

    def declaration(self, node: Node, state: ShellState, where: Where) -> None:
        """``export``, ``readonly``, ``local``, ``declare``."""
        keyword = self.encoded.raw(node.children[0])
        words = [self.plain_word(keyword, node.children[0])]
        export = keyword == "export"
        for child in node.children[1:]:
            self.substitutions(child, state, where)
            if child.type == "variable_assignment":
                state.assign(*self.assignment(child, state), export=export)
            elif export and child.type == "variable_name":
                state.assign(self.encoded.raw(child), state.lookup(self.encoded.raw(child)) or "", export=True)
            words.append(self.plain_word(self.encoded.raw(child), child))
        self.record(state, where, Draft(self.encoded.span(node), words))

    # --- words ----------------------------------------------------------------------------------------------

    def pieces(self, node: Node, state: ShellState) -> list[Part]:
        """A word's pieces in the present state."""
        return parts(node, state.lookup, self.encoded.source)

    def words(self, node: Node, state: ShellState) -> list[Word]:
        """The words that one word of the text becomes; none for an empty expansion, several where it is split."""
        raw, span = self.encoded.raw(node), self.encoded.span(node)
        if _PLAIN.fullmatch(raw):
            return [Word(raw, raw, span.start, span.end)]
        pieces = self.pieces(node, state)
        literal = not any(piece.expanded for piece in pieces)
        return [Word(v, raw, span.start, span.end, literal and isinstance(v, str)) for v in fields(pieces)]

    def plain_word(self, text: str, node: Node) -> Word:
        """A word that is just its text."""
        span = self.encoded.span(node)
        return Word(text, text, span.start, span.end)

    def substitutions(self, node: Node, state: ShellState, where: Where) -> None:
        """The commands of ``$( … )`` inside a word."""
        if node.child_count == 0:
            return
        if node.type in ("command_substitution", "process_substitution"):
            self.sequence(node, state.copy(), replace(where, subshell=True, decisive=False))
            return
        for child in node.named_children:
            self.substitutions(child, state, where)
