"""Turn a plan into edits of the original text, and hold the result against what must be true of every rewrite."""

from __future__ import annotations

from itertools import chain, count
from typing import TYPE_CHECKING

from imgslim.edits import Edit, apply
from imgslim.errors import InputError
from imgslim.images import parse_reference, platform_of
from imgslim.model import Declined
from imgslim.second_reader import agree, agree_on
from imgslim.syntax import parse
from imgslim.syntax.instructions import from_parts
from imgslim.syntax.mounts import mount_options
from imgslim.text import Span

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from imgslim.model import InPlace, Line, Plan, Project
    from imgslim.syntax.nodes import Comment, Dockerfile, Instruction

#: Names for the build stage; the first one that nothing in the file uses.
_STAGE_NAMES = ("build", "builder", "build-stage")


def stage_name(dockerfile: Dockerfile) -> str:
    """A name for the build stage that no stage, image or ``COPY --from`` of the file uses."""
    nodes = dockerfile.instructions
    used = " ".join([n.span.of(dockerfile.text) for n in nodes if n.keyword == "FROM"]).lower()
    words = set(used.replace("/", " ").replace(":", " ").split())
    if flags := [flag for node in nodes for flag in node.flags]:
        words |= {(flag.value or "").lower() for flag in flags if flag.name == "from"}
        words |= {mount_options(flag.value or "").get("from", "").lower() for flag in flags if flag.name == "mount"}
    return next(name for name in chain(_STAGE_NAMES, (f"build-{i}" for i in count(2))) if name not in words)


def attached_comments(dockerfile: Dockerfile, node: Instruction) -> tuple[Comment, ...]:
    """The comment lines right above an instruction, no blank line between: they speak of it."""
    found: list[Comment] = []
    start = node.span.start
    for comment in reversed(dockerfile.comments):
        if comment.span.end > start:
            continue
        between = dockerfile.text[comment.span.end : start]
        if between.count("\n") != 1 or between.strip(" \t\r\n"):
            break
        found.insert(0, comment)
        start = comment.span.start
    return tuple(found)


def moved_comments(dockerfile: Dockerfile, removed: Collection[int], number: int) -> tuple[Comment, ...]:
    """The comments that leave with an instruction: its own, and all between it and one above that leaves as well."""
    node = dockerfile.instructions[number]
    if number - 1 not in removed:
        return attached_comments(dockerfile, node)
    above = dockerfile.instructions[number - 1].span.end
    return tuple(c for c in dockerfile.comments if above <= c.span.start < node.span.start)


def rewrite(project: Project, plan: Plan) -> tuple[str, tuple[Edit, ...]] | Declined:
    """The new text and the edits that make it, or a refusal where the two readers disagree on it."""
    dockerfile = project.dockerfile
    made = _edits(project, plan) if plan.in_place is None else _in_place(project, plan, plan.in_place)
    edits = tuple(sorted(made, key=lambda e: (e.span.start, e.span.end)))
    after = apply(dockerfile.text, edits)
    return _checked(project, after, plan) or (after, edits)


def _in_place(project: Project, plan: Plan, stays: InPlace) -> Iterator[Edit]:
    """The edits that put another image under the last stage, and leave it the last."""
    dockerfile, node, eol = project.dockerfile, project.trace.node, project.dockerfile.newline
    yield Edit(from_parts(node).image_span, f"{_platform(project, plan)}{plan.target.reference}")
    yield from plan.builder_edits
    for number, text in stays.replaced:
        yield Edit(dockerfile.instructions[number].span, text.replace("\r\n", "\n").replace("\n", eol))
    for group in _groups(stays.removed):
        yield Edit(_whole_lines(dockerfile, stays.removed, group), "")
    if stays.head:
        yield Edit(Span(node.span.end, node.span.end), eol + eol.join(_lines(stays.head, eol)))
    if stays.tail:
        kept = [n for i, n in enumerate(dockerfile.instructions) if i not in stays.removed]
        end = _end(dockerfile, kept[-1].span.end)
        yield Edit(Span(end, end), eol + eol.join(_lines(stays.tail, eol)))


def _edits(project: Project, plan: Plan) -> Iterator[Edit]:
    dockerfile = project.dockerfile
    eol = dockerfile.newline
    name = stage_name(dockerfile)
    from_node = project.trace.node
    parts = from_parts(from_node)
    as_word = " as " if from_node.keyword_span.of(dockerfile.text).islower() else " AS "
    if parts.name_span is not None:
        yield Edit(parts.name_span, name)
    else:
        yield Edit(Span(parts.image_span.end, parts.image_span.end), as_word + name)
    yield from plan.builder_edits
    gone = {id(c) for n in plan.removed for c in moved_comments(dockerfile, plan.removed, n)}
    gone |= {id(dockerfile.instructions[n]) for n in plan.removed}
    trailer = eol if dockerfile.text.endswith("\n") else ""
    last = dockerfile.instructions[-1].span.end
    if len(dockerfile.instructions) - 1 in plan.removed:
        # What follows the last instruction follows it again: comments, blank lines, a missing line end.
        trailer = dockerfile.text[last:]
        gone |= {id(c) for c in dockerfile.comments if c.span.start >= last}
    nodes: tuple[Instruction | Comment, ...] = (*dockerfile.instructions, *dockerfile.comments)
    kept_end = _end(dockerfile, max(n.span.end for n in nodes if id(n) not in gone))
    for group in _groups(plan.removed):
        lines = _whole_lines(dockerfile, plan.removed, group)
        if lines.start < kept_end:
            yield Edit(lines, "")
    head = "from" if as_word.islower() else "FROM"
    flags = "".join(f" {flag.span.of(dockerfile.text)}" for flag in from_node.flags)
    image = f"{_platform(project, plan)}{plan.target.reference}"
    final = f"{head}{flags} {image}" + (f"{as_word}{parts.name}" if parts.name else "")
    tail = [*_lines(plan.builder_lines, eol, blank_before=True), "", final, *_lines(plan.runtime_lines, eol)]
    yield Edit(Span(kept_end, len(dockerfile.text)), eol + eol.join(tail) + trailer)


def _platform(project: Project, plan: Plan) -> str:
    """The flag for an image of every architecture, where the one that it follows is published for one alone.

    Else the new image would say of itself that it is for the machine that built it.
    """
    platform = platform_of(project.base.ref)
    if not platform or project.trace.node.flag("platform") is not None:
        return ""
    follows = plan.target.name != "scratch" and platform_of(parse_reference(plan.target.reference)) == platform
    return "" if follows else f"--platform={platform} "


def _lines(lines: Iterable[Line], eol: str, *, blank_before: bool = False) -> Iterator[str]:
    for line in lines:
        if blank_before or line.blank:
            yield ""
        for comment in line.comment.split("\n") if line.comment else ():
            yield f"# {comment}" if comment and not comment.startswith("#") else comment
        yield line.text.replace("\r\n", "\n").replace("\n", eol)


def _end(dockerfile: Dockerfile, end: int) -> int:
    """Where text may follow the last kept node: before an escape character that continues it into the file's end."""
    text = dockerfile.text[:end].rstrip(" \t")
    continues = text.endswith(dockerfile.escape) and not text.endswith(dockerfile.escape * 2)
    return len(text) - 1 if continues else end


def _groups(removed: Iterable[int]) -> Iterator[range]:
    """The runs of instructions that leave together."""
    first = last = -1
    for number in sorted(removed):
        if number != last + 1 and first >= 0:
            yield range(first, last + 1)
        if number != last + 1 or first < 0:
            first = number
        last = number
    if first >= 0:
        yield range(first, last + 1)


def _whole_lines(dockerfile: Dockerfile, removed: Collection[int], group: range) -> Span:
    """The lines of instructions in a row and their comments, with one blank line where both neighbours are blank."""
    text = dockerfile.text
    node = dockerfile.instructions[group[0]]
    comments = moved_comments(dockerfile, removed, group[0])
    first = comments[0].span.start if comments else node.span.start
    start = text.rfind("\n", 0, first) + 1
    newline = text.find("\n", dockerfile.instructions[group[-1]].span.end)
    end = len(text) if newline < 0 else newline + 1
    following = text.find("\n", end)
    blank_after = following >= 0 and not text[end:following].strip()
    previous = text.rfind("\n", 0, max(start - 1, 0)) + 1
    blank_before = start == 0 or not text[previous:start].strip()
    return Span(start, following + 1 if blank_after and blank_before else end)


def _checked(project: Project, after: str, plan: Plan) -> Declined | None:
    """Refuse a result that either reader takes otherwise than meant."""
    before, stays = project.dockerfile, plan.in_place
    try:
        tree = parse(after)
    except InputError as error:  # a fault of ours: the file stays as it is
        return Declined("rewrite-not-valid", f"The rewritten file would not parse: {error.message}")
    stages = tree.stages()
    count, length = (project.stages.count if project.stages is not None else 1) + 1, len(plan.runtime_lines)
    if stays is not None:
        own = len(before.instructions) - 1 - (project.stages.first if project.stages is not None else 0)
        count, length = count - 1, own - len(stays.removed) + len(stays.head) + len(stays.tail)
    if len(stages) != count or len(stages[-1][1]) != length:
        return Declined("rewrite-not-valid", "The rewritten file does not read as the stages that were meant.")
    for difference, which in ((agree_on(before.text), "original"), (agree(tree), "rewritten")):
        if difference is not None:
            return Declined(
                "readers-disagree",
                f"Two independent readers see different instructions in the {which} file: {difference.message}",
                difference.span if which == "original" else None,
            )
    return None
