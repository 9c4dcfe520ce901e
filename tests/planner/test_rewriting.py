"""Plans become text: names of stages, comments, and what holds the result back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imgslim import rewriting
from imgslim.errors import InputError
from imgslim.model import Declined, Rewritten
from imgslim.rewriting import attached_comments, stage_name
from imgslim.second_reader import Disagreement
from imgslim.service import slim
from imgslim.syntax import parse
from imgslim.text import Span

if TYPE_CHECKING:
    from imgslim.syntax.nodes import Dockerfile

HELLO = 'FROM gcc\nCOPY hello.c .\nRUN gcc -o hello hello.c\nCMD ["./hello"]\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM gcc\n", "build"),
        ("FROM gcc AS build\n", "builder"),
        ("FROM gcc AS Build\nCOPY --from=BUILDER a b\n", "build-stage"),
        ("FROM team/build:builder AS build-stage\n", "build-2"),
        ("FROM build AS builder\nCOPY --from=build-stage a b\nCOPY --from=build-2 a b\n", "build-3"),
    ],
)
def test_stage_name_is_free(text: str, expected: str) -> None:
    """The first name that no stage, image or ``--from`` uses, whatever its case."""
    assert stage_name(parse(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a\n# one\n# two\nCMD b\n", ["# one", "# two"]),
        ("FROM a\n# one\n\n# two\nCMD b\n", ["# two"]),
        ("FROM a\n# one\n\nCMD b\n", []),
        ("FROM a\nCMD b\n# after\n", []),
    ],
)
def test_attached_comments(text: str, expected: list[str]) -> None:
    """Comments right above an instruction are its own; a blank line parts them."""
    tree = parse(text)
    found = attached_comments(tree, tree.instructions[-1])
    assert [c.span.of(text) for c in found] == expected


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            'FROM gcc\n\nLABEL a=b\n\nCOPY hello.c .\nRUN gcc -o hello hello.c\nCMD ["./hello"]\n',
            ["FROM gcc AS build", ""],
        ),
        ('FROM gcc\nLABEL a=b\nCOPY hello.c .\nRUN gcc -o hello hello.c\nCMD ["./hello"]', ["FROM gcc AS build"]),
    ],
)
def test_a_removed_line_leaves_no_gap(text: str, lines: list[str]) -> None:
    """Where an instruction leaves, one blank line stays of two, and a missing line end stays missing."""
    outcome = slim(text)
    assert isinstance(outcome, Rewritten)
    assert outcome.after.startswith("\n".join([*lines, "COPY hello.c ."]))
    assert outcome.after.endswith("\n") == text.endswith("\n")


@pytest.mark.parametrize("which", ["original", "rewritten"])
def test_readers_that_disagree_hold_it_back(which: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the second reader sees another file, before or after, nothing is changed."""

    def agree(tree: Dockerfile) -> Disagreement | None:
        is_original = tree.text == HELLO
        return Disagreement("COPY is read as RUN.", Span(9, 13)) if is_original == (which == "original") else None

    monkeypatch.setattr(rewriting, "agree", agree)
    outcome = slim(HELLO)
    assert isinstance(outcome, Declined)
    assert outcome.reason == "readers-disagree"
    assert which in outcome.message
    assert (outcome.span is not None) == (which == "original")


def test_a_result_that_does_not_parse_is_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of ours is a refusal, never a broken file."""

    def refuse(_text: str) -> Dockerfile:
        raise InputError("unknown-instruction", "COPPY is no instruction.", Span(0, 1))

    monkeypatch.setattr(rewriting, "parse", refuse)
    outcome = slim(HELLO)
    assert isinstance(outcome, Declined)
    assert outcome.reason == "rewrite-not-valid"
