"""Read shell text into the commands that it starts, following directory and variables on the way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.meaning.paths import absolute
from imgslim.meaning.shell_links import Link, pipelines
from imgslim.meaning.shell_plain import fold_statements, statements_of
from imgslim.meaning.shell_simple import QUESTIONS, Draft, Reading, SimpleFold, Where, is_statement
from imgslim.meaning.shell_state import ShellState
from imgslim.meaning.shell_text import Encoded, ShellText
from imgslim.meaning.trace import Opaque, literal_words
from imgslim.records import replace
from imgslim.syntax.shell_source import ShellSource, parser
from imgslim.text import Span
from imgslim.values import Unknown

if TYPE_CHECKING:
    from tree_sitter import Node

    from imgslim.meaning.shell_links import Pipeline
    from imgslim.meaning.shell_nested import Script
    from imgslim.meaning.trace import Command


#: Statements that leave a text sequential, unless something in them does not.
_IN_SEQUENCE = frozenset(
    {"command", "list", "pipeline", "redirected_statement", "variable_assignment", "program", "comment"}
)
_NONE = ShellSource("", b"", None)


def read_shell(text: ShellText, state: ShellState, *, depth: int = 0) -> Reading:
    """The commands of ``text``; ``state`` becomes the state after it."""
    if (statements := statements_of(text.text)) is not None:
        fold_statements(statements, text, ShellFold(Encoded(_NONE, text), reading := Reading(), depth), state)
        return reading
    return read_grammar(text, state, depth)


def read_grammar(text: ShellText, state: ShellState, depth: int = 0) -> Reading:
    """The same by the shell's whole grammar."""
    reading = Reading()
    encoded = Encoded.of(text)
    root = parser().parse(encoded.source.data).root_node
    if not encoded.source.understood(root):
        return _not_understood(text, "the shell grammar does not understand this text")
    try:
        ShellFold(encoded, reading, depth).sequence(root, state, Where())
    except RecursionError:  # a text can nest as deep as it is long
        return _not_understood(text, "it is nested too deep to follow")
    return reading


def _not_understood(text: ShellText, why: str) -> Reading:
    return Reading(opaque=[Opaque(text.span(0, len(text.text)), why)], sequential=False)


def run_argv(argv: tuple[str, ...], span: Span, state: ShellState) -> Reading:
    """The command of an exec form: started without a shell, unless it is one with ``-c``."""
    reading = Reading()
    words = list(literal_words(argv, span))
    ShellFold(Encoded.of(ShellText("", None, span)), reading, 0).start(state, Where(), Draft(span, words))
    return reading


def _fails(text: str) -> bool:
    """Tell whether the right side of ``||`` ends the script with a failure."""
    return re.match(r"(exit\s+[1-9]|return\s+[1-9]|false\b)", text.strip("{}( ;\n")) is not None


def _only_sets(text: str) -> bool:
    """Tell whether a statement only sets shell options or variables, so that it can't fail."""
    return re.match(r"set\s|export\s|[A-Za-z_]\w*=", text) is not None


class ShellFold(SimpleFold):
    """One walk over one text."""

    __slots__ = ()

    def sequence(self, node: Node, state: ShellState, where: Where) -> None:
        """Statements one after the other; only the last one's status, or each under ``set -e``, decides."""
        statements = [c for c in node.children if c.is_named and c.type != "comment"]
        for number, child in enumerate(statements):
            last = number == len(statements) - 1
            background = child.next_sibling is not None and child.next_sibling.type == "&"
            if background:
                self.reading.sequential = False
                self.statement(child, state.copy(), replace(where, subshell=True, decisive=False))
                continue
            if not last and not state.errexit and child.type != "function_definition":
                self.reading.sequential = self.reading.sequential and _only_sets(self.encoded.raw(child))
            self.statement(child, state, replace(where, decisive=where.decisive and (last or state.errexit)))

    def statement(self, node: Node, state: ShellState, where: Where) -> None:
        """One statement of any kind."""
        if node.type not in (
            "command",
            "list",
            "pipeline",
            "redirected_statement",
            "variable_assignment",
            "program",
            "comment",
        ):
            self.reading.sequential = self.reading.sequential and node.type in ("declaration_command", "test_command")
        match node.type:
            case "command":
                self.command(node, state, where)
            case "list" | "pipeline":
                self.and_or(node, state, where)
            case "subshell":
                self.sequence(node, state.copy(), replace(where, subshell=True))
            case "compound_statement" | "do_group" | "program":
                self.sequence(node, state, where)
            case "redirected_statement":
                self.redirected(node, state, where)
            case "negated_command":
                for child in node.named_children:
                    self.statement(child, state, replace(where, decisive=False))
            case "if_statement" | "elif_clause":
                self.branches(node, state, where)
            case "while_statement" | "for_statement" | "c_style_for_statement" | "case_statement" | "select_statement":
                self.repeated(node, state, where)
            case "function_definition":
                self.function(node, state, where)
            case "variable_assignment" | "variable_assignments":
                self.assignments(node, state, where)
            case "declaration_command":
                self.declaration(node, state, where)
            case "unset_command":
                for child in node.named_children:
                    state.unset(self.encoded.raw(child))
            case "test_command":
                opening = self.encoded.raw(node).split(maxsplit=1)[0][:2].rstrip()
                self.substitutions(node, state, where)
                self.record(state, where, Draft(self.encoded.span(node), [self.plain_word(opening, node)]))
            case "comment" | "heredoc_body" | "heredoc_start" | "heredoc_end":
                pass
            case _:
                self.opaque(node)

    def opaque(self, node: Node) -> None:
        """Note what is not understood."""
        self.reading.sequential = False
        self.reading.opaque.append(Opaque(self.encoded.span(node), f"{node.type} is not followed"))

    def redirected(self, node: Node, state: ShellState, where: Where) -> None:
        """A statement with redirections: they belong to its last command, that of a list included."""
        body = node.child_by_field_name("body")
        before = len(self.reading.commands)
        if body is None or body.type in ("command", "list", "pipeline", "test_command", "negated_command"):
            if body is not None:
                self.statement(body, state, where)
            last = len(self.reading.commands)
            self.redirects(node, state, where, draft := Draft(self.encoded.span(node)))
        else:
            self.redirects(node, state, where, draft := Draft(self.encoded.span(node)))
            # Opened before the group runs: a ``cd`` inside changes nothing for them.
            draft.redirects = [replace(r, target=absolute(r.target, state.cwd)) for r in draft.redirects]
            self.statement(body, state, where)
            last = len(self.reading.commands)
        self.attach(draft, range(before, last), state, where)

    def attach(self, draft: Draft, commands: range, state: ShellState, where: Where) -> None:
        """Give redirections to the last of the commands of a range; where there is none they make one."""
        first = commands.start if commands else len(self.reading.commands)
        if commands:
            command = self.reading.commands[commands[-1]]
            self.reading.commands[commands[-1]] = replace(
                command,
                redirects=(*command.redirects, *draft.redirects),
                words=(*command.words, *draft.words),
                span=Span(command.span.start, max(command.span.end, draft.span.end)),
            )
        else:
            self.start(state, where, draft)
        giver = self.feed(range(first, len(self.reading.commands)), None)
        for operator, right in draft.following:
            before = len(self.reading.commands)
            match operator:
                case "&&":
                    self.statement(right, state, where)
                case "||":
                    self.maybe([Link(right)], state, where)
                case _:
                    self.reading.sequential = False
                    self.statement(right, state.copy(), replace(where, piped=True))
            alone = operator == "|" and right.type in ("command", "redirected_statement")
            giver = self.feed(range(before, len(self.reading.commands)) if alone else range(0), giver)

    def redirects(self, node: Node, state: ShellState, where: Where, draft: Draft) -> None:
        """All redirections of a statement."""
        for child in node.children_by_field_name("redirect"):
            self.redirect(child, state, where, draft)

    def nested(self, script: Script, command: Command, state: ShellState, where: Where) -> None:
        """The commands of ``sh -c 'text'`` in place of it; each has the span of the whole."""
        complete = state.complete and not script.login
        child = ShellState.start(command.cwd, command.env, command.user, complete=complete)
        for name, value in command.assignments:
            child.assign(name, value, export=True)
        child.errexit = script.errexit
        if script.user is not None:
            child.user = script.user
            child.cwd = Unknown("a login shell starts at home") if script.login else child.cwd
        reading = read_shell(ShellText(script.text, None, command.span), child, depth=self.depth + 1)
        commands = [
            replace(c, conditional=c.conditional or where.conditional, piped=c.piped or where.piped, subshell=True)
            for c in reading.commands
        ]
        if commands and command.redirects:
            commands[-1] = replace(commands[-1], redirects=(*commands[-1].redirects, *command.redirects))
        self.reading.commands += commands
        self.reading.opaque += reading.opaque
        self.reading.sequential = False

    def and_or(self, node: Node, state: ShellState, where: Where) -> None:
        """``a | b && c || d``: ``|`` binds closer than the others, which are equal and read from the left."""
        first, *others = pipelines(node)
        links: list[tuple[str, Pipeline, Where, bool]] = []
        for operator, right in reversed(others):
            text = self.encoded.source.between(right[0].node.start_byte, right[-1].node.end_byte)
            fails = operator != "&&" and _fails(text)
            links.append((operator, right, where, fails))
            if operator != "&&" and not fails:
                where = replace(where, decisive=False)
        self.pipeline(first[1], state, where)
        # What stands at the left end is the least decisive: where it is decisive, nobody asks.
        asked = not where.decisive and self.asks(first[1])
        for operator, right, where_right, fails in reversed(links):
            if operator == "&&":
                skipped = asked and not where_right.decisive
                self.maybe(right, state, where_right) if skipped else self.pipeline(right, state, where_right)
            elif fails:
                self.reading.sequential = False
                self.pipeline(right, state.copy(), replace(where_right, conditional=True))
            else:
                self.maybe(right, state, where_right)
            asked = asked or (not where.decisive and self.asks(right))

    def pipeline(self, joined: Pipeline, state: ShellState, where: Where) -> None:
        """Statements joined by ``|``, each in a shell of its own; one alone is just that statement."""
        if len(joined) > 1:
            self.reading.sequential = False
            # ``!`` in front is the whole pipeline's (POSIX.1-2017, XCU 2.9.2).
            decisive = where.decisive and joined[0].node.type != "negated_command"
            where = replace(where, piped=True, decisive=decisive)
        giver: Command | None = None
        for link in joined:
            own = state.copy() if len(joined) > 1 else state
            before = len(self.reading.commands)
            self.statement(link.node, own, where)
            commands = range(before, len(self.reading.commands))
            for redirected in link.redirected:
                self.redirects(redirected, own, where, draft := Draft(self.encoded.span(redirected)))
                self.attach(draft, commands, own, where)
            if len(joined) > 1:
                alone = link.node.type in ("command", "redirected_statement")
                giver = self.feed(range(before, len(self.reading.commands)) if alone else range(0), giver)

    def asks(self, joined: Pipeline) -> bool:
        """Tell whether a pipeline asks something, so that failing is one of its answers."""
        stack = [link.node for link in joined]
        while stack:
            at = stack.pop()
            if at.type in ("test_command", "negated_command"):
                return True
            if at.type == "command":
                name = self.encoded.raw(at.children[0]).rsplit("/", 1)[-1] if at.children else ""
                if name in QUESTIONS:
                    return True
            else:
                stack += at.named_children
        return False

    def maybe(self, joined: Pipeline, state: ShellState, where: Where) -> None:
        """A pipeline that may not run."""
        self.reading.sequential = False
        branch = state.copy()
        self.pipeline(joined, branch, replace(where, conditional=True, decisive=False))
        state.merge(branch)

    def branches(self, node: Node, state: ShellState, where: Where) -> None:
        """``if``: its condition runs, each body may."""
        inner = replace(where, conditional=True)
        conditions = node.children_by_field_name("condition")
        for child in conditions:
            if child.is_named:
                self.statement(child, state, replace(where, decisive=False))
        before = state.copy()
        body = state.copy()
        outcomes: list[ShellState] = []
        has_else = False
        known = {c.id for c in conditions}
        for child in node.named_children:
            if child.id in known or child.type == "comment":
                continue
            if child.type in ("elif_clause", "else_clause"):
                has_else = has_else or child.type == "else_clause"
                other = before.copy()
                if child.type == "else_clause":
                    self.sequence(child, other, inner)
                else:
                    self.branches(child, other, inner)
                outcomes.append(other)
            else:
                self.statement(child, body, inner)
        outcomes.append(body)
        if not has_else:
            outcomes.append(before)
        state.take(outcomes)

    def repeated(self, node: Node, state: ShellState, where: Where) -> None:
        """Loops and ``case``: parts that run any number of times; what they change is open before and after."""
        inner = replace(where, conditional=True, decisive=False)
        scratch = ShellFold(self.encoded, Reading(), self.depth)
        variable = node.child_by_field_name("variable")
        if variable is not None:
            state.assign(self.encoded.raw(variable), Unknown(f"${self.encoded.raw(variable)} takes several values"))
        if node.type != "case_statement":
            trial = state.copy()
            scratch.bodies(node, trial, inner)
            state.merge(trial)
        after = state.copy()
        self.bodies(node, after, inner)
        state.merge(after)

    def bodies(self, node: Node, state: ShellState, where: Where) -> None:
        """Every command inside a loop or ``case``."""
        fixed = state.copy() if node.type == "case_statement" else state
        for child in node.named_children:
            if child.type == "case_item":
                arm = fixed.copy()
                self.sequence_of([c for c in child.named_children if is_statement(c)], arm, where)
                state.merge(arm)
            elif is_statement(child):
                self.statement(child, state, where)
            else:
                self.substitutions(child, state, where)

    def sequence_of(self, statements: list[Node], state: ShellState, where: Where) -> None:
        """Several statements."""
        for child in statements:
            self.statement(child, state, where)

    def function(self, node: Node, state: ShellState, where: Where) -> None:
        """A definition runs nothing; its body's commands are those of its calls."""
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is None or body is None:
            self.opaque(node)
            return
        text = self.encoded.raw(body)
        assigned = frozenset(re.findall(r"(?<![\w$])([A-Za-z_]\w*)\+?=", text))
        moves = re.search(r"\b(cd|pushd|popd|eval|source)\b|(?:^|[;{&|\s])\.\s", text) is not None
        state.functions[self.encoded.raw(name)] = (assigned, moves)
        inside = state.copy()
        inside.cwd = Unknown("a function runs where it is called")
        self.statement(body, inside, replace(where, conditional=True, decisive=False))
