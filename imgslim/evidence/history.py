"""Which layers the base image brought, and which instruction made each of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning import stages
from imgslim.records import dataclass
from imgslim.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imgslim.syntax.nodes import Dockerfile

#: How BuildKit begins the text of a step (``RUN |1 A=b /bin/sh -c …``, ``COPY . . # buildkit``, ``ENV A=b``).
_STEP = regex(
    r"(RUN|COPY|ADD|WORKDIR|ENV|LABEL|ARG|CMD|ENTRYPOINT|EXPOSE|USER|VOLUME|STOPSIGNAL|SHELL|HEALTHCHECK|ONBUILD"
    r"|MAINTAINER)\s"
)
#: How the classic builder writes all but RUN: ``/bin/sh -c #(nop)  CMD ["a"]``.
_NOP = "#(nop)"


@dataclass(frozen=True, slots=True)
class Step:
    """One row of an image's history, oldest first."""

    created_by: str
    #: True where it made no layer.
    is_empty: bool


def instructions_of(steps: Sequence[Step], dockerfile: Dockerfile | None) -> tuple[int | None, ...]:
    """For each step the index of the instruction that it comes from, None where that is not settled.

    Each instruction of the last stage makes one row, whatever it does; for ONBUILD only the classic builder writes one.
    What the base image brought, and what its own ONBUILD added, stands before them: so they are matched from the end.
    """
    nothing = (None,) * len(steps)
    found: list[int | None] = list(nothing)
    at = len(steps)
    instructions = dockerfile.instructions if dockerfile is not None else ()
    for index in _of_last_stage(dockerfile) if dockerfile is not None else ():
        wanted = instructions[index].keyword
        if wanted == "FROM":
            return tuple(found)
        if at and keyword(steps[at - 1].created_by) == wanted:
            at -= 1
            found[at] = index
        elif wanted != "ONBUILD":
            return nothing
    return nothing


def _of_last_stage(dockerfile: Dockerfile) -> Iterator[int]:
    """The instructions that the last stage's image is made by, latest first, down to the FROM that names an image."""
    graph = stages(dockerfile, {}) if any(n.keyword == "FROM" for n in dockerfile.instructions) else ()
    places = {id(node): index for index, node in enumerate(dockerfile.instructions)}
    stage = graph[-1] if graph else None
    while stage is not None:
        yield from (places[id(node)] for node in reversed(stage.body))
        if stage.base_stage is None:
            yield places[id(stage.node)]
        stage = graph[stage.base_stage] if stage.base_stage is not None else None


def keyword(created_by: str) -> str:
    """The instruction that a row of the history says it comes from; RUN where it is a bare command."""
    if _NOP in created_by:
        created_by = created_by.partition(_NOP)[2].lstrip() + " "
    match = _STEP.match(created_by)
    return match[1] if match is not None else "RUN"


def base_count(diff_ids: Sequence[str], base: Sequence[str] | None) -> int | None:
    """The number of layers that are the base image's; None where there is none to compare with, or it differs."""
    if base is None or list(diff_ids[: len(base)]) != list(base):
        return None
    return len(base)
