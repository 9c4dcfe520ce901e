"""Plans become text: names of stages, comments, and what holds the result back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imgslim import rewriting
from imgslim.context import MemoryContext
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
        (
            "FROM gcc\n\nLABEL a=b\n\n# of e\nLABEL e=f\n\nCOPY hello.c .\nRUN gcc -o hello hello.c\nCMD ./hello\n",
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


_BUILDS = "FROM gcc\nCOPY hello.c .\nRUN gcc -o hello hello.c\n"
_SOURCE = MemoryContext({"hello.c": b'#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n'})
_RUNS = "FROM scratch\nCOPY --from=build /hello /hello\n"


@pytest.mark.parametrize(
    ("rest", "runs"),
    [
        # Blank lines and comments between instructions that leave together stay where they were.
        ('EXPOSE 80\n\nCMD ["./hello"]\n', 'EXPOSE 80\n\nCMD ["./hello"]\n'),
        ('EXPOSE 80\nCMD ["./hello"]\n', 'EXPOSE 80\nCMD ["./hello"]\n'),
        ('EXPOSE 80\n\n# it\nCMD ["./hello"]\n', 'EXPOSE 80\n\n# it\nCMD ["./hello"]\n'),
        ('EXPOSE 80\n# a\n\n# b\nCMD ["./hello"]\n', 'EXPOSE 80\n# a\n\n# b\nCMD ["./hello"]\n'),
        ('EXPOSE 80\n\n# a\n\nCMD ["./hello"]\n', 'EXPOSE 80\n\n# a\n\nCMD ["./hello"]\n'),
        ('EXPOSE 80\r\n\r\nCMD ["./hello"]\r\n', 'EXPOSE 80\n\nCMD ["./hello"]\r\n'),
        # What follows the last instruction follows it again.
        ('CMD ["./hello"]\n# CMD ["./other"]\n', 'CMD ["./hello"]\n# CMD ["./other"]\n'),
        ('CMD ["./hello"]\n\n  # the end', 'CMD ["./hello"]\n\n  # the end'),
        ('CMD ["./hello"]\n\n\n', 'CMD ["./hello"]\n\n\n'),
    ],
)
def test_layout_goes_along(rest: str, runs: str) -> None:
    """Where instructions leave together, the lines between and below them do not change."""
    outcome = slim(_BUILDS + rest, _SOURCE)
    assert isinstance(outcome, Rewritten)
    assert outcome.after.endswith("\n\n" + _RUNS + runs)
    assert "#" not in outcome.after.partition("FROM scratch")[0]


@pytest.mark.parametrize(
    ("rest", "builds", "runs"),
    [
        # Twins: what lies between belongs to a step that stays.
        (
            'EXPOSE 80\n\nRUN true\n\nCMD ["./hello"]\n',
            "\nRUN true\n\n",
            'EXPOSE 80\nCMD ["./hello"]\n',
        ),
        ('CMD ["./hello"]\nRUN true\n# of RUN\n', "RUN true\n# of RUN\n\n", 'CMD ["./hello"]\n'),
        ('CMD ["./hello"]\n\n# of RUN\nRUN true\n', "\n# of RUN\nRUN true\n\n", 'CMD ["./hello"]\n'),
    ],
)
def test_layout_stays_with_what_stays(rest: str, builds: str, runs: str) -> None:
    """A comment or a blank line of the build stage does not leave it."""
    outcome = slim(_BUILDS + rest, _SOURCE)
    assert isinstance(outcome, Rewritten)
    start, _, end = outcome.after.partition("FROM scratch\n")
    assert start.endswith("hello.c\n" + builds), outcome.after
    assert end == "COPY --from=build /hello /hello\n" + runs


@pytest.mark.parametrize("which", ["original", "rewritten"])
def test_readers_that_disagree_hold_it_back(which: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the second reader sees another file, before or after, nothing is changed."""

    def agree(tree: Dockerfile) -> Disagreement | None:
        is_original = tree.text == HELLO
        return Disagreement("COPY is read as RUN.", Span(9, 13)) if is_original == (which == "original") else None

    monkeypatch.setattr(rewriting, "agree", agree)
    monkeypatch.setattr(rewriting, "agree_on", lambda text: agree(parse(text)))
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
