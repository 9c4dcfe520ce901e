"""Matrices of CI jobs: the combinations of values that a job runs with, where they are literal.

GitHub's rules are those of docs.github.com, "Running variations of jobs in a workflow"; GitLab's those of
docs.gitlab.com, "parallel:matrix".
"""

from __future__ import annotations

import itertools
import math
import re
from typing import TYPE_CHECKING

from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imgslim.migrate.nodes import Node

#: Jobs of a matrix: GitHub's own limit.
MOST = 256
#: What GitHub replaces.
EXPRESSION = regex(r"\$\{\{(.*?)\}\}", re.DOTALL)
_TERM = regex(r"\s*(?:((?:matrix|inputs)(?:\.[A-Za-z_][\w-]*)+)|'((?:[^']|'')*)')\s*$")

#: A value: the text at each path inside of it, which is "" for a scalar. None: a text that is not literal.
_Value = tuple[tuple[str, "str | None"], ...]
_UNKNOWN: _Value = (("", None),)


class Unbounded(Exception):  # noqa: N818  (it names what a matrix is)
    """A matrix that is not followed; the message says why."""


def github_matrix(matrix: Node) -> list[dict[str, str | None]]:
    """The combinations of ``strategy.matrix``: texts by name, ``service.path`` for what is inside of a value.

    Raises:
        Unbounded: it is computed, or has too many.
    """
    axes = {name: node for name, node in matrix.mapping().items() if name not in ("include", "exclude")}
    without, more = _objects(matrix.get("exclude")), _objects(matrix.get("include"))
    if matrix.entries is None or without is None or more is None:
        raise Unbounded("is not literal")
    rows = _product({name: _choices(node) for name, node in axes.items()}, len(more))
    known = all(value != _UNKNOWN for row in rows for value in row.values())
    if (without or more) and not (known and all(one.get(name) != _UNKNOWN for one in without + more for name in axes)):
        raise Unbounded("is not literal")
    rows = [row for row in rows if not any(row.items() >= one.items() for one in without)]
    return [_flat(row) for row in _with_more(rows, more, axes)]


def gitlab_matrix(matrix: Node) -> list[dict[str, str | None]]:
    """The combinations of ``parallel:matrix``, a list of mappings of variables to values.

    Raises:
        Unbounded: it is computed, or has too many.
    """
    found: list[dict[str, str | None]] = []
    for one in matrix.list():
        rows = _product({name: _choices(node) for name, node in one.mapping().items()}, len(found))
        found += (_flat(row) for row in rows)
    if not found:
        raise Unbounded("is not literal")
    return found


def _product(columns: Mapping[str, Sequence[_Value]], more: int) -> list[dict[str, _Value]]:
    if math.prod(map(len, columns.values())) + more > MOST:
        raise Unbounded(f"has more than {MOST} combinations")
    if not columns:
        return []
    return [dict(zip(columns, row, strict=True)) for row in itertools.product(*columns.values())]


def _with_more(
    rows: list[dict[str, _Value]], more: Sequence[dict[str, _Value]], axes: Mapping[str, Node]
) -> list[dict[str, _Value]]:
    """Each ``include`` goes into every row of which it changes no original value, else it is a row of its own."""
    alone = []
    for one in more:
        fit = [row for row in rows if all(row.get(name) == value for name, value in one.items() if name in axes)]
        for row in fit:
            row.update(one)
        if not fit:
            alone.append(one)
    return rows + alone


def _objects(node: Node | None) -> list[dict[str, _Value]] | None:
    """The mappings of a list; None: it is not literal."""
    if node is None:
        return []
    if node.items is None or any(item.entries is None for item in node.list()):
        return None
    return [{name: _value(below) for name, below in item.mapping().items()} for item in node.list()]


def _choices(node: Node) -> list[_Value]:
    return [_value(item) for item in node.list()] if node.items is not None else [_value(node)]


def _value(node: Node) -> _Value:
    """A scalar or a mapping; a list is nothing that a text could hold."""
    if node.entries is None:
        return ((("", node.text),)) if node.text is not None and "${{" not in node.text else _UNKNOWN
    return tuple(
        (f".{name}{path}", text) for name, below in node.mapping().items() for path, text in _value(below)
    )  # fmt: skip


def _flat(row: Mapping[str, _Value]) -> dict[str, str | None]:
    return {f"{name}{path}": text for name, value in row.items() for path, text in value}


def filled(text: str, row: Mapping[str, str | None]) -> str:
    """Put values in place of ``${{ matrix.NAME }}`` and ``${{ inputs.NAME }}``; other expressions stay.

    ``row`` has them by these names, and the name with nothing behind the dot where all of its kind are there: a
    property that is not among them is an empty text then. ``||`` takes the first that is not empty (docs.github.com,
    "Contexts" and "Evaluate expressions").
    """
    return EXPRESSION.sub(lambda match: _evaluated(match[1], row, match[0]), text) if row and "${{" in text else text


def _evaluated(expression: str, row: Mapping[str, str | None], written: str) -> str:
    value: str | None = ""
    for term in expression.split("||"):
        value = _term(term, row)
        if value is None:
            return written
        if value not in ("", "false", "0"):
            break
    return value or ""


def _term(term: str, row: Mapping[str, str | None]) -> str | None:
    found = _TERM.match(term)
    if found is None:
        return None
    if found[1] is None:
        return found[2].replace("''", "'")
    if f"{found[1].partition('.')[0]}." not in row:
        return None
    if found[1] in row:
        return row[found[1]]
    # Inside of a value that is not known, or a mapping as a whole.
    parts = found[1].split(".")
    outer = (".".join(parts[:n]) for n in range(1, len(parts)))
    inner = any(name.startswith(f"{found[1]}.") for name in row)
    return None if inner or any(row.get(name, "") is None for name in outer) else ""
