"""Bake files, JSON and HCL: the targets that they build (docs.docker.com, "Bake file reference")."""

from __future__ import annotations

import posixpath
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from imgslim.migrate.bake_variables import declared, filled, rows
from imgslim.migrate.found import Asked
from imgslim.migrate.hcl import parse_hcl
from imgslim.migrate.jobs import Place
from imgslim.migrate.nodes import literal, parse_yaml, scalars
from imgslim.migrate.root import Refused
from imgslim.records import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from imgslim.migrate.bake_variables import Values
    from imgslim.migrate.found import Found
    from imgslim.migrate.nodes import Node
    from imgslim.migrate.root import Root

_NAME = re.compile(r"docker-bake(?:[._-].*)?\.(?:json|hcl)$", re.IGNORECASE)
#: Targets that follow one another by ``inherits``.
_INHERITS = 16
#: Keys whose entries are merged where a target inherits; the others are replaced.
_MAPS = frozenset({"args", "contexts", "labels"})
#: Keys that a command line may set and that matter here.
_SET = frozenset({"args", "contexts", "context", "dockerfile", "target", "tags"})


@dataclass(frozen=True, slots=True)
class Setting:
    """What a command line sets in targets."""

    #: A pattern of target names.
    pattern: str
    key: str
    #: Of a mapping's entry; "" for other keys.
    name: str
    #: As written, variables included.
    value: str


def is_bake_name(name: str) -> bool:
    """Tell whether a file's name says that it is a bake file."""
    return "bake" in name.lower() and _NAME.match(name) is not None


@dataclass(frozen=True, slots=True)
class Call:
    """How bake is called, where that is known."""

    #: Where; None: not known.
    folder: str | None = None
    changes: Sequence[Setting] = ()
    #: Variables of the shell; None: not literal.
    environment: Mapping[str, str | None] = field(default_factory=dict)
    #: False where the file is read by its name anyway, so that only another environment makes a difference.
    other: bool = True


def read_bake(root: Root, path: str, found: Found, call: Call | None = None) -> None:
    """Collect what a bake file builds."""
    call = call or Call()
    try:
        data = root.read(path)
        document = parse_hcl(data) if path.lower().endswith(".hcl") else parse_yaml(data)
        values = declared(document, call.environment)
        if not call.other and values.keys().isdisjoint(call.environment):
            return
        targets = document.get("target")
        inherited = _inherited(targets)
        for name, node in targets.mapping().items() if targets is not None else ():
            if name not in inherited or node.get("dockerfile") or node.get("context"):
                for own, target in _each(name, _whole(node, targets, _INHERITS), values, Place(path, node.line), found):
                    changed = _changed(target, own, node, call.changes)
                    _target(root, Place(path, node.line), own, changed, found, call.folder)
    except Refused as error:
        found.note(Place(path), f"not read: {error}.")


def _each(
    name: str, target: dict[str, Node], values: Values, place: Place, found: Found
) -> Iterator[tuple[str, dict[str, Node]]]:
    """The targets that a matrix makes of one, with their names; without one, that one."""
    made = rows(target, values)
    if made is None:
        found.note(place, f"target {name}: its matrix is not followed; what depends on it is taken for not literal.")
    for row in made or ():
        own = literal(filled(target["name"], row)) if "name" in target else None
        yield own or name, _filled(target, row)
    if made is None:
        yield name, _filled(target, values)


def _filled(target: dict[str, Node], values: Values) -> dict[str, Node]:
    """A target with the values of the variables that it names."""
    found = dict(target)
    for key in _SET & target.keys():
        node = target[key]
        found[key] = filled(node, values)
        if key in _MAPS:
            found[key] = node.empty()
            for name, value in node.mapping().items():
                found[key].add(name, filled(value, values))
        elif node.items is not None:
            found[key] = node.empty()
            found[key].items = [filled(item, values) for item in node.list()]
    return found


def _inherited(targets: Node | None) -> frozenset[str]:
    """The targets that others are made from: mostly parts, which nobody builds by themselves."""
    nodes = targets.mapping().values() if targets is not None else ()
    return frozenset(text for node in nodes for base in scalars(node.get("inherits")) if (text := literal(base)))


def _whole(node: Node, targets: Node | None, depth: int) -> dict[str, Node]:
    """A target with what it inherits; of several, the last one wins."""
    merged: dict[str, Node] = {}
    own = node.mapping()
    if depth and targets is not None:
        bases = (targets.get(literal(base) or "") for base in scalars(node.get("inherits")))
        for each in (_whole(base, targets, depth - 1) for base in bases if base is not None):
            merged = _laid_over(merged, each)
    return _laid_over(merged, own)


def _laid_over(below: dict[str, Node], above: dict[str, Node]) -> dict[str, Node]:
    merged = below | above
    for key in _MAPS & below.keys() & above.keys():
        together = above[key].empty()
        for name, value in (below[key].mapping() | above[key].mapping()).items():
            together.add(name, value)
        merged[key] = together
    return merged


def settings(texts: Iterable[str]) -> tuple[Setting, ...]:
    """``--set TARGET.KEY=VALUE`` and ``--set TARGET.args.NAME=VALUE`` (docs.docker.com, "docker buildx bake")."""
    found = []
    for text in texts:
        at, _, value = text.partition("=")
        pattern, _, key = at.partition(".")
        key, _, name = key.partition(".")
        found.append(Setting(pattern, key, name, value))
    return tuple(found)


def _changed(target: dict[str, Node], name: str, at: Node, changes: Sequence[Setting]) -> dict[str, Node]:
    """A target with what a command line sets in it."""
    for one in changes:
        if one.key not in _SET or not fnmatchcase(name, one.pattern):
            continue
        value = at.empty()
        value.text = one.value
        if one.key in _MAPS:
            value, text = at.empty(), value
            value.add(one.name, text)
        target = _laid_over(target, {one.key: value})
    return target


def _target(  # noqa: PLR0917  (one build and where it goes)
    root: Root, place: Place, name: str, target: dict[str, Node], found: Found, folder: str | None
) -> None:
    who, path = f"target {name}", place.file
    if "dockerfile-inline" in target:
        found.note(place, f"{who}: its Dockerfile stands in this file (dockerfile-inline); it is left alone.")
        return
    context, dockerfile, stage = target.get("context"), target.get("dockerfile"), target.get("target")
    said, named = literal(context) if context is not None else ".", literal(dockerfile) or ""
    asked = Asked(
        place, who, _start(root, (folder,) if folder is not None else (posixpath.dirname(path), ""), said, named),
        said,
        context.text or "?" if context is not None else ".",
        "" if dockerfile is None else literal(dockerfile),
        in_context=True,
        args=tuple((key, literal(value)) for key, value in _entries(target.get("args"))),
        target="" if stage is None else literal(stage),
    )  # fmt: skip
    tags = tuple(node.text for node in scalars(target.get("tags")) if node.text)
    contexts = tuple(
        (key, f"{path} {text.removeprefix('target:')}" if text.startswith("target:") else text)
        for key, value in _entries(target.get("contexts"))
        if (text := literal(value)) is not None
    )
    found.add(root, asked, images=tags, name=f"{path} {name}", contexts=contexts)


def _entries(node: Node | None) -> tuple[tuple[str, Node], ...]:
    return tuple(node.mapping().items()) if node is not None else ()


def _start(root: Root, folders: tuple[str, ...], context: str | None, dockerfile: str) -> str:
    """The folder that bake is run in: its paths are relative to that one, which is the file's own or the root."""
    for folder in dict.fromkeys(folders):
        at = root.joined(folder, context or ".")
        file = root.joined(at, dockerfile or "Dockerfile") if at is not None else None
        try:
            if file is not None and root.kind(file) == "file":
                return folder
        except Refused:
            continue
    return folders[0]
