"""BuildKit's own parser (PyPI ``dockerfile``, BuildKit 0.12.5) beside ours, in the terms of the former."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import dockerfile

from imgslim.errors import InputError
from imgslim.syntax import check_valid, parse
from imgslim.syntax.arguments import split_words
from imgslim.syntax.blanks import first_word, replaced
from imgslim.syntax.instructions import env_pairs, healthcheck, words
from imgslim.syntax.parser import KEYWORDS
from imgslim.text import LineIndex

if TYPE_CHECKING:
    from imgslim.syntax.nodes import Dockerfile, Instruction

_LISTS = frozenset({"ADD", "COPY", "EXPOSE", "FROM", "VOLUME"})


@dataclass(frozen=True, slots=True)
class Seen:
    """One instruction as a parser sees it."""

    keyword: str
    trigger: str | None
    json: bool
    start_line: int
    end_line: int
    flags: tuple[str, ...]
    value: tuple[str, ...]
    heredocs: tuple[tuple[str, int, str], ...]


def oracle(text: str) -> tuple[Seen, ...] | None:
    """What BuildKit's parser sees, None where it refuses the file."""
    try:
        commands = dockerfile.parse_string(text)
    except dockerfile.GoParseError:
        return None
    return tuple(
        Seen(
            keyword=(c.cmd or "").lower(),
            trigger=c.sub_cmd.lower() if c.sub_cmd else None,
            json=c.json,
            start_line=c.start_line,
            end_line=c.end_line,
            flags=tuple(c.flags),
            value=tuple(c.value),
            heredocs=tuple((h.name, h.file_descriptor, h.content) for h in c.heredocs),
        )
        for c in commands
    )


def ours(text: str) -> tuple[Seen, ...] | None:
    """What our parser sees, None where it refuses the file."""
    try:
        tree = parse(text)
    except InputError:
        return None
    lines = LineIndex(text)
    return tuple(_seen(tree, lines, node) for node in tree.instructions)


def refused(text: str) -> str | None:
    """The code of our refusal, grammar included."""
    try:
        check_valid(parse(text))
    except InputError as error:
        return error.code
    return None


def _seen(tree: Dockerfile, lines: LineIndex, node: Instruction) -> Seen:
    inner = node.trigger or node
    return Seen(
        keyword=node.keyword.lower(),
        trigger=node.trigger.keyword.lower() if node.trigger else None,
        json=inner.exec_form is not None,
        start_line=lines.position(node.span.start).line + 1,
        end_line=lines.position(node.span.end).line + 1,
        flags=tuple(f"--{f.name}" + ("" if f.value is None else f"={f.value}") for f in node.flags),
        value=tuple(replaced(v) for v in _value(tree, inner)),
        heredocs=() if node.trigger else tuple((h.name, h.fd, h.body.of(tree.text)) for h in node.heredocs),
    )


def _value(tree: Dockerfile, node: Instruction) -> tuple[str, ...]:
    keyword = node.keyword
    if keyword not in KEYWORDS or (keyword == "ONBUILD" and node.value):
        return ("",)  # of a trigger in a trigger BuildKit keeps the node, and this package shows none of its text
    if keyword in _LISTS:
        return tuple(word.text for word in words(node))
    if keyword in ("ENV", "LABEL"):
        return tuple(part for pair in env_pairs(node, tree.escape) for part in (pair.name, pair.value))
    if keyword == "ARG":
        return tuple(word.text for word in split_words(node, tree.escape))
    if keyword == "HEALTHCHECK" and node.value:
        check = healthcheck(node)
        command = check.argv if check.argv is not None else (check.text,) if check.text else ()
        return (first_word(node.value)[0], *command)
    if node.exec_form is not None:
        return node.exec_form
    return (node.value,) if node.value else ()
