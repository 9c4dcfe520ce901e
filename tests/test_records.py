"""Records behave as the standard library's dataclasses do."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any

import pytest

from imgslim import records


def _classes(module: Any) -> tuple[Any, Any, Any, Any]:  # noqa: ANN401
    """The same four classes, made by one of the two modules."""

    @module.dataclass(frozen=True, slots=True, order=True)
    class Point:
        """A value."""

        x: int
        y: int = 2

        @property
        def total(self) -> int:
            """Both."""
            return self.x + self.y

    @module.dataclass(slots=True)
    class Bag:
        """A collector."""

        name: str
        items: list[int] = module.field(default_factory=list)
        tag: str = module.field(default="t")

        def __post_init__(self) -> None:
            self.name = self.name.upper()

    @module.dataclass(frozen=True)
    class Open:
        """A value with a dictionary."""

        only: int = 1

    @module.dataclass(frozen=True, slots=True)
    class Empty:
        """No field."""

    return Point, Bag, Open, Empty


@dataclasses.dataclass(frozen=True)
class _Seen:
    """What one of the two answers."""

    answers: tuple[Any, ...]


def _error(call: Any) -> tuple[str, str]:  # noqa: ANN401
    with pytest.raises((TypeError, AttributeError)) as caught:
        call()
    return type(caught.value).__name__, str(caught.value).rpartition(".")[2]


def _answers(module: Any) -> _Seen:  # noqa: ANN401
    point, bag, open_, empty = _classes(module)
    one, other = point(1), point(x=1, y=3)
    full = bag("a")
    full.items.append(4)
    return _Seen(
        (
            repr(one), one == point(1, 2), one == other, one == object(), one != other, hash(one) == hash(point(1)),
            one < other, one <= point(1), one > other, one >= other, one.total, min(other, one) == one,
            repr(full), bag("a").items, full == bag("A", [4]), full.tag, bag.__hash__, point.__match_args__,
            repr(open_()), open_(2).only, open_() == open_(1), vars(open_(3)), hash(open_()) == hash(open_(1)),
            repr(empty()), empty() == empty(), hash(empty()) == hash(empty()), hasattr(one, "__dict__"),
            repr(module.replace(one, y=5)), repr(module.replace(full, tag="u")), repr(copy.copy(one)),
            [(f.name, f.type) for f in dataclasses.fields(bag)], dataclasses.asdict(full),
            dataclasses.is_dataclass(one),
            repr(dataclasses.replace(one, x=9)), point.__doc__, point.__qualname__.rpartition(".")[2],
            _error(lambda: setattr(one, "x", 3)), _error(lambda: delattr(one, "x")), _error(point),
            _error(lambda: point(1, 2, 3)), _error(lambda: point(1, z=3)), _error(lambda: one < 3),
            _error(lambda: module.replace(one, z=1)), _error(lambda: setattr(full, "other", 1)),
        )
    )  # fmt: skip


def test_records_answer_as_dataclasses_do() -> None:
    """Whatever is asked of the two, the answers are the same."""
    for mine, theirs in zip(_answers(records).answers, _answers(dataclasses).answers, strict=True):
        assert mine == theirs


def test_the_first_instances_are_as_the_later_ones() -> None:
    """Defaults, keywords and refusals hold before and after ``__init__`` is compiled."""
    point, bag, _, empty = _classes(records)
    for _ in range(40):
        assert (point(1), point(y=4, x=3)) == (point(1, 2), point(3, 4))
        assert bag("a").items is not bag("a").items
        assert empty() == empty()
    refused = []
    for _ in range(2):
        fresh = _classes(records)[0]
        assert fresh(1).y == 2
        refused.append(
            [_error(fresh), _error(lambda made=fresh: made(1, x=1)), _error(lambda made=fresh: made(1, z=1))]
        )
        assert fresh(1, 5) == fresh(x=1, y=5)
    assert refused[0] == refused[1]


@records.dataclass(frozen=True, slots=True)
class Kept:
    """A value that travels between processes."""

    a: int
    b: tuple[str, ...] = ()


@records.dataclass(slots=True)
class Base:
    """The first fields."""

    a: int


@records.dataclass(slots=True)
class Derived(Base):
    """One field more."""

    b: int = 2


def test_values_travel() -> None:
    """A frozen value survives pickling, to another process or to a cache."""
    kept = Kept(1, ("x",))
    assert pickle.loads(pickle.dumps(kept)) == kept  # noqa: S301


def test_fields_are_inherited() -> None:
    """A derived class takes the base's fields first, and tells all of them."""
    assert repr(Derived(1)) == "Derived(a=1, b=2)"
    assert [f.name for f in dataclasses.fields(Derived)] == ["a", "b"]
    assert vars(Derived)["__slots__"] == ("b",)
