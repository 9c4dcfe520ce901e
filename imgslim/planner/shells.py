"""Shells: what a script's text means to the original's sh and to the target's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.images import ImageFacts
from imgslim.model import Assumption
from imgslim.planner.scripts import interpreter_of
from imgslim.syntax.dialect import FEATURES, differs, peculiar
from imgslim.syntax.instructions import healthcheck

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgslim.model import Project, RuntimeTarget
    from imgslim.planner.build import Build
    from imgslim.text import Span


def shell_differs(project: Project, build: Build, target: RuntimeTarget) -> Iterator[Assumption]:
    """What scripts and shell forms hold that the target's sh takes otherwise than the original's.

    On an empty base the original's own shell comes along, and a target of the same family has it.
    """
    if target.facts is None or target.same_family:
        return
    before = project.base.shell_kind if isinstance(project.base, ImageFacts) else None
    after = target.facts.shell_kind
    if before == after and before is not None:
        return
    for name, text, span in _texts(project, build):
        for one in peculiar(text):
            if differs(one.feature, before, after):
                what, _ = FEATURES[one.feature]
                why = (
                    f"{name}:{one.line} has {what}, which the shell of {target.reference} ({after or 'not known'}) may "
                    f"take otherwise than the original's ({before or 'not known'})."
                )
                yield Assumption("shell-differs", why, span)


def _texts(project: Project, build: Build) -> Iterator[tuple[str, str, Span | None]]:
    """Every text that ``sh`` runs, with what to call it."""
    entry = project.trace.entry
    for path in (*build.scripts, *build.helpers):
        data = project.files.read(path)
        text = data.decode("utf-8", "replace") if data is not None else ""
        if interpreter_of(text).rsplit("/", 1)[-1] == "sh":
            yield path, text, None
    node = entry.entrypoint or entry.cmd
    if build.entry.shell.rsplit("/", 1)[-1] == "sh" and node is not None:
        yield node.keyword, entry.entrypoint_shell or entry.cmd_shell or _given(project), node.span
    health = next((s.node for s in reversed(project.trace.steps) if s.node.keyword == "HEALTHCHECK"), None)
    check = healthcheck(health) if health is not None else None
    if check is not None and health is not None and check.kind == "CMD" and check.argv is None:
        yield "HEALTHCHECK", check.text, health.span


def _given(project: Project) -> str:
    """The text that an exec form gives to a shell: ``["sh", "-c", text]``."""
    from imgslim.meaning.starts import shell_text  # noqa: PLC0415  (seldom needed)

    words = project.trace.entry.words
    return (shell_text(words) or "") if words else ""
