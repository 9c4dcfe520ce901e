"""Mappings that stand for a point of a growing log, and those with some names changed."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imgslim.meaning.shell_state import ShellState
from imgslim.meaning.snapshots import Layer, Names
from imgslim.values import Unknown
from tests.meaning.reading import run, shown

if TYPE_CHECKING:
    from imgslim.values import Value

_NAME = st.sampled_from("ABC")
_CHANGES = st.lists(st.tuples(_NAME, st.none() | st.sampled_from(["1", "2"])), max_size=8)


@given(before=_CHANGES, after=_CHANGES, looked=st.booleans())
def test_snapshot(*, before: list[tuple[str, str | None]], after: list[tuple[str, str | None]], looked: bool) -> None:
    """A snapshot answers for its own point, asked name by name or as a whole, whatever comes later."""
    names, expected = Names([("A", "0")]), {"A": "0"}
    for name, value in before:
        names.remove(name) if value is None else names.set(name, value)
        expected.pop(name, None) if value is None else expected.update({name: value})
    then = names.now()
    if looked:
        assert dict(then) == expected
    for name, value in after:
        names.remove(name) if value is None else names.set(name, value)
    assert {name: then.get(name) for name in "ABC"} == {name: expected.get(name) for name in "ABC"}
    assert dict(then) == expected
    assert len(then) == len(expected)


@given(st.dictionaries(_NAME, st.just("0")), st.dictionaries(_NAME, st.none() | st.just("1")))
def test_layer(below: dict[str, Value], changes: dict[str, Value | None]) -> None:
    """A layer is the mapping below it with its changes, None taking a name away."""
    expected = {name: value for name, value in {**below, **changes}.items() if value is not None}
    layer = Layer(below, changes)
    assert {name: layer.get(name) for name in "ABC"} == {name: expected.get(name) for name in "ABC"}
    assert dict(layer) == dict(layer.items()) == expected
    assert len(layer) == len(expected)
    assert repr(layer) == repr(expected)
    assert pickle.loads(pickle.dumps(layer)) == layer  # noqa: S301 - our own


def test_environment() -> None:
    """A program inherits what was exported; without a change that is the very mapping of before."""
    state = ShellState.start("/", {"A": "1", "B": "2"}, "", complete=True)
    assert state.environment is state.inherited
    state.assign("A", "3")
    state.assign("C", "4")
    state.assign("D", "5", export=True)
    state.unset("B")
    state.assign("B", "6")
    assert dict(state.environment) == {"A": "3", "D": "5"}
    assert [state.lookup(name) for name in "ABCDE"] == ["3", "6", "4", "5", None]
    branch = state.copy()
    branch.unset("A")
    branch.assign("C", "4", export=True)
    state.merge(branch)
    assert dict(state.environment) == {"A": Unknown("$A depends on which commands run"), "C": "4", "D": "5"}
    state.forget("why")
    assert dict(state.environment) == dict.fromkeys("ACD", Unknown("why"))


@pytest.mark.parametrize(("folders", "place"), [(40, "/" + "/".join(["a" * 100] * 40)), (41, "?")])
def test_longest_folder(folders: int, place: str) -> None:
    """A folder whose path is longer than Linux takes is not known; a shorter one is."""
    step = run(" && ".join([f"cd {'a' * 100}"] * folders) + " && ls", before="WORKDIR /")
    assert shown(step)[-1] == f"{place}$ ls"
