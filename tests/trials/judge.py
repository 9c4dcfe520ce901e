"""Judge one case: build and run the original, have it rewritten, build and run that, compare."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.trials import engine
from tests.trials.checkout import CheckoutError, blank_syntax, lay_out
from tests.trials.configuration import lost
from tests.trials.rewriter import Answer, ask

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.trials.cases import Case

_FROM = re.compile(r"(?mi)^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)")


@dataclass(frozen=True, slots=True)
class Result:
    """How one case ended in one way of rewriting."""

    id: str
    ecosystem: str
    #: ``offline``, ``verify`` or ``original``.
    way: str
    #: ``verified``, ``works``, ``declined``, ``unchanged``, ``broken``, ``crash``, ``original-fails`` or ``missing``.
    outcome: str
    #: Reason codes, or what broke.
    why: str = ""
    claim: str = ""
    target: str = ""
    #: Bytes of the original and of the new image, as inspect shows them; 0 where there is none.
    before: int = 0
    after: int = 0
    seconds: float = 0.0
    #: The new Dockerfile, and the output of the run that failed: for whoever looks into it.
    dockerfile: str = ""
    output: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """How the replay was asked to work."""

    clones: Path
    #: The command under trial up to the Dockerfile: ``imgslim rewrite``.
    rewriter: Sequence[str]
    #: ``offline`` and ``verify``; none: only the originals are built and run.
    ways: Sequence[str]
    #: Seconds for one build; a verification has four times as much.
    limit: float


def judge(case: Case, trial: Trial) -> Iterator[Result]:
    """Judge a case; one result for each way of rewriting, or one that says why there is none."""
    blank = Result(case.id, case.ecosystem, "original", "works")
    work = Path(tempfile.mkdtemp(prefix="imgslim-trial-"))
    tag = _tag(case, work, "before")
    start = time.monotonic()
    try:
        context = work / "context"
        dockerfile = lay_out(case, trial.clones, context)
        image = engine.build(dockerfile, context, tag, case.standin, trial.limit)
        run = engine.run(case, tag)
        done = replace(blank, before=image["Size"], seconds=time.monotonic() - start)
        if run.failed:
            yield replace(done, outcome="original-fails", why=_kinds(run), output=run.output[-1000:])
            return
        if not trial.ways:
            yield done
        for way in trial.ways:
            yield _rewritten(case, trial, replace(done, way=way), dockerfile, image)
    except CheckoutError as error:
        yield replace(blank, outcome="missing", why=str(error))
    except engine.BuildFailed as error:
        yield replace(blank, outcome="original-fails", why="build", output=str(error))
    finally:
        engine.remove(tag)
        shutil.rmtree(work, ignore_errors=True)


def _rewritten(case: Case, trial: Trial, done: Result, dockerfile: Path, before: Mapping[str, Any]) -> Result:
    start = time.monotonic()
    context = next(parent for parent in dockerfile.parents if parent.name == "context")
    answer = _answer(case, trial, done.way, dockerfile, context)
    done = replace(done, claim=answer.claim, target=answer.target, why=answer.why, dockerfile=answer.text)
    if answer.outcome != "rewritten":
        return replace(done, outcome=answer.outcome, seconds=time.monotonic() - start)
    second = context.parent / done.way / dockerfile.name
    second.parent.mkdir()
    second.write_bytes(blank_syntax(answer.text.encode("utf-8", "surrogateescape")))
    # BuildKit reads NAME.dockerignore beside the file before the context's own.
    own = dockerfile.with_name(dockerfile.name + ".dockerignore")
    if own.is_file():
        shutil.copy(own, second.with_name(own.name))
    tag = _tag(case, context.parent, done.way)
    try:
        image = engine.build(second, context, tag, case.standin, trial.limit)
        run = engine.run(case, tag)
    except engine.BuildFailed as error:
        return replace(done, outcome="broken", why="build", output=str(error), seconds=time.monotonic() - start)
    finally:
        engine.remove(tag)
    done = replace(done, after=image["Size"], seconds=time.monotonic() - start)
    if run.failed:
        return replace(done, outcome="broken", why=_kinds(run), output=run.output[-1000:])
    names = from_names(dockerfile.read_text(encoding="utf-8", errors="replace"))
    gone = lost(before["Config"], image["Config"], engine.base_configuration(case, names))
    if gone.own:
        return replace(done, outcome="broken", why="configuration: " + ", ".join(gone.own))
    return replace(done, outcome="verified", why="")


def _tag(case: Case, work: Path, which: str) -> str:
    """Name an image of this replay alone: several may run side by side."""
    return f"imgslim-trial/{case.id}:{work.name.rpartition('-')[2]}-{which}"


def _answer(case: Case, trial: Trial, way: str, dockerfile: Path, context: Path) -> Answer:
    if way != "verify":
        return ask(trial.rewriter, case, dockerfile, context, trial.limit)
    with _named(case.standin):
        return ask([*trial.rewriter, "--verify"], case, dockerfile, context, 4 * trial.limit)


@contextmanager
def _named(standin: Mapping[str, str]) -> Iterator[None]:
    """Give the stand-ins the names in FROM while imgslim itself builds, as the judge's builds have them."""
    others = {name: image["Id"] for name in standin if (image := engine.inspect(name)) is not None}
    try:
        for name in standin:
            engine.docker("tag", engine.derived(standin[name]), name)
        yield
    finally:
        for name in standin:
            engine.docker("rmi", "--no-prune", name)
        for name, image in others.items():
            engine.docker("tag", image, name)


def from_names(text: str) -> tuple[str, ...]:
    """Return the images that a Dockerfile's FROM lines name."""
    return tuple(_FROM.findall(text))


def _kinds(run: engine.Run) -> str:
    return ",".join(dict.fromkeys(probe.kind for probe in run.failed))
