"""One stage: its base image, its meaning over that, and what the toolchains find."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.errors import InputError
from imgslim.images import ImageFacts, UnknownImage, of_release, parse_reference, resolve, started_by
from imgslim.meaning import BaseState, Files, base_in, chain, stages, trace
from imgslim.model import Declined, Findings, Project, Unchanged
from imgslim.syntax.instructions import from_parts
from imgslim.toolchains import all_toolchains, toolchains_for
from imgslim.values import Unknown

if TYPE_CHECKING:
    from imgslim.context import BuildContext
    from imgslim.meaning import Stage
    from imgslim.model import EntryBuild, EntryWords
    from imgslim.service import Options
    from imgslim.syntax.nodes import Dockerfile


def read_project(dockerfile: Dockerfile, context: BuildContext, options: Options) -> Project | Declined | Unchanged:
    """Fold the file's only stage over its base image."""
    graph = stages(dockerfile, options.build_args)
    base = checked(graph, options)
    return base if isinstance(base, Declined | Unchanged) else folded(dockerfile, base, context, options, graph)


def checked(
    graph: tuple[Stage, ...], options: Options, index: int = 0
) -> ImageFacts | UnknownImage | Declined | Unchanged:
    """The base image of a stage that there is something to plan for.

    Raises:
        InputError: FROM names no image.
    """
    below = chain(graph, index)
    reference = below[0].base
    if isinstance(reference, Unknown):
        return Declined(
            "variable-in-from",
            f"The base image is not known: {reference.why}.",
            below[0].node.span,
            "Give the ARG a default, or pass --build-arg.",
        )
    if reference == "scratch":
        return Unchanged("already-minimal", "The image starts from scratch already.", below[0].node.span)
    base = image_facts(graph, below[0].index, options)
    triggers = [node.span for stage in below for node in stage.body if node.keyword == "ONBUILD"]
    if isinstance(base, ImageFacts) and base.onbuild:
        triggers.append(below[0].node.span)
    if triggers:
        return Declined(
            "onbuild",
            "ONBUILD runs its instruction in images built from this one; that it still means the same after a split "
            "can't be told from this file.",
            triggers[0],
        )
    return base


def image_facts(graph: tuple[Stage, ...], index: int, options: Options) -> ImageFacts | UnknownImage:
    """What is known of the image under a stage; nothing where the file does not settle which one that is.

    Raises:
        InputError: FROM names no image.
    """
    reference = base_in(graph, index)
    if isinstance(reference, Unknown):
        return UnknownImage(parse_reference("scratch"), reference.why)
    try:
        parsed = parse_reference(reference)
    except ValueError as error:
        span = from_parts(graph[index].node).image_span
        hint = "Image names are lower-case: registry/name:tag."
        raise InputError("bad-image-name", f"FROM names no image: {error}.", span, hint) from error
    known = options.images.get(reference)
    found = known if known is not None else resolve(parsed)
    built = options.evidence.built
    if built is None or not isinstance(found, ImageFacts):
        return found
    return started_by(of_release(found, built.os_release), built.entry_point)


def folded(
    dockerfile: Dockerfile,
    base: ImageFacts | UnknownImage,
    context: BuildContext,
    options: Options,
    graph: tuple[Stage, ...],
) -> Project:
    """Fold the file's only stage."""
    read = trace(dockerfile, 0, base_state(base), options.build_args, graph)
    files = Files.after(read, context)
    return Project(dockerfile, read, context, files, base, options.uses, options.evidence, strip=options.strip)


def base_state(base: ImageFacts | UnknownImage) -> BaseState:
    """The base image's share in the stage's meaning."""
    if isinstance(base, UnknownImage):
        return BaseState.unknown(base.why)
    open_ = Unknown(f"the tag of {base.ref.raw} does not settle it")
    return BaseState(
        env={name: open_ if value is None else value for name, value in base.env},
        env_known=base.env_known,
        workdir=open_ if base.workdir is None else base.workdir or "/",
        user=open_ if base.user is None else base.user,
        entrypoint=open_ if base.entrypoint is None else base.entrypoint,
        cmd=open_ if base.cmd is None else base.cmd,
        onbuild=base.onbuild or (),
    )


def find(project: Project) -> Findings:
    """Ask every toolchain whose commands may be there."""
    found = [t.find(project) for t in toolchains_for(project.trace)]
    products = [product for one in found for product in one.products]
    products.sort(key=lambda product: (product.step, product.index))
    return Findings(
        tuple(products),
        frozenset().union(*[one.build_commands for one in found]),
        tuple([declined for one in found for declined in one.not_followed]),
        replaced(project),
    )


def replaced(project: Project) -> EntryBuild | EntryWords | None:
    """What a toolchain puts in the place of an entry that compiles first, or starts a program by a detour."""
    argv = project.trace.entry.words
    for toolchain in all_toolchains():
        if (found := toolchain.replaces_entry(argv, project)) is not None:
            return found
    return None
