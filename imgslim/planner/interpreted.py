"""Interpreted: sources of the author's that a packaged program may start, as cron starts a job in Python."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imgslim.meaning.paths import inside
from imgslim.model import Application, Need, NeedKind
from imgslim.planner.look import in_image
from imgslim.toolchains import all_toolchains

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Project

#: What runs a source, by the end of its name.
_INTERPRETERS = {".py": ("python3", "python"), ".rb": ("ruby",), ".js": ("node",)}
#: Sources that are read; imports are followed from each.
_MOST = 40


def needs_of_sources(project: Project, made: tuple[str, ...]) -> Iterator[Need]:
    """What sources of the context need beside the files that go along.

    Args:
        project: the file with the built image.
        made: the paths of what steps made, which goes along.

    Yields:
        Programs that the image has, and what else of the system is asked for; each as often as sources name it.
    """
    read = 0
    for path, _ in project.files.walk_context("/"):
        words = _INTERPRETERS.get(posixpath.splitext(path)[1], ())
        word = next((w for w in words if in_image(project, w, "/")), "")
        if not word or read == _MOST or not any(inside(path, one) for one in made):
            continue
        read += 1
        for toolchain in all_toolchains():
            answer = toolchain.runs((word, path), posixpath.dirname(path), project)
            if isinstance(answer, Application):
                yield from (need for need in answer.needs if _is_wanted(project, need))
                break


def _is_wanted(project: Project, need: Need) -> bool:
    if need.kind is NeedKind.FILE:
        return False
    return need.kind is not NeedKind.COMMAND or need.value == "*" or bool(in_image(project, need.value, "/"))
