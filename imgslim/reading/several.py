"""Several stages: the last one as a project of its own, with what the stages before it build for it.

What a stage copies from another is known by that stage's own trace: which command made it, from which sources, and what
it needs when it runs. A program keeps its evidence on its way through COPY --from; only its path and the step that
brought it are the last stage's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.images import ImageFacts
from imgslim.meaning import Files, stages, whole_trace
from imgslim.meaning.facts import StageFiles
from imgslim.model import Declined, Findings, Project, Stages, Unchanged
from imgslim.reading.brought import brought, places_of
from imgslim.reading.inlined import inlined
from imgslim.reading.single import base_state, checked, find, image_facts, replaced
from imgslim.reading.untouched import with_allowed_ways
from imgslim.records import dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imgslim.context import BuildContext
    from imgslim.images import UnknownImage
    from imgslim.meaning import Stage
    from imgslim.meaning.trace import BuildTrace
    from imgslim.model import Product
    from imgslim.service import Options
    from imgslim.syntax.nodes import Dockerfile


@dataclass(frozen=True, slots=True)
class _Read:
    """A stage that the last one needs."""

    stage: Stage
    trace: BuildTrace
    base: ImageFacts | UnknownImage
    files: Files
    found: Findings = Findings((), frozenset())
    #: Where the programs that were found lie at its end.
    places: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _File:
    """A file with several stages."""

    dockerfile: Dockerfile
    context: BuildContext
    options: Options
    graph: tuple[Stage, ...]

    def read(self, stage: Stage, before: Mapping[int, _Read]) -> _Read:
        """Fold a stage over its image."""
        base = image_facts(self.graph, stage.index, self.options)
        trace = whole_trace(self.dockerfile, stage.index, base_state(base), self.options.build_args, self.graph)
        return _Read(stage, trace, base, self._files(trace, stage, before))

    def find(self, one: _Read, before: Mapping[int, _Read], last: Project | None) -> tuple[Project, _Read]:
        """What the toolchains find in a stage, with the programs that it copies from those before."""
        one = replace(one, files=self._files(one.trace, one.stage, before))
        project = self.project(one)
        found = find(project if last is None else replace(project, last=last))
        origins = {name: n for name, n in self._numbers(one.stage).items() if n in before}
        more = brought(project, {name: _products(before[n]) for name, n in origins.items()})
        lost = (d for n in dict.fromkeys(origins.values()) for d in before[n].found.not_followed)
        found = replace(found, products=(*found.products, *more), not_followed=(*found.not_followed, *lost))
        places = frozenset(p for product in found.products for p in places_of(project.files, product))
        return project, replace(one, found=found, places=places)

    def project(self, one: _Read, found: Mapping[int, _Read] | None = None) -> Project:
        """A stage as a project of its own; ``found``: those that the last one is made of."""
        others = tuple(each.trace for each in (found or {}).values())
        first = next(n for n, node in enumerate(self.dockerfile.instructions) if node is one.stage.node)
        where = Stages(first, len(one.trace.steps) - len(one.stage.body), len(self.graph), others)
        uses, evidence, strip = self.options.uses, self.options.evidence, self.options.strip
        project = Project(
            self.dockerfile, one.trace, self.context, one.files, one.base, uses, evidence, strip=strip, stages=where
        )
        if not found:
            return project
        named = {name: found[n].trace for name, n in self._numbers(one.stage).items() if n in found}
        whole = inlined(project, named, self._named(one.stage, found))
        return replace(project, stages=replace(where, inlined=whole))

    def _files(self, trace: BuildTrace, stage: Stage, before: Mapping[int, _Read]) -> Files:
        return Files.after(trace, self.context, self._named(stage, before))

    def _named(self, stage: Stage, before: Mapping[int, _Read]) -> dict[str, StageFiles]:
        return {
            name: StageFiles(_called(before[n].stage), before[n].files, before[n].places)
            for name, n in self._numbers(stage).items()
            if n in before
        }

    def _numbers(self, stage: Stage) -> dict[str, int]:
        """What COPY --from in a stage may call the stages before it: their numbers, and names in lower case."""
        before = self.graph[: stage.index]
        return {str(s.index): s.index for s in before} | {s.name.lower(): s.index for s in before if s.name is not None}


def read_last(
    dockerfile: Dockerfile, context: BuildContext, options: Options
) -> tuple[Project, Findings] | Declined | Unchanged:
    """The last stage of a file with several, and what the toolchains find in all that it is made of.

    Raises:
        InputError: a FROM names no image.
    """
    graph = stages(dockerfile, options.build_args)
    base = checked(graph, options, len(graph) - 1)
    if isinstance(base, Declined | Unchanged):
        return base
    file = _File(dockerfile, context, options, graph)
    needed = _needed(graph)
    read: dict[int, _Read] = {}
    for stage in needed:
        read[stage.index] = file.read(stage, read)
    last = file.project(read[graph[-1].index])
    found: dict[int, _Read] = {}
    for stage in needed[:-1]:
        _, found[stage.index] = file.find(read[stage.index], found, last)
    last, one = file.find(read[graph[-1].index], found, None)
    last = file.project(one, found)
    whole = last.stages.inlined if last.stages is not None else None
    entry = one.found.entry if whole is None else one.found.entry or replaced(whole)
    return last, with_allowed_ways(replace(one.found, entry=entry), last, graph, needed, options.kept_stages)


def _products(read: _Read) -> tuple[tuple[Product, tuple[str, ...]], ...]:
    """The programs of a stage, each with where it lies at the end and the C library that it is linked with."""
    libc = read.base.libc if isinstance(read.base, ImageFacts) else None
    return tuple(
        (replace(product, libc=product.libc or libc), places_of(read.files, product)) for product in read.found.products
    )


def _needed(graph: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """The stages that the last one is made of, itself included, in the order of the file."""
    found, todo = {len(graph) - 1}, [graph[-1]]
    while todo:
        stage = todo.pop()
        for index in (*(r for r in stage.reads if isinstance(r, int)), stage.base_stage):
            if index is not None and index not in found:
                found.add(index)
                todo.append(graph[index])
    return tuple(graph[index] for index in sorted(found))


def _called(stage: Stage) -> str:
    return f"the stage {stage.name or stage.index}"
