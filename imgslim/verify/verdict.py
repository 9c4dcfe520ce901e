"""What the engine found when it built and ran both images."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from imgslim.records import dataclass

if TYPE_CHECKING:
    from imgslim.engine.images import Layer


class Status(StrEnum):
    """How a verification ended; every value but ``holds`` is also a reason name."""

    HOLDS = "holds"
    DIFFERS = "differs"
    BEFORE_DOES_NOT_BUILD = "before-does-not-build"
    BEFORE_DOES_NOT_RUN = "before-does-not-run"
    AFTER_DOES_NOT_BUILD = "after-does-not-build"


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """One thing looked at in both images."""

    #: Unique in a verdict: ``config:WorkingDir``, ``exit``, ``http GET 8080/``.
    name: str
    #: size, config, exit, output, http, body, tcp, ports, health, signal, start, command or
    #: demand.
    kind: str
    holds: bool
    #: What the original showed, shortened for people.
    before: str
    after: str
    #: Why it does not hold, or what is worth knowing although it does; "" where there is nothing to say.
    message: str = ""


@dataclass(frozen=True, slots=True)
class Rung:
    """A target that was tried, or planned for, before the verdict, and why it did not bear."""

    target: str
    #: A verdict's status, or the reason of a refusal.
    status: str
    #: One line for people.
    message: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of building both images, running both and comparing them."""

    status: Status
    #: Size as the engine reports it; None where that image was not built.
    before_bytes: int | None = None
    after_bytes: int | None = None
    probes: tuple[ProbeResult, ...] = ()
    #: Stated differences that don't count against the rewrite, and what was done to be able to build and compare.
    notes: tuple[str, ...] = ()
    before_layers: tuple[Layer, ...] = ()
    after_layers: tuple[Layer, ...] = ()
    #: One line for people: why it does not hold.
    message: str = ""
    #: Targets that were left before this one, in turn.
    rungs: tuple[Rung, ...] = ()

    @property
    def holds(self) -> bool:
        """True where the rewritten image was built, is smaller and behaved like the original."""
        return self.status is Status.HOLDS

    def to_json(self) -> dict[str, Any]:
        """The JSON object of the command line (docs/reference, schema)."""
        return {
            "status": self.status.value,
            "before_bytes": self.before_bytes,
            "after_bytes": self.after_bytes,
            "message": self.message,
            "probes": [asdict(probe) for probe in self.probes],
            "notes": list(self.notes),
            "rungs": [asdict(rung) for rung in self.rungs],
            "layers": {
                "before": [asdict(layer) for layer in self.before_layers],
                "after": [asdict(layer) for layer in self.after_layers],
            },
        }
