"""Inlined: the last stage as if the stages that it copies from were its own first steps.

Where a COPY --from puts what it copies at the path that it had, the image holds there what one stage would that runs
the same steps: an installer's folders, a project's files. What toolchains say of an application that an interpreter
runs holds for it then.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning import Files
from imgslim.meaning.paths import has_magic, normal
from imgslim.meaning.trace import Copy
from imgslim.records import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from imgslim.meaning.facts import StageFiles
    from imgslim.meaning.trace import BuildTrace
    from imgslim.model import Project


def inlined(project: Project, others: Mapping[str, BuildTrace], files: Mapping[str, StageFiles]) -> Project | None:
    """The project with the steps of other stages before its own, and without the COPY that changes no path then.

    None where there is no such COPY.

    Args:
        project: the last stage.
        others: what COPY --from can name in it, in lower case.
        files: the same as files.
    """
    own = project.trace.steps
    staying = [
        s for s in own if isinstance(s, Copy) and s.origin is not None and s.origin.lower() in others and stays(s)
    ]
    if not staying:
        return None
    traces = _unique(others[str(step.origin).lower()] for step in staying)
    before = tuple(step for trace in traces for step in trace.steps if _builds(step.node.keyword))
    trace = replace(project.trace, steps=(*before, *(step for step in own if step not in staying)))
    return replace(project, trace=trace, files=Files.after(trace, project.context, files))


def _unique(traces: Iterable[BuildTrace]) -> list[BuildTrace]:
    found: list[BuildTrace] = []
    for trace in traces:
        if not any(trace is one for one in found):
            found.append(trace)
    return found


def _builds(keyword: str) -> bool:
    """Tell whether an instruction changes files: the configuration of another stage is not this one's."""
    return keyword in ("RUN", "COPY", "ADD", "WORKDIR")


def stays(step: Copy) -> bool:
    """Tell whether all that a COPY brings keeps its path; a folder's content goes to the destination."""
    if not isinstance(step.destination, str):
        return False
    destination, into = normal(step.destination), step.destination.endswith("/")
    for source in step.sources:
        path = normal("/" + source.lstrip("/")) if isinstance(source, str) else ""
        if not path or has_magic(path):
            return False
        inside = posixpath.join(destination, posixpath.basename(path))
        if path != destination and not (into and inside == path):
            return False
    return True
