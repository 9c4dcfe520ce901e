"""Untouched: which stages a rewrite of the last one may change, and the ways to link that stay within them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.images import ImageFacts
from imgslim.records import replace

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from imgslim.meaning import Stage
    from imgslim.model import Findings, Product, Project, Way


def with_allowed_ways(
    found: Findings, project: Project, graph: tuple[Stage, ...], needed: Iterable[Stage], kept: Collection[str]
) -> Findings:
    """The findings, with those ways to link a program that change only stages which serve the last one alone.

    Args:
        found: what the toolchains found for the last stage.
        project: the last stage.
        graph: all stages.
        needed: those that the last one is made of.
        kept: names or numbers of stages that others ask for (``--target``), in lower case.
    """
    serving = {stage.index for stage in needed}
    free = [stage for stage in graph if _serves_alone(stage, graph, serving, kept)]
    return replace(found, products=tuple(_limited(product, project, graph, free) for product in found.products))


def _serves_alone(stage: Stage, graph: tuple[Stage, ...], serving: Collection[int], kept: Collection[str]) -> bool:
    names = {str(stage.index), (stage.name or "").lower()}
    if stage.index == len(graph) - 1:
        return True
    users = (s.index for s in graph if stage.index in (*s.reads, s.base_stage))
    return stage.index in serving and not names.intersection(kept) and all(user in serving for user in users)


def _limited(product: Product, project: Project, graph: tuple[Stage, ...], free: list[Stage]) -> Product:
    ways = tuple(way for way in product.ways if _allowed(way, project, graph, free))
    if ways == product.ways:
        return product
    why = product.not_static or "" if ways else product.not_static or "another stage uses the stage that builds it"
    return replace(product, ways=ways, not_static=why)


def _allowed(way: Way, project: Project, graph: tuple[Stage, ...], free: list[Stage]) -> bool:
    """Tell whether all that a way changes lies in stages that may change.

    What it installs, and the check of its result, would stand in the last stage: the one can't help a stage before, the
    other takes a distribution's own tools.
    """
    last = graph[-1]
    if way.packages and not all(_holds(last, edit.span.start) for edit in way.edits):
        return False
    if way.gate and not has_tools(project):
        return False
    return all(any(_holds(stage, edit.span.start) for stage in free) for edit in way.edits)


def _holds(stage: Stage, at: int) -> bool:
    return any(node.span.start <= at <= node.span.end for node in (stage.node, *stage.body))


def has_tools(project: Project) -> bool:
    """Tell whether a step appended to the stage finds what lays out libraries: a distribution's shell and tools."""
    return isinstance(project.base, ImageFacts) and bool(project.base.package_manager)
