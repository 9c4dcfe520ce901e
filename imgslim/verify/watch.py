"""Run the original once more and write down which paths it uses: under its own entry, asked as in a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgslim.engine.traced import Traced
from imgslim.engine.tracer import NoTracer, provide
from imgslim.evidence import Access, Observed, together
from imgslim.evidence.strace import read
from imgslim.evidence.strace_calls import TRACED
from imgslim.verify.observe import observe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imgslim.engine.container import Container
    from imgslim.engine.images import BuiltImage
    from imgslim.engine.options import Limits, RunOptions
    from imgslim.engine.session import Session
    from imgslim.engine.tracer import Tracer
    from imgslim.verify.facts import Observation
    from imgslim.verify.options import VerifyOptions
    from imgslim.verify.probes import RunProbe

#: Kinds of facts that come from asking the program something; their names say what was asked.
_ASKED = frozenset({"http", "tcp", "command"})
#: Kinds of facts that hold what the program wrote.
_SAID = frozenset({"output", "body", "tcp"})
_TOO_LONG = "what it did was too much to keep all of it"
_LATE = "its start was not seen"


def watch_all(
    session: Session,
    image: BuiltImage,
    options: VerifyOptions,
    tell: Callable[[str], None] | None = None,
    *,
    seen: tuple[Observation, ...] = (),
    argv: tuple[str, ...] = (),
    gains: Callable[[str], bool] | None = None,
) -> Observed | None:
    """Watch every run of the options' probes, with one tracer; else as :func:`watch`.

    ``seen`` are earlier observations of the same image, one for each run; ``argv`` is started in place of the image's
    own words where a run has no arguments of its own.
    """
    tracer = _tracer(session, options, tell)
    if tracer is None:
        return None
    found: list[Observed | None] = []
    for number, run in enumerate(options.probes.runs):
        before = seen[number] if number < len(seen) else None
        found.append(watch(session, image, run, options, tell, seen=before, tracer=tracer, argv=argv, gains=gains))
    runs = [one for one in found if one is not None]
    return together(runs) if runs else None


def watch(
    session: Session,
    image: BuiltImage,
    run: RunProbe,
    options: VerifyOptions,
    tell: Callable[[str], None] | None = None,
    *,
    seen: Observation | None = None,
    tracer: Tracer | None = None,
    argv: tuple[str, ...] = (),
    gains: Callable[[str], bool] | None = None,
) -> Observed | None:
    """Watch one run; None where watching is impossible here, and ``tell`` has heard why.

    ``seen`` is an earlier observation of the same run: then it is asked what it was asked before, and ``cut`` says so
    where it went differently. What it used is evidence all the same. ``argv`` is started in place of the image's own
    words: what a rewritten entry leaves out (a package manager, a script that only runs its arguments) is not watched.

    ``gains`` tells whether the program at a path gets rights that its caller lacks (set-user-ID, capabilities). Where
    that is known, a filter lets the program run nearly as fast as without a tracer; a run that started such a program,
    or went differently, is watched once more without it.
    """
    used = tracer if tracer is not None else _tracer(session, options, tell)
    if used is None:
        return None
    for filtered in (True, False) if gains is not None else (False,):
        watched = _Watched(session, used, image, options, run, argv, filtered=filtered)
        try:
            now = watched.observe(seen)
        except NoTracer as refused:
            if not filtered:
                _say(tell, refused)
                return None
            continue
        found = watched.found(now)
        difference = "" if argv else _difference(seen, now)
        # Where rights would have been gained, or it went another way, nothing tells whether that was the filter.
        if gains is None or not filtered or not (difference or any(map(gains, found.having(Access.EXECUTED)))):
            break
    return together([found, Observed({}, (), (), difference)])


class _Watched:
    """One run under the tracer."""

    def __init__(  # noqa: PLR0917  (those of watch)
        self,
        session: Session,
        tracer: Tracer,
        image: BuiltImage,
        options: VerifyOptions,
        run: RunProbe,
        argv: tuple[str, ...],
        *,
        filtered: bool,
    ) -> None:
        self._session = session
        self._tracer = tracer
        self._image = image
        self._options = options
        self._run = run
        self._argv = () if run.args else argv
        self._filtered = filtered
        self._traced: Traced | None = None
        self._is_checked = False
        #: Bytes of the log when all had been asked.
        self._asked = 0

    def observe(self, seen: Observation | None) -> Observation:
        """Run it; raises NoTracer."""
        plan = seen.plan if seen is not None else None
        return observe(
            self._session, self._image, self._run, self._options, plan, start_as=self._start, before_stop=self._check
        )

    def _start(self, image: BuiltImage, start: RunOptions, limits: Limits) -> Container:
        self._traced = Traced(
            self._session, self._tracer, image, start, limits, calls=TRACED, argv=self._argv, filtered=self._filtered
        )
        return self._traced.container

    def _check(self) -> None:
        if self._traced is not None:
            self._asked = self._traced.written()
            self._is_checked = self._traced.check_health()

    def found(self, now: Observation) -> Observed:
        """What it used, and what it was asked."""
        traced = self._traced
        if traced is None:
            return Observed({}, (), (), f"it does not start: {now.start_error}")
        folder = self._image.config.working_dir or "/"
        first, *checks = traced.logs()
        parts = [read(first, folder, ignored=traced.folder, asked=self._asked)]
        parts += [read(log, folder, ignored=traced.folder) for log in checks]
        notes = [_TOO_LONG if traced.is_cut else "", "" if parts[0].started else _LATE]
        probes = (*_probes(self._image, now), *(["HEALTHCHECK"] if self._is_checked else []))
        said = "\n".join(fact.text for fact in now.facts if fact.kind in _SAID)
        return together([*parts, Observed({}, (), probes, "; ".join(filter(None, notes)), said=said)])


def _tracer(session: Session, options: VerifyOptions, tell: Callable[[str], None] | None) -> Tracer | None:
    """The tracer; None where it can't be had."""
    try:
        return provide(session, options.build, tell)
    except NoTracer as refused:
        _say(tell, refused)
        return None


def _say(tell: Callable[[str], None] | None, refused: NoTracer) -> None:
    """Tell why nothing is watched."""
    if tell is not None:
        tell(f"cannot watch the program run: {refused}")


def _probes(image: BuiltImage, observation: Observation) -> Iterator[str]:
    """What the program was asked, and how it was ended."""
    for fact in observation.facts:
        if fact.kind in _ASKED:
            yield fact.name
        elif fact.kind == "signal":
            yield image.config.stop_signal or "SIGTERM"


def _difference(seen: Observation | None, now: Observation) -> str:
    """How a run ended differently under the tracer; "" where it did not."""
    for name in ("exit", "signal"):
        before, after = seen.fact(name) if seen is not None else None, now.fact(name)
        if before is not None and after is not None and before.text != after.text:
            return f"under the tracer: {after.text}, without it: {before.text}"
    return ""
