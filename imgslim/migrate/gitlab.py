"""Jobs of GitLab CI that are made from others (docs.gitlab.com, "extends")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.migrate.nodes import scalars
from imgslim.migrate.root import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imgslim.migrate.nodes import Node

#: Jobs that follow one another by ``extends``; GitLab takes eleven.
_EXTENDS = 30


def extended(jobs: Mapping[str, Node]) -> Iterator[tuple[str, Node]]:
    """The jobs that run, each with what it extends: mappings are merged, the rest is replaced.

    A job whose name starts with a dot runs nowhere; it is given here only where nobody in the file extends it.

    Raises:
        Refused: too many extend one another.
    """
    used = {base.text for job in jobs.values() for base in scalars(job.get("extends"))}
    made: dict[str, Node] = {}
    for name in jobs:
        if not (name.startswith(".") and name in used):
            yield name, _whole(name, jobs, made, _EXTENDS)


def _whole(name: str, jobs: Mapping[str, Node], made: dict[str, Node], depth: int) -> Node:
    if name not in made:
        if depth == 0:
            raise Refused(f"more than {_EXTENDS} of its jobs extend one another")
        job = made[name] = jobs[name]  # what extends itself finds this one
        merged: Node | None = None
        for base in scalars(job.get("extends")):
            if base.text is not None and base.text in jobs:
                whole = _whole(base.text, jobs, made, depth - 1)
                merged = whole if merged is None else _laid_over(merged, whole)
        made[name] = job if merged is None else _laid_over(merged, job)
    return made[name]


def _laid_over(below: Node, above: Node) -> Node:
    node = above.empty()
    node.entries = []
    old = below.mapping()
    for name, value in (old | above.mapping()).items():
        both = name in old and value is not old[name] and value.entries is not None and old[name].entries is not None
        node.add(name, _laid_over(old[name], value) if both else value)
    return node
