"""Bake's HCL as the tree of :mod:`imgslim.migrate.nodes`: literals as they are, everything else as not literal."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from imgslim.migrate.nodes import DEPTH, NODES, Budget, Node
from imgslim.migrate.root import Refused

if TYPE_CHECKING:
    from tree_sitter import Node as Syntax
    from tree_sitter import Parser

#: Nodes of an expression around the one that says what it is.
_WRAPPERS = frozenset({"expression", "collection_value", "literal_value"})


@cache
def _parser() -> Parser:
    import tree_sitter_hcl  # noqa: PLC0415  (a tree without bake files does not pay for it)
    from tree_sitter import Language, Parser  # noqa: PLC0415

    return Parser(Language(tree_sitter_hcl.language()))


def parse_hcl(data: bytes) -> Node:
    """A bake file as its JSON form would be read: ``{"target": {NAME: {…}}}``.

    Raises:
        Refused: it is no HCL, or goes beyond a bound.
    """
    tree = _parser().parse(data).root_node
    if tree.has_error:
        raise Refused("it is no HCL")
    if tree.descendant_count > NODES * 4:  # some four syntax nodes make one of ours
        raise Refused(f"it has more than {NODES} nodes")
    budget = Budget()
    root = Node(1, budget)
    known: dict[Node, dict[str, Node]] = {}
    for body in tree.named_children:
        for block in body.named_children:
            if block.type == "block":
                _block(block, root, budget, known)
    return root


def _block(block: Syntax, root: Node, budget: Budget, known: dict[Node, dict[str, Node]]) -> None:
    """``target "name" { … }`` below ``target`` and ``name``; ``known`` has the entries of nodes by name."""
    children = block.named_children
    words = [_name(child) for child in children if child.type in ("identifier", "string_lit")]
    body = next((child for child in children if child.type == "body"), None)
    at = root
    for word in words:
        names = _entries(at, known)
        below = names.get(word)
        if below is None:
            below = names[word] = Node(block.start_point[0] + 1, budget)
            at.add(word, below)
        at = below
    names = _entries(at, known)
    for attribute in body.named_children if body is not None else ():
        if attribute.type == "attribute":
            parts = attribute.named_children
            name, value = _text(parts[0]), _value(parts[-1], budget, DEPTH)
            at.add(name, value)
            names.setdefault(name, value)


def _entries(node: Node, known: dict[Node, dict[str, Node]]) -> dict[str, Node]:
    """The entries of a node by name, the first one of each."""
    found = known.get(node)
    if found is None:
        found = known[node] = dict(reversed(node.entries or ()))
    return found


def _value(syntax: Syntax, budget: Budget, depth: int) -> Node:
    """An expression; what is computed becomes ``${…}``, which nobody takes for a literal."""
    if depth == 0:
        raise Refused(f"it has more than {DEPTH} levels")
    node = Node(syntax.start_point[0] + 1, budget)
    inner = syntax
    while inner.type in _WRAPPERS and inner.named_child_count == 1:
        inner = inner.named_children[0]
    match inner.type:
        case "string_lit":
            node.text = _name(inner).replace("$", "$$")
        case "numeric_lit":
            node.text = _text(inner)
        case "bool_lit":
            node.text = _text(inner)
        case "null_lit":
            node.text = None
        case "tuple":
            node.items = [_value(e, budget, depth - 1) for e in inner.named_children if e.type == "expression"]
        case "object":
            elements = [e.named_children for e in inner.named_children if e.type == "object_elem"]
            node.entries = [(_key(e[0]), _value(e[-1], budget, depth - 1)) for e in elements]
        case "template_expr":
            node.text = _text(inner).strip('"') if "${" in _text(inner) else "${" + _text(inner) + "}"
        case _:
            node.text = "${" + _text(inner) + "}"
    return node


def _key(syntax: Syntax) -> str:
    """The name of an object's element: an identifier stands for itself (HCL, "Object")."""
    inner = syntax
    while inner.named_children and inner.type != "string_lit":
        inner = inner.named_children[0]
    return _name(inner)


def _name(syntax: Syntax) -> str:
    """An identifier, or a string's value."""
    if syntax.type != "string_lit":
        return _text(syntax)
    raw = "".join(_text(child) for child in syntax.named_children if child.type == "template_literal")
    if "\\" not in raw and "{" not in raw:  # nothing in it is escaped
        return raw
    try:
        return str(json.loads(f'"{raw}"')).replace("$${", "${").replace("%%{", "%{")
    except ValueError:  # an escape that JSON lacks
        return raw


def _text(syntax: Syntax) -> str:
    return (syntax.text or b"").decode("utf-8", "surrogateescape")
