"""The stages of a file, what each is built from, and what each copies from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.scope import global_args
from imgslim.records import dataclass, numerous
from imgslim.syntax.instructions import from_parts
from imgslim.syntax.mounts import mount_options
from imgslim.syntax.variables import expand
from imgslim.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imgslim.syntax.nodes import Dockerfile, Instruction
    from imgslim.values import Value


@numerous
@dataclass(frozen=True, slots=True)
class Stage:
    """One FROM and what follows it."""

    index: int
    #: ``AS name`` as written, None without.
    name: str | None
    node: Instruction
    body: tuple[Instruction, ...]
    #: The image reference or stage name after expansion of global ARGs.
    base: Value
    #: The index of the earlier stage that ``base`` names, None where it is an image.
    base_stage: int | None
    #: ``--platform`` as written.
    platform: str | None
    #: Earlier stages that COPY, ADD or a mount reads from, by index; and images, by reference.
    reads: tuple[int | str, ...]


def stages(dockerfile: Dockerfile, build_args: Mapping[str, Value]) -> tuple[Stage, ...]:
    """All stages, in order."""
    outer = global_args(dockerfile.instructions, build_args, dockerfile.escape)
    found: list[Stage] = []
    names: dict[str, int] = {}
    for index, (node, body) in enumerate(dockerfile.stages()):
        parts = from_parts(node)
        base = _nonempty(expand(parts.image, outer.get, dockerfile.escape), parts.image)
        flag = node.flag("platform")
        found.append(
            Stage(
                index,
                parts.name,
                node,
                body,
                base,
                _named(base, names),
                flag.value if flag else None,
                _reads(body, names, index),
            )  # by place, not by name: each file has some
        )
        if parts.name is not None:
            names[parts.name.lower()] = index
    return tuple(found)


def base_reference(dockerfile: Dockerfile, index: int, build_args: Mapping[str, Value]) -> Value:
    """The image that stage ``index`` is built from, stages of the file followed down to it."""
    return base_in(stages(dockerfile, build_args), index)


def base_in(graph: tuple[Stage, ...], index: int) -> Value:
    """The same where the stages are known already."""
    return chain(graph, index)[0].base


def chain(graph: tuple[Stage, ...], index: int) -> tuple[Stage, ...]:
    """Stage ``index`` and the stages that it is built on, the lowest one first."""
    found = [graph[index]]
    while (below := found[-1].base_stage) is not None:
        found.append(graph[below])
    return tuple(reversed(found))


def last_base(dockerfile: Dockerfile, build_args: Mapping[str, Value]) -> Value:
    """The image that the last stage is built from."""
    return base_reference(dockerfile, len(dockerfile.stages()) - 1, build_args)


def _nonempty(base: Value, written: str) -> Value:
    return Unknown(f"{written} is empty") if base == "" else base


def _named(base: Value, earlier: Mapping[str, int], count: int = 0) -> int | None:
    """The latest earlier stage of that name, case ignored; COPY --from takes a number below ``count`` too."""
    if not isinstance(base, str):
        return None
    by_name = earlier.get(base.lower())
    if by_name is not None:
        return by_name
    return int(base) if base.isdecimal() and int(base) < count else None


def _reads(body: tuple[Instruction, ...], earlier: Mapping[str, int], count: int) -> tuple[int | str, ...]:
    found: dict[int | str, None] = {}
    for node in body:
        for flag in node.flags:
            origin = None
            if flag.name == "from":
                origin = flag.value
            elif flag.name == "mount":
                origin = mount_options(flag.value or "").get("from")
            if origin:
                stage = _named(origin, earlier, count)
                found[origin if stage is None else stage] = None
    return tuple(found)
