"""Prove a rewrite with an engine: look into the original, build both, run both, compare; walk on until one holds."""

from __future__ import annotations

from functools import partial
from math import inf
from typing import TYPE_CHECKING

from imgslim.commands.gain import is_final, may_gain
from imgslim.commands.learn import lacked, loader_said
from imgslim.commands.output import progress
from imgslim.evidence import Evidence
from imgslim.images import parse_reference
from imgslim.images.inspect import from_inspect
from imgslim.meaning import base_reference, stages
from imgslim.model import Declined, EntryBuild, EntryWords, Rewritten, Settled, Unchanged
from imgslim.planner.assemble import has_shell
from imgslim.planner.choose import candidates
from imgslim.records import dataclass, replace
from imgslim.service import Prepared, decide, prepare, slim
from imgslim.syntax import parse
from imgslim.verify.compiling import COMPILED
from imgslim.verify.manager import LEFT_OUT
from imgslim.verify.verdict import Rung, Status
from imgslim.verify.verify import Before

if TYPE_CHECKING:
    from pathlib import Path

    from imgslim.context import BuildContext
    from imgslim.engine.session import Session
    from imgslim.evidence import Contents
    from imgslim.model import Assumption, Outcome, RuntimeTarget
    from imgslim.service import Options
    from imgslim.sources import Input
    from imgslim.verify.options import VerifyOptions
    from imgslim.verify.verdict import Verdict

#: Assumptions that say that other words are started than before.
_UNMANAGED = "entry-without-manager"
_COMPILED = "entry-compiled-ahead"
_OTHER_ENTRY = frozenset({"run-arguments", "entrypoint-left-out", _COMPILED, _UNMANAGED})


def prove(
    source: Input, context: BuildContext, folder: Path, options: Options, verification: VerifyOptions
) -> tuple[Outcome, Verdict | None]:
    """The outcome that an engine stands behind, with its verdict (None where there was nothing to build).

    Raises:
        InputError: BuildKit would refuse the file.
        EngineOrSystemError: no engine answers.
    """
    prepared = prepare(source.text, context, options)
    if not isinstance(prepared, Prepared):
        return prepared, None
    outcome = decide(prepared, options.target, options.libc, options.prefer)
    if is_final(outcome, options.target):
        return outcome, None
    with Before(source.text, folder, dockerfile=source.path, options=verification, progress=progress) as before:
        options = with_engine_facts(source.text, options, before.session)
        return _Proof(source, context, options, verification, before).walk()


def evident(
    source: Input, context: BuildContext, folder: Path, options: Options, verification: VerifyOptions
) -> Outcome:
    """The outcome that rests on what the original's image holds, and where asked for on a run of it; nothing is judged.

    Raises:
        InputError: BuildKit would refuse the file.
        EngineOrSystemError: no engine answers.
    """
    with Before(source.text, folder, dockerfile=source.path, options=verification, progress=progress) as before:
        options = with_engine_facts(source.text, options, before.session)
        proof = _Proof(source, context, options, verification, before)
        proof.gather(watch=verification.watch)
        if (failed := before.unbuilt) is not None:
            return Declined(failed.status.value, failed.message)
        outcome = proof.plan(options.target)
        return proof.settled(outcome, verified=False) if isinstance(outcome, Rewritten) else outcome


@dataclass(slots=True)
class _Proof:
    """One walk down the ladder of targets; evidence comes in as it is needed, each rung is planned with all of it."""

    source: Input
    context: BuildContext
    options: Options
    verification: VerifyOptions
    before: Before
    #: The file as read with the present evidence.
    _prepared: Prepared | Declined | Unchanged | None = None
    _looked: bool = False
    _watched: bool = False
    _builds: int = 0
    _rungs: tuple[Rung, ...] = ()

    def walk(self) -> tuple[Outcome, Verdict | None]:
        """Try the targets, smallest first, until a verdict holds; where the user named one, only that one."""
        installed = self.plan(self.options.target)
        if self.verification.watch or isinstance(installed, Unchanged):
            self.gather(watch=True)
            if (failed := self.before.unbuilt) is not None and isinstance(installed, Unchanged):
                return Declined(failed.status.value, failed.message), failed
        last: Verdict | None = None
        refused: Declined | Unchanged | None = None
        for name in self._ladder():
            outcome, verdict = self._climb(name)
            if isinstance(outcome, Rewritten) and verdict is not None and verdict.holds:
                return self.settled(outcome, verified=True), replace(verdict, rungs=self._rungs)
            if verdict is None:
                # That the file is as small as one target makes it stands, whatever the others refuse.
                if not isinstance(outcome, Rewritten) and not isinstance(refused, Unchanged):
                    refused = outcome
                continue
            last = verdict
            if not _about_the_rewrite(verdict):
                break
        asked = self._looked or isinstance(refused, Unchanged)
        if last is None and asked and (failed := self.before.unbuilt) is not None:
            return Declined(failed.status.value, failed.message), failed
        if isinstance(refused, Unchanged) and (last is None or _about_the_rewrite(last)):
            return refused, None
        if last is None:
            return refused or self.plan(self.options.target), None
        message = last.message or "The rewritten image did not behave like the original."
        return Declined(last.status.value, message), replace(last, rungs=self._rungs)

    def plan(self, name: str) -> Outcome:
        """Plan for one target with what is known by now."""
        if self._prepared is None:
            self._prepared = prepare(self.source.text, self.context, self.options)
        if not isinstance(self._prepared, Prepared):
            return self._prepared
        return decide(self._prepared, name, self.options.libc, self.options.prefer)

    def settled(self, outcome: Rewritten, *, verified: bool) -> Rewritten:
        """The outcome, with what took the place of each assumption that reading alone would have made."""
        name, known, left = outcome.plan.target.name, self.options.evidence, outcome.plan.assumptions
        found: list[Settled] = []
        if known.built is not None:
            built = self._assumed(name, Evidence(known.built)) if known.run is not None else left
            found += [Settled(a, "built") for a in self._assumed(name, Evidence()) if a not in built]
            still = {(a.reason, a.message) for a in left}
            found += [Settled(a, "run") for a in built if (a.reason, a.message) not in still]
        found += [Settled(a, "verdict") for a in left if verified and a not in outcome.unseen]
        return replace(outcome, settled=tuple(found))

    def _assumed(self, name: str, evidence: Evidence) -> tuple[Assumption, ...]:
        """What a plan for the target rests on with less evidence; nothing where there is none."""
        options = replace(self.options, target=name, evidence=evidence)
        outcome = slim(self.source.text, self.context, options, alternatives=False)
        return outcome.plan.assumptions if isinstance(outcome, Rewritten) else ()

    def gather(self, *, watch: bool) -> None:
        """Look into the original's image; with ``watch`` see it run as well. Nothing where it does not build."""
        evidence = self.options.evidence
        self._looked = True
        if evidence.built is None:
            evidence = replace(evidence, built=self.before.contents)
        if watch and not self._watched:
            self._watched = True
            started = self._started(evidence.built)
            if started is not None:
                evidence = replace(evidence, run=self.before.watch(argv=started) if started else self.before.watch())
        if evidence != self.options.evidence:
            self._know(evidence)

    def _started(self, built: Contents | None) -> tuple[str, ...] | None:
        """What the rewritten entry starts of the original's words; nothing where it is all of them.

        None where the original's image does not hold it: what its entry makes first is no part of the program.
        """
        self.plan(self.options.target)
        if not isinstance(self._prepared, Prepared):
            return ()
        entry, base = self._prepared.project.trace.entry, self._prepared.project.base
        replaced = self._prepared.findings.entry
        if isinstance(replaced, EntryBuild):
            return replaced.argv if built is not None and built.get(replaced.path) is not None else None
        if isinstance(replaced, EntryWords):
            return None if replaced.run_line else replaced.argv
        left_out = entry.entrypoint is None and entry.entrypoint_argv and getattr(base, "entrypoint_execs_args", None)
        return entry.cmd_argv if left_out and isinstance(entry.cmd_argv, tuple) else ()

    def _know(self, evidence: Evidence) -> None:
        self.options = replace(self.options, evidence=evidence)
        self._prepared = None

    def _ladder(self) -> list[str]:
        """The targets to try, in turn."""
        if self.options.target != "auto":
            return [self.options.target]
        outcome = self.plan("auto")
        if not isinstance(self._prepared, Prepared) or (isinstance(outcome, Unchanged) and is_final(outcome, "auto")):
            return ["auto"]
        found = candidates(self._prepared.project)
        return [t.name for t in sorted(found, key=partial(_rank, self.options))]

    def _climb(self, name: str) -> tuple[Outcome, Verdict | None]:
        """Try one target: with a run's evidence where the plan leaves something open, repaired as the verdict says."""
        outcome = self.plan(name)
        for watch in (False, True):
            # A save of a large image takes the engine its time: where reading leaves nothing open, there is no need.
            if may_gain(outcome) and (watch > self._watched or self.options.evidence.built is None):
                self.gather(watch=watch)
                outcome = self.plan(name)
        verdict: Verdict | None = None
        tried: set[str] = set()
        while isinstance(outcome, Rewritten) and outcome.after not in tried:
            if self._builds >= self.verification.max_builds:
                self._note(name, "max-builds", f"{self._builds} images were built; --max-builds allows no more")
                return outcome, verdict
            self._builds += 1
            tried.add(outcome.after)
            verdict = self.before.compare(outcome.after, _stated(outcome))
            if verdict.holds or not _about_the_rewrite(verdict):
                return outcome, verdict
            said = "; ".join(filter(None, (verdict.message, loader_said(verdict))))
            self._note(outcome.plan.target.reference, verdict.status.value, said)
            if self._learn(outcome):
                outcome = self.plan(name)
        if isinstance(outcome, Declined) and verdict is None:
            self._note(name, outcome.reason, outcome.message)
        return outcome, verdict

    def _learn(self, outcome: Rewritten) -> bool:
        """Find out what a rewritten image lacked; False where nothing new came to light."""
        if not self._watched:
            self.gather(watch=True)
            return self.options.evidence.run is not None
        known, built = self.options.evidence.run, self.options.evidence.built
        if built is None or known is None:
            return False
        found = lacked(built, known, self.before.watch(outcome.after))
        if not found:
            return False
        uses = {path: known.uses.get(path, access) | access for path, access in found.items()}
        self._know(replace(self.options.evidence, run=replace(known, uses={**known.uses, **uses})))
        return True

    def _note(self, target: str, status: str, message: str) -> None:
        """Report a rung that did not bear, in one line."""
        line = " ".join(message.split())
        self._rungs += (Rung(target, status, line),)
        progress(f"{target}: {status}: {line}")


def _rank(options: Options, target: RuntimeTarget) -> tuple[bool, float]:
    """Those with a shell first where that is preferred, then by size; an unknown size comes last."""
    if target.name == "scratch":
        size: float = 0
    else:
        size = inf if target.facts is None or target.facts.size is None else target.facts.size
    return options.prefer == "debuggable" and not has_shell(target), size


def with_engine_facts(text: str, options: Options, session: Session) -> Options:
    """What the engine knows of the base images wins over the embedded tables."""
    dockerfile, found = parse(text), dict(options.images)
    graph = stages(dockerfile, options.build_args)
    for reference in dict.fromkeys(base_reference(dockerfile, s.index, options.build_args) for s in graph):
        inspected = session.engine.inspect(reference) if isinstance(reference, str) and reference != "scratch" else None
        if inspected is not None:
            found[str(reference)] = from_inspect(parse_reference(str(reference)), inspected)
    return replace(options, images=found)


def _stated(outcome: Rewritten) -> frozenset[str]:
    """The probes whose difference the plan has stated: another entry that starts the same program."""
    reasons = {assumption.reason for assumption in outcome.plan.assumptions}
    stated = {"config:entry"} if reasons & _OTHER_ENTRY else set()
    marks = ((_UNMANAGED, LEFT_OUT), (_COMPILED, COMPILED))
    return frozenset(stated | {mark for reason, mark in marks if reason in reasons})


def _about_the_rewrite(verdict: Verdict) -> bool:
    """An original that can't be built or run is no fault of the target."""
    return verdict.status in (Status.DIFFERS, Status.AFTER_DOES_NOT_BUILD)
