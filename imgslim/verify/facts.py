"""What one run of an image showed: named facts, to be held against another run's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.records import dataclass

if TYPE_CHECKING:
    from imgslim.verify.mask import Sample

#: The fact ``signal`` of a program that does not end by itself.
MUST_BE_KILLED = "must be killed"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a run showed."""

    #: Unique in a run; the same in every run of the same plan.
    name: str
    #: exit, output, ports, http, body, tcp, health, signal, command or demand: it decides how two facts are compared.
    kind: str
    sample: Sample

    @property
    def text(self) -> str:
        """What it showed."""
        return self.sample.text


@dataclass(frozen=True, slots=True)
class Service:
    """A port of the original and the way to talk to it, so that every later run is asked the very same."""

    #: 0 where the program takes another one each time: then it is found by its place among the random ones.
    port: int
    #: For names: the port, or ``random-1``.
    label: str
    #: http, https or bytes.
    protocol: str
    #: The targets that the default run asks for with GET.
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What the first run of the original taught about how to run the next ones."""

    #: Seconds until it ended or settled.
    seconds: float
    is_running: bool
    services: tuple[Service, ...] = ()
    #: All TCP ports that it listened on, published where addresses can't be reached.
    ports: frozenset[int] = frozenset()
    #: Seconds to wait after the stop signal: once the original had to be killed, nothing depends on a long wait.
    stop_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Observation:
    """Everything that one run showed."""

    #: Why the engine could not start the program; "" where it did.
    start_error: str
    facts: tuple[Fact, ...]
    plan: Plan
    #: None where it was running until it was stopped.
    exit_code: int | None = None
    #: The bound of a run that it met; "" where none: what it showed then is not what it does elsewhere.
    bound: str = ""

    def fact(self, name: str) -> Fact | None:
        """The fact of that name."""
        return next((fact for fact in self.facts if fact.name == name), None)
