"""What a shell text names: words that may be files or folders, and files that it writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass
from imgslim.regex import regex
from imgslim.syntax.shell_nodes import literal, node_text
from imgslim.syntax.shell_source import ShellSource, parser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

#: Redirections that open a file for writing (POSIX, "Redirection"; bash(1)).
_OUTPUTS = frozenset({">", ">>", ">|", "&>", "&>>"})
_WORDS = frozenset({"word", "raw_string", "string", "concatenation"})
#: What stands above a word that the shell takes for a pattern of names; in ``case`` it is one of texts.
_WITH_PATTERNS = frozenset({"command", "for_statement", "array"})
_PATTERN = regex(r"[^~{}$`\\'\"]*[*?\[][^{}$`\\'\"]*")
_TILDE = regex(r"(?:[A-Za-z_]\w*=)?~(?![^/])")
_EXPANDED = regex(r"[*?\[{]")
#: Operators between texts, not files (POSIX, test; bash(1), "Conditional Expressions").
_COMPARING = frozenset({"=", "==", "!=", "=~", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge"})
_QUOTED = regex(r'\\([$`"\\])|\\\n')


@dataclass(frozen=True, slots=True)
class Paths:
    """What a text names."""

    #: Each literal word, wherever it stands; of ``conf/*.yml`` and ``"conf/$NAME"`` the folder. Words of loops, values
    #: of variables, and what is read by a redirection belong to no command's arguments.
    named: tuple[str, ...] = ()
    #: The files that output is redirected to, where their names are literal.
    written: tuple[str, ...] = ()
    #: Words that stand for names of files: ``conf/*.yml``.
    patterns: tuple[str, ...] = ()
    #: What stands behind a folder that the shell computes: ``conf/*.yml`` of ``"$HERE"/conf/*.yml``.
    behind: tuple[str, ...] = ()
    #: Literal words that belong to no command and are read: of tests, of loops, files that input comes from.
    read: tuple[str, ...] = ()
    #: Whether something lies in the home folder: ``~/x``, ``$HOME/x``.
    home: bool = False


def paths_in(text: str) -> Paths:
    """Read a shell text for what it names."""
    named: dict[str, None] = {}
    written: dict[str, None] = {}
    patterns: dict[str, None] = {}
    behind: dict[str, None] = {}
    read: dict[str, None] = {}
    home = False
    for node in _nodes(text):
        home = home or _is_home(node)
        if node.type in _WORDS:
            name = literal(node)
            named |= dict.fromkeys(filter(None, (_folder(node) if name is None else name,)))
            read |= dict.fromkeys((name,) if name and _is_read(node) else ())
            patterns |= dict.fromkeys(_patterns(node) if name is None else ())
            behind |= dict.fromkeys(_behind(node) if name is None else ())
        elif node.type == "file_redirect" and any(child.type in _OUTPUTS for child in node.children):
            target = node.child_by_field_name("destination")
            written |= dict.fromkeys(filter(None, (literal(target) if target is not None else None,)))
    return Paths(tuple(named), tuple(written), tuple(patterns), tuple(behind), tuple(read), home)


def _nodes(text: str) -> Iterator[Node]:
    """Every node of a text in its order, but of the parts of a word only what the shell expands."""
    stack = [parser().parse(ShellSource.of(text).data).root_node]
    while stack:
        node = stack.pop()
        yield node
        stack += reversed([*_expanded(node)] if node.type in _WORDS else node.children)


def _expanded(word: Node) -> Iterator[Node]:
    """The parts of a word that are no text: they may hold words of their own."""
    for child in word.children:
        if child.type in _WORDS:
            yield from _expanded(child)
        elif child.is_named and child.type != "string_content":
            yield child


def _is_home(node: Node) -> bool:
    """Tell whether a node stands for the home folder (POSIX, "Tilde Expansion")."""
    if node.type == "variable_name":
        return node_text(node) == "HOME" and node.parent is not None and node.parent.type != "variable_assignment"
    return node.type in ("word", "concatenation") and _TILDE.match(node_text(node)) is not None


def _is_read(node: Node) -> bool:
    """Tell whether a word is asked about, gone through, or read from by the shell itself."""
    above = node.parent
    if above is None:
        return False
    if above.type == "file_redirect":
        return not any(child.type in _OUTPUTS for child in above.children)
    if above.type == "binary_expression":
        return not any(child.type in _COMPARING or node_text(child) in _COMPARING for child in above.children)
    return above.type in {"unary_expression", "for_statement"}


def _patterns(node: Node) -> Iterator[str]:
    raw = node_text(node)
    above = node.parent.type if node.parent is not None else ""
    if node.type in ("word", "concatenation") and above in _WITH_PATTERNS and _PATTERN.fullmatch(raw):
        yield raw


def _behind(node: Node) -> Iterator[str]:
    """The part of a word behind what is expanded at its start, up to what is expanded next."""
    parts = [*_parts(node)]
    if len(parts) < 2 or parts[0] is not None:  # noqa: PLR2004 (something expanded, and a text)
        return
    text = next((part for part in parts if part is not None), "")
    rest = text[1:] if text.startswith("/") and parts[1] is not None else ""
    if None in parts[2:]:
        rest = rest.rpartition("/")[0]
    if rest:
        yield rest


def _parts(node: Node) -> Iterator[str | None]:
    """The texts that a word is put together from, quotes removed; None for each part that the shell expands."""
    if node.type in {"concatenation", "string"}:
        for child in node.children:
            if child.type != '"':
                yield from _parts(child)
    elif node.type == "string_content":
        yield _QUOTED.sub(r"\1", node_text(node))
    elif node.type == "word":
        yield node_text(node)
    else:
        yield literal(node)


def _folder(node: Node) -> str:
    """The folder that a word names before the first thing that the shell expands in it; "" where there is none."""
    start = _start(node)
    return "" if start.startswith("~") else start.rpartition("/")[0]


def _start(node: Node) -> str:
    raw = node_text(node)
    if node.type == "word":
        return _EXPANDED.split(raw, maxsplit=1)[0]
    start = ""
    for child in node.children:
        if child.type == "string_content":
            start += _QUOTED.sub(r"\1", node_text(child))
        elif child.type != '"':
            whole = literal(child)
            if whole is None:
                return start + (_start(child) if child.type in _WORDS else "")
            start += whole
    return start
