"""One service of a compose file: what it says by key, laid over what it extends (compose-spec, "Merge")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.migrate.nodes import literal
from imgslim.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.migrate.nodes import Node


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value stands."""

    #: The compose file.
    file: str
    #: The folder that its relative paths start in.
    folder: str


#: What a service says, by key, each with where it says it. The keys of ``build`` and ``healthcheck`` stand beside the
#: others as ``build.context`` and so on: each of them has a place of its own.
Service = dict[str, "tuple[Source, Node]"]
#: Mappings, and lists of ``NAME=value``, whose entries are merged by name; lists that grow.
_BY_NAME = ("build.args", "build.additional_contexts")
_GROW = ("build.tags",)


def own(node: Node, source: Source) -> Service:
    """A service as one file says it."""
    service: Service = {}
    for key, value in node.mapping().items():
        service[key] = source, value
        if key == "build" and value.text is not None:
            service["build.context"] = source, value  # the short form (compose-spec, "build")
        elif key in ("build", "healthcheck"):
            service.update({f"{key}.{name}": (source, below) for name, below in value.mapping().items()})
    return service


def laid_over(below: Service, above: Service) -> Service:
    """A service of two files: mappings are merged key by key, the rest is replaced."""
    merged = below.copy()
    for key, (source, node) in above.items():
        if node.tag in ("!reset", "!override"):
            merged = {name: value for name, value in merged.items() if name != key and not name.startswith(f"{key}.")}
        if node.tag == "!reset":
            continue
        if key in _BY_NAME and key in merged:
            node = _together(merged[key][1], node)  # noqa: PLW2901
        elif key in _GROW and key in merged and node.items is not None:
            more = node.empty()
            more.items = [*merged[key][1].list(), *node.list()]
            node = more  # noqa: PLW2901
        merged[key] = source, node
    return merged


def _together(below: Node, above: Node) -> Node:
    node = above.empty()
    node.entries = []
    for name, value in (dict(entries(below)) | dict(entries(above))).items():
        node.add(name, value)
    return node


def entries(node: Node | None) -> Iterator[tuple[str, Node]]:
    """``NAME: value`` of a mapping, or ``NAME=value`` of a list, as nodes."""
    if node is None:
        return
    yield from node.mapping().items()
    for item in node.list():
        name, sign, text = (item.text or "").partition("=")
        value = item.empty()
        value.text = text if sign else None
        yield name, value


def pairs(node: Node | None) -> dict[str, str | None]:
    """The same with their values; None: not literal, or from the environment, which nobody knows here."""
    return {name: literal(value) for name, value in entries(node)}
