"""How a verification goes about its work."""

from __future__ import annotations

from imgslim.engine.options import BuildOptions, Limits
from imgslim.records import dataclass, field
from imgslim.verify.probes import Probes


@dataclass(frozen=True, slots=True)
class VerifyOptions:
    """Everything about a verification but the two Dockerfiles and the context."""

    build: BuildOptions = field(default_factory=BuildOptions)
    probes: Probes = field(default_factory=Probes)
    #: ``(name, value)`` pairs set in every run (``docker run -e``).
    env: tuple[tuple[str, str], ...] = ()
    #: A network for the containers; ``default``, ``none`` and ``host`` hold for the builds as well.
    network: str = ""
    limits: Limits = field(default_factory=Limits)
    #: Seconds a program may take to end or to settle.
    timeout: float = 20.0
    #: Seconds after the stop signal before a program counts as one that must be killed.
    stop_timeout: float = 3.0
    #: Rewritten images that may be built, one after the other, until one holds.
    max_builds: int = 12
    #: False where an answer that was found before does not count.
    cache: bool = True
    #: True where the original is to be watched while it runs in any case, not only where a plan leaves something open.
    watch: bool = False
    #: The base image's own environment; None: found by building the FROM line alone.
    base_env: tuple[tuple[str, str], ...] | None = None
    #: Names of probes whose difference the plan has stated (``config:entry``): noted, not held against it.
    expected: frozenset[str] = frozenset()
    #: Pages that a server is asked for beside those that it leads to.
    pages: tuple[str, ...] = ()
