"""Comments that speak to imgslim."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imgslim.config.pragmas import ignored, pragmas
from imgslim.model import Unchanged
from imgslim.service import slim
from imgslim.syntax import parse

FROM = "FROM gcc:12\n"


@pytest.mark.parametrize(
    "text",
    [
        f"# imgslim: ignore-file\n{FROM}",
        f"#imgslim: ignore-file because of that\r\n{FROM}",
        f"  # imgslim:ignore-file\n{FROM}",
        f"# syntax=docker/dockerfile:1\n# escape=`\n\n# a word\n# imgslim: ignore-file\n{FROM}",
        f"\ufeff# imgslim: ignore-file\n{FROM}",
        "# imgslim: ignore-file\n{% for x in y %}\nCOPPY\n",
        "# imgslim: ignore-file",
    ],
)
def test_a_file_is_left_alone(text: str) -> None:
    """Above the first instruction, whatever the rest is: even a template that BuildKit refuses."""
    outcome = slim(text)
    assert isinstance(outcome, Unchanged)
    assert outcome.reason == "ignored"
    assert outcome.span is not None
    assert outcome.span.of(text).startswith("#")
    assert "ignore-file" in outcome.span.of(text)
    assert "\r" not in outcome.span.of(text)


@pytest.mark.parametrize(
    "text",
    [
        f"{FROM}# imgslim: ignore-file\n",
        f"{FROM}RUN <<E\n# imgslim: ignore-file\nE\n",
        f"# imgslim: ignore-files\n{FROM}",
        f"# imgslim: ignore-file[unknown-base]\n{FROM}",
        f"# other: imgslim: ignore-file\n{FROM}",
        f"# IMGSLIM: ignore-file\n{FROM}",
        "FROM x AS imgslim:ignore-file",
    ],
)
def test_a_file_is_not_left_alone(text: str) -> None:
    """Elsewhere, or in other words, it asks for nothing."""
    assert ignored(text) is None


def test_ignore_is_about_the_next_instruction() -> None:
    """Blank lines and other comments may stand between; several may be about one instruction."""
    text = (
        "# imgslim: ignore[a-b] one\n\n# words\n#\timgslim:  ignore[ c , d,]\nFROM gcc:12\n"
        "RUN a \\\n# imgslim: ignore[inside]\n b\n   # imgslim: ignore[e]\nCMD x\n"
    )
    tree = parse(text)
    found = list(pragmas(tree))
    assert [p.reasons for p in found] == [("a-b",), ("c", "d"), ("e",)]
    assert [p.why for p in found] == [" one", "", ""]
    assert [p.instruction for p in found] == [tree.instructions[i].span for i in (0, 0, 2)]
    assert not any(p.problem for p in found)


@pytest.mark.parametrize(
    ("comment", "problem"),
    [
        ("imgslim: ignore", "names no reason"),
        ("imgslim: ignore[]", "names no reason"),
        ("imgslim: ignore [unknown-base]", "names no reason"),
        ("imgslim: ignore[unknown-base", "nothing that it knows"),
        ("imgslim: ignore[unknown-base]because", "nothing that it knows"),
        ("imgslim:", "nothing that it knows"),
        ("imgslim: please", "nothing that it knows"),
        ("imgslim: ignore-file[unknown-base]", "takes no reasons"),
        ("imgslim: ignore-file", "below an instruction"),
        ("imgslim: ignore[unknown-base]", "No instruction follows"),
    ],
)
def test_what_is_not_understood(comment: str, problem: str) -> None:
    """Each mistake has its sentence, and nothing is ignored."""
    (found,) = pragmas(parse(f"{FROM}# {comment}\n"))
    assert problem in found.problem
    assert found.hint
    assert found.reasons == ()


def test_other_comments_are_not_spoken_to() -> None:
    """Only a comment that begins with the name and a colon is meant."""
    text = f"# see imgslim: ignore[x]\n# imgslim ignore[x]\n# imgslim-check: x\n{FROM}"
    assert list(pragmas(parse(text))) == []


@given(st.text(alphabet="# imgsl:-[],ore\n\rFROMx\\", max_size=60))
def test_any_comment_is_read(text: str) -> None:
    """Whatever stands there: no exception, and every span is the comment's."""
    tree = parse(f"FROM x\n{text}\nCMD y")
    for pragma in pragmas(tree):
        assert pragma.span.of(tree.text).startswith("#")
        assert bool(pragma.reasons) != bool(pragma.problem)
    ignored(text)
