"""Survey a tree: its Dockerfiles, how each is built, and what others ask of its image."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imgslim.errors import UsageError
from imgslim.files import read_text
from imgslim.migrate import git
from imgslim.migrate.bake import read_bake
from imgslim.migrate.compose import Compose
from imgslim.migrate.discover import Configured, discover
from imgslim.migrate.found import Found
from imgslim.migrate.jobs import Build, Job, Place
from imgslim.migrate.root import Refused
from imgslim.migrate.since import touched
from imgslim.migrate.uses import Images, doubted
from imgslim.migrate.workflows import Workflows
from imgslim.records import dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from imgslim.migrate.discover import Names
    from imgslim.migrate.jobs import Note, Use
    from imgslim.migrate.root import Root


@dataclass(frozen=True, slots=True)
class Selection:
    """Which Dockerfiles of a tree are wanted; patterns are those of ``.dockerignore``."""

    #: Empty: all.
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    #: A revision of git's: only files that changed since then, or whose context did. "": all.
    since: str = ""


@dataclass(frozen=True, slots=True)
class Survey:
    """What a tree holds."""

    #: In the order of their paths.
    jobs: tuple[Job, ...]
    #: What was not read, or not as it may have been meant.
    notes: tuple[Note, ...]
    #: How files were found, as a sentence.
    how: str


def survey(root: Root, selection: Selection) -> Survey:
    """Look at the whole tree; only jobs that are wanted are kept.

    Raises:
        UsageError: a pattern, the revision or a configuration file makes no sense.
    """
    found = Found()
    configured = Configured(root)
    names = discover(root, configured, found)
    _read(root, names, found)
    paths = {*names.dockerfiles, *(one.dockerfile for one in found.built)}
    every = sorted(path for path in paths if not configured.excludes(path))
    used = _uses(root, found, every)
    builds: dict[str, dict[Build, None]] = {}
    for one in found.built:
        builds.setdefault(one.dockerfile, {})[one.build] = None
    wanted = _wanted(selection)
    jobs = tuple(
        _job(
            Job(path, tuple(builds.get(path, ())) or (Build(None),), tuple(used.get(path, ())), configured.of(path)),
            root,
            found,
        )
        for path in every
        if wanted(path)
    )
    if selection.since:
        jobs = tuple(touched(root, jobs, git.changed_since(root, selection.since)))
    return Survey(jobs, tuple(dict.fromkeys(found.notes)), names.how)


def _read(root: Root, names: Names, found: Found) -> None:
    """Read what says how Dockerfiles are built, in an order that rests on nothing but the names."""
    Compose(root, found, names.envs).read(names.composes)
    for path in sorted(names.bakes):
        read_bake(root, path, found)
    Workflows(root, found).read(names.workflows)


def _uses(root: Root, found: Found, dockerfiles: list[str]) -> dict[str, dict[Use, None]]:
    """What is asked of the image of each Dockerfile."""
    used: dict[str, dict[Use, None]] = {}
    images = Images(found.built)
    for one in found.built:
        used.setdefault(one.dockerfile, {}).update(dict.fromkeys(one.uses))
    for image, uses in found.run:
        for maker, unsure in images.makers(image).items():
            used.setdefault(maker, {}).update(dict.fromkeys(doubted(use, unsure) for use in uses))
    for path in dockerfiles if images else ():
        try:
            text = read_text(root.text_at(path))
        except UsageError:  # said where the file itself is planned
            continue
        for maker, use in images.used_by(path, text):
            used.setdefault(maker, {})[use] = None
    found.notes += images.notes
    return used


def _wanted(selection: Selection) -> Callable[[str], bool]:
    """Whether a path is one of those that are asked for.

    Raises:
        UsageError: a pattern that the matcher refuses.
    """
    if not selection.include and not selection.exclude:
        return lambda _: True
    from e2b_dockerfile_utils import PatternMatcher  # noqa: PLC0415  (few ask for it)

    try:
        only = PatternMatcher(list(selection.include)) if selection.include else None
        never = PatternMatcher(list(selection.exclude)) if selection.exclude else None
    except ValueError as error:
        raise UsageError(
            "bad-option", f"a pattern is refused: {error}.", "Patterns are those of .dockerignore."
        ) from error
    return lambda path: (only is None or only.matches(path)) and not (never is not None and never.matches(path))


def _job(job: Job, root: Root, found: Found) -> Job:
    """Give builds of which nobody says the context the configured one; None stays where there is none."""
    configured = job.settings.context_of(root.at(job.path)) if job.settings.contexts else None
    if configured is None:
        return job
    try:
        context = _configured(root, configured)
    except Refused as error:
        found.note(Place(job.path), f"the configured context {configured} is left alone: {error}.")
        return job
    return replace(job, builds=tuple(replace(b, context=context) if b.context is None else b for b in job.builds))


def _configured(root: Root, folder: Path) -> str:
    context = root.joined("", os.path.normpath(folder))
    if context is None or root.kind(context) != "folder":
        raise Refused("it is no folder below the one that is migrated")
    return root.real(context)
