"""Compare with humans' own multi-stage files: `python -m tests.trials.humans --clones DIR [ID…]`.

The list `humans.json` holds cases as `cases.json` does, each with what its author made of the single-stage file later
or keeps beside it. The single stage is rewritten with `--verify`; both images are built, run and asked the same.
Without IDs all are compared and docs/reference/humans.md is written.
Exit status 1: a rewrite broke or crashed, or the original or the human's own does not answer.
"""

from __future__ import annotations

import argparse
import json
import shlex
import shutil
import statistics
import sys
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tests.trials import engine
from tests.trials.cases import CaseError, case_of, select
from tests.trials.checkout import CheckoutError, lay_out
from tests.trials.judge import Result, Trial, judge
from tests.trials.replay import bad, recorded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.trials.cases import Case

#: The list of this folder.
HUMANS = Path(__file__).with_name("humans.json")
_PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "humans.md"

_HEAD = """# Beside humans' own multi-stage files

Public projects whose author keeps a multi-stage Dockerfile beside a single-stage one, or turned the one into the other
later (`tests/trials/humans.json` names both, at pinned commits). The single stage is rewritten by
`imgslim rewrite --verify`; that image and the human's are built here, run, and asked the same. Sizes are bytes as the
engine reports them. `python -m tests.trials.humans` writes this page.

Base images are those of `tests/bases`, which favour the human: its `alpine` is 2.9 MB where the official one is 8, and
where a human's stage calls `apk`, that adds nothing. They have no Node on alpine: Debian slim stands in for that, which
is larger.
"""

_TABLE = """| case | single stage | the human's | its bytes | ours | our bytes | ratio | |
|---|---|---|--:|---|--:|--:|---|"""


@dataclass(frozen=True, slots=True)
class Pair:
    """A single-stage file and what its author made of it."""

    #: How the single stage is built, run and asked.
    case: Case
    #: The human's file as a case of its own: the same but for commit, file, context and stand-ins.
    human: Case
    #: The human strips the program, and so does the rewrite: a choice of what a program shall hold.
    strip: bool
    #: What else must be known to compare the two; "" where nothing.
    note: str


def load(path: Path = HUMANS) -> tuple[Pair, ...]:
    """Read the list.

    Raises:
        CaseError: a case is not of its form, or has no human.
    """
    return tuple(_pair(raw) for raw in json.loads(path.read_text(encoding="utf-8")))


def _pair(raw: Mapping[str, object]) -> Pair:
    rest = {name: value for name, value in raw.items() if name != "human"}
    case, own = case_of(rest), raw.get("human")
    if not isinstance(own, dict) or not {"commit", "dockerfile"} <= set(own):
        raise CaseError(f"{case.id}: no human, or one without commit and dockerfile")
    changes = {name: value for name, value in own.items() if name not in {"strip", "note"}}
    changes["standin"] = {**case.standin, **own.get("standin", {})}
    return Pair(case, replace(case, **changes), bool(own.get("strip")), str(own.get("note", "")))


def compare(pair: Pair, trial: Trial) -> Iterator[Result]:
    """Judge both: first the human's, then the rewrite."""
    yield _human(pair, trial)
    words = (*trial.rewriter, "--strip") if pair.strip else trial.rewriter
    yield from judge(pair.case, replace(trial, rewriter=words, ways=("verify",)))


def _human(pair: Pair, trial: Trial) -> Result:
    case = pair.human
    blank = Result(case.id, case.ecosystem, "human", "works")
    work = Path(tempfile.mkdtemp(prefix="imgslim-trial-"))
    tag = f"imgslim-trial/{case.id}:{work.name.rpartition('-')[2]}-human"
    try:
        context = work / "context"
        image = engine.build(lay_out(case, trial.clones, context), context, tag, case.standin, trial.limit)
        run = engine.run(case, tag)
    except CheckoutError as error:
        return replace(blank, outcome="missing", why=str(error))
    except engine.BuildFailed as error:
        return replace(blank, outcome="original-fails", why="build", output=str(error))
    finally:
        engine.remove(tag)
        shutil.rmtree(work, ignore_errors=True)
    done = replace(blank, after=image["Size"])
    if run.failed:
        why = ",".join(dict.fromkeys(probe.kind for probe in run.failed))
        return replace(done, outcome="broken", why=why, output=run.output[-1000:])
    return done


def page(pairs: Sequence[Pair], results: Sequence[Result]) -> str:
    """Return the page: the median first, then one line a pair."""
    found = {(result.id, result.way): result for result in results}
    rows = [_row(pair, found) for pair in pairs if (pair.case.id, "human") in found]
    ratios = [ratio for pair in pairs if (ratio := ratio_of(pair.case.id, found)) is not None]
    return "\n".join([_HEAD, _summary(ratios), *_by_ecosystem(pairs, found), _TABLE, *rows]) + "\n"


def _by_ecosystem(pairs: Sequence[Pair], found: Mapping[tuple[str, str], Result]) -> Iterator[str]:
    """One line a language."""
    yield "| | compared | median | from | to |\n|---|--:|--:|--:|--:|"
    for name in sorted({pair.case.ecosystem for pair in pairs}):
        names = (pair.case.id for pair in pairs if pair.case.ecosystem == name)
        if ratios := [ratio for one in names if (ratio := ratio_of(one, found)) is not None]:
            shown = (statistics.median(ratios), min(ratios), max(ratios))
            yield f"| {name} | {len(ratios)} | {' | '.join(f'{ratio:.2f}' for ratio in shown)} |"
    yield ""


def ratio_of(name: str, found: Mapping[tuple[str, str], Result]) -> float | None:
    """Return our bytes to the human's; None where one of them does not work, or was not judged."""
    human, ours = found.get((name, "human")), found.get((name, "verify"))
    if human is None or ours is None or human.outcome != "works" or ours.outcome != "verified":
        return None
    return ours.after / human.after


def _summary(ratios: Sequence[float]) -> str:
    if not ratios:
        return "None was compared.\n"
    larger = sum(round(ratio, 2) > 1 for ratio in ratios)
    return (
        f"Compared: {len(ratios)}. Ours to the human's: median {statistics.median(ratios):.2f},"
        f" from {min(ratios):.2f} to {max(ratios):.2f}; larger in {larger}.\n"
    )


def _row(pair: Pair, found: Mapping[tuple[str, str], Result]) -> str:
    case, own = pair.case, pair.human
    human, ours = found[case.id, "human"], found.get((case.id, "verify"))
    ratio = ratio_of(case.id, found)
    notes = [
        "both stripped" if pair.strip else "",
        "" if own.commit == case.commit else "another commit",
        f"the human's does not work: {human.why}" if human.outcome != "works" else "",
        pair.note,
    ]
    cells = (
        case.id,
        _link(case),
        _link(own),
        f"{human.after:,}" if human.after else "",
        (ours.target if ours.outcome == "verified" else f"{ours.outcome}: {ours.why}") if ours else "",
        f"{ours.after:,}" if ours and ours.after else "",
        "" if ratio is None else f"{ratio:.2f}",
        "; ".join(note for note in notes if note),
    )
    return f"| {' | '.join(cells)} |"


def _link(case: Case) -> str:
    return f"[{case.repo} {case.dockerfile}](https://github.com/{case.repo}/blob/{case.commit}/{case.dockerfile})"


def main(words: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.trials.humans", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("ids", nargs="*", metavar="ID", help="cases; all if none is given")
    parser.add_argument("--clones", type=Path, required=True, metavar="DIR", help="where the repositories are")
    parser.add_argument("--rewriter", default="imgslim rewrite", help="the command under trial (%(default)s)")
    parser.add_argument("--limit", type=float, default=600, metavar="SECONDS", help="for one build (%(default)s)")
    parser.add_argument("--results", type=Path, metavar="FILE", help="append results; pairs in it are not judged again")
    arguments = parser.parse_args(words)
    pairs = load()
    names = {case.id for case in select([pair.case for pair in pairs], arguments.ids)}
    trial = Trial(arguments.clones, shlex.split(arguments.rewriter), ("verify",), arguments.limit)
    engine.make_network()
    known = recorded(arguments.results)
    results: list[Result] = []
    for pair in pairs:
        if pair.case.id not in names:
            continue
        old = [result for result in known if result.id == pair.case.id]
        for result in old or compare(pair, trial):
            results.append(result)
            if not old:
                _say(result, arguments.results)
    if not arguments.ids:
        _PAGE.write_text(page(pairs, results), encoding="utf-8")
    found = {(result.id, result.way): result for result in results}
    sys.stdout.write(_summary([ratio for name in names if (ratio := ratio_of(name, found)) is not None]))
    return int(any(bad(result) or result.outcome == "broken" for result in results))


def _say(result: Result, record: Path | None) -> None:
    sys.stdout.write(
        f"{result.id:26} {result.way:7} {result.outcome:14} {result.target:16} {result.after:>13,} {result.why}\n"
    )
    sys.stdout.flush()
    if record:
        with record.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(result), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())
