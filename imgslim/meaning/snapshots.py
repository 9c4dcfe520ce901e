"""Mappings as they were at a point of a growing log: made where one is looked at, so that thousands cost nothing."""

from __future__ import annotations

from abc import abstractmethod
from bisect import bisect_right
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import ItemsView, Iterable, Iterator

    from imgslim.values import Value


class Names:
    """Names with values that change in order; :meth:`now` is what they are at this point, whatever comes later."""

    __slots__ = ("_log", "_now", "_times", "live")

    def __init__(self, start: Iterable[tuple[str, Value]] = ()) -> None:
        """Begin with some names."""
        #: The present values; change them by :meth:`set` and :meth:`remove` alone.
        self.live: dict[str, Value] = dict(start)
        self._log: list[tuple[str, Value | None]] = [*self.live.items()]
        #: Where in the log each name stands.
        self._times: dict[str, list[int]] = {name: [at] for at, name in enumerate(self.live)}
        self._now: Snapshot | None = None

    def set(self, name: str, value: Value) -> None:
        """Give a name a value."""
        self._note(name, value)
        self.live[name] = value
        self._now = None

    def remove(self, name: str) -> None:
        """Take a name away, where it is there."""
        if name in self.live:
            self._note(name, None)
            del self.live[name]
            self._now = None

    def _note(self, name: str, value: Value | None) -> None:
        self._times.setdefault(name, []).append(len(self._log))
        self._log.append((name, value))

    def now(self) -> Snapshot:
        """The names as they are now."""
        if self._now is None:
            self._now = Snapshot(self._log, self._times, len(self._log))
        return self._now


class _Late(Mapping[str, "Value"]):
    """A mapping of which all values are put together when they are first asked for."""

    __slots__ = ("_made",)
    _made: dict[str, Value] | None

    @abstractmethod
    def _make(self) -> dict[str, Value]:
        """All names with their values."""

    @abstractmethod
    def _find(self, name: str) -> Value | None:
        """The value of one name; None where it is not set."""

    def __getitem__(self, name: str) -> Value:
        """The value of a name."""
        value = self._find(name)
        if value is None:
            raise KeyError(name)
        return value

    def get(self, name: str, default: Value | None = None) -> Value | None:  # type: ignore[override]
        """The value of a name, or another one; most names that are asked for are not set, and raising takes long."""
        value = self._find(name)
        return default if value is None else value

    def __contains__(self, name: object) -> bool:
        """Tell whether a name is set."""
        return isinstance(name, str) and self._find(name) is not None

    def _values(self) -> dict[str, Value]:
        if self._made is None:
            self._made = self._make()
        return self._made

    def __iter__(self) -> Iterator[str]:
        """The names, in the order in which they were first set."""
        return iter(self._values())

    def __len__(self) -> int:
        """The number of names."""
        return len(self._values())

    def items(self) -> ItemsView[str, Value]:
        """Names with values."""
        return self._values().items()

    def __repr__(self) -> str:
        """As the mapping that it stands for."""
        return repr(self._values())


class Snapshot(_Late):
    """The names at one point."""

    __slots__ = ("_count", "_log", "_times")

    def __init__(self, log: list[tuple[str, Value | None]], times: dict[str, list[int]], count: int) -> None:
        """Stand for the first ``count`` changes of ``log``, in which each name stands at ``times``."""
        self._made = None
        self._log = log
        self._times = times
        self._count = count

    def _make(self) -> dict[str, Value]:
        made: dict[str, Value] = {}
        for name, value in self._log[: self._count]:
            if value is None:
                made.pop(name, None)
            else:
                made[name] = value
        return made

    def _find(self, name: str) -> Value | None:
        if self._made is not None:
            return self._made.get(name)
        times = self._times.get(name, ())
        last = bisect_right(times, self._count - 1) - 1
        return self._log[times[last]][1] if last >= 0 else None


class Layer(_Late):
    """A mapping with some names changed; None takes a name away. Neither part may change from now on."""

    __slots__ = ("_below", "_changes")

    def __init__(self, below: Mapping[str, Value], changes: Mapping[str, Value | None]) -> None:
        """Stand for ``below`` after ``changes``."""
        self._made = None
        self._below = below
        self._changes = changes

    def _make(self) -> dict[str, Value]:
        values: dict[str, Value | None] = dict(self._below.items())
        values.update(self._changes.items())
        return {name: value for name, value in values.items() if value is not None}

    def _find(self, name: str) -> Value | None:
        return self._changes[name] if name in self._changes else self._below.get(name)
