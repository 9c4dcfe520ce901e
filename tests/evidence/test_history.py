"""Layers are put down to instructions: BuildKit's words and the classic builder's, with and without a known base."""

from __future__ import annotations

import pytest

from imgslim.evidence.history import keyword
from imgslim.syntax import parse
from tests.evidence.making import diff_ids, layer, member, read

BASE, ONE, TWO = (layer(member(name)) for name in ("base", "one", "two"))
TEXT = 'FROM other AS x\nRUN no\nFROM base\nARG V=1\nCOPY one /\nRUN two\nONBUILD RUN x\nCMD ["a"]\n'
BUILDKIT = [
    ("/bin/sh -c #(nop) ADD file:1 in / ", False),
    ('/bin/sh -c #(nop)  CMD ["bash"]', True),
    ("ARG V=1", True),
    ("COPY one / # buildkit", False),
    ("RUN |1 V=1 /bin/sh -c two # buildkit", False),
    ('CMD ["a"]', True),
]
CLASSIC = [
    *BUILDKIT[:2],
    ("/bin/sh -c #(nop)  ARG V=1", True),
    ("/bin/sh -c #(nop) COPY file:2 in / ", False),
    ("|1 V=1 /bin/sh -c two", False),
    ("/bin/sh -c #(nop)  ONBUILD RUN x", True),
    ('/bin/sh -c #(nop)  CMD ["a"]', True),
]


@pytest.mark.parametrize("history", [BUILDKIT, CLASSIC], ids=["BuildKit", "classic"])
@pytest.mark.parametrize("base", [None, diff_ids([BASE])], ids=["unknown base", "known base"])
def test_layers_belong_to_instructions(history: list[tuple[str, bool]], base: list[str] | None) -> None:
    """Those of the last stage; the base image's belong to none."""
    contents = read(BASE, ONE, TWO, history=history, dockerfile=parse(TEXT), base=base)
    assert [facts.instruction for facts in contents.layers] == [None, 4, 5]
    assert [parse(TEXT).instructions[i].keyword for i in (4, 5)] == ["COPY", "RUN"]
    assert contents.base_layers == 1
    assert contents.is_from_base("/base")
    assert not contents.is_from_base("/one")


def test_what_the_bases_triggers_added_is_of_no_instruction() -> None:
    """The base image's layers are counted where they are known, else they are with them."""
    history = [BUILDKIT[0], ("RUN /bin/sh -c trigger # buildkit", False), ("RUN /bin/sh -c two # buildkit", False)]
    contents = read(BASE, ONE, TWO, history=history, dockerfile=parse("FROM base\nRUN two\n"), base=diff_ids([BASE]))
    assert ([facts.instruction for facts in contents.layers], contents.base_layers) == ([None, None, 1], 1)


@pytest.mark.parametrize(
    ("history", "text"),
    [
        (BUILDKIT, "FROM base\nENV a=b\nRUN two\n"),
        (BUILDKIT, "RUN two\n"),
        ([("", False)], "FROM base\nRUN two\n"),
        ([("", False)] * 2, TEXT),
        ([], 'FROM base\nCMD ["a"]\n'),
        (BUILDKIT[3:5], "FROM base\nRUN 1\nRUN two\n"),
    ],
)
def test_what_is_not_settled_is_left_open(history: list[tuple[str, bool]], text: str) -> None:
    """Another file's history, a squashed or an imported image's."""
    contents = read(BASE, ONE, TWO, history=history, dockerfile=parse(text))
    assert [facts.instruction for facts in contents.layers] == [None] * 3
    assert contents.base_layers == 0


def test_another_base_is_not_taken_for_it() -> None:
    """A tag may have moved since: then the history alone says where the base ends."""
    contents = read(BASE, ONE, TWO, history=BUILDKIT, dockerfile=parse(TEXT), base=diff_ids([ONE]))
    assert contents.base_layers == 1


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("RUN /bin/sh -c a # buildkit", "RUN"),
        ("/bin/bash -o pipefail -c a", "RUN"),
        ("/bin/sh -c #(nop)  WORKDIR /w", "WORKDIR"),
        ("WORKDIR /w", "WORKDIR"),
        ("HEALTHCHECK &{[]}", "HEALTHCHECK"),
        ("EXPOSE [80/tcp]", "EXPOSE"),
        ("COPYING things", "RUN"),
    ],
)
def test_keywords(row: str, expected: str) -> None:
    """What is no instruction's word is a command."""
    assert keyword(row) == expected
