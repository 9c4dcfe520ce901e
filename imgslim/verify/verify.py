"""Build the original and the rewritten file, run both, and say whether the rewrite holds."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from imgslim.engine.build import BuildFailed
from imgslim.engine.images import BuiltImage, ImageConfig
from imgslim.engine.options import BuildSource
from imgslim.engine.saved import look
from imgslim.engine.session import Session
from imgslim.meaning import last_base
from imgslim.records import replace
from imgslim.syntax import parse
from imgslim.text import decode, encode
from imgslim.verify.base import base_config
from imgslim.verify.compare import compare
from imgslim.verify.compiling import COMPILED, started_alike, without_compiling
from imgslim.verify.configuration import compare_configurations
from imgslim.verify.explore import files_of
from imgslim.verify.manager import LEFT_OUT, signalled, without_manager
from imgslim.verify.mask import same_lines
from imgslim.verify.observe import observe
from imgslim.verify.options import VerifyOptions
from imgslim.verify.verdict import ProbeResult, Status, Verdict
from imgslim.verify.watch import watch_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from imgslim.engine.connect import Engine
    from imgslim.evidence import Contents, Observed
    from imgslim.verify.facts import Observation
    from imgslim.verify.probes import RunProbe

#: A shell, or the engine, says so where the program is there but can't be run, and where it is not there (POSIX).
_CANNOT_RUN = (126, 127)
#: Kinds of facts that a busy machine may cut short.
_TIMED = frozenset({"http", "body", "tcp", "ports", "health", "signal", "demand"})
#: Other runs of the rewritten image at most, where it differs by what may be chance.
_AGAIN = 2
#: Kinds of facts that come of asking a program that runs.
_ASKED = frozenset({"http", "tcp", "command", "health"})
#: Of them, how many a note names.
_SHOWN = 8
#: Lines of a failed build that a message shows.
_LINES = 8
#: The network names that mean the same to a build and to a run.
_BUILD_NETWORKS = frozenset({"default", "none", "host"})


def verify(
    before: str,
    after: str,
    context: Path,
    *,
    dockerfile: Path | None = None,
    options: VerifyOptions | None = None,
    progress: Callable[[str], None] | None = None,
) -> Verdict:
    """Compare two Dockerfiles' images; ``dockerfile`` is where the original stands (for its own .dockerignore).

    Raises EngineOrSystemError: ``no-engine``, ``old-engine``, ``no-docker-command``, ``buildx-needed``.
    """
    with Before(before, context, dockerfile=dockerfile, options=options, progress=progress) as original:
        return original.compare(after)


class Before:
    """The original: built once, run twice to know what varies by itself, compared with any number of rewrites."""

    def __init__(
        self,
        text: str,
        context: Path,
        *,
        dockerfile: Path | None = None,
        options: VerifyOptions | None = None,
        progress: Callable[[str], None] | None = None,
        engine: Engine | None = None,
    ) -> None:
        """Connect to the engine; building waits for the first comparison."""
        options = options if options is not None else VerifyOptions()
        if options.network in _BUILD_NETWORKS and not options.build.network:
            options = replace(options, build=replace(options.build, network=options.network))
        self._options = replace(options, pages=options.pages or files_of(context))
        self._source = BuildSource(encode(text), context.absolute(), dockerfile)
        self._tell = progress if progress is not None else _say_nothing
        #: Where images and containers are made.
        self.session = Session(engine)
        self._runs: dict[int, list[Observation]] = {}

    def __enter__(self) -> Self:
        """Open the session."""
        self.session.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Remove images and containers."""
        self.session.__exit__(kind, error, at)

    @cached_property
    def image(self) -> BuiltImage | BuildFailed:
        """The original's image, or why it does not build."""
        self._tell("building the original")
        try:
            return self.session.build(self._source, self._options.build, self._tell)
        except BuildFailed as failed:
            return failed

    @property
    def unbuilt(self) -> Verdict | None:
        """The verdict on an original that does not build; None for one that does."""
        if isinstance(self.image, BuildFailed):
            return Verdict(Status.BEFORE_DOES_NOT_BUILD, message=_build_message(self.image))
        return None

    @cached_property
    def contents(self) -> Contents | None:
        """What the original's image holds; None where it does not build."""
        if isinstance(self.image, BuildFailed):
            return None
        self._tell("looking into the original's image")
        dockerfile = parse(decode(self._source.text))
        given = dict(word.partition("=")[::2] for word in self._options.build.build_args)
        base = last_base(dockerfile, given)
        return look(self.session, self.image, dockerfile, base if isinstance(base, str) else "")

    def watch(self, after_text: str | None = None, argv: tuple[str, ...] = ()) -> Observed | None:
        """See what the original uses while it runs, or what a rewritten file's image does.

        ``argv``: what of the original is started, where a rewritten entry leaves out what comes before that.
        None where it does not build or run, or where it can't be watched: then the progress says why.
        """
        image = self.image
        if isinstance(image, BuildFailed):
            return None
        if after_text is None:
            self._tell("watching the original run")
            first = tuple(seen[0] for _, seen in sorted(self._runs.items()) if seen)
            contents = self.contents
            gains = None if contents is None else contents.gives_rights
            return watch_all(self.session, image, self._options, self._tell, seen=first, argv=argv, gains=gains)
        self._tell("watching the rewritten image run")
        try:
            after = self.session.build(replace(self._source, text=encode(after_text)), self._options.build, self._tell)
        except BuildFailed:
            return None
        try:
            return watch_all(self.session, after, self._options, self._tell)
        finally:
            self.session.forget(after)

    @cached_property
    def base(self) -> ImageConfig | None:
        """The configuration of the original's base image."""
        if self._options.base_env is not None:
            return ImageConfig(env=self._options.base_env)
        return base_config(self.session, self._source, self._options.build)

    def compare(self, after_text: str, expected: frozenset[str] = frozenset()) -> Verdict:
        """Build and run ``after_text`` in the original's context and hold it against the original.

        ``expected`` names probes whose difference this rewrite has stated, beside those of the options; ``manager``
        among them says that it leaves out a package manager that starts the original's program, ``compiler`` that the
        original's entry compiles it first.
        """
        before = self.image
        if isinstance(before, BuildFailed):
            return Verdict(Status.BEFORE_DOES_NOT_BUILD, message=_build_message(before))
        partial = Verdict(
            Status.BEFORE_DOES_NOT_RUN, before_bytes=before.size, before_layers=before.layers, notes=before.notes
        )
        if problem := self._does_not_run(before):
            return replace(partial, message=problem)
        self._tell("building the rewritten file")
        try:
            source = replace(self._source, text=encode(after_text))
            after = self.session.build(source, self._options.build, self._tell)
        except BuildFailed as failed:
            return replace(partial, status=Status.AFTER_DOES_NOT_BUILD, message=_build_message(failed))
        try:
            probes = [_smaller(before, after), *compare_configurations(before.config, after.config, self.base)]
            for number, run in enumerate(self._options.probes.runs):
                probes += self._compare_run(number, run, before, after, expected)
        finally:
            self.session.forget(after)
        notes = tuple(_rests_on(n, run, self._runs[n][0]) for n, run in enumerate(self._options.probes.runs))
        return self._verdict(
            replace(partial, notes=(*partial.notes, *notes)), after, probes, self._options.expected | expected
        )

    def _does_not_run(self, image: BuiltImage) -> str:
        """Run the original twice by each run of the probes; why it can't be compared, or ""."""
        for number, run in enumerate(self._options.probes.runs):
            seen = self._runs.setdefault(number, [])
            while len(seen) < 2:  # noqa: PLR2004  (two runs show what varies)
                self._observe_again(number, run, image)
                if problem := _problem(run, seen[-1]):
                    return _prefix(number, run) + problem
        return ""

    def _observe_again(self, number: int, run: RunProbe, image: BuiltImage) -> None:
        """Add one more run of the original."""
        seen = self._runs[number]
        self._tell(f"{_prefix(number, run)}running the original ({len(seen) + 1})")
        plan = seen[0].plan if seen else None
        seen.append(observe(self.session, image, run, self._options, plan))

    def _compare_run(
        self, number: int, run: RunProbe, before: BuiltImage, after: BuiltImage, stated: frozenset[str]
    ) -> list[ProbeResult]:
        """Run the rewritten image and compare.

        A difference is believed only when another run of the original, made after it, does not show the same: what
        varies slowly (the minute, the day) is the same in two runs made close together. Where only answers differ, that
        come in their own time, or the order of lines, which processes that run side by side give, the rewritten image
        gets other runs as well.
        """
        self._tell(f"{_prefix(number, run)}running the rewritten image")
        originals = self._runs[number]
        new = observe(self.session, after, run, self._options, originals[0].plan)
        results = _compared(originals, new, _prefix(number, run), stated)
        failed = {result.kind for result in results if not result.holds}
        if not failed or new.start_error:
            return results
        self._observe_again(number, run, before)
        results = _compared(originals, new, _prefix(number, run), stated)
        for again in range(_AGAIN):
            if not _may_be_chance(originals[0], new, [r for r in results if not r.holds], is_first=not again):
                break
            self._tell(f"{_prefix(number, run)}running the rewritten image again")
            new = observe(self.session, after, run, self._options, originals[0].plan)
            results = _compared(originals, new, _prefix(number, run), stated)
        return results

    @staticmethod
    def _verdict(partial: Verdict, after: BuiltImage, probes: list[ProbeResult], expected: frozenset[str]) -> Verdict:
        """Sum up."""
        stated = [probe for probe in probes if not probe.holds and probe.name in expected]
        probes = [replace(probe, holds=True) if probe in stated else probe for probe in probes]
        failed = [probe for probe in probes if not probe.holds]
        notes = [f"{probe.name}: {probe.message}" for probe in probes if probe.holds and probe.message]
        return replace(
            partial,
            status=Status.DIFFERS if failed else Status.HOLDS,
            after_bytes=after.size,
            after_layers=after.layers,
            probes=tuple(probes),
            notes=tuple(dict.fromkeys((*partial.notes, *after.notes, *notes))),
            message="; ".join(f"{probe.name}: {probe.message}" for probe in failed[:3]),
        )


def _may_be_chance(original: Observation, new: Observation, failed: list[ProbeResult], *, is_first: bool) -> bool:
    """Tell whether another run may show no difference: in answers, at the first time, and in the order of lines."""
    reordered = {
        name
        for name in ("stdout", "stderr")
        if (before := original.fact(name)) and (now := new.fact(name)) and same_lines(before.sample, now.sample)
    }
    return bool(failed) and all((is_first and r.kind in _TIMED) or r.name.split(": ")[-1] in reordered for r in failed)


def _compared(originals: list[Observation], new: Observation, prefix: str, stated: frozenset[str]) -> list[ProbeResult]:
    """One result for each fact, without what a stated manager or compiler adds to the original."""
    if COMPILED in stated:
        originals = [started_alike(without_compiling(o)) for o in originals]
        new = started_alike(new)
    if LEFT_OUT not in stated:
        return list(compare(originals, new, prefix))
    return [signalled(one) for one in compare([without_manager(o) for o in originals], new, prefix)]


def _problem(run: RunProbe, seen: Observation) -> str:
    """Why a run of the original is nothing to compare with; "" where it is."""
    if seen.start_error:
        return f"the original does not start: {seen.start_error}"
    if seen.bound:
        return f"the original goes beyond the bounds of a run: {seen.bound}"
    if seen.exit_code in _CANNOT_RUN and run.exit != seen.exit_code:
        output = " ".join(fact.text for fact in seen.facts if fact.kind == "output").strip()
        return f"the original ends with {seen.exit_code}: {output[-300:]}"
    unmet = (f"{fact.name}: {fact.text}" for fact in seen.facts if fact.kind == "demand" and fact.text)
    return next((f"the original does not do {one}" for one in unmet), "")


def _rests_on(number: int, run: RunProbe, seen: Observation) -> str:
    """What a run exercised: a verdict says nothing of what was not asked."""
    if not seen.plan.is_running:
        return f"{_prefix(number, run)}rests on one whole run of the program as it is started"
    asked = [f.name for f in seen.facts if f.kind in _ASKED]
    if not asked:
        return (
            f"{_prefix(number, run)}the program was only seen to start and to stop: nothing was asked of it "
            "(--probe and --probe-cmd ask)"
        )
    more = f" and {len(asked) - _SHOWN} more" if len(asked) > _SHOWN else ""
    return f"{_prefix(number, run)}rests on {', '.join(asked[:_SHOWN])}{more}"


def _smaller(before: BuiltImage, after: BuiltImage) -> ProbeResult:
    """A rewrite that does not save anything is not offered."""
    holds = after.size < before.size
    return ProbeResult(
        "smaller", "size", holds, str(before.size), str(after.size), "" if holds else "the image is not smaller"
    )


def _prefix(number: int, run: RunProbe) -> str:
    """What names a run: nothing for the first one without a name."""
    if run.name:
        return f"{run.name}: "
    return f"run {number + 1}: " if number else ""


def _build_message(failed: BuildFailed) -> str:
    """The cause and the last lines."""
    return "\n".join((failed.message, *failed.lines[-_LINES:]))


def _say_nothing(_line: str) -> None:
    """Drop a line of progress."""
