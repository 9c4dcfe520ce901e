"""YAML, JSON and bake's HCL as one small tree that knows its lines, within bounds.

A document is read event by event: nothing in it is constructed, nothing recurses, and an alias is the node that it
names. What a reader visits counts against a budget, so that aliases of aliases can't explode.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from imgslim.migrate.root import Refused
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Levels of a document, nodes of a document, and nodes that its readers may visit, aliases followed.
DEPTH, NODES, VISITS = 100, 200_000, 400_000
#: Scalars whose text is not their value's text: compose and bake write the value.
_INT = regex(r"[-+]?(?:0|[1-9][0-9]*)$")
_FLOAT = regex(r"[-+]?[0-9]+\.[0-9]+$")
_NUMBER_LIKE = regex(
    r"[-+]?(?:0[xob][0-9a-fA-F_]+|[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|\.(?:inf|nan|[0-9]+))$"
)
#: What each of them begins with.
_NUMERIC = frozenset("+-.0123456789")
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {word: word.lower() for word in ("true", "True", "TRUE", "false", "False", "FALSE")}


class Budget:
    """How much of a document may still be visited."""

    def __init__(self, visits: int = VISITS) -> None:
        """Start full."""
        self.left = visits

    def take(self, amount: int) -> None:
        """Count ``amount`` nodes.

        Raises:
            Refused: there are too many.
        """
        self.left -= amount
        if self.left < 0:
            raise Refused("its aliases stand for too many nodes")


class Node:
    """A mapping, a list, a text, or nothing (null, and what is not read literally)."""

    __slots__ = ("_budget", "_merged", "entries", "items", "line", "raw", "tag", "text")

    def __init__(self, line: int, budget: Budget) -> None:
        """An empty node of a line, from 1."""
        self.line = line
        self._budget = budget
        #: A mapping's entries in order, ``<<`` not merged; None for others.
        self.entries: list[tuple[str, Node]] | None = None
        #: A list's items; None for others.
        self.items: list[Node] | None = None
        #: A scalar's text; None for others and for null.
        self.text: str | None = None
        #: The same before variables were filled in; None where none were.
        self.raw: str | None = None
        #: Its own tag as written (``!reset``); "" for none.
        self.tag = ""
        self._merged: dict[str, Node] | None = None

    def add(self, name: str, node: Node) -> None:
        """Give a mapping one more entry."""
        self.entries = self.entries or []
        self.entries.append((name, node))

    def empty(self) -> Node:
        """A new node of the same line and document."""
        return Node(self.line, self._budget)

    def mapping(self) -> dict[str, Node]:
        """A mapping's entries, ``<<`` merged (yaml.org/type/merge); empty for other nodes.

        Raises:
            Refused: too much of the document was visited.
        """
        if self._merged is None:
            own = dict(self.entries or ())
            self._merged = self._with_others(own) if "<<" in own else own
        self._budget.take(len(self._merged) + 1)
        return self._merged

    def _with_others(self, own: dict[str, Node]) -> dict[str, Node]:
        """The entries laid over those of the mappings that ``<<`` names."""
        self._merged = {}  # a mapping that merges itself finds this one
        merged: dict[str, Node] = {}
        for name, node in self.entries or ():
            for other in (node.items or (node,)) if name == "<<" else ():
                merged = other.mapping() | merged
                self._budget.take(len(merged))
        del own["<<"]
        return merged | own

    def get(self, *names: str) -> Node | None:
        """The node at a path of names."""
        at: Node | None = self
        for name in names:
            at = at.mapping().get(name) if at is not None else None
        return at

    def list(self) -> list[Node]:
        """A list's items; empty for other nodes.

        Raises:
            Refused: too much of the document was visited.
        """
        self._budget.take(len(self.items or ()) + 1)
        return self.items or []


def parse_yaml(data: bytes, fill: Callable[[str], str] | None = None) -> Node:
    """The first document of a YAML or JSON text; ``fill`` replaces variables in its values, not in names.

    Raises:
        Refused: it is no YAML, or goes beyond a bound.
    """
    import yaml  # noqa: PLC0415  (only a migration reads YAML)

    tree = _Tree()
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(data.decode("utf-8-sig"))
        for count, event in enumerate(iter(loader.get_event, None)):
            if count > NODES or len(tree.stack) > DEPTH:
                raise Refused(f"it has more than {NODES} nodes or {DEPTH} levels")
            mark = event.start_mark
            line = mark.line + 1 if mark is not None else 1
            if isinstance(event, yaml.ScalarEvent):
                if event.anchor is None and tree.is_name(event.value):
                    continue
                # The text of a block scalar begins on the line after its mark.
                node = tree.node(line + (event.style in ("|", ">")), event.anchor, event.value)
                node.text = _scalar(event.value, plain=event.implicit[0])
                node.tag = _tag(event.tag)
                if fill is not None and node.text is not None:
                    node.raw, node.text = node.text, fill(node.text)
            elif isinstance(event, yaml.CollectionStartEvent):
                tree.open(line, event.anchor, _tag(event.tag), is_map=isinstance(event, yaml.MappingStartEvent))
            elif isinstance(event, yaml.CollectionEndEvent):
                tree.stack.pop()
            elif isinstance(event, yaml.AliasEvent):
                tree.alias(event.anchor or "")
            elif isinstance(event, yaml.DocumentEndEvent):
                break
    except yaml.YAMLError as error:
        at = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        where = f"line {at.line + 1}: " if at is not None else ""
        what = error.problem if isinstance(error, yaml.MarkedYAMLError) else None
        raise Refused(f"it is no YAML: {where}{what or error}") from error
    except UnicodeDecodeError as error:
        raise Refused("it is not UTF-8") from error
    return tree.root


class _Tree:
    """The tree that the events of a document make."""

    def __init__(self) -> None:
        self._budget = Budget()
        self._anchors: dict[str, Node] = {}
        self._started = False
        self.root = Node(1, self._budget)
        #: The open collections, each with the name that the next node of a mapping gets.
        self.stack: list[tuple[Node, str | None]] = []

    def is_name(self, text: str) -> bool:
        """Take a scalar for the name of the next node, where a mapping wants one: half of all scalars are names."""
        if not self.stack or self.stack[-1][1] is not None or self.stack[-1][0].entries is None:
            return False
        self.stack[-1] = self.stack[-1][0], text
        return True

    def node(self, line: int, anchor: str | None, key: str) -> Node:
        """A new node in its place; ``key`` is its text where it is a name."""
        node = Node(line, self._budget)
        if anchor:
            self._anchors[anchor] = node
        self._place(node, key)
        return node

    def alias(self, anchor: str) -> None:
        """A node that stands in several places."""
        node = self._anchors.get(anchor)
        if node is None:
            raise Refused(f"it names *{anchor}, which is no anchor above")
        self._place(node, node.text or "")

    def open(self, line: int, anchor: str | None, tag: str, *, is_map: bool) -> None:
        """A new collection, which the nodes that follow go into."""
        if self.stack and self.stack[-1][0].entries is not None and self.stack[-1][1] is None:
            raise Refused(f"line {line} has a collection as a key")
        node = self.node(line, anchor, "")
        node.tag = tag
        if is_map:
            node.entries = []
        else:
            node.items = []
        self.stack.append((node, None))

    def _place(self, node: Node, key: str) -> None:
        if not self._started:
            self.root, self._started = node, True
        if not self.stack:
            return
        above, name = self.stack[-1]
        if above.items is not None:
            above.items.append(node)
        elif name is None:
            self.stack[-1] = above, key
        else:
            above.add(name, node)
            self.stack[-1] = above, None


def _tag(tag: str | None) -> str:
    """A tag of the document's own; those of YAML itself say nothing that the text does not."""
    return tag if tag is not None and tag.startswith("!") else ""


def _scalar(text: str, *, plain: bool) -> str | None:
    """A scalar as the tools write it into an argument: numbers and booleans in their plain form, null as nothing."""
    if not plain:
        return text
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if text[0] not in _NUMERIC:
        return text
    if _FLOAT.match(text) and math.isfinite(float(text)):
        return f"{float(text):.15g}"
    if _NUMBER_LIKE.match(text) and not _INT.match(text):
        return "$" + text  # some other form of a number: no text that we know, and not literal
    return text


def literal(node: Node | None) -> str | None:
    """A scalar's text where compose and bake replace nothing in it (``$VAR``, ``${VAR}``); else None.

    A dollar sign itself is written ``$$`` (compose-spec, "Interpolation").
    """
    text = node.text if node is not None else None
    if text is None or "$" in text.replace("$$", ""):
        return None
    return text.replace("$$", "$")


def scalars(node: Node | None) -> Iterator[Node]:
    """The scalar itself, or the scalars of a list."""
    if node is not None and node.text is not None:
        yield node
    elif node is not None:
        yield from (item for item in node.list() if item.text is not None)
