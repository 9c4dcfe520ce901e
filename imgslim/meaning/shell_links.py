"""Take lists and pipelines of the grammar apart and join them as the shell does.

The grammar puts what follows a longer pipeline inside it: of ``a | b | c && d`` it makes ``a | (b | c && d)``, and of
``a && b > x | c`` it makes ``(a && b) > x | c``. The order of statements and operators is right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass

if TYPE_CHECKING:
    from tree_sitter import Node

_JOINING = frozenset({"&&", "||", "|", "|&"})
_NESTED = frozenset({"list", "pipeline"})


@dataclass(frozen=True, slots=True)
class Link:
    """A statement between two operators."""

    node: Node
    #: Nodes with further redirections that belong to it, the innermost first.
    redirected: tuple[Node, ...] = ()


Pipeline = list[Link]


def pipelines(node: Node) -> list[tuple[str, Pipeline]]:
    """The pipelines of a list or pipeline in order, each with the operator before it, "" for the first."""
    found: list[tuple[str, Pipeline]] = [("", [])]
    stack: list[Link] = [Link(node)]
    while stack:
        link = stack.pop()
        at = link.node
        if at.type in _JOINING:
            if at.type in ("&&", "||"):
                found.append((at.type, []))
        elif at.type in _NESTED:
            parts = [child for child in at.children if child.type in _JOINING or child.is_named]
            parts = [child for child in parts if child.type != "comment"]
            stack.append(Link(parts[-1], link.redirected))
            stack += [Link(child) for child in reversed(parts[:-1])]
        elif at.type == "redirected_statement" and (body := at.child_by_field_name("body")) and body.type in _NESTED:
            stack.append(Link(body, (at, *link.redirected)))
        else:
            found[-1][1].append(link)
    return found
