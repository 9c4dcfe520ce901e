"""Variables and matrices of bake files (docs.docker.com, "Variables in Bake" and "Matrix targets")."""

from __future__ import annotations

from itertools import islice, product
from typing import TYPE_CHECKING

from imgslim.migrate.nodes import literal
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imgslim.migrate.nodes import Node

#: Variables that are made from one another, and combinations of one matrix.
DEPTH, ROWS = 20, 200
_NAMED = regex(r"\$\$|\$\{\s*([A-Za-z_][\w-]*(?:\.[\w-]+)*)\s*\}")

#: By name; None: it is set, and its value is not literal.
Values = dict[str, str | None]


def declared(document: Node, given: Mapping[str, str | None]) -> Values:
    """The variables of a bake file, as ``given`` or else with their defaults.

    A default counts: it holds wherever nobody says otherwise, as that of an ARG does.
    """
    blocks = document.get("variable")
    found: Values = dict.fromkeys(blocks.mapping() if blocks is not None else ())
    found |= {name: value for name, value in given.items() if name in found}
    waiting = {
        name: default
        for name, node in (blocks.mapping().items() if blocks is not None else ())
        if name not in given and (default := node.get("default")) is not None
    }
    for _ in range(DEPTH):
        settled = {name: text for name, node in waiting.items() if (text := literal(filled(node, found))) is not None}
        if not settled:
            break
        found |= settled
        waiting = {name: node for name, node in waiting.items() if name not in settled}
    return found


def filled(node: Node, values: Mapping[str, str | None]) -> Node:
    """A scalar with values in place of ``${NAME}``; what is not known, and what is computed, stays as it is written."""
    if node.text is None or "${" not in node.text:
        return node
    made = node.empty()
    made.text = _NAMED.sub(lambda m: _one(m[0], values.get(m[1]) if m[1] else None), node.text)
    return made


def _one(written: str, value: str | None) -> str:
    return written if value is None else value.replace("$", "$$")


def rows(target: Mapping[str, Node], values: Values) -> list[Values] | None:
    """The values for each target that a matrix makes; those alone where there is none, None where not literal."""
    matrix = target.get("matrix")
    if matrix is None:
        return [values]
    axes = [[_entry(name, item, values) for item in node.list()] for name, node in matrix.mapping().items()]
    if not axes or not all(axes):
        return None
    found = list(islice(product(*axes), ROWS + 1))
    if len(found) > ROWS:
        return None
    return [{**values, **{name: text for entry in row for name, text in entry.items()}} for row in found]


def _entry(name: str, item: Node, values: Values) -> Values:
    """What one item of an axis sets: its text, or a text for each key of an object."""
    if item.entries is None:
        return {name: literal(filled(item, values))}
    return dict(_keys(name, item, values))


def _keys(name: str, item: Node, values: Values) -> Iterator[tuple[str, str | None]]:
    for key, node in item.mapping().items():
        yield f"{name}.{key}", literal(filled(node, values))
