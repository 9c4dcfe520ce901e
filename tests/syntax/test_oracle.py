"""Our parser beside BuildKit's own, and beside the second reader."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from imgslim.errors import InputError
from imgslim.second_reader import agree
from imgslim.syntax import check_valid, parse
from tests.syntax.corpus import difference, dockerfiles
from tests.syntax.nasty import FILES
from tests.syntax.oracle import oracle

#: Where BuildKit has changed since the oracle (0.12.5): ``<< E`` is a here-document now.
_NEWER = frozenset({"heredoc with blanks before its name"})
#: The second reader takes other characters for blanks, so these files are left alone.
_READ_OTHERWISE = frozenset(
    {
        "no-break space behind the escape",
        "no-break space in place of a blank",
        "keyword with a Kelvin sign",
        "only blanks that Go does not know",
    }
)


@pytest.mark.parametrize("name", sorted(FILES.keys() - _NEWER))
def test_agrees_with_buildkit(name: str) -> None:
    """Instructions, values, flags, here-documents, lines and forms are those of BuildKit's parser."""
    assert difference(FILES[name]) == ""


@pytest.mark.parametrize("name", sorted(_NEWER))
def test_differs_only_where_buildkit_changed(name: str) -> None:
    """The exceptions are real: the older parser does read these otherwise."""
    assert difference(FILES[name]) != ""


@pytest.mark.parametrize("name", sorted(FILES))
def test_second_reader_agrees(name: str) -> None:
    """The second reader sees the same instructions in every file but those that hold odd blanks."""
    try:
        tree = parse(FILES[name])
    except InputError:
        assert oracle(FILES[name]) is None
        return
    assert (agree(tree) is None) == (name not in _READ_OTHERWISE)


def test_trailing_text_makes_an_array_shell_form() -> None:
    """BuildKit's ``json.Unmarshal`` refuses text behind the array; the oracle's older decoder read over it."""
    text = 'FROM a\nCMD ["a"] b\n'
    seen = oracle(text)
    assert seen is not None
    assert seen[1].value == ("a",)
    assert difference(text) == ""
    assert parse(text).instructions[1].exec_form is None


@pytest.mark.skipif("IMGSLIM_CORPUS" not in os.environ, reason="IMGSLIM_CORPUS names no folder of Dockerfiles")
def test_corpus() -> None:
    """On every file of the folder both parsers agree, and both readers on every file that BuildKit would build."""
    found = []
    for name, text in dockerfiles(Path(os.environ["IMGSLIM_CORPUS"])):
        found += [(name, difference(text))] if difference(text) else []
        try:
            tree = parse(text)
            check_valid(tree)
        except InputError:
            continue
        second = agree(tree)
        found += [(name, second.message)] if second is not None else []
    assert found == []
