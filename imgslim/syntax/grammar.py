"""Refuse what BuildKit refuses to build whatever the context and the images hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imgslim.errors import InputError
from imgslim.syntax.argument_rules import check_arguments, check_form
from imgslim.syntax.flag_rules import check_flags
from imgslim.syntax.instructions import from_parts
from imgslim.syntax.mounts import check_mount, mount_options
from imgslim.syntax.parser import KEYWORDS, REMEMBERED, SHORT
from imgslim.syntax.variables import expand

if TYPE_CHECKING:
    from imgslim.syntax.nodes import Dockerfile, Flag, Instruction

#: By the escape character that they were read with, texts of instructions that passed: they pass always.
_passed: dict[str, set[str]] = {"\\": set(), "`": set()}
_NO_TRIGGER = frozenset({"ONBUILD", "FROM", "MAINTAINER"})


def check_valid(dockerfile: Dockerfile) -> None:
    """Raise for the first instruction that BuildKit refuses.

    Raises:
        InputError: with one of :data:`imgslim.syntax.problems.CODES`.
    """
    stage, names = -1, None
    text, escape = dockerfile.text, dockerfile.escape
    passed = _passed[escape]
    for node in dockerfile.instructions:
        written = text[node.span.start : node.span.end]
        if written not in passed:
            _check(node, escape)
            if len(written) <= SHORT:
                if len(passed) >= REMEMBERED:
                    passed.clear()
                passed.add(written)
        if node.keyword == "FROM":
            stage += 1
        elif stage < 0 and node.keyword != "ARG":
            raise InputError(
                "before-from",
                f"{node.keyword} stands before the first FROM.",
                node.keyword_span,
                "Only ARG may stand there: move FROM up.",
            )
        for flag in node.flags:
            if flag.name == "mount":
                check_mount(flag)
            if flag.name in ("from", "mount"):
                names = _stage_names(dockerfile) if names is None else names
                _check_origin(node, flag, stage, names)
    if stage < 0:
        raise InputError(
            "from-missing",
            "The file has no FROM.",
            dockerfile.instructions[-1].span,
            "Add one: a build starts from an image, or from scratch.",
        )


def _stage_names(dockerfile: Dockerfile) -> dict[str, int]:
    """Each stage's number by its name; of several stages of one name the last counts."""
    nodes = [node for node in dockerfile.instructions if node.keyword == "FROM"]
    found = {str(index): index for index in range(len(nodes))}
    for index, node in enumerate(nodes):
        name = from_parts(node).name
        if name is not None:
            found[name.lower()] = index
    return found


def _check(node: Instruction, escape: str) -> None:
    """Refuse an instruction for what its own text says."""
    if node.keyword not in KEYWORDS:
        raise InputError(
            "unknown-instruction",
            f"{node.keyword or 'An empty line'} is no instruction.",
            node.keyword_span if node.keyword else node.span,
            _suggestion(node.keyword),
        )
    check_arguments(node, escape)
    check_flags(node)
    if node.trigger is not None:
        if node.trigger.keyword in _NO_TRIGGER:
            raise InputError(
                "onbuild-not-allowed",
                f"ONBUILD can't hold {node.trigger.keyword}.",
                node.trigger.keyword_span,
            )
        check_form(node.trigger, escape)


def _suggestion(word: str) -> str:
    import difflib  # noqa: PLC0415 - only a refused file pays for it

    close = difflib.get_close_matches(word, sorted(KEYWORDS), n=1)
    return (
        f"Did you mean {close[0]}?" if close else "A line that goes on needs a backslash at the end of the one above."
    )


def _check_origin(node: Instruction, flag: Flag, stage: int, names: dict[str, int]) -> None:
    """``--from`` and a mount's ``from=`` name an image or an earlier stage."""
    if node.keyword == "COPY" and flag.name == "from":
        origin = flag.value or ""
        if expand(origin, lambda _: None) != origin:
            raise InputError(
                "variable-in-copy-from",
                "COPY --from expands no variable.",
                flag.span,
                "Give the image a stage name of its own with FROM, where a global ARG works.",
            )
        if re.fullmatch(r"[-+]?[0-9]+", origin) and str(int(origin)) not in names:
            raise InputError("bad-stage-index", f"There is no stage number {origin}.", flag.span)
    elif node.keyword == "RUN" and flag.name == "mount":
        origin = mount_options(flag.value or "").get("from", "")
        if origin.isdecimal():
            return  # a mount takes names only
    else:
        return
    found = names.get(str(int(origin)) if re.fullmatch(r"[-+]?[0-9]+", origin) else origin.lower())
    if found is None or found < stage:
        return
    code = "copy-from-itself" if found == stage else "copy-from-later-stage"
    where = "this very stage" if found == stage else "a stage that is defined further below"
    raise InputError(code, f"{origin} is {where}.", flag.span, "Copy from a stage above this one.")
