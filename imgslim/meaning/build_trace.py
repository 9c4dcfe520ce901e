"""Fold one stage of a file into its build trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.copy_step import copy_step
from imgslim.meaning.entry import entry_of
from imgslim.meaning.run_step import run_step
from imgslim.meaning.scope import CHANGING, ScopeFold, global_args
from imgslim.meaning.stages import chain, stages
from imgslim.meaning.trace import BuildTrace, Other
from imgslim.records import replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imgslim.meaning.base import BaseState
    from imgslim.meaning.stages import Stage
    from imgslim.meaning.trace import Step
    from imgslim.syntax.nodes import Dockerfile, Instruction
    from imgslim.values import Value


def trace(
    dockerfile: Dockerfile,
    stage_index: int,
    base: BaseState,
    build_args: Mapping[str, Value],
    graph: tuple[Stage, ...] = (),
) -> BuildTrace:
    """The build trace of one stage.

    Args:
        dockerfile: the parsed file.
        stage_index: the stage's number, from 0.
        base: what the image under it sets; for a stage on top of another one, the image under that.
        build_args: values given with ``--build-arg``.
        graph: the file's stages with these arguments, where they are known already.
    """
    graph = graph or stages(dockerfile, build_args)
    stage = graph[stage_index]
    if stage.base_stage is not None:
        below = trace(dockerfile, stage.base_stage, base, build_args, graph)
        base = replace(
            base,
            env=below.final.env,
            workdir=below.final.workdir,
            user=below.final.user,
            shell=below.final.shell,
            entrypoint=below.entry.entrypoint_argv,
            cmd=below.entry.cmd_argv,
        )
    outer = global_args(dockerfile.instructions, build_args, dockerfile.escape)
    return _fold(stage, base, ScopeFold(base, outer, build_args, dockerfile.escape))


def whole_trace(
    dockerfile: Dockerfile,
    stage_index: int,
    base: BaseState,
    build_args: Mapping[str, Value],
    graph: tuple[Stage, ...] = (),
) -> BuildTrace:
    """As :func:`trace`, with the steps of every stage that the stage is built on: all that makes its image.

    A stage on top of another one inherits its ENV, ARG, WORKDIR, USER and SHELL; an ENTRYPOINT empties the CMD of the
    stages below (BuildKit, ``dispatchEntrypoint``).
    """
    graph = graph or stages(dockerfile, build_args)
    outer = global_args(dockerfile.instructions, build_args, dockerfile.escape)
    fold = ScopeFold(base, outer, build_args, dockerfile.escape)
    parts = [_fold(stage, base, fold) for stage in chain(graph, stage_index)]
    entering = next((n for n in reversed(range(len(parts))) if _says(parts[n], "ENTRYPOINT")), 0)
    entry = entry_of(tuple(s for part in parts[entering:] for s in part.steps), base, parts[-1].final)
    return replace(
        parts[-1],
        base=parts[0].base,
        platform=parts[0].platform,
        steps=tuple(s for part in parts for s in part.steps),
        entry=entry,
        onbuild=tuple(n for part in parts for n in part.onbuild),
    )


def _says(part: BuildTrace, keyword: str) -> bool:
    return any(step.node.keyword == keyword for step in part.steps)


def _fold(stage: Stage, base: BaseState, fold: ScopeFold) -> BuildTrace:
    steps: list[Step] = []
    onbuild: list[Instruction] = []
    for node in stage.body:
        steps.append(_step(node, fold))
        if node.keyword == "ONBUILD":
            onbuild.append(node)
        elif node.keyword in CHANGING:
            fold.apply(node)
    final = fold.scope
    folded = tuple(steps)
    entry = entry_of(folded, base, final)
    return BuildTrace(stage.base, stage.platform, stage.node, folded, final, entry, tuple(onbuild))


def _step(node: Instruction, fold: ScopeFold) -> Step:
    match node.keyword:
        case "RUN":
            return run_step(node, fold.scope, fold.expand)
        case "COPY" | "ADD":
            return copy_step(node, fold.scope, fold.expand)
        case _:
            return Other(node, fold.scope)
