"""Configured: what sources, and settings that a program reads, name of the system where it opens computed paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.meaning.paths import absolute
from imgslim.meaning.starts import ANY
from imgslim.model import Need, NeedKind
from imgslim.planner.places import ETC, WHOLE
from imgslim.planner.settings import in_text, need_of
from imgslim.toolchains.mentions import SETTINGS
from imgslim.values import known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Project
    from imgslim.planner.started import Found

#: More files, or larger ones, are no settings that a program reads when it starts.
_FILES, _LARGEST = 50, 64 << 10


def named_of_system(project: Project, found: Found) -> Iterator[Need]:
    """Files of the image that they name, and programs where the program starts some by a computed name.

    A run shows what it opened; other input makes the program open what the next line names.
    """
    built = project.evidence.built
    computed = {n.kind for n in found.needs if n.value == ANY}
    starts = NeedKind.COMMAND in computed
    opens = NeedKind.FILE in computed or any(end.reason == "computed-paths" for end in found.open_ends)
    if built is None or not (starts or opens):
        return
    for named, why in (
        *((n.value, n.why) for n in found.needs if n.kind is NeedKind.NAMED),
        *_in_settings(project, found),
    ):
        # What the author's own steps put somewhere goes by other rules.
        if (real := built.resolve(named)) is None or not (built.is_from_base(real) or built.owner(real)):
            continue
        if real == ETC and opens:
            # Which of its files a computed path means nobody knows; they are small, and an empty base has none.
            yield Need(NeedKind.FILE, ETC, why, WHOLE)
        each = need_of(built, named, (), why)
        yield from (need for need in each if starts or need.kind not in (NeedKind.COMMAND, NeedKind.SHELL))


def _in_settings(project: Project, found: Found) -> Iterator[tuple[str, str]]:
    """Each path that settings name, and where."""
    for path in list(_settings(project, found))[:_FILES]:
        data = project.files.read(path)
        if data is not None and len(data) <= _LARGEST and b"\0" not in data:
            yield from in_text(path, data.decode("utf-8", "replace"))


def _settings(project: Project, found: Found) -> Iterator[str]:
    """Context files that the program's sources name, or that lie in folders that they name."""
    for need in tuple(found.needs):
        path = known(absolute(need.value, project.trace.final.workdir)) if need.kind is NeedKind.FILE else None
        if path is None or need.value in ("", ANY):
            continue
        for place in (path, *(place for place, _ in project.files.walk_context(path))):
            if place.endswith(SETTINGS) and project.files.context_file(place) is not None:
                yield place
